# SPDX-License-Identifier: Apache-2.0
"""SHA-1, SHA-2 (FIPS 180-4), SHA-3 (FIPS 202), HMAC (RFC 2104), HKDF (RFC 5869) and PBKDF2 (RFC 8018), from their
definitions. Payload of library_digest: for each block of library_content the results of RESULTS, each filled up
with zeros to WIDTH bytes."""
import struct

import library_content
from crypto import PRIMES, SHA1_START, SHA256_START, fraction, padded, sha1_compress, sha256_compress, xor

WIDTH = 64
WORD = (1 << 64) - 1
MORE_PRIMES = [p for p in range(2, 410) if all(p % d for d in range(2, p))]
SHA512_K = [fraction(3, p, 64) for p in MORE_PRIMES]
SHA512_START = [fraction(2, p, 64) for p in PRIMES[:8]]
SHA384_START = [fraction(2, p, 64) for p in PRIMES[8:16]]


def right(x, n):
    """64 bits rotated right."""
    return (x >> n | x << 64 - n) & WORD


def sha512_compress(state, words):
    """FIPS 180-4, 6.4.2."""
    w = list(words)
    for t in range(16, 80):
        s0 = right(w[t - 15], 1) ^ right(w[t - 15], 8) ^ w[t - 15] >> 7
        s1 = right(w[t - 2], 19) ^ right(w[t - 2], 61) ^ w[t - 2] >> 6
        w.append((w[t - 16] + s0 + w[t - 7] + s1) & WORD)
    a, b, c, d, e, f, g, h = state
    for t in range(80):
        t1 = h + (right(e, 14) ^ right(e, 18) ^ right(e, 41)) + (e & f ^ ~e & g) + SHA512_K[t] + w[t]
        t2 = (right(a, 28) ^ right(a, 34) ^ right(a, 39)) + (a & b ^ a & c ^ b & c)
        a, b, c, d, e, f, g, h = (t1 + t2) & WORD, a, b, c, (d + t1) & WORD, e, f, g
    return [(x + y) & WORD for x, y in zip(state, (a, b, c, d, e, f, g, h))]


def short_sha(start, compress):
    """SHA-1 and SHA-256."""
    def digest(message):
        state = start
        for words in padded(message):
            state = compress(state, words)
        return struct.pack(f">{len(state)}I", *state)
    return digest


def long_sha(start, size):
    """SHA-512 and SHA-384."""
    def digest(message):
        state = start
        data = message + b"\x80" + bytes((111 - len(message)) % 128) + (8 * len(message)).to_bytes(16, "big")
        for i in range(0, len(data), 128):
            state = sha512_compress(state, struct.unpack(">16Q", data[i:i + 128]))
        return struct.pack(">8Q", *state)[:size]
    return digest


def keccak_constants():
    """FIPS 202, 3.2.2 and 3.2.5: the rotations by lane x + 5y, and the constants of the rounds."""
    rotations, x, y = [0] * 25, 1, 0
    for t in range(24):
        rotations[x + 5 * y] = (t + 1) * (t + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % 5
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            constant |= (register & 1) << (1 << j) - 1
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return rotations, constants


ROTATIONS, CONSTANTS = keccak_constants()


def keccak(lanes):
    """The permutation Keccak-f[1600]: theta, rho and pi, chi, iota."""
    for constant in CONSTANTS:
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        lanes = [lane ^ columns[(i - 1) % 5] ^ right(columns[(i + 1) % 5], 63) for i, lane in enumerate(lanes)]
        moved = [0] * 25
        for x in range(5):
            for y in range(5):
                moved[y + 5 * ((2 * x + 3 * y) % 5)] = right(lanes[x + 5 * y], -ROTATIONS[x + 5 * y] % 64)
        lanes = [moved[i] ^ ~moved[(i % 5 + 1) % 5 + i // 5 * 5] & moved[(i % 5 + 2) % 5 + i // 5 * 5] & WORD
                 for i in range(25)]
        lanes[0] ^= constant
    return lanes


def sha3(size):
    """FIPS 202, 6.1."""
    def digest(message):
        rate = 200 - 2 * size
        data = bytearray(message + b"\x06" + bytes(-(len(message) + 1) % rate))
        data[-1] |= 0x80
        lanes = [0] * 25
        for i in range(0, len(data), rate):
            words = struct.unpack(f"<{rate // 8}Q", data[i:i + rate])
            lanes = keccak([lane ^ word for lane, word in zip(lanes, words + (0,) * 25)])
        return struct.pack("<25Q", *lanes)[:size]
    return digest


SHA1, SHA256 = short_sha(SHA1_START, sha1_compress), short_sha(SHA256_START, sha256_compress)
SHA384, SHA512 = long_sha(SHA384_START, 48), long_sha(SHA512_START, 64)
SHA3_256, SHA3_512 = sha3(32), sha3(64)


def hmac(digest, width, key, message):
    """RFC 2104; `width` is that of the digest's blocks."""
    key = (digest(key) if len(key) > width else key).ljust(width, b"\0")
    return digest(xor(key, b"\x5c" * width) + digest(xor(key, b"\x36" * width) + message))


def hkdf(key, salt, info, size):
    """RFC 5869 with SHA-256."""
    secret, part, result = hmac(SHA256, 64, salt, key), b"", b""
    for i in range(1, (size + 31) // 32 + 1):
        part = hmac(SHA256, 64, secret, part + info + bytes([i]))
        result += part
    return result[:size]


def pbkdf2(password, salt, iterations, size):
    """RFC 8018, 5.2, with HMAC-SHA-256."""
    result = b""
    for i in range(1, (size + 31) // 32 + 1):
        last = total = hmac(SHA256, 64, password, salt + i.to_bytes(4, "big"))
        for _ in range(iterations - 1):
            last = hmac(SHA256, 64, password, last)
            total = xor(total, last)
        result += total
    return result[:size]


# What checks/library_openssl_digest.c computes of a block: keys, salts and passwords are pieces of it.
RESULTS = [SHA1, SHA256, SHA384, SHA512, SHA3_256, SHA3_512,
           lambda content: hmac(SHA512, 128, content[:48], content),
           lambda content: hkdf(content[64:96], content[96:112], content[112:152], 64),
           lambda content: pbkdf2(content[200:224], content[224:240], 20, 64)]


def self_test():
    """The published examples: FIPS 180-4 and 202 (NIST's example values), RFC 4231, RFC 5869, RFC 7914."""
    for result, known in (
            (SHA384(b"abc"), "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
             "8086072ba1e7cc2358baeca134c825a7"),
            (SHA512(b"abc"), "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
             "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"),
            (SHA3_256(b"abc"), "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
            (SHA3_512(b"abc"), "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
             "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0"),
            (hmac(SHA512, 128, b"Jefe", b"what do ya want for nothing?"),
             "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
             "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"),
            (hkdf(b"\x0b" * 22, bytes(range(13)), bytes(range(0xF0, 0xFA)), 42),
             "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
            (pbkdf2(b"passwd", b"salt", 1, 64), "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
             "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783")):
        assert result.hex() == known, known


self_test()


def digests():
    """The whole table."""
    return b"".join(function(content).ljust(WIDTH, b"\0") for content in library_content.blocks()
                    for function in RESULTS)
