# SPDX-License-Identifier: Apache-2.0
"""Shifts and rotations (Intel SDM volume 2). The second accumulator takes b ^ rcx where cl is the count."""
from integer_frame import CF, OF, PF, SF, ZF, bits, merge, signed, zero_sign

# Shifts. OF is defined for a count of one only; AF never; nothing changes by a count of 0.


def masked(count, width):
    """The count that the CPU uses."""
    return count & (63 if width == 64 else 31)


def logic_flags(a):
    """What `test a,a` leaves: the flags before a shift."""
    return zero_sign(a, 64)


def shifted(name, a, count, width):
    """shl, shr, sar by a masked count that is not 0: result, CF."""
    x = a & bits(width)
    if name == "shl":
        return x << count & bits(width), x << count >> width & 1
    x = signed(x, width) if name == "sar" else x
    return x >> count & bits(width), x >> count - 1 & 1


def overflow_of_one(name, before, after, carry, width):
    """OF of a shift by one (SDM volume 2, SAL/SAR/SHL/SHR)."""
    if name == "shl":
        return OF if (after >> width - 1 & 1) != carry else 0
    return OF if name == "shr" and before >> width - 1 & 1 else 0


def shift_line(name, width, count=None):
    """By cl (c), or by a constant."""
    def line(a, b, c, _):
        n, second = masked(c if count is None else count, width), b ^ (c if count is None else 0)
        known = ZF | SF | PF | (OF if count == 1 else 0)
        if name == "sar" or width >= 32 or count is not None:
            known |= CF
        if n == 0:
            return merge(a, a, width), second, logic_flags(a) & known
        result, carry = shifted(name, a, n, width)
        flags = zero_sign(result, width) | carry
        flags |= overflow_of_one(name, a & bits(width), result, carry, width) if count == 1 else 0
        return merge(a, result, width), second, flags & known
    return line


def double_line(name, width, count=None):
    """shld, shrd; the count stays under the width (above 16 it is not defined for 16 bits)."""
    def line(a, b, c, _):
        c = c & 15 if width == 16 else c
        n, second = masked(c if count is None else count, width), b ^ (c if count is None else 0)
        x, y = a & bits(width), b & bits(width)
        if n == 0:
            return merge(a, a, width), second, logic_flags(a) & (CF | ZF | SF | PF)
        if name == "shld":
            result, carry = (x << n | y >> width - n) & bits(width), x >> width - n & 1
        else:
            result, carry = (x >> n | y << width - n) & bits(width), x >> n - 1 & 1
        return merge(a, result, width), second, zero_sign(result, width) | carry
    return line


SHIFT = [line for op in ("shl", "shr", "sar") for line in
         [shift_line(op, w) for w in (8, 16, 32, 64)] +
         [shift_line(op, 8, 3), shift_line(op, 16, 11), shift_line(op, 32, 29), shift_line(op, 64, 47)] +
         [shift_line(op, w, 1) for w in (8, 16, 32, 64)] + [shift_line(op, 64)]] + \
    [line for op in ("shld", "shrd") for line in
     [double_line(op, w) for w in (16, 32, 64)] + [double_line(op, w, n) for w, n in ((16, 5), (32, 17), (64, 41))]]


# Rotations. CF is defined, OF for a count of one only; the others stay. CF goes in as bit 0 of b.


def rotated(name, x, carry, count, width):
    """One bit at a time: result, CF."""
    for _ in range(count):
        top, bottom = x >> width - 1, x & 1
        if name == "rol":
            x, carry = (x << 1 | top) & bits(width), top
        elif name == "ror":
            x, carry = x >> 1 | bottom << width - 1, bottom
        elif name == "rcl":
            x, carry = (x << 1 | carry) & bits(width), top
        else:
            x, carry = x >> 1 | carry << width - 1, bottom
    return x, carry


def rotate_line(name, width, count=None):
    """By cl (c), or by a constant."""
    def line(a, b, c, _):
        x, second = a & bits(width), b ^ (c if count is None else 0)
        result, carry = rotated(name, x, b & 1, masked(c if count is None else count, width), width)
        if count != 1:
            return merge(a, result, width), second, carry
        top = result >> width - 1
        overflow = top ^ carry if name in ("rol", "rcl") else top ^ result >> width - 2 & 1
        return merge(a, result, width), second, carry | (OF if overflow else 0)
    return line


ROTATE = [line for op in ("rol", "ror", "rcl", "rcr") for line in
          [rotate_line(op, w) for w in (8, 16, 32, 64)] +
          [rotate_line(op, 8, 3), rotate_line(op, 16, 11), rotate_line(op, 32, 29), rotate_line(op, 64, 47)] +
          [rotate_line(op, w, 1) for w in (8, 16, 32, 64)] + [rotate_line(op, 64)]]
