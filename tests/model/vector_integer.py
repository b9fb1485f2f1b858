# SPDX-License-Identifier: Apache-2.0
"""Answers of checks/vector_integer.c: integer operations in lanes. Definitions: Intel SDM volume 2, each instruction's
Operation section. A column is a sum modulo 2 of the results of a group, so that a wrong bit in any of them is a wrong
bit in the sum."""
from functools import reduce

from vector_multiply import each, lanes, pairs_of_operands, signed
from vector_operands import column


def group(*operations):
    """The sum modulo 2 of operations on 64 bits."""
    return lambda a, b: reduce(lambda x, y: x ^ y, (operation(a, b) for operation in operations))


def clamp(value, low, high):
    """Saturation."""
    return max(low, min(high, value))


def saturated(width, sign, is_signed):
    """PADDS, PADDUS (sign 1), PSUBS, PSUBUS (sign -1)."""
    if is_signed:
        low, high = -(1 << width - 1), (1 << width - 1) - 1
        return each(width, lambda x, y: clamp(signed(x, width) + sign * signed(y, width), low, high))
    return each(width, lambda x, y: clamp(x + sign * y, 0, (1 << width) - 1))


def shift(width, count):
    """Left for a positive count, right for a negative one."""
    return each(width, lambda x, y: x << count if count > 0 else x >> -count)


def arithmetic(width, count):
    """PSRAW, PSRAD."""
    return each(width, lambda x, y: signed(x, width) >> count)


def sad(a, b):
    """PSADBW."""
    return sum(abs(x - y) for x, y in zip(lanes(a, 8), lanes(b, 8)))


ANSWERS = [
    group(*(each(width, lambda x, y: x + y) for width in (8, 16, 32, 64))),
    group(*(each(width, lambda x, y: x - y) for width in (8, 16, 32, 64))),
    group(*(saturated(width, sign, s) for width in (8, 16) for sign in (1, -1) for s in (True, False))),
    # Sums, because pand ^ por ^ pxor is always zero.
    each(32, lambda x, y: (x & y) + (x | y) + (x ^ y) + (~x & y)),
    group(shift(16, 3), shift(32, 7), shift(64, 13), shift(16, -5), shift(32, -11), shift(64, -29),
          arithmetic(16, 9), arithmetic(32, 17)),
    # Differences, because pmin ^ pmax says nothing about which is which.
    group(each(8, lambda x, y: min(x, y) - max(x, y)),
          each(16, lambda x, y: min(signed(x, 16), signed(y, 16)) - max(signed(x, 16), signed(y, 16)))),
    group(each(8, lambda x, y: x + y + 1 >> 1), each(16, lambda x, y: x + y + 1 >> 1), sad),
]


def table():
    """The payload: columns a, b, then ANSWERS in order."""
    payload = bytearray()
    for pairs in pairs_of_operands(0x52):
        for answer in [lambda x, y: x, lambda x, y: y] + ANSWERS:
            payload += column((answer(x, y) for x, y in pairs), 64)
    return bytes(payload)


TABLES = {"vector_integer": table}
