# SPDX-License-Identifier: Apache-2.0
"""RSA (RFC 8017), X25519 (RFC 7748), Ed25519 (RFC 8032), ECDSA and ECDH over P-256 (FIPS 186-4, RFC 6979), from their
definitions, on big integers. Payload of library_key: the keys as `keys` packs them, then for each block of
library_content what `signatures` makes of it: checks/library_openssl_key.c holds the same structures."""
import struct

import library_content
from library_hash import SHA256, SHA512, hmac
from random64 import Random

MESSAGE = 1024  # bytes of the block that Ed25519 signs
SMALL_PRIMES = [p for p in range(3, 2000, 2) if all(p % d for d in range(3, int(p ** 0.5) + 1, 2))]
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017, 9.2, note 1: SHA-256


def number(random, bits):
    """A random number below 2**bits."""
    return sum(random.next() << 64 * i for i in range((bits + 63) // 64)) & (1 << bits) - 1


def is_prime(n, random):
    """Miller and Rabin, 20 times."""
    if any(n % p == 0 for p in SMALL_PRIMES):
        return False
    twos = (n - 1 & 1 - n).bit_length() - 1
    for _ in range(20):
        x = pow(2 + number(random, 128), n - 1 >> twos, n)
        if x in (1, n - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def prime(random, bits):
    """With its two highest bits set; one less than it has no factor 65537."""
    while True:
        n = number(random, bits) | 3 << bits - 2 | 1
        if (n - 1) % 65537 and is_prime(n, random):
            return n


class Rsa:
    """A key, and PKCS #1 v1.5."""

    def __init__(self, random, bits):
        p, q = prime(random, bits // 2), prime(random, bits // 2)
        self.size = bits // 8
        self.n, self.e = p * q, 65537
        self.d = pow(self.e, -1, (p - 1) * (q - 1))

    def packed(self, private):
        """n, d (where `private`), e: little endian, e of 8 bytes."""
        values = [(self.n, self.size)] + [(self.d, self.size)] * private + [(self.e, 8)]
        return b"".join(value.to_bytes(size, "little") for value, size in values)

    def sign(self, digest):
        """RFC 8017, 8.2.1."""
        text = DIGEST_INFO + digest
        message = b"\0\1" + b"\xff" * (self.size - 3 - len(text)) + b"\0" + text
        return pow(int.from_bytes(message, "big"), self.d, self.n).to_bytes(self.size, "big")


FIELD = (1 << 255) - 19


def x25519(scalar, u):
    """RFC 7748, 5."""
    k = int.from_bytes(scalar, "little") & (1 << 254) - 8 | 1 << 254
    x1 = int.from_bytes(u, "little") & (1 << 255) - 1
    x2, z2, x3, z3, swapped = 1, 0, x1, 1, 0
    for t in reversed(range(255)):
        bit = k >> t & 1
        if bit != swapped:
            x2, x3, z2, z3, swapped = x3, x2, z3, z2, bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a, b * b, d * a, c * b
        x3, z3 = (da + cb) ** 2 % FIELD, x1 * (da - cb) ** 2 % FIELD
        x2, z2 = aa * bb % FIELD, (aa - bb) * (aa + 121665 * (aa - bb)) % FIELD
    if swapped:
        x2, z2 = x3, z3
    return (x2 * pow(z2, -1, FIELD) % FIELD).to_bytes(32, "little")


EDWARDS_D = -121665 * pow(121666, -1, FIELD) % FIELD
EDWARDS_ORDER = (1 << 252) + 27742317777372353535851937790883648493
EDWARDS_Y = 4 * pow(5, -1, FIELD) % FIELD


def edwards_base():
    """The base point, whose x is even: RFC 8032, 5.1."""
    square = (EDWARDS_Y ** 2 - 1) * pow(EDWARDS_D * EDWARDS_Y ** 2 + 1, -1, FIELD) % FIELD
    x = pow(square, (FIELD + 3) // 8, FIELD)
    if x * x % FIELD != square:
        x = x * pow(2, (FIELD - 1) // 4, FIELD) % FIELD
    return (FIELD - x if x & 1 else x), EDWARDS_Y


def edwards_add(a, b):
    """The sum of two points on the twisted curve."""
    (x1, y1), (x2, y2) = a, b
    both = EDWARDS_D * x1 * x2 * y1 * y2
    return ((x1 * y2 + x2 * y1) * pow(1 + both, -1, FIELD) % FIELD,
            (y1 * y2 + x1 * x2) * pow(1 - both, -1, FIELD) % FIELD)


def edwards_multiply(k, point):
    """Double and add."""
    result = (0, 1)
    for bit in f"{k:b}":
        result = edwards_add(result, result)
        result = edwards_add(result, point) if bit == "1" else result
    return result


def edwards_packed(point):
    """RFC 8032, 5.1.2."""
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


EDWARDS_BASE = edwards_base()


def ed25519(secret, message):
    """RFC 8032, 5.1.6: the public key and the signature."""
    h = SHA512(secret)
    s = int.from_bytes(h[:32], "little") & (1 << 254) - 8 | 1 << 254
    public = edwards_packed(edwards_multiply(s, EDWARDS_BASE))
    r = int.from_bytes(SHA512(h[32:] + message), "little") % EDWARDS_ORDER
    point = edwards_packed(edwards_multiply(r, EDWARDS_BASE))
    k = int.from_bytes(SHA512(point + public + message), "little")
    return public, point + ((r + k * s) % EDWARDS_ORDER).to_bytes(32, "little")


# FIPS 186-4, D.1.2.3.
P256 = (1 << 256) - (1 << 224) + (1 << 192) + (1 << 96) - 1
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P256_BASE = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
             0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def p256_add(a, b):
    """The sum of two points; None is that at infinity."""
    if a is None or b is None:
        return b if a is None else a
    (x1, y1), (x2, y2) = a, b
    if x1 == x2 and (y1 + y2) % P256 == 0:
        return None
    slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, P256) if a == b else (y2 - y1) * pow(x2 - x1, -1, P256)
    x = (slope * slope - x1 - x2) % P256
    return x, (slope * (x1 - x) - y1) % P256


def p256_multiply(k, point):
    """Double and add."""
    result = None
    for bit in f"{k:b}":
        result = p256_add(result, result)
        result = p256_add(result, point) if bit == "1" else result
    return result


def p256_packed(point):
    """Uncompressed: SEC 1, 2.3.3."""
    return b"\4" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")


def rfc6979(secret, digest):
    """RFC 6979, 3.2: the number that a signature needs, from key and digest."""
    seed = secret.to_bytes(32, "big") + (int.from_bytes(digest, "big") % P256_ORDER).to_bytes(32, "big")
    key, value = bytes(32), b"\1" * 32
    for separator in (b"\0", b"\1"):
        key = hmac(SHA256, 64, key, value + separator + seed)
        value = hmac(SHA256, 64, key, value)
    while True:
        value = hmac(SHA256, 64, key, value)
        if 0 < int.from_bytes(value, "big") < P256_ORDER:
            return int.from_bytes(value, "big")
        key = hmac(SHA256, 64, key, value + b"\0")
        value = hmac(SHA256, 64, key, value)


def ecdsa(secret, digest):
    """FIPS 186-4, 6.4: r and s."""
    k = rfc6979(secret, digest)
    r = p256_multiply(k, P256_BASE)[0] % P256_ORDER
    return r, pow(k, -1, P256_ORDER) * (int.from_bytes(digest, "big") + r * secret) % P256_ORDER


def der_integer(value):
    """X.690, 8.3, of a positive number."""
    body = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return b"\2" + bytes([len(body)]) + body


def der(r, s):
    """The signature as OpenSSL takes it: a sequence of two integers."""
    body = der_integer(r) + der_integer(s)
    return b"\x30" + bytes([len(body)]) + body


class Keys:
    """The keys of the check."""

    def __init__(self):
        random = Random(0x4B45)
        self.verifying, self.signing = Rsa(random, 2048), Rsa(random, 1024)
        self.p256 = number(random, 255) | 1
        self.ed25519, self.x25519 = (number(random, 256).to_bytes(32, "little") for _ in range(2))
        self.random = random

    def packed(self):
        """RSA of 2048 bits, without d; of 1024 bits; P-256: private, little endian, public; Ed25519: private, public; X25519: private; zeros to 8 bytes."""
        payload = self.verifying.packed(False) + self.signing.packed(True) + self.p256.to_bytes(32, "little")
        payload += p256_packed(p256_multiply(self.p256, P256_BASE)) + self.ed25519
        payload += ed25519(self.ed25519, b"")[0] + self.x25519
        return payload + bytes(-len(payload) % 8)

    def signatures(self, content):
        """The digest, RSA's signatures with both keys, Ed25519's; X25519: a peer and what is shared; P-256: the same; ECDSA's
        signature and its size."""
        digest = SHA256(content)
        peer = p256_multiply(number(self.random, 255) | 1, P256_BASE)
        other = x25519(number(self.random, 256).to_bytes(32, "little"), (9).to_bytes(32, "little"))
        payload = digest + self.verifying.sign(digest) + self.signing.sign(digest)
        payload += ed25519(self.ed25519, content[:MESSAGE])[1] + other + x25519(self.x25519, other)
        payload += p256_packed(peer) + p256_multiply(self.p256, peer)[0].to_bytes(32, "big")
        signature = der(*ecdsa(self.p256, digest))
        payload += signature.ljust(72, b"\0") + bytes([len(signature)])
        return payload + bytes(-len(payload) % 8)


def keys():
    """The whole table."""
    made = Keys()
    return made.packed() + b"".join(made.signatures(content) for content in library_content.blocks())


def self_test():
    """The published examples: RFC 7748 (5.2), RFC 8032 (7.1, test 2), RFC 6979 (A.2.5)."""
    assert x25519(bytes.fromhex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
                  bytes.fromhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")).hex() == \
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
    public, signature = ed25519(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
                                b"\x72")
    assert public.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert signature.hex() == "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" \
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    assert ecdsa(0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721, SHA256(b"sample")) == (
        0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716,
        0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8)


self_test()
