# SPDX-License-Identifier: Apache-2.0
"""Operands of the scalar floating point checks, and the blocks of checks/float_block.h: directed operands meet random
ones."""
import struct

import ieee754 as fp
from random64 import Random, mix

GROUP = 8
CF, PF, ZF = 1, 4, 64  # of the flags register
LOW32, LOW64 = (1 << 32) - 1, (1 << 64) - 1


def directed(fmt):
    """The encodings at which circuits change their ways."""
    one = fmt.bias << fmt.fraction_bits | (fmt.leading if fmt.explicit else 0)
    smallest = 1 << fmt.fraction_bits | (fmt.leading if fmt.explicit else 0)
    largest = fmt.infinity - 1 if not fmt.explicit else (fmt.exponent_all - 1 << 64 | LOW64)
    alternating = one | (fmt.fraction_mask // 3 & fmt.leading - 1)
    values = [0, one, one + 1, one | fmt.leading - 1, smallest, smallest + 1, largest, largest - 1, fmt.infinity,
              1, 2, fmt.leading - 1, fmt.leading >> 1, alternating, alternating ^ fmt.leading - 1,
              one + (1 << fmt.fraction_bits), one - (1 << fmt.fraction_bits),
              one + (fmt.precision - 1 << fmt.fraction_bits), one + (fmt.precision << fmt.fraction_bits),
              fmt.infinity | fmt.quiet_bit | fmt.leading // 5, fmt.infinity | fmt.leading // 11]
    return values + [v | fmt.sign_bit for v in values]


class Operands:
    """Reproducible operands of one block."""

    def __init__(self, name, block):
        self.random = Random(mix(int.from_bytes(name.encode(), "little") & LOW64) + block)

    def below(self, bound):
        """An integer from 0 to bound - 1."""
        return self.random.next() % bound

    def number(self, fmt, low, high):
        """A normal number with its exponent between low and high."""
        low, high = max(low, fmt.exponent_min), min(high, fmt.exponent_max)
        exponent = low + self.below(high - low + 1) + fmt.bias
        fraction = self.random.next() & fmt.leading - 1
        kind = self.below(4)
        if kind == 0:  # few bits
            fraction = fraction >> self.below(fmt.precision) << self.below(fmt.precision) & fmt.leading - 1
        elif kind == 1:  # a run of ones
            fraction = (fmt.leading - 1 << self.below(fmt.precision)) & fmt.leading - 1
        return self.below(2) << fmt.width - 1 | exponent << fmt.fraction_bits | (
            fmt.leading if fmt.explicit else 0) | fraction

    def any(self, fmt):
        """Any encoding that the format has, of full range."""
        if self.below(3) == 0:
            return directed(fmt)[self.below(len(directed(fmt)))]
        if self.below(8) == 0:  # denormal
            return self.below(2) << fmt.width - 1 | self.random.next() & fmt.leading - 1
        return self.number(fmt, fmt.exponent_min, fmt.exponent_max)

    def halfway(self, fmt, a):
        """A number that, added to a, leads to the middle between two neighbours of a, or right beside it."""
        exponent = (a >> fmt.fraction_bits & fmt.exponent_all) - fmt.precision
        if not 0 < exponent < fmt.exponent_all:
            return self.any(fmt)
        return self.below(2) << fmt.width - 1 | exponent << fmt.fraction_bits | (
            fmt.leading if fmt.explicit else 0) | self.below(2)

    def pair(self, fmt, i):
        """Two operands: every fourth pair of full range, the others bounded, close to each other (cancellation),
        halfway, or with a product that has one bit too many."""
        kind = i % 4
        if kind == 0:
            return self.any(fmt), self.any(fmt)
        a = self.number(fmt, -20, 20)
        if kind == 1:
            return a, self.number(fmt, -20, 20)
        if kind == 2:
            return (a, self.halfway(fmt, a)) if self.below(2) else (a, a ^ fmt.sign_bit ^ self.below(4))
        bits = 1 + self.below(fmt.precision - 1)
        return self.odd(fmt, bits + 1), self.odd(fmt, fmt.precision - bits + 1)

    def odd(self, fmt, bits):
        """A number whose significand has `bits` bits and ends in a one."""
        significand = 1 << bits - 1 | self.random.next() & (1 << bits - 1) - 1 | 1
        return fp.pack(fmt, self.below(2), significand, self.below(20) - 10 - bits, fp.Mode())


def one_nan(fmt, *operands):
    """Whether at most one operand is a NaN: which of several wins is the unit's own rule."""
    return sum(fmt.is_nan(x) for x in operands) <= 1


def is_slow(mode, values):
    """Whether one of these (format, encoding) is a denormal that the mode does not take away."""
    return not (mode.daz and mode.flush) and any(fmt.is_denormal(x) for fmt, x in values)


def block(operation, control, tuples):
    """tuples: (slow, cells)."""
    return struct.pack("<IIII", operation, control, sum(slow for slow, _ in tuples), len(tuples)) + b"".join(
        cells for _, cells in tuples)


def near_integer(operands, fmt):
    """A number around the ends of 32 and 64 bit integers, around zero, or with a fraction of one half."""
    kind = operands.below(4)
    if kind == 0:
        return operands.any(fmt)
    if kind == 1:
        return operands.number(fmt, -3, 66)
    if kind == 2:
        value = 2 * operands.below(1 << 20) + 1
        return fp.pack(fmt, operands.below(2), value, -1, fp.Mode())
    edge = (1 << (31, 32, 63, 15)[operands.below(4)] + 1) + operands.below(9) - 4
    return fp.pack(fmt, operands.below(2), edge, -1, fp.Mode(operands.below(4)))


def near_integers(operands):
    """64 bits as an integer operand."""
    kind = operands.below(4)
    if kind == 0:
        return operands.random.next()
    if kind == 1:  # halfway between two numbers of a format, or beside
        shift, precision = operands.below(10) + 1, (24, 53)[operands.below(2)]
        return (operands.below(1 << precision) * 2 + 1 << shift) + operands.below(3) - 1 & LOW64
    if kind == 2:
        return (1 << operands.below(64)) + operands.below(3) - 1 & LOW64
    return operands.random.next() >> operands.below(64)


def signed(value, width):
    """The low `width` bits as two's complement."""
    value &= (1 << width) - 1
    return value - (value >> width - 1 << width)


def flags(relation):
    """CF PF ZF after COMISS and FCOMI (SDM volume 2, COMISD); the other status flags are cleared."""
    return {fp.LESS: CF, fp.EQUAL: ZF, fp.GREATER: 0, fp.UNORDERED: CF | PF | ZF}[relation]
