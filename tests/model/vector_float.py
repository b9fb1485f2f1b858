# SPDX-License-Identifier: Apache-2.0
"""Answers of the floating point streams: checks/vector_arith.c and checks/fma_stream.c."""
import ieee754 as fp
from vector_operands import float_table


def compare_code(fmt, a, b, mode):
    """Bit p: whether predicate p of VCMPPS holds, p from 0 to 31."""
    relation = fp.compare(fmt, a, b, mode)
    return sum(1 << p for p in range(32) if fp.predicate(p, relation))


def arith(fmt, seed):
    """a, b; a + b, a - b, a * b, a / b, sqrt(a), min(a, b), max(a, b), compare_code."""
    binary = (fp.add, fp.sub, fp.mul, fp.div, None, fp.minimum, fp.maximum, compare_code)
    answers = [lambda n, mode, f=f: f(fmt, n[0], n[1], mode) if f else fp.sqrt(fmt, n[0], mode) for f in binary]
    return float_table(fmt, seed, 2, answers)


def fma(fmt, seed):
    """a, b, c; a * b + c, a * b - c, -(a * b) + c, -(a * b) - c."""
    return float_table(fmt, seed, 3, [
        lambda n, mode, p=p, a=a: fp.fma(fmt, *n, mode, p, a) for p in (0, 1) for a in (0, 1)])


TABLES = {
    "vector_arith_f32": lambda: arith(fp.BINARY32, 0x41),
    "vector_arith_f64": lambda: arith(fp.BINARY64, 0x42),
    "fma_stream_f32": lambda: fma(fp.BINARY32, 0x43),
    "fma_stream_f64": lambda: fma(fp.BINARY64, 0x44),
}
