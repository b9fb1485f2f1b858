# SPDX-License-Identifier: Apache-2.0
"""Lines of AES, carry-less products and GFNI, each 128 bits for themselves. Definitions: Intel SDM volume 2; the
functions: crypto.py."""
import struct

import crypto
from lines_frame import join, lanes, operation


def blocks(names, function):
    """A function of the bytes of each 128 bits."""
    def form(c, *vectors):
        result = []
        for low in range(0, c.bits, 128):
            parts = [(v >> low & (1 << 128) - 1).to_bytes(16, "little") for v in vectors]
            result.append(int.from_bytes(function(*parts), "little"))
        return join(result, 128)
    operation(names, sources=function.__code__.co_argcount)(form)


def encrypt(state, key, last):
    """A round."""
    state = bytes(crypto.SBOX[state[i]] for i in crypto.SHIFT_ROWS)
    return crypto.xor(state if last else crypto.mix(state, (2, 3, 1, 1)), key)


def decrypt(state, key, last):
    """A round of the equivalent inverse cipher."""
    state = bytes(crypto.SBOX_INVERSE[state[crypto.SHIFT_ROWS.index(i)]] for i in range(16))
    return crypto.xor(state if last else crypto.mix(state, (14, 11, 13, 9)), key)


def key_words(words, constant):
    """AESKEYGENASSIST: of the second and the fourth word."""
    result = b""
    for i in (4, 12):
        word = bytes(crypto.SBOX[b] for b in words[i:i + 4])
        result += word + crypto.xor(word[1:] + word[:1], bytes([constant, 0, 0, 0]))
    return result


blocks("aesenc", lambda a, b: encrypt(a, b, False))
blocks("aesenclast", lambda a, b: encrypt(a, b, True))
blocks("aesdec", lambda a, b: decrypt(a, b, False))
blocks("aesdeclast", lambda a, b: decrypt(a, b, True))
blocks("aesimc", lambda a: crypto.mix(a, (14, 11, 13, 9)))


@operation("aeskeygenassist", 128)
def aeskeygenassist(c, a, imm):
    """128 bits."""
    return int.from_bytes(key_words((a & (1 << 128) - 1).to_bytes(16, "little"), imm), "little")


@operation("pclmulqdq", 128)
def pclmulqdq(c, a, b, imm):
    """Bits 0 and 4 choose the halves."""
    return join([crypto.carryless(x >> 64 * (imm & 1) & (1 << 64) - 1, y >> 64 * (imm >> 4 & 1) & (1 << 64) - 1)
                 for x, y in zip(lanes(a, 128, c.bits), lanes(b, 128, c.bits))], 128)


@operation("gf2p8mulb", 8)
def gf2p8mulb(c, a, b):
    """Bytes."""
    return join([crypto.PRODUCTS[x][y] for x, y in zip(lanes(a, 8, c.bits), lanes(b, 8, c.bits))], 8)


def affine_form(name, table):
    """Each byte with the matrix in its quadword."""
    @operation(name, 8)
    def form(c, a, b, imm):
        matrices = [struct.pack("<Q", m) for m in lanes(b, 64, c.bits)]
        return join([crypto.affine(table[x], matrices[i // 8], imm) for i, x in enumerate(lanes(a, 8, c.bits))], 8)


affine_form("gf2p8affineqb", range(256))
affine_form("gf2p8affineinvqb", crypto.INVERSE)
