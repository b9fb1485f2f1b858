# SPDX-License-Identifier: Apache-2.0
"""AES (FIPS 197), SHA-1 and SHA-256 (FIPS 180-4), CRC-32C (RFC 3720), products in GF(2)[x] and GF(2^8), from
their definitions. Payload of a table: blocks of input and answers, as checks/crypto_unit.h lays them out."""
import struct

from integer_frame import BLOCKS, TUPLES, directed, merge, table
from random64 import Random

AES_BLOCKS, AES_COUNT = 11, 96  # 1,056 texts


def reduced(value, modulus):
    """The rest of a polynomial over GF(2)."""
    while value.bit_length() >= modulus.bit_length():
        value ^= modulus << value.bit_length() - modulus.bit_length()
    return value


def carryless(a, b):
    """The product of two polynomials over GF(2)."""
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a, b = a << 1, b >> 1
    return product


def product(a, b):
    """GF(2^8) of AES: modulo x^8 + x^4 + x^3 + x + 1."""
    return reduced(carryless(a, b), 0x11B)


PRODUCTS = [[product(a, b) for b in range(256)] for a in range(256)]
INVERSE = [next((b for b in range(256) if PRODUCTS[a][b] == 1), 0) for a in range(256)]


def affine(x, matrix, constant):
    """One byte of gf2p8affineqb: row i of the matrix is its byte 7 - i."""
    return sum((bin(matrix[7 - i] & x).count("1") & 1) << i for i in range(8)) ^ constant


SBOX = [affine(INVERSE[x], [0xF8, 0x7C, 0x3E, 0x1F, 0x8F, 0xC7, 0xE3, 0xF1], 0x63) for x in range(256)]
SBOX_INVERSE = [SBOX.index(x) for x in range(256)]
SHIFT_ROWS = [(i + 4 * (i % 4)) % 16 for i in range(16)]


def xor(a, b):
    """Bytes, one by one."""
    return bytes(x ^ y for x, y in zip(a, b))


def mix(state, row):
    """MixColumns with the first row of its matrix."""
    return bytes(PRODUCTS[row[0]][state[c + r]] ^ PRODUCTS[row[1]][state[c + (r + 1) % 4]] ^
                 PRODUCTS[row[2]][state[c + (r + 2) % 4]] ^ PRODUCTS[row[3]][state[c + (r + 3) % 4]]
                 for c in (0, 4, 8, 12) for r in range(4))


def schedule(key):
    """The round keys, 16 bytes each."""
    n = len(key) // 4
    words = [key[4 * i:4 * i + 4] for i in range(n)]
    constant = 1
    for i in range(n, 4 * (n + 7)):
        word = words[-1]
        if i % n == 0:
            word = bytes(SBOX[b] for b in word[1:] + word[:1])
            word = bytes([word[0] ^ constant]) + word[1:]
            constant = PRODUCTS[2][constant]
        elif n == 8 and i % 8 == 4:
            word = bytes(SBOX[b] for b in word)
        words.append(xor(words[i - n], word))
    return [b"".join(words[i:i + 4]) for i in range(0, len(words), 4)]


def inverse_schedule(key):
    """The round keys of the equivalent inverse cipher, in the order of encryption: what aesimc makes."""
    keys = schedule(key)
    return keys[:1] + [mix(k, (14, 11, 13, 9)) for k in keys[1:-1]] + keys[-1:]


def encrypt(keys, text):
    """The cipher."""
    state = xor(text, keys[0])
    for i, key in enumerate(keys[1:], 2):
        state = bytes(SBOX[state[j]] for j in SHIFT_ROWS)
        state = xor(mix(state, (2, 3, 1, 1)) if i < len(keys) else state, key)
    return state


def decrypt(keys, text):
    """The straightforward inverse cipher, with the keys of encryption."""
    state = text
    for i, key in reversed(list(enumerate(keys[1:], 2))):
        state = xor(state, key)
        state = mix(state, (14, 11, 13, 9)) if i < len(keys) else state
        state = bytes(SBOX_INVERSE[state[SHIFT_ROWS.index(j)]] for j in range(16))
    return xor(state, keys[0])


FIPS_KEY = bytes(range(32))
FIPS_TEXT = bytes(0x11 * i for i in range(16))
SP_KEYS = [bytes.fromhex(k) for k in (
    "2b7e151628aed2a6abf7158809cf4f3c", "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")]
SP_TEXT = bytes.fromhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                        "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710")


def octets(random, count):
    """Bytes, of which a part is made of patterns that toggle."""
    words = []
    while 8 * len(words) < count:
        kind = random.next() % 4
        words.append(directed(random) if kind == 0 else words[-1] ^ (1 << 64) - 1 if kind == 1 and words
                     else random.next())
    return struct.pack(f"<{len(words)}Q", *words)[:count]


def aes_block(random, block, inverse):
    """Keys of 128, 192 and 256 bits, 96 texts; the three schedules, the texts under each."""
    keys = [octets(random, n) for n in (16, 24, 32)]
    texts = octets(random, 16 * AES_COUNT)
    if block < 2:
        keys = [FIPS_KEY[:n] for n in (16, 24, 32)] if block == 0 else SP_KEYS
        known = FIPS_TEXT if block == 0 else SP_TEXT
        if inverse:
            known = b"".join(encrypt(schedule(k), known[i:i + 16]) for k in keys for i in range(0, len(known), 16))
        texts = known + texts[len(known):]
    schedules = [(inverse_schedule if inverse else schedule)(k) for k in keys]
    payload = b"".join(k.ljust(32, b"\0") for k in keys) + texts + b"".join(b"".join(s) for s in schedules)
    for k in keys:
        plain = schedule(k)
        payload += b"".join((decrypt if inverse else encrypt)(plain, texts[i:i + 16])
                            for i in range(0, len(texts), 16))
    return payload


def aes(inverse):
    """All blocks."""
    random = Random(0xAE5 + inverse)
    return b"".join(aes_block(random, block, inverse) for block in range(AES_BLOCKS))


def fraction(root, prime, bits):
    """The first bits of the fraction of a prime's root: how FIPS 180-4 makes its constants."""
    power, value = prime << root * bits, 0
    for bit in reversed(range(bits + 8)):
        if (value | 1 << bit) ** root <= power:
            value |= 1 << bit
    return value & (1 << bits) - 1


PRIMES = [p for p in range(2, 312) if all(p % d for d in range(2, p))]
SHA256_K = [fraction(3, p, 32) for p in PRIMES[:64]]
SHA256_START = [fraction(2, p, 32) for p in PRIMES[:8]]
SHA1_START = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0]
WORD = (1 << 32) - 1


def left(x, n):
    """32 bits rotated left."""
    return (x << n | x >> 32 - n) & WORD


def sha256_compress(state, words):
    """FIPS 180-4, 6.2.2."""
    w = list(words)
    for t in range(16, 64):
        s0 = left(w[t - 15], 25) ^ left(w[t - 15], 14) ^ w[t - 15] >> 3
        s1 = left(w[t - 2], 15) ^ left(w[t - 2], 13) ^ w[t - 2] >> 10
        w.append((w[t - 16] + s0 + w[t - 7] + s1) & WORD)
    a, b, c, d, e, f, g, h = state
    for t in range(64):
        t1 = h + (left(e, 26) ^ left(e, 21) ^ left(e, 7)) + (e & f ^ ~e & g) + SHA256_K[t] + w[t]
        t2 = (left(a, 30) ^ left(a, 19) ^ left(a, 10)) + (a & b ^ a & c ^ b & c)
        a, b, c, d, e, f, g, h = (t1 + t2) & WORD, a, b, c, (d + t1) & WORD, e, f, g
    return [(x + y) & WORD for x, y in zip(state, (a, b, c, d, e, f, g, h))]


def sha1_compress(state, words):
    """FIPS 180-4, 6.1.2."""
    w = list(words)
    for t in range(16, 80):
        w.append(left(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1))
    a, b, c, d, e = state
    for t in range(80):
        f, k = [(b & c ^ ~b & d, 0x5A827999), (b ^ c ^ d, 0x6ED9EBA1), (b & c ^ b & d ^ c & d, 0x8F1BBCDC),
                (b ^ c ^ d, 0xCA62C1D6)][t // 20]
        a, b, c, d, e = (left(a, 5) + (f & WORD) + e + k + w[t]) & WORD, a, left(b, 30), c, d
    return [(x + y) & WORD for x, y in zip(state, (a, b, c, d, e))]


def padded(message):
    """The message's blocks of sixteen words."""
    data = message + b"\x80" + bytes((55 - len(message)) % 64) + struct.pack(">Q", 8 * len(message))
    return [struct.unpack(">16I", data[i:i + 64]) for i in range(0, len(data), 64)]


NIST_MESSAGES = [b"abc", b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", b""]


def sha(start, compress, pack_state, order):
    """Each block: TUPLES times state and message, then TUPLES times the state after it."""
    random = Random(0x5A5A + len(start))
    known = []
    for message in NIST_MESSAGES:
        state = start
        for words in padded(message):
            known.append((state, words))
            state = compress(state, words)
    payload = b""
    for _ in range(BLOCKS):
        tuples = known + [(struct.unpack(f"<{len(start)}I", octets(random, 4 * len(start))),
                           struct.unpack("<16I", octets(random, 64))) for _ in range(TUPLES - len(known))]
        known = []
        payload += b"".join(pack_state(s) + struct.pack("<16I", *(w[i] for i in order)) for s, w in tuples)
        payload += b"".join(pack_state(compress(s, w)) for s, w in tuples)
    return payload


def pack_sha256(state):
    """The two vectors of sha256rnds2: FEBA and HGDC, lowest word first."""
    a, b, c, d, e, f, g, h = state
    return struct.pack("<8I", f, e, b, a, h, g, d, c)


def pack_sha1(state):
    """The two vectors of sha1rnds4: DCBA and 000E, lowest word first."""
    a, b, c, d, e = state
    return struct.pack("<8I", d, c, b, a, 0, 0, 0, e)


def lanes(seed, functions):
    """Each block: TUPLES operands a, TUPLES operands b, then TUPLES results of each function."""
    random = Random(seed)
    payload = b""
    for _ in range(BLOCKS):
        a, b = ([octets(random, 16) for _ in range(TUPLES)] for _ in range(2))
        payload += b"".join(a) + b"".join(b)
        payload += b"".join(f(x, y) for f in functions for x, y in zip(a, b))
    return payload


def carryless_half(i, j):
    """pclmulqdq: half i of a by half j of b."""
    def function(a, b):
        x = int.from_bytes(a[8 * i:8 * i + 8], "little")
        return carryless(x, int.from_bytes(b[8 * j:8 * j + 8], "little")).to_bytes(16, "little")
    return function


def galois(constant, inverse):
    """gf2p8affineqb and gf2p8affineinvqb."""
    def function(a, b):
        return bytes(affine(INVERSE[x] if inverse else x, b[i & 8:(i & 8) + 8], constant)
                     for i, x in enumerate(a))
    return function


GALOIS = [lambda a, b: bytes(PRODUCTS[x][y] for x, y in zip(a, b)), galois(0x63, False), galois(0xA5, False),
          galois(0x63, True)]
CARRYLESS = [carryless_half(i, j) for i, j in ((0, 0), (1, 0), (0, 1), (1, 1))]


def crc32c(crc, data):
    """The register of CRC-32C (reflected, no final complement) after the bytes of data."""
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc


RFC_3720 = [(bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43), (bytes(range(32)), 0x46DD794E),
            (bytes(reversed(range(32))), 0x113FDB5C)]


def crc_tuples():
    """a: the register; b: the data; the first are RFC 3720's examples, eight bytes a step."""
    random = Random(0xC4C)
    tuples = []
    for message, _ in RFC_3720:
        crc = WORD
        for i in range(0, 32, 8):
            tuples.append([crc, int.from_bytes(message[i:i + 8], "little"), random.next(), random.next()])
            crc = crc32c(crc, message[i:i + 8])
    while len(tuples) < BLOCKS * TUPLES:
        tuples.append(list(struct.unpack("<4Q", octets(random, 32))))
    return tuples


def crc_line(width):
    """crc32 of a by the low `width` bits of b: the register's upper half is cleared."""
    def line(a, b, _c, _d):
        data = (b & (1 << width) - 1).to_bytes(width // 8, "little")
        return merge(a, crc32c(a & WORD, data), 32), b, 0
    return line


CRC_LINES = [crc_line(width) for width in (8, 16, 32, 64, 8, 8, 16, 32, 64)]


def self_test():
    """The published examples."""
    assert SBOX[0x53] == 0xED and SHA256_K[0] == 0x428A2F98 and SHA256_START[7] == 0x5BE0CD19
    for n, cipher in ((16, "69c4e0d86a7b0430d8cdb78070b4c55a"), (24, "dda97ca4864cdfe06eaf70a0ec0d7191"),
                      (32, "8ea2b7ca516745bfeafc49904b496089")):
        keys = schedule(FIPS_KEY[:n])
        assert encrypt(keys, FIPS_TEXT).hex() == cipher and decrypt(keys, bytes.fromhex(cipher)) == FIPS_TEXT
    for key, cipher in zip(SP_KEYS, ("3ad77bb40d7a3660a89ecaf32466ef97", "bd334f1d6e45f25ff712a214571fa5cc",
                                     "f3eed1bdb5d2a03c064b5a7e3db181f8")):
        assert encrypt(schedule(key), SP_TEXT[:16]).hex() == cipher
    for start, compress, abc in (
            (SHA256_START, sha256_compress, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (SHA1_START, sha1_compress, "a9993e364706816aba3e25717850c26c9cd0d89d")):
        assert struct.pack(f">{len(start)}I", *compress(start, padded(b"abc")[0])).hex() == abc
    for message, crc in RFC_3720:
        assert crc32c(WORD, message) ^ WORD == crc
    # Gueron and Kounavis, "Intel Carry-Less Multiplication Instruction", section 2.3: 0x7b5b... by 0x4869...
    assert carryless(0x63746F725D53475D, 0x5B477565726F6E5D) == 0x1D4D84C85C3440C0929633D5D36F0451


self_test()

TABLES = {
    "aes_encrypt": lambda: aes(False),
    "aes_decrypt": lambda: aes(True),
    "sha256_compress": lambda: sha(SHA256_START, sha256_compress, pack_sha256, range(16)),
    "sha1_compress": lambda: sha(SHA1_START, sha1_compress, pack_sha1,
                                 [4 * (i // 4) + 3 - i % 4 for i in range(16)]),
    "carryless_multiply": lambda: lanes(0xC1, CARRYLESS),
    "galois": lambda: lanes(0x6F, GALOIS),
    "crc32c_operands": lambda: b"".join(struct.pack("<4Q", *t) for t in crc_tuples()),
    "crc32c": lambda: table(CRC_LINES, crc_tuples()),
}
