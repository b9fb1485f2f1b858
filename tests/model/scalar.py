# SPDX-License-Identifier: Apache-2.0
"""Answers of the scalar SSE2, FMA3 and F16C checks: a block is one operation in one mode of MXCSR."""
import struct

import ieee754 as fp
from scalar_operands import GROUP, LOW32, Operands, block, flags, is_slow, near_integer, near_integers, one_nan, signed

F16, F32, F64 = fp.BINARY16, fp.BINARY32, fp.BINARY64


# SSE2.

SSE_TUPLES = 64


def two(function):
    """function(fmt, a, b, mode)"""
    return lambda fmt, a, b, mode, p: function(fmt, a, b, mode)


def sse_root(fmt, _, b, mode, __):
    """sqrt of the second operand."""
    return fp.sqrt(fmt, b, mode)


def sse_select(fmt, a, b, mode, p):
    """min in even tuples, max in odd ones."""
    return (fp.maximum if p & 1 else fp.minimum)(fmt, a, b, mode)


def sse_compare(fmt, a, b, mode, p):
    """All ones where predicate p holds."""
    return (1 << fmt.width) - 1 if fp.predicate(p, fp.compare(fmt, a, b, mode)) else 0


ARITH = [two(fp.add), two(fp.sub), two(fp.mul), two(fp.div), sse_root, sse_select, sse_compare]


def sse_cell(fmt, value, junk):
    """A quadword whose low part is the operand; the rest is carried along."""
    return value if fmt is F64 else junk >> 32 << 32 | value


def sse_arith_block(index, number):
    """One block of ARITH or of the comparisons that set flags, in mode `number`."""
    function, fmt, mode = index // 2, (F32, F64)[index & 1], fp.Mode.number(number)
    operands = Operands("float_arith_sse2", index * 16 + number)
    tuples = []
    for i in range(SSE_TUPLES):
        a, b = operands.pair(fmt, i)
        while not one_nan(fmt, a, b):
            a, b = operands.pair(fmt, i)
        cell_a, cell_b = (sse_cell(fmt, x, operands.random.next()) for x in (a, b))
        if function < len(ARITH):
            result = ARITH[function](fmt, a, b, mode, i % GROUP)
            slow = is_slow(mode, ((fmt, a), (fmt, b), (fmt, result)))
            answer = sse_cell(fmt, result, cell_a)
        else:
            answer = flags(fp.compare(fmt, a, b, mode))
            slow = is_slow(mode, ((fmt, a), (fmt, b)))
        tuples.append((slow, struct.pack("<QQQ", cell_a, cell_b, answer)))
    return block(index, mode.mxcsr(), tuples)


def float_arith_sse2():
    """The order of float_arith_loops."""
    return b"".join(sse_arith_block(index, number) for index in range(16) for number in range(16))


def sse_convert(index, p, cells, mode):
    """The answer, and the floating point numbers that were met."""
    a, b = cells
    if index < 2:
        fmt, width = (F32, F64)[index], (32, 64)[p & 1]
        a = a & LOW32 if fmt is F32 else a
        return fp.to_integer(fmt, a, mode, width, truncate=bool(p & 2)), ((fmt, a),)
    if index == 2:
        fmt = (F32, F64)[p >> 1 & 1]
        return sse_cell(fmt, fp.from_integer(fmt, signed(b, (32, 64)[p & 1]), mode), a), ()
    source, target = ((F64, F32) if p & 1 else (F32, F64))
    b = b & LOW32 if source is F32 else b
    result = fp.convert(source, target, b, mode)
    return sse_cell(target, result, a), ((source, b), (target, result))


def sse_convert_block(index, number):
    """Float to integer (0: single, 1: double), integer to float (2), between the formats (3)."""
    mode = fp.Mode.number(number)
    operands = Operands("float_convert_sse2", index * 16 + number)
    tuples = []
    for i in range(SSE_TUPLES):
        p = i % GROUP
        a, b = operands.random.next(), operands.random.next()
        if index == 0:
            a = sse_cell(F32, near_integer(operands, F32), a)
        elif index == 1:
            a = near_integer(operands, F64)
        elif index == 2:
            b = near_integers(operands)
        elif p & 1:
            b = operands.any(F64) if operands.below(2) else operands.number(F64, -155, 130)
        else:
            b = sse_cell(F32, operands.any(F32), b)
        answer, met = sse_convert(index, p, (a, b), mode)
        tuples.append((is_slow(mode, met), struct.pack("<QQQ", a, b, answer)))
    return block(index, mode.mxcsr(), tuples)


def float_convert_sse2():
    """The order of float_convert_loops."""
    return b"".join(sse_convert_block(index, number) for index in range(4) for number in range(16))


# FMA3.

ORDERS = ((0, 2, 1), (1, 0, 2), (1, 2, 0))  # the operands that 132, 213, 231 multiply, and the one that they add


def fma_operands(operands, fmt, i):
    """a, b, c, at most one NaN; every second time one that nearly cancels a product."""
    while True:
        a, b = operands.pair(fmt, i)
        c = operands.any(fmt) if i % 4 == 0 else operands.number(fmt, -20, 20)
        if i & 1 and one_nan(fmt, a, b) and not (fmt.is_nan(a) or fmt.is_nan(b)):
            c = fp.mul(fmt, a, b, fp.Mode(operands.below(4))) ^ (fmt.sign_bit if operands.below(2) else 0)
        if one_nan(fmt, a, b, c):
            return a, b, c


def fma_block(index, number):
    """132, 213, 231 in single precision, then in double precision."""
    fmt, mode = (F32, F64)[index // 3], fp.Mode.number(number)
    order = ORDERS[index % 3]
    operands = Operands("float_fma_fma3", index * 16 + number)
    tuples = []
    for i in range(SSE_TUPLES):
        x, y, z = fma_operands(operands, fmt, i)
        value = [0, 0, 0]
        for place, operand in zip(order, (x, y, z)):
            value[place] = operand
        cells = [sse_cell(fmt, v, operands.random.next()) for v in value]
        result = fp.fma(fmt, x, y, z, mode, i >> 1 & 1, i & 1)
        slow = is_slow(mode, [(fmt, v) for v in (x, y, z, result)])
        tuples.append((slow, struct.pack("<4Q", *cells, sse_cell(fmt, result, cells[0]))))
    return block(index, mode.mxcsr(), tuples)


def float_fma_fma3():
    """The order of float_fma3_loops."""
    return b"".join(fma_block(index, number) for index in range(6) for number in range(16))


# F16C.

def widen(operands, _, __):
    """VCVTPH2PS knows neither rounding nor DAZ: every half is exact in single precision (SDM volume 2)."""
    source = [operands.any(F16) if operands.below(2) else operands.below(1 << 16) for _ in range(4)]
    answer = [fp.convert(F16, F32, x, fp.Mode()) for x in source]
    junk = operands.random.next()
    return False, struct.pack("<4HQ4I", *source, junk, *answer)


def narrow(operands, p, mode):
    """VCVTPS2PH: the immediate's rounding in the first four tuples of a group, then MXCSR's. FTZ does not count
    (SDM volume 2: the result may be a denormal whatever FTZ says); DAZ does."""
    rounding = p if p < 4 else mode.rounding
    own = fp.Mode(rounding, daz=mode.daz)
    source = []
    for _ in range(4):
        kind = operands.below(3)
        low, high = ((-20, 20), (-26, -13), (F32.exponent_min, F32.exponent_max))[kind]
        source.append(operands.number(F32, low, high) if operands.below(4) else operands.any(F32))
    answer = [fp.convert(F32, F16, x, own) for x in source]
    return any(is_slow(mode, ((F32, x),)) for x in source), struct.pack("<4I4HQ", *source, *answer, 0)


def float_convert_f16c():
    """The order of float_f16c_loops."""
    blocks = []
    for index, function in enumerate((widen, narrow)):
        for number in range(16):
            mode = fp.Mode.number(number)
            operands = Operands("float_convert_f16c", index * 16 + number)
            blocks.append(block(index, mode.mxcsr(), [function(operands, i % GROUP, mode) for i in range(SSE_TUPLES)]))
    return b"".join(blocks)


TABLES = {f.__name__: f for f in (float_arith_sse2, float_convert_sse2, float_fma_fma3, float_convert_f16c)}
