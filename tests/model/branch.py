# SPDX-License-Identifier: Apache-2.0
"""Conditional branches behind the instructions that they fuse with (Intel SDM volume 2).

Payload of branch_compare: PAIRS times two little-endian words of 64 bits, the operands a and b; then PAIRS times, for
each form in the order of checks/branch_compare.inc, 16 bits: bit n is whether condition n holds after it."""
import struct

from integer_arithmetic import added, subtracted
from integer_frame import CF, bits, bounded, directed, zero_sign
from integer_logic import conditions
from random64 import MASK, Random

PAIRS = 128
BYTE = 0x35


def difference(width, constant=None):
    """cmp, sub."""
    return lambda a, b: subtracted(a, b if constant is None else constant, 0, width)[1]


def total(width):
    """add."""
    return lambda a, b: added(a, b, 0, width)[1]


def logic(operation, width):
    """test, and, or, xor."""
    return lambda a, b: zero_sign(operation(a, b) & bits(width), width)


def by_one(operation, width, carry):
    """inc, dec: the carry stays what it was."""
    return lambda a, _: operation(a, 1, 0, width)[1] & ~CF | carry


AND, OR, XOR = (lambda a, b: a & b), (lambda a, b: a | b), (lambda a, b: a ^ b)
FORMS = [difference(64), difference(32), difference(64), difference(32), difference(64, BYTE), difference(16),
         difference(8), logic(AND, 64), logic(AND, 32), logic(AND, 64), total(64), total(32), logic(AND, 64),
         logic(OR, 64), logic(XOR, 32), by_one(added, 64, CF), by_one(subtracted, 32, 0)]


def operand_pairs():
    """Pairs that are equal, differ by little, in one bit, in sign alone, or altogether."""
    random = Random(0xB4A2)
    pairs = []
    while len(pairs) < PAIRS:
        a, draw = directed(random) if random.next() & 1 else bounded(random), random.next()
        b = [a, a + draw % 5 - 2, a ^ 1 << draw % 64, ~a, a ^ 1 << 63, a ^ 1 << 31, -a, directed(random),
             bounded(random), draw, BYTE, a & draw][len(pairs) % 12]
        pairs.append((a, b & MASK))
    return pairs


def branch_compare():
    """The table."""
    pairs = operand_pairs()
    payload = b"".join(struct.pack("<QQ", a, b) for a, b in pairs)
    for a, b in pairs:
        for form in FORMS:
            payload += struct.pack("<H", sum(holds << n for n, holds in enumerate(conditions(form(a, b)))))
    return payload


TABLES = {"branch_compare": branch_compare}
