# SPDX-License-Identifier: Apache-2.0
"""Arithmetic of numbers of eight words, as checks/integer_carry.S and checks/integer_adx.S do it: the 256 words of
a block's operands are 32 numbers, and number i meets number 31 - i."""
import struct

from integer_frame import BLOCKS, TUPLES, operand_tuples, rotate

BITS = 512
ONES = (1 << BITS) - 1


def numbers(tuples):
    """The 32 numbers."""
    words = [word for t in tuples for word in t]
    return [sum(word << 64 * k for k, word in enumerate(words[i:i + 8])) for i in range(0, len(words), 8)]


def folded(values, bits):
    """The accumulator after the words of these values, lowest first."""
    accumulator = 0
    for value in values:
        for k in range(0, bits, 64):
            accumulator = rotate(accumulator, 1) ^ (value >> k & (1 << 64) - 1)
    return accumulator


def collected(carries):
    """rcl of a word that begins at 0."""
    return sum(carry << k for k, carry in enumerate(reversed(carries)))


def carry_lines(tuples):
    """For each quarter: sums, differences, ripples."""
    number = numbers(tuples)
    for quarter in range(4):
        pairs = [(number[i], number[31 - i]) for i in range(8 * quarter, 8 * quarter + 8)]
        yield folded([x + y & ONES for x, y in pairs], BITS), 0, collected([x + y >> BITS for x, y in pairs])
        yield folded([x - y & ONES for x, y in pairs], BITS), 0, collected([int(x < y) for x, y in pairs])
        yield folded([ONES, 0], BITS), 0, 3


def product_lines(tuples):
    """Four products each."""
    number = numbers(tuples)
    for i in range(0, 32, 4):
        yield folded([number[j] * number[31 - j] for j in range(i, i + 4)], 2 * BITS), 0, 0


def limbs_table(lines):
    """The answers of one check."""
    tuples = operand_tuples()
    return b"".join(struct.pack("<3Q", *line) for b in range(BLOCKS)
                    for line in lines(tuples[TUPLES * b:TUPLES * (b + 1)]))
