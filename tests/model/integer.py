# SPDX-License-Identifier: Apache-2.0
"""The tables of the integer checks; integer_frame.py describes them."""
import struct

from integer_arithmetic import ADD, DIVIDE, MULTIPLY, dividend_tuples
from integer_bits import BITS, BMI1, BMI2, LZCNT, MOVBE, MULTIPLY_BMI2, POPCNT
from integer_frame import operand_tuples, table
from integer_limbs import carry_lines, limbs_table, product_lines
from integer_logic import CONDITION, EXTEND, FLAGS_LAHF, LOGIC, MOVE
from integer_memory import FLAGS_CARRY, LOCK, LOCK_CX16, MEMORY
from integer_shifts import ROTATE, SHIFT

LINES = {"multiply": MULTIPLY, "multiply_bmi2": MULTIPLY_BMI2, "add": ADD, "logic": LOGIC, "condition": CONDITION,
         "extend": EXTEND, "move": MOVE, "move_movbe": MOVBE, "flags_lahf": FLAGS_LAHF, "shift": SHIFT,
         "rotate": ROTATE, "bits": BITS, "bits_popcnt": POPCNT, "bits_lzcnt": LZCNT, "bits_bmi1": BMI1,
         "bits_bmi2": BMI2, "memory": MEMORY, "lock": LOCK, "lock_cx16": LOCK_CX16, "flags_carry": FLAGS_CARRY}


def packed(tuples):
    """A table of operands."""
    return b"".join(struct.pack(f"<{len(t)}Q", *t) for t in tuples)


def answers(name):
    """The maker of one check's table: a named function, so that a pool can send it."""
    return lambda: table(LINES[name], operand_tuples())


TABLES = {f"integer_{name}": answers(name) for name in LINES} | {
    "integer_operands": lambda: packed(operand_tuples()),
    "integer_dividends": lambda: packed(dividend_tuples()),
    "integer_carry": lambda: limbs_table(carry_lines),
    "integer_multiply_adx": lambda: limbs_table(product_lines),
    "integer_divide": lambda: table(DIVIDE, dividend_tuples()),
}
