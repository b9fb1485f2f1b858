# SPDX-License-Identifier: Apache-2.0
"""Answers of checks/vector_multiply.c: integer multiplication in lanes. Definitions: Intel SDM volume 2, each
instruction's Operation section."""
from random64 import Random
from vector_operands import BLOCKS, ROWS, column

MASK64 = (1 << 64) - 1


def signed(value, width):
    """The low `width` bits as a signed integer."""
    value &= (1 << width) - 1
    return value - (value >> width - 1 << width)


def lanes(value, width):
    """The lanes of a 64-bit integer, lowest first."""
    return [value >> i & (1 << width) - 1 for i in range(0, 64, width)]


def join(values, width):
    """The 64-bit integer of these lanes, each taken modulo 2**width."""
    return sum((value & (1 << width) - 1) << i * width for i, value in enumerate(values))


def each(width, operation):
    """Lifts an operation on two lanes to 64 bits."""
    return lambda a, b: join([operation(x, y) for x, y in zip(lanes(a, width), lanes(b, width))], width)


def saturate16(value):
    """Signed saturation."""
    return max(-0x8000, min(0x7FFF, value))


def maddwd(a, b):
    """PMADDWD: sums of two products of words."""
    products = [signed(x, 16) * signed(y, 16) for x, y in zip(lanes(a, 16), lanes(b, 16))]
    return join([products[0] + products[1], products[2] + products[3]], 32)


def maddubsw(a, b):
    """PMADDUBSW: saturated sums of two products of an unsigned byte of the first and a signed byte of the second."""
    products = [x * signed(y, 8) for x, y in zip(lanes(a, 8), lanes(b, 8))]
    return join([saturate16(products[i] + products[i + 1]) for i in range(0, 8, 2)], 16)


ANSWERS = [
    each(16, lambda x, y: x * y),  # pmullw
    each(16, lambda x, y: signed(x, 16) * signed(y, 16) >> 16),  # pmulhw
    each(16, lambda x, y: x * y >> 16),  # pmulhuw
    lambda a, b: (a & 0xFFFFFFFF) * (b & 0xFFFFFFFF),  # pmuludq
    maddwd,
    each(16, lambda x, y: (signed(x, 16) * signed(y, 16) >> 14) + 1 >> 1),  # pmulhrsw
    maddubsw,
    each(32, lambda x, y: x * y),  # pmulld
    lambda a, b: signed(a, 32) * signed(b, 32) & MASK64,  # pmuldq
    lambda a, b: a * b & MASK64,  # vpmullq
]


def directed(random):
    """64 bits of lanes of one width, each a value from the edges of that width."""
    width = 8 << random.next() % 4
    ones = (1 << width) - 1
    edges = (0, 1, 2, 3, ones, ones - 1, 1 << width - 1, (1 << width - 1) - 1, (1 << width - 1) + 1,
             0x5555555555555555, 0xAAAAAAAAAAAAAAAA, 1 << random.next() % width, (1 << random.next() % width) - 1,
             random.next(), random.next() >> 64 - width // 2)
    return join([edges[random.next() % len(edges)] for _ in range(64 // width)], width)


def operand(random, row, previous):
    """Row by row: random; every bit of the row before turned over; small; directed."""
    if row % 6 == 1 or row % 6 == 3:
        return previous ^ MASK64
    if row % 6 == 4:
        return join([signed(random.next() & 0xFFFF, 16) >> random.next() % 12 for _ in range(2)], 32)
    return directed(random) if row % 6 == 5 else random.next()


def pairs_of_operands(seed):
    """For each block its list of (a, b); every lane of a 64-byte register sees 1,000 different ones."""
    random = Random(seed)
    seen = [set() for _ in range(8)]
    for _ in range(BLOCKS):
        a, b = [0] * 8, [0] * 8
        pairs = []
        for row in range(ROWS):
            a = [operand(random, row, x) for x in a]
            b = [operand(random, row + (row % 6 == 3), x) for x in b]
            pairs += zip(a, b)
        for i, pair in enumerate(pairs):
            seen[i % 8].add(pair)
        yield pairs
    assert all(len(s) >= 1000 for s in seen), "a lane sees fewer than 1,000 operands"


def table():
    """The payload: columns a, b, then ANSWERS in order."""
    payload = bytearray()
    for pairs in pairs_of_operands(0x51):
        for answer in [lambda x, y: x, lambda x, y: y] + ANSWERS:
            payload += column((answer(x, y) for x, y in pairs), 64)
    return bytes(payload)


TABLES = {"vector_multiply": table}
