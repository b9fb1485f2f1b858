# SPDX-License-Identifier: Apache-2.0
"""The frame of the integer models: operand tuples, flags, and the fold of the kernels (checks/integer_unit.h).

A check has a list of lines, in the order of its kernel (checks/integer_*.inc); a line is a function of the tuple
(a, b, c, d) that returns (value, second, flags): what the kernel folds into its three accumulators.

Payload of integer_CHECK: BLOCKS blocks of lines of three little-endian words (the accumulators after TUPLES
tuples). Payload of integer_operands: BLOCKS * TUPLES tuples of four words."""
import struct

from random64 import MASK, Random

BLOCKS = 16
TUPLES = 64
CF, PF, AF, ZF, SF, OF = 1, 4, 0x10, 0x40, 0x80, 0x800
ALL = CF | PF | AF | ZF | SF | OF

PATTERNS = [0, MASK, 0x5555555555555555, 0xAAAAAAAAAAAAAAAA, 0x00FF00FF00FF00FF, 0xFF00FF00FF00FF00,
            0x0123456789ABCDEF, 0xFFFFFFFF, 0xFFFFFFFF00000000, 0x8000000080008080, 0x7FFFFFFF7FFF7F7F]
DIRECTED = PATTERNS + [1 << k for k in range(64)] + [(1 << k) - 1 for k in range(1, 64)] + \
    [MASK ^ 1 << k for k in range(64)] + [(1 << k) + 1 for k in range(1, 64)]


def bits(width):
    """All ones of `width` bits."""
    return (1 << width) - 1


def signed(value, width):
    """The two's complement value of the low `width` bits."""
    value &= bits(width)
    return value - (1 << width) if value >> width - 1 else value


def merge(old, new, width):
    """A register after a write of `width` bits: 32 bits clear the upper half, 8 and 16 keep the rest."""
    if width >= 32:
        return new & bits(width)
    return old & ~bits(width) | new & bits(width)


def rotate(value, count):
    """64 bits rotated left."""
    return (value << count | value >> 64 - count) & MASK


def directed(random):
    """One of the patterns that toggle, stand alone, or border on a power of two."""
    return DIRECTED[random.next() % len(DIRECTED)]


def bounded(random):
    """A number of random length, of either sign."""
    value = random.next()
    short = value >> random.next() % 64
    return MASK ^ short if value & 1 else short


def operand_tuples(words=4):
    """All tuples: directed pairs, directed with random, random of full and of bounded range, complements."""
    random = Random(0x1517)
    seen, tuples = set(), []
    while len(tuples) < BLOCKS * TUPLES:
        kind = len(tuples) % 8
        pick = [random.next() for _ in range(words)]
        if kind in (0, 2):
            pick = [directed(random) for _ in range(words)]
        elif kind == 4:
            pick = [directed(random) if w % 2 else random.next() for w in range(words)]
        elif kind == 6:
            pick = [bounded(random) for _ in range(words)]
        elif kind in (1, 5):
            pick = [MASK ^ w for w in tuples[-1]]
        if tuple(pick[:2]) in seen:
            continue
        seen.add(tuple(pick[:2]))
        tuples.append(pick)
    return tuples


def fold(line, tuples):
    """What the kernel's three accumulators hold after all tuples of a block."""
    value = second = flags = 0
    for t in tuples:
        v, s, f = line(*t)
        value, second, flags = rotate(value, 1) ^ v, rotate(second, 1) ^ s, rotate(flags, 1) ^ f
    return struct.pack("<3Q", value, second, flags)


def table(lines, tuples):
    """The answers of one check."""
    return b"".join(fold(line, tuples[TUPLES * b:TUPLES * (b + 1)]) for b in range(BLOCKS) for line in lines)


def parity(value):
    """PF: the low byte has an even number of ones."""
    return PF if bin(value & 0xFF).count("1") % 2 == 0 else 0


def zero_sign(value, width):
    """ZF, SF and PF of a result."""
    value &= bits(width)
    return (0 if value else ZF) | (SF if value >> width - 1 else 0) | parity(value)
