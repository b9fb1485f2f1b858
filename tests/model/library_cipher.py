# SPDX-License-Identifier: Apache-2.0
"""AES in the modes CBC, CTR (SP 800-38A) and GCM (SP 800-38D), and ChaCha20-Poly1305 (RFC 8439), from their
definitions. Payload of library_cipher: for each block of library_content the results of CIPHERS, each the
ciphertext of MESSAGE bytes and a tag of 16 (zeros where the mode has none)."""
import struct

import library_content
from crypto import SP_KEYS, SP_TEXT, encrypt, schedule, xor

MESSAGE, TAG = 4096, 16
WORD = (1 << 32) - 1


def pieces(data, size=16):
    """The data in pieces, the last perhaps shorter."""
    return [data[i:i + size] for i in range(0, len(data), size)]


def cbc(key, start, text):
    """SP 800-38A, 6.2; the text is whole blocks."""
    keys, last, result = schedule(key), start, b""
    for piece in pieces(text):
        last = encrypt(keys, xor(piece, last))
        result += last
    return result


def ctr(key, start, text, bits=128):
    """SP 800-38A, 6.5: the low bits of the counter count."""
    keys, counter, result = schedule(key), int.from_bytes(start, "big"), b""
    low = (1 << bits) - 1
    for piece in pieces(text):
        result += xor(piece, encrypt(keys, counter.to_bytes(16, "big")))
        counter = counter & ~low | counter + 1 & low
    return result


def gcm_product(x, y):
    """SP 800-38D, 6.3: bit 0 is the highest."""
    result = 0
    for i in range(127, -1, -1):
        result ^= y if x >> i & 1 else 0
        y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
    return result


def gcm(key, nonce, extra, text):
    """SP 800-38D, 7.1, with a nonce of 96 bits: ciphertext and tag."""
    first = nonce + b"\0\0\0\1"
    result = ctr(key, nonce + b"\0\0\0\2", text, 32)
    factor = int.from_bytes(encrypt(schedule(key), bytes(16)), "big")
    total = 0
    for piece in pieces(extra) + pieces(result) + [struct.pack(">QQ", 8 * len(extra), 8 * len(text))]:
        total = gcm_product(total ^ int.from_bytes(piece.ljust(16, b"\0"), "big"), factor)
    return result, ctr(key, first, total.to_bytes(16, "big"))


def rotated(x, n):
    """32 bits to the left."""
    return (x << n | x >> 32 - n) & WORD


def quarter(state, a, b, c, d):
    """RFC 8439, 2.1."""
    for p, q, r, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[p] = (state[p] + state[q]) & WORD
        state[r] = rotated(state[r] ^ state[p], n)


def chacha20(key, counter, nonce):
    """2.3: a block of the stream."""
    start = list(struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<I", counter) + nonce))
    state = list(start)
    for _ in range(10):
        for i in range(4):
            quarter(state, i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(state, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return struct.pack("<16I", *((x + y) & WORD for x, y in zip(state, start)))


def poly1305(key, message):
    """2.5."""
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for piece in pieces(message):
        total = (total + int.from_bytes(piece + b"\1", "little")) * r % ((1 << 130) - 5)
    return (total + int.from_bytes(key[16:], "little") & (1 << 128) - 1).to_bytes(16, "little")


def chacha20_poly1305(key, nonce, extra, text):
    """2.8: ciphertext and tag."""
    result = b"".join(xor(piece, chacha20(key, 1 + i, nonce)) for i, piece in enumerate(pieces(text, 64)))
    message = extra + bytes(-len(extra) % 16) + result + bytes(-len(result) % 16)
    return result, poly1305(chacha20(key, 0, nonce)[:32], message + struct.pack("<QQ", len(extra), len(text)))


# What checks/library_openssl_cipher.c makes of a block: the message is its first MESSAGE bytes, key (at most 32
# bytes), start or nonce and extra data are its last 96.
CIPHERS = [
    lambda key, start, extra, text: gcm(key[:16], start[:12], extra, text),
    lambda key, start, extra, text: gcm(key, start[:12], extra, text),
    lambda key, start, extra, text: (cbc(key, start, text), bytes(TAG)),
    lambda key, start, extra, text: (ctr(key[:16], start, text), bytes(TAG)),
    lambda key, start, extra, text: chacha20_poly1305(key, start[:12], extra, text)]


def self_test():
    """SP 800-38A (F.2.5, F.5.1), test case 4 of the GCM specification, RFC 8439 (2.8.2)."""
    assert cbc(SP_KEYS[2], bytes(range(16)), SP_TEXT[:16]).hex() == "f58c4c04d6e5f1ba779eabfb5f7bfbd6"
    assert ctr(SP_KEYS[0], bytes(range(0xF0, 0x100)), SP_TEXT[:16]).hex() == "874d6191b620e3261bef6864990db6ce"
    text, tag = gcm(bytes.fromhex("feffe9928665731c6d6a8f9467308308"), bytes.fromhex("cafebabefacedbaddecaf888"),
                    bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
                    bytes.fromhex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                                  "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"))
    assert text.hex().endswith("1ba30b396a0aac973d58e091")
    assert tag.hex() == "5bc94fbc3221a5db94fae95ae7121a47"
    _, tag = chacha20_poly1305(bytes(range(0x80, 0xA0)), bytes.fromhex("070000004041424344454647"),
                               bytes.fromhex("50515253c0c1c2c3c4c5c6c7"),
                               b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
                               b"future, sunscreen would be it.")
    assert tag.hex() == "1ae10b594f09e26a7e902ecbd0600691"


self_test()


def ciphertexts():
    """The whole table."""
    payload = b""
    for content in library_content.blocks():
        secret = content[-96:]
        for cipher in CIPHERS:
            payload += b"".join(cipher(secret[:32], secret[32:48], secret[48:], content[:MESSAGE]))
    return payload
