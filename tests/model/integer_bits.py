# SPDX-License-Identifier: Apache-2.0
"""Bit counts, scans, tests and fields: the base set, POPCNT, LZCNT, BMI1, BMI2, MOVBE (Intel SDM volume 2)."""
from integer_frame import CF, OF, SF, ZF, bits, merge, signed, zero_sign
from integer_arithmetic import subtracted

BOTH = (32, 64)


def scan_line(width, forward):
    """bsf, bsr of b with its last (first) bit set, never zero: ZF alone is defined."""
    def line(a, b, _c, _d):
        b |= 1 << width - 1 if forward else 1
        x = b & bits(width)
        found = (x & -x).bit_length() - 1 if forward else x.bit_length() - 1
        return merge(a, found, width), b, 0
    return line


def bit_line(change, width, index=None):
    """bt, bts, btr, btc: bit b (or `index`) of a; CF takes it."""
    def line(a, b, _c, _d):
        mask = 1 << ((b if index is None else index) & width - 1)
        result = {"bt": a, "bts": a | mask, "btr": a & ~mask, "btc": a ^ mask}[change]
        return a if change == "bt" else merge(a, result, width), b, CF if a & mask else 0
    return line


def swapped(value, width):
    """The bytes in reverse order."""
    return int.from_bytes((value & bits(width)).to_bytes(width // 8, "little"), "big")


def unflagged(function, width):
    """function(a, b, c), after the comparison a,b whose flags stay."""
    def line(a, b, c, _):
        return merge(a, function(a, b, c, width), width), b, subtracted(a, b, 0, 64)[1]
    return line


BITS = [scan_line(w, forward) for forward in (True, False) for w in (16, 32, 64)] + \
    [bit_line(op, w) for op in ("bt", "bts", "btr", "btc") for w in (16, 32, 64)] + \
    [bit_line(op, 64, index) for op, index in (("bt", 61), ("bts", 38), ("btr", 23), ("btc", 0))] + \
    [unflagged(lambda a, b, c, w: swapped(a, w), w) for w in BOTH]

MOVBE = [unflagged(lambda a, b, c, w: swapped(b, w), w) for w in (16, 32, 64)] * 2


def count_line(function, width, flags):
    """A count of bits of b; `flags` of (source, result)."""
    def line(a, b, _c, _d):
        x = b & bits(width)
        result = function(x, width)
        return merge(a, result, width), b, flags(x, result)
    return line


def ones(x, _):
    """popcnt."""
    return bin(x).count("1")


def leading(x, width):
    """lzcnt."""
    return width - x.bit_length()


def trailing(x, width):
    """tzcnt."""
    return (x & -x).bit_length() - 1 if x else width


def count_flags(x, result):
    """lzcnt, tzcnt: CF for a source of 0, ZF for a result of 0."""
    return (0 if x else CF) | (0 if result else ZF)


POPCNT = [count_line(ones, w, lambda x, _: 0 if x else ZF) for w in (16, 32, 64, 64)]
LZCNT = [count_line(leading, w, count_flags) for w in (16, 32, 64, 64)]


def lowest_line(function, width, carry, zero=True):
    """blsi, blsr, blsmsk of b: CF by the source, SF and ZF by the result, OF 0."""
    def line(a, b, _c, _d):
        x = b & bits(width)
        result = function(x) & bits(width)
        flags = zero_sign(result, width) & (SF | ZF if zero else SF)
        return result, b, flags | (CF if carry(x) else 0)
    return line


def and_not(width):
    """andn a = ~a & b."""
    def line(a, b, _c, _d):
        result = ~a & b & bits(width)
        return result, b, zero_sign(result, width) & (SF | ZF)
    return line


def extract(width):
    """bextr of b by a: start in its first byte, length in its second; ZF defined, CF and OF 0."""
    def line(a, b, _c, _d):
        start, length = a & 0xFF, a >> 8 & 0xFF
        result = (b & bits(width)) >> start & bits(length)
        return result, b, 0 if result else ZF
    return line


BMI1 = [count_line(trailing, w, count_flags) for w in (16, 32, 64, 64)] + \
    [lowest_line(lambda x: x & -x, w, lambda x: x != 0) for w in BOTH] + \
    [lowest_line(lambda x: x & x - 1, w, lambda x: x == 0) for w in BOTH] + \
    [lowest_line(lambda x: x ^ x - 1, w, lambda x: x == 0, False) for w in BOTH] + \
    [and_not(w) for w in BOTH] + [extract(w) for w in BOTH] + [and_not(64), extract(64)]


def deposit(a, b, _c, width):
    """pdep: the low bits of a to the places of b's ones."""
    result = 0
    for place in range(width):
        if b >> place & 1:
            result |= (a & 1) << place
            a >>= 1
    return result


def gather(a, b, _c, width):
    """pext: the bits of a at the places of b's ones, packed."""
    result = count = 0
    for place in range(width):
        if b >> place & 1:
            result |= (a >> place & 1) << count
            count += 1
    return result


def zero_high(width):
    """bzhi of a from bit b (its first byte): CF where that is beyond the width; SF, ZF; OF 0."""
    def line(a, b, _c, _d):
        index = b & 0xFF
        result = a & bits(width) & bits(min(index, width))
        return result, b, zero_sign(result, width) & (SF | ZF) | (CF if index > width - 1 else 0)
    return line


def shift_by(name):
    """shlx, shrx, sarx: a by b."""
    def function(a, b, _c, width):
        count = b & width - 1
        if name == "shlx":
            return a << count
        return (signed(a, width) if name == "sarx" else a & bits(width)) >> count
    return function


def turn(count):
    """rorx of b by a constant."""
    def function(_a, b, _c, width):
        x = b & bits(width)
        return x >> count | x << width - count
    return function


BMI2 = [unflagged(deposit, w) for w in BOTH] + [unflagged(gather, w) for w in BOTH] + \
    [zero_high(w) for w in BOTH] + \
    [unflagged(shift_by(name), w) for name in ("shlx", "shrx", "sarx") for w in BOTH] + \
    [unflagged(turn(19), 32), unflagged(turn(41), 64)] + \
    [unflagged(deposit, 64), unflagged(gather, 64), unflagged(shift_by("sarx"), 64), unflagged(turn(7), 64)]


def multiply_unflagged(width):
    """mulx: rdx (a) times b: low, high; the flags are those of the comparison a,b."""
    def line(a, b, _c, _d):
        product = (a & bits(width)) * (b & bits(width))
        return product & bits(width), product >> width, subtracted(a, b, 0, 64)[1]
    return line


MULTIPLY_BMI2 = [multiply_unflagged(w) for w in (32, 64, 32, 64)]
