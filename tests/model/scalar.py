# SPDX-License-Identifier: Apache-2.0
"""Answers of the scalar floating point checks: the blocks that checks/float_block.h describes. Directed operands meet
random ones; a block is one operation in one mode."""
import struct

import ieee754 as fp
from random64 import Random, mix

F16, F32, F64, X87 = fp.BINARY16, fp.BINARY32, fp.BINARY64, fp.EXTENDED
GROUP = 8
CF, PF, AF, ZF, SF, OF = 1, 4, 16, 64, 128, 2048
LOW32, LOW64 = (1 << 32) - 1, (1 << 64) - 1


# Operands.

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


# SSE2.

SSE_TUPLES = 64


def flags(relation):
    """CF PF ZF after COMISS and FCOMI (SDM volume 2, COMISD); the other status flags are cleared."""
    return {fp.LESS: CF, fp.EQUAL: ZF, fp.GREATER: 0, fp.UNORDERED: CF | PF | ZF}[relation]


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


# x87.

X87_TUPLES = 88
X87_PRECISIONS = (24, 53, 64)
X87_CONTROLS = {24: 0x07F, 53: 0x27F, 64: 0x37F}  # all exceptions masked: SDM volume 1, 8.1.5
BCD_INDEFINITE = 0xFFFFC000000000000000  # SDM volume 1, table 4-10
BCD_MAX = 10 ** 18 - 1


def x87_nan(fmt, operands):
    """Of two NaNs the one with the larger significand, but a quiet one before a signalling one, made quiet (SDM
    volume 1, table 4-7)."""
    nans = [x for x in operands if fmt.is_nan(x)]
    quiet = [x for x in nans if x & fmt.quiet_bit]
    return max(quiet if quiet and len(quiet) < len(nans) else nans, key=lambda x: x & LOW64) | fmt.quiet_bit


def x87_mode(number):
    """Mode `number` of 12: rounding, then precision; and its control word."""
    precision, rounding = X87_PRECISIONS[number // 4], number % 4
    return fp.Mode(rounding, nan=x87_nan, precision=precision), X87_CONTROLS[precision] | rounding << 10


def wide(mode):
    """The mode of the operations that ignore the precision control: all but add, subtract, multiply, divide, square
    root (SDM volume 1, 8.1.5.2)."""
    return fp.Mode(mode.rounding, nan=x87_nan)


def x87_scale(a, b, mode):
    """FSCALE: a * 2**truncated b."""
    kind_a, sign, significand, exponent = X87.decode(a)
    kind_b, sign_b, *_ = X87.decode(b)
    if fp.NAN in (kind_a, kind_b):
        return x87_nan(X87, (a, b))
    if kind_b == fp.INFINITE:  # SDM volume 2, FSCALE, table 3-31
        zero = kind_a == fp.FINITE and not significand
        if sign_b:
            return X87.default_nan if kind_a == fp.INFINITE else X87.zero(sign)
        return X87.default_nan if zero else X87.infinite(sign)
    if kind_a == fp.INFINITE or not significand:
        return a
    steps = fp.to_integer(X87, b, fp.Mode(), 32, truncate=True)
    steps = signed(steps, 32) if steps != 1 << 31 else (-1 if sign_b else 1) << 20
    return fp.pack(X87, sign, significand, exponent + steps, wide(mode))


def x87_remainder(a, b, p):
    """FPREM (even tuples, quotient truncated) or FPREM1 (odd ones, quotient to nearest even), where one step is
    enough: the result is exact."""
    kind_a, sign, significand_a, exponent_a = X87.decode(a)
    kind_b, _, significand_b, exponent_b = X87.decode(b)
    if fp.NAN in (kind_a, kind_b):
        return x87_nan(X87, (a, b))
    if kind_a == fp.INFINITE or kind_b == fp.FINITE and not significand_b:
        return X87.default_nan
    if kind_b == fp.INFINITE or not significand_a:
        return a
    low = min(exponent_a, exponent_b)
    left, right = significand_a << exponent_a - low, significand_b << exponent_b - low
    rest = left % right
    if p & 1 and (2 * rest > right or 2 * rest == right and left // right & 1):
        rest, sign = right - rest, 1 - sign
    return fp.pack(X87, sign, rest, low, fp.Mode()) if rest else X87.zero(X87.decode(a)[1])


def x87_extract(a, p):
    """FXTRACT: the exponent in even tuples, the significand in odd ones."""
    kind, sign, significand, exponent = X87.decode(a)
    if kind == fp.NAN:
        return x87_nan(X87, (a,))
    if kind == fp.INFINITE:
        return a if p & 1 else X87.infinite(0)
    if not significand:
        return a if p & 1 else X87.infinite(1)
    top = exponent + significand.bit_length() - 1
    if p & 1:
        return fp.pack(X87, sign, significand, exponent - top, fp.Mode())
    return fp.from_integer(X87, top, fp.Mode())


def decimal(value):
    """18 packed decimal digits and a sign (SDM volume 1, 4.7)."""
    digits = sum(int(d) << 4 * i for i, d in enumerate(reversed(str(abs(value)))))
    return digits | (1 << 79 if value < 0 else 0)


def x87_store(a, p, mode):
    """FISTP to 16, 32, 64 bits, FBSTP, FSTP to single and double, FISTP to 64 and 32 bits."""
    if p == 3:
        if X87.decode(a)[0] != fp.FINITE:
            return BCD_INDEFINITE
        value = signed(fp.to_integer(X87, a, mode, 64), 64)
        if abs(value) > BCD_MAX:
            return BCD_INDEFINITE
        return decimal(value) | (a & X87.sign_bit)
    if p in (4, 5):
        return fp.convert(X87, (F32, F64)[p - 4], a, mode)
    return fp.to_integer(X87, a, mode, {0: 16, 1: 32, 2: 64, 6: 64, 7: 32}[p])


def x87_load(source, p):
    """FILD of 16, 32, 64 bits, FBLD, FLD of single and double, FILD of 64 and 32 bits."""
    if p == 3:
        value = int(f"{source & (1 << 72) - 1:x}")
        result = fp.from_integer(X87, value, fp.Mode())
        return result | (source >> 79 << 79)
    if p in (4, 5):
        fmt = (F32, F64)[p - 4]
        return fp.convert(fmt, X87, source & (1 << fmt.width) - 1, fp.Mode())
    width = {0: 16, 1: 32, 2: 64, 6: 64, 7: 32}[p]
    return fp.from_integer(X87, signed(source, width), fp.Mode())


def x87_operands(operands, operation, i, mode):
    """a and b for one tuple."""
    p = i % GROUP
    a, b = operands.pair(X87, i)
    if operation == "scale":
        if operands.below(4):
            b = operands.number(X87, -2, (6, 14, 15)[operands.below(3)])
    elif operation == "remainder":
        if i % 4 or any(X87.decode(x)[0] == fp.FINITE for x in (a, b)):
            b = operands.number(X87, -1000, 1000)
            exponent = (b >> 64 & 0x7FFF) - X87.bias
            a = operands.number(X87, exponent - 3, exponent + 62)
    elif operation in ("store", "integral"):
        if operands.below(5):
            a = near_integer(operands, X87)
        if p in (4, 5) and operands.below(2):
            low = (-152, -1077)[p - 4]
            a = operands.number(X87, low, low + 30)
    elif operation == "load":
        a = x87_source(operands, p)
    return a, b


def x87_source(operands, p):
    """80 bits that X87_FROM loads."""
    if p == 3:
        digits = operands.below(10 ** (1 + operands.below(18)))
        return decimal(digits) | operands.below(2) << 79
    if p in (4, 5):
        return operands.any((F32, F64)[p - 4])
    return near_integers(operands)


def x87_answer(operation, p, a, b, mode):
    """The answer as 80 bits (or flags)."""
    binary = {"add": fp.add, "subtract": fp.sub, "multiply": fp.mul, "divide": fp.div}
    if operation in binary:
        swapped = p & 1 and operation in ("subtract", "divide")
        return binary[operation](X87, *((b, a) if swapped else (a, b)), mode)
    return {
        "root": lambda: fp.sqrt(X87, a, mode),
        "sign": lambda: a ^ X87.sign_bit if p & 1 else a & ~X87.sign_bit,
        "integral": lambda: fp.round_to_integral(X87, a, wide(mode)),
        "scale": lambda: x87_scale(a, b, mode),
        "remainder": lambda: x87_remainder(a, b, p),
        "extract": lambda: x87_extract(a, p),
        "store": lambda: x87_store(a, p, wide(mode)),
        "load": lambda: x87_load(a, p),
        "compare": lambda: flags(fp.compare(X87, a, b, mode)),
    }[operation]()


X87_OPERATIONS = ("add", "subtract", "multiply", "divide", "root", "sign", "integral", "scale", "remainder", "extract",
                  "store", "load", "compare")


def x87_block(index, number):
    """One block of X87_OPERATIONS[index] in mode `number` of 12."""
    operation = X87_OPERATIONS[index]
    mode, control = x87_mode(number)
    operands = Operands("x87_arith", index * 16 + number)
    tuples = []
    for i in range(X87_TUPLES):
        a, b = x87_operands(operands, operation, i, mode)
        answer = x87_answer(operation, i % GROUP, a, b, mode)
        met = [(X87, x) for x in (a, b) if operation != "load"]
        cells = b"".join(x.to_bytes(16, "little") for x in (a, b, answer))
        tuples.append((is_slow(mode, met), cells))
    return block(index, control, tuples)


def x87_arith():
    """The order of x87_arith_loops."""
    return b"".join(x87_block(index, number) for index in range(len(X87_OPERATIONS)) for number in range(12))


TABLES = {f.__name__: f for f in (float_arith_sse2, float_convert_sse2, float_fma_fma3, float_convert_f16c, x87_arith)}
