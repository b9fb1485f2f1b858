# SPDX-License-Identifier: Apache-2.0
"""Answers of x87_arith: a block is one operation with one rounding and one precision control."""
import ieee754 as fp
from scalar_operands import GROUP, LOW64, Operands, block, flags, is_slow, near_integer, near_integers, signed

F32, F64, X87 = fp.BINARY32, fp.BINARY64, fp.EXTENDED
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


TABLES = {"x87_arith": x87_arith}
