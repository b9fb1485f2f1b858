# SPDX-License-Identifier: Apache-2.0
"""Answers of x87_forms: the forms of arithmetic with memory, with integers and with a pop, the status word, conditions,
constants, stores that keep, the stack's faults, tags and environment. Intel SDM volume 1, chapter 8; volume 2."""
import ieee754 as fp
from scalar_operands import GROUP, Operands, block, flags, is_slow, near_integer, signed
from scalar_x87 import F32, F64, X87, x87_mode, x87_nan, wide

TUPLES, MODES = 32, 4
C0, C1, C2, C3 = 0x100, 0x200, 0x400, 0x4000
INVALID, DIVISION, STACK_FAULT, TOP = 1, 4, 0x40, 0x800  # TOP: one register further
STATUS_SHIFT = 80  # where the answer holds a status word beside a value
FINE = 200  # bits of the constants

ARITHMETIC = [fp.add, fp.mul, fp.sub, lambda f, a, b, m: fp.sub(f, b, a, m), fp.div,
              lambda f, a, b, m: fp.div(f, b, a, m)]  # add multiply subtract subtract-reversed divide divide-reversed


def relation(a, b):
    """C0, C2, C3 after a comparison of st(0) = a with b; C1 is 0."""
    return {fp.LESS: C0, fp.EQUAL: C3, fp.GREATER: 0, fp.UNORDERED: C0 | C2 | C3}[fp.compare(X87, a, b, fp.Mode())]


def widened(fmt, bits):
    """A number of memory as x87 sees it: a signalling NaN stays one, for the rule of two NaNs."""
    if not fmt.is_nan(bits):
        return fp.convert(fmt, X87, bits, fp.Mode())
    fraction = bits & fmt.fraction_mask
    return X87.infinite(bits >> fmt.width - 1) | fraction << X87.precision - fmt.precision


def examined(a):
    """FXAM: C3 C2 C0 name the class (SDM volume 2, table 3-32), C1 is the sign."""
    sign, exponent, significand = C1 * (a >> 79), a >> 64 & 0x7FFF, a & (1 << 64) - 1
    leading = significand >> 63
    if exponent == 0:
        return sign | (C3 if not significand else C3 | C2)
    if not leading:
        return sign
    if exponent == 0x7FFF:
        return sign | (C0 if significand << 1 & (1 << 64) - 1 else C2 | C0)
    return sign | C2


def holds(p, a, b):
    """FCMOV: below, equal, below or equal, unordered, and the four contraries, after FCOMI."""
    known = flags(fp.compare(X87, a, b, fp.Mode()))
    return bool(known & (1, 64, 65, 4)[p % 4]) == (p < 4)


def series():
    """ln 2, ln 10, pi, times 2**FINE: inverse hyperbolic tangents, and Machin's formula."""
    one = 1 << FINE + 32

    def odd_powers(n, alternate):
        power, total, k = one // n, 0, 1
        while power:
            total += -power // k if alternate and k // 2 % 2 else power // k
            power, k = power // (n * n), k + 2
        return total

    ln2 = 2 * odd_powers(3, False)
    ln10 = 3 * ln2 + 2 * odd_powers(9, False)
    pi = 16 * odd_powers(5, True) - 4 * odd_powers(239, True)
    return ln2 >> 32, ln10 >> 32, pi >> 32


LN2, LN10, PI = series()
ONE = 1 << FINE
# fld1 fldl2t fldl2e fldpi fldlg2 fldln2 fldz
CONSTANTS = [ONE, LN10 * ONE // LN2, ONE * ONE // LN2, PI, LN2 * ONE // LN10, LN2]
assert PI >> FINE - 60 == 0x3243F6A8885A308D  # pi to 62 bits, as everybody knows them


def constant(p, mode):
    """A constant, rounded as the control word says; the last is fld1, fchs."""
    if p == 6:
        return X87.zero(0)
    value = fp.pack(X87, 0, CONSTANTS[p % 7], -FINE, wide(mode))
    return value | X87.sign_bit if p == 7 else value


def tag(a):
    """Two bits of the tag word: valid, zero, special."""
    kind, _, significand, _ = X87.decode(a)
    return 2 if kind != fp.FINITE or X87.is_denormal(a) else 0 if significand else 1


def fault(p, a, b):
    """A value, and the status word (IE, SF, C1, TOP) beside it, from an empty stack."""
    at = 7 * TOP
    value, status = {
        0: (X87.default_nan, INVALID | STACK_FAULT | at),  # st(0) + empty
        1: (X87.default_nan, INVALID | STACK_FAULT | C1 | at),  # a ninth push
        2: (a, INVALID | STACK_FAULT | at),  # exchanged with empty: st(1) afterwards
        3: (X87.default_nan, INVALID | STACK_FAULT | 1 * TOP),  # fstp of empty
        4: (1 << 31, INVALID | STACK_FAULT | 1 * TOP),  # fistp of empty, 32 bits
        5: (0, C0 | C3 | C1 * (a >> 79) | at),  # fxam of empty
        6: (0x0FFF | tag(a) << 14 | tag(b) << 12, 6 * TOP),  # the tag word
        7: (DIVISION, at),  # 1 / 0 before fnclex; nothing after it
    }[p]
    return value | status << STATUS_SHIFT


def stored(p, a, mode):
    """FIST 16 and 32 bits, FISTTP 16, 32, 64 bits, FST single, double, st(1)."""
    if p < 5:
        return fp.to_integer(X87, a, mode, (16, 32, 16, 32, 64)[p], truncate=p >= 2)
    return a if p == 7 else fp.convert(X87, (F32, F64)[p - 5], a, mode)


def unusual(operands):
    """80 bits, of which a part is no number: pseudo-denormals, unnormals, pseudo-infinities."""
    if operands.below(2):
        return operands.any(X87)
    exponent = (0, 1, 0x3FFF, 0x7FFE, 0x7FFF)[operands.below(5)]
    significand = operands.random.next() >> 1
    if exponent == 0:
        significand |= 1 << 63
    elif operands.below(3) == 0:
        significand = 0
    return operands.below(2) << 79 | exponent << 64 | significand


def form_operands(operands, name, i):
    """a, and b as the form reads it from memory."""
    p = i % GROUP
    a, b = operands.pair(X87, i)
    if name in ("single", "double"):
        fmt = F32 if name == "single" else F64
        b = operands.any(fmt) if i % 4 == 0 else operands.pair(fmt, i)[1]
        if p >= 6 and operands.below(2):
            a = widened(fmt, b) if not fmt.is_nan(b) else a
    elif name in ("short", "long"):
        width = 16 if name == "short" else 32
        b = operands.random.next() >> operands.below(64) & (1 << width) - 1
        if p >= 6 and operands.below(2):
            a = fp.from_integer(X87, signed(b, width), fp.Mode())
    elif name == "status" and p == 7:
        a = unusual(operands)
    elif name in ("status", "condition", "order") and operands.below(3) == 0:
        b = a
    elif name == "store":
        a = near_integer(operands, X87)
    elif name == "fault":
        a, b = operands.any(X87), (operands.any(X87), X87.zero(operands.below(2)))[operands.below(2)]
    return a, b


def with_memory(p, a, b, mode):
    """An operation of st(0) = a and b, or their comparison."""
    return ARITHMETIC[p](X87, a, b, mode) if p < 6 else relation(a, b)


def form_answer(name, p, a, b, mode):
    """The answer as 80 bits, with a status word above them in "fault"."""
    return {
        "popped": lambda: ARITHMETIC[(0, 1, 2, 3, 4, 5, 2, 5)[p]](X87, b, a, mode),
        "single": lambda: with_memory(p, a, widened(F32, b), mode),
        "double": lambda: with_memory(p, a, widened(F64, b), mode),
        "short": lambda: with_memory(p, a, fp.from_integer(X87, signed(b, 16), fp.Mode()), mode),
        "long": lambda: with_memory(p, a, fp.from_integer(X87, signed(b, 32), fp.Mode()), mode),
        "status": lambda: examined(a) if p == 7 else relation(a, 0 if p == 6 else b),
        "condition": lambda: b if holds(p, a, b) else a,
        "order": lambda: flags(fp.compare(X87, a, b, mode)),
        "store": lambda: stored(p, a, wide(mode)),
        "constant": lambda: constant(p, mode),
        "fault": lambda: fault(p, a, b),
    }[name]()


FORMS = ("popped", "single", "double", "short", "long", "status", "condition", "order", "store", "constant", "fault")


def form_block(index, number):
    """One block of FORMS[index]; the four modes are four roundings, the last two with the full precision."""
    name = FORMS[index]
    mode, control = x87_mode(number + 4 * min(number, 2))
    operands = Operands("x87_forms", index * 16 + number)
    tuples = []
    for i in range(TUPLES):
        a, b = form_operands(operands, name, i)
        cells = b"".join(x.to_bytes(16, "little") for x in (a, b, form_answer(name, i % GROUP, a, b, mode)))
        met = [(X87, a), ({"single": F32, "double": F64}.get(name, X87), b)]
        tuples.append((is_slow(mode, met), cells))
    return block(index, control, tuples)


def x87_forms():
    """The order of x87_forms_loops."""
    return b"".join(form_block(index, number) for index in range(len(FORMS)) for number in range(MODES))


assert x87_nan(X87, (X87.infinity | 1, X87.default_nan)) == X87.default_nan
TABLES = {"x87_forms": x87_forms}
