# SPDX-License-Identifier: Apache-2.0
"""Multiplication, division, addition (Intel SDM volume 2), in Python's big integers."""
from integer_frame import AF, BLOCKS, CF, OF, TUPLES, bits, bounded, directed, merge, signed, zero_sign
from random64 import MASK, Random

# Multiplication. CF and OF alone are defined.


def multiply_one(width, sign):
    """mul, imul with one operand: rdx:rax (ax for bytes) = rax * b; second: rdx ^ b."""
    def line(a, b, c, _):
        x, y = (signed(a, width), signed(b, width)) if sign else (a & bits(width), b & bits(width))
        product = x * y
        low, high = product & bits(width), product >> width & bits(width)
        fits = signed(low, width) == product if sign else high == 0
        flags = 0 if fits else CF | OF
        if width == 8:
            return merge(a, product & 0xFFFF, 16), b, flags
        return merge(a, low, width), merge(c, high, width) ^ b, flags
    return line


def multiply_two(width, constant=None):
    """imul with two operands, or with a constant and a destination that held a."""
    def line(a, b, _c, _d):
        product = signed(b, width) * (signed(a, width) if constant is None else constant)
        low = product & bits(width)
        return merge(a, low, width), b, 0 if signed(low, width) == product else CF | OF
    return line


MULTIPLY = [multiply_one(w, s) for s in (False, True) for w in (8, 16, 32, 64)] + \
    [multiply_one(w, s) for s in (False, True) for w in (32, 64)] + \
    [multiply_two(w) for w in (16, 32, 64)] + [multiply_two(64)] + \
    [multiply_two(16, -0x5A5B), multiply_two(32, 0x12345679), multiply_two(64, -0x76543211),
     multiply_two(16, 0x55), multiply_two(32, -0x33), multiply_two(64, 0x7F)]


# Division. No flag is defined: the third accumulator takes the divisor, which must be unchanged.


def quotient(random, width, sign):
    """A dividend, its halves, and a divisor that do not fault: the quotient fits."""
    while True:
        divisor, q = (directed(random) if random.next() & 1 else bounded(random) for _ in range(2))
        if sign:
            divisor, q = signed(divisor, width), signed(q, width)
        divisor, q = (divisor, q) if sign else (divisor & bits(width), q & bits(width))
        if divisor == 0:
            continue
        product = divisor * q
        rest = random.next() % abs(divisor)
        dividend = product - rest if product < 0 or product == 0 and sign and random.next() & 1 else product + rest
        return dividend & bits(width), dividend >> width & bits(width), divisor & bits(width)


def dividend_tuples():
    """All tuples of the divisions: sixteen words, as the lines of checks/integer_divide.inc take them apart."""
    random = Random(0xD171)
    tuples = []
    for _ in range(BLOCKS * TUPLES):
        t = [*quotient(random, 64, False), *quotient(random, 64, True)]
        for sign in (False, True):
            low, high, divisor = quotient(random, 32, sign)
            t += [low | high << 32, divisor]
        for sign in (False, True):
            low, high, divisor = quotient(random, 16, sign)
            t.append(low | high << 16 | divisor << 32)
        for sign in (False, True):
            low, high, divisor = quotient(random, 8, sign)
            t.append(low | high << 8 | divisor << 16)
        t += [bounded(random), bounded(random) | 2]
        tuples.append(t)
    return tuples


def divided(low, high, divisor, width, sign):
    """Quotient and rest, truncated towards zero."""
    dividend = high << width | low
    if not sign:
        return dividend // divisor, dividend % divisor
    dividend, divisor = signed(dividend, 2 * width), signed(divisor, width)
    q = abs(dividend) // abs(divisor)
    q = -q if (dividend < 0) != (divisor < 0) else q
    return q, dividend - q * divisor


def divide(width, sign):
    """div, idiv of a double-width dividend."""
    def line(*t):
        if width == 64:
            low, high, y = t[3:6] if sign else t[0:3]
            rax = rdx = 0
        elif width == 32:
            pair, y = t[8:10] if sign else t[6:8]
            low, high, rax, rdx = pair & bits(32), pair >> 32, 0, 0
        elif width == 16:
            rax = t[11 if sign else 10]
            rdx, y = rax >> 16, rax >> 32
            low, high = rax & bits(16), rdx & bits(16)
        else:
            rax = t[13 if sign else 12]
            y = rax >> 16
            low, high = rax & 0xFF, rax >> 8 & 0xFF
        q, rest = divided(low, high, y & bits(width), width, sign)
        if width == 8:
            return merge(rax, (rest & 0xFF) << 8 | q & 0xFF, 16), y, 0
        return merge(rax, q, width), merge(rdx, rest, width), y
    return line


def divide_single(sign):
    """xor edx,edx and div; cqo and idiv."""
    def line(*t):
        low, y = t[14:16]
        q, rest = divided(low, MASK if sign and low >> 63 else 0, y, 64, sign)
        return q & MASK, rest & MASK, y
    return line


DIVIDE = [divide(w, s) for s in (False, True) for w in (8, 16, 32, 64)] + \
    [divide(w, s) for s in (False, True) for w in (32, 64)] + [divide_single(False), divide_single(True)]


# Addition. All six flags are defined.


def added(x, y, carry, width):
    """x + y + carry and its flags."""
    x, y = x & bits(width), y & bits(width)
    result = x + y + carry
    flags = CF if result > bits(width) else 0
    flags |= AF if (x & 15) + (y & 15) + carry > 15 else 0
    flags |= OF if signed(x, width) + signed(y, width) + carry != signed(result, width) else 0
    return result & bits(width), flags | zero_sign(result, width)


def subtracted(x, y, borrow, width):
    """x - y - borrow and its flags."""
    x, y = x & bits(width), y & bits(width)
    result = x - y - borrow
    flags = CF if result < 0 else 0
    flags |= AF if (x & 15) - (y & 15) - borrow < 0 else 0
    flags |= OF if signed(x, width) - signed(y, width) - borrow != signed(result, width) else 0
    return result & bits(width), flags | zero_sign(result, width)


def add_line(operation, width, carry=False, constant=None, keep=False):
    """a and b (or a constant); the carry in is bit 0 of c; `keep` for cmp."""
    def line(a, b, c, _):
        y = b if constant is None else constant
        result, flags = operation(a, y, c & 1 if carry else 0, width)
        return a if keep else merge(a, result, width), b, flags
    return line


def step_line(operation, width):
    """inc, dec: CF stays bit 0 of c."""
    def line(a, b, c, _):
        result, flags = operation(a, 1, 0, width)
        return merge(a, result, width), b, flags & ~CF | c & 1
    return line


def negate_line(width):
    """neg a = 0 - a."""
    def line(a, b, _c, _d):
        result, flags = subtracted(0, a, 0, width)
        return merge(a, result, width), b, flags
    return line


ADD = [add_line(op, w, carry) for op, carry in ((added, False), (added, True), (subtracted, False),
                                                (subtracted, True)) for w in (8, 16, 32, 64)] + \
    [add_line(subtracted, w, keep=True) for w in (8, 16, 32, 64)] + \
    [step_line(op, w) for op in (added, subtracted) for w in (8, 16, 32, 64)] + \
    [negate_line(w) for w in (8, 16, 32, 64)] + \
    [add_line(added, 64), add_line(added, 32, True), add_line(subtracted, 64), add_line(subtracted, 32, True)] + \
    [add_line(added, 64, constant=0x7F), add_line(added, 32, True, -0x12345679),
     add_line(subtracted, 64, constant=-0x80), add_line(subtracted, 32, True, 0x76543211),
     add_line(subtracted, 64, constant=0x5A5A5A5A, keep=True)] + \
    [add_line(added, 64), add_line(subtracted, 64, True)]
