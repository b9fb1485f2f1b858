# SPDX-License-Identifier: Apache-2.0
"""Products of AMX tiles (Intel SDM volume 2, TDPBSSD and its kin, TDPBF16PS). The sums of bfloat16 are exact in every
order, because the SDM and the intrinsics guide state two: one rounding would be in dispute.

Payload: BLOCKS blocks of a header (rows, inner, columns as words of 32 bits, zeros to 64 bytes), the tiles A, B, C of 16
rows of 64 bytes, then C + A B for each operation."""
import struct

import ieee754 as fp
from random64 import Random

BLOCKS, ROWS, ROW = 8, 16, 64
F32, BF16 = fp.BINARY32, fp.BFLOAT16
# (rows of A and C, pairs or quadruples of A's rows, columns of C), a block each.
SHAPES = [(16, 16, 16), (16, 16, 16), (1, 16, 16), (16, 1, 16), (16, 16, 1), (7, 11, 13), (15, 9, 5), (3, 6, 10)]


def tile(rows):
    """Rows of bytes as a tile: what is beyond them is 0."""
    return b"".join(row.ljust(ROW, b"\0") for row in rows).ljust(ROWS * ROW, b"\0")


def octets(random, count):
    """Random bytes, edges among them."""
    edges = (0, 1, 0x7F, 0x80, 0x81, 0xFF)
    values = [random.next() for _ in range(count)]
    return bytes(edges[(v >> 16) % len(edges)] if v >> 8 & 7 == 0 else v & 0xFF for v in values)


def signed(value, is_signed):
    """A byte."""
    return value - 256 if is_signed and value & 0x80 else value


def multiply_bytes(shape, a, b, c, signs):
    """c[m][n] + the sums of a[m][4k + i] * b[k][4n + i], modulo 2**32."""
    rows, inner, columns = shape
    result = []
    for m in range(rows):
        words = []
        for n in range(columns):
            total = struct.unpack_from("<I", c[m], 4 * n)[0]
            for k in range(inner):
                for i in range(4):
                    total += signed(a[m][4 * k + i], signs[0]) * signed(b[k][4 * n + i], signs[1])
            words.append(total & 0xFFFFFFFF)
        result.append(struct.pack(f"<{columns}I", *words))
    return tile(result)


def int8_block(random, shape):
    """The four operations."""
    rows, inner, columns = shape
    a = [octets(random, 4 * inner) for _ in range(rows)]
    b = [octets(random, 4 * columns) for _ in range(inner)]
    c = [octets(random, 4 * columns) for _ in range(rows)]
    results = b"".join(multiply_bytes(shape, a, b, c, signs) for signs in
                       ((True, True), (True, False), (False, True), (False, False)))
    return tile(a) + tile(b) + tile(c) + results


def small(random):
    """A bfloat16 of few bits: an integer from -63 to 63, or half of it; now and then 0."""
    value = random.next()
    number = 0 if value & 7 == 0 else (value >> 8) % 127 - 63
    return fp.pack(BF16, int(number < 0), abs(number), -(value >> 32 & 1), fp.Mode()) if number else 0


def wide(random):
    """Any normal bfloat16 whose product with another stays normal: exponents from -60 to 60."""
    value = random.next()
    return (value & 0x80) << 8 | 127 - 60 + (value >> 8) % 121 << 7 | value >> 32 & 0x7F


def exact(total):
    """The binary32 of an exact sum (numerator, power of two): no rounding."""
    number, exponent = total
    result = fp.pack(F32, int(number < 0), abs(number), exponent, fp.Mode()) if number else 0
    assert not number or value_of(F32, result) == reduced(number, exponent)
    return result


def reduced(number, exponent):
    """The same value with an odd number."""
    while not number & 1:
        number, exponent = number >> 1, exponent + 1
    return number, exponent


def value_of(fmt, bits):
    """A finite encoding as (number, power of two), the number odd or 0."""
    _, sign, significand, exponent = fmt.decode(bits)
    return reduced(-significand if sign else significand, exponent) if significand else (0, 0)


def product_of(x, y):
    """The product of two bfloat16, exact."""
    (m, i), (n, j) = value_of(BF16, x), value_of(BF16, y)
    return m * n, i + j


def added(p, q):
    """The sum of two (number, power of two)."""
    if not p[0] or not q[0]:
        return q if not p[0] else p
    low = min(p[1], q[1])
    return (p[0] << p[1] - low) + (q[0] << q[1] - low), low


def multiply_bf16(shape, a, b, c):
    """c[m][n] + the sums of a[m][2k + i] * b[k][2n + i]."""
    rows, inner, columns = shape
    result = []
    for m in range(rows):
        words = []
        for n in range(columns):
            total = value_of(F32, c[m][n])
            for k in range(inner):
                for i in range(2):
                    total = added(total, product_of(a[m][2 * k + i], b[k][2 * n + i]))
            words.append(exact(total))
        result.append(struct.pack(f"<{columns}I", *words))
    return tile(result)


def bf16_block(random, shape, block):
    """Even blocks add small numbers; in odd ones each row of A has one number that is not 0, of any size, and C is 0."""
    rows, inner, columns = shape
    if block % 2 == 0:
        a = [[small(random) for _ in range(2 * inner)] for _ in range(rows)]
        b = [[small(random) for _ in range(2 * columns)] for _ in range(inner)]
        c = [[fp.from_integer(F32, (random.next() & 0xFFFF) - 0x8000, fp.Mode()) for _ in range(columns)]
             for _ in range(rows)]
    else:
        a = [[0] * (2 * inner) for _ in range(rows)]
        for row in a:
            row[random.next() % len(row)] = wide(random)
        b = [[wide(random) for _ in range(2 * columns)] for _ in range(inner)]
        c = [[0] * columns for _ in range(rows)]
    tiles = tile(struct.pack(f"<{len(r)}H", *r) for r in a) + tile(struct.pack(f"<{len(r)}H", *r) for r in b)
    return tiles + tile(struct.pack(f"<{len(r)}I", *r) for r in c) + multiply_bf16(shape, a, b, c)


def table(make):
    """All blocks."""
    random = Random(0xA3)
    return b"".join(struct.pack("<3I", *shape).ljust(64, b"\0") + make(random, shape, i)
                    for i, shape in enumerate(SHAPES))


TABLES = {
    "amx_multiply_int8": lambda: table(lambda random, shape, _: int8_block(random, shape)),
    "amx_multiply_bf16": lambda: table(bf16_block),
}
