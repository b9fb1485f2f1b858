# SPDX-License-Identifier: Apache-2.0
"""Logic, conditions and moves (Intel SDM volume 2)."""
from integer_arithmetic import added, subtracted
from integer_frame import CF, OF, PF, SF, ZF, bits, merge, signed, zero_sign
from random64 import MASK

# Logic. CF and OF are 0; AF is not defined.


def logic_line(operation, width, constant=None, keep=False):
    """and, or, xor, test."""
    def line(a, b, _c, _d):
        result = operation(a, b if constant is None else constant) & bits(width)
        return a if keep else merge(a, result, width), b, zero_sign(result, width)
    return line


def not_line(width):
    """not keeps the flags: they are those of the comparison before."""
    def line(a, b, _c, _d):
        return merge(a, ~a, width), b, subtracted(a, b, 0, 64)[1]
    return line


AND, OR, XOR = (lambda x, y: x & y), (lambda x, y: x | y), (lambda x, y: x ^ y)
LOGIC = [logic_line(op, w) for op in (AND, OR, XOR) for w in (8, 16, 32, 64)] + \
    [logic_line(AND, w, keep=True) for w in (8, 16, 32, 64)] + [not_line(w) for w in (8, 16, 32, 64)] + \
    [logic_line(op, 64) for op in (AND, OR, XOR)] + \
    [logic_line(AND, 64, -0x5A5A5A5B), logic_line(OR, 32, 0x12345678), logic_line(XOR, 64, -0x80),
     logic_line(AND, 8, 0x3C), logic_line(OR, 16, 0x55AA), logic_line(AND, 64, 0x70F0F0F0, keep=True)] + \
    [logic_line(op, 64) for op in (AND, OR, XOR)]


def conditions(flags):
    """The sixteen conditions in the order of their encoding: o no b ae e ne be a s ns p np l ge le g."""
    less = bool(flags & SF) != bool(flags & OF)
    base = [bool(flags & OF), bool(flags & CF), bool(flags & ZF), bool(flags & (CF | ZF)), bool(flags & SF),
            bool(flags & PF), less, less or bool(flags & ZF)]
    return [c for condition in base for c in (condition, not condition)]


def move_if(code):
    """cmp a,b; cmov b to a. Odd conditions 32 bits (which clear the upper half always), even ones 64."""
    def line(a, b, _c, _d):
        flags = subtracted(a, b, 0, 64)[1]
        result = b if conditions(flags)[code] else a
        return result & bits(32) if code % 2 else result, b, flags
    return line


def set_if(code):
    """cmp a,b; setcc."""
    def line(a, b, _c, _d):
        flags = subtracted(a, b, 0, 64)[1]
        return merge(a, conditions(flags)[code], 8), b, flags
    return line


CONDITION = [move_if(c) for c in range(16)] + [set_if(c) for c in range(16)]


# Moves, with the comparison a,b before them: they keep the flags.


def moved(function):
    """A form whose result is function(a, b)."""
    def line(a, b, _c, _d):
        return function(a, b) & MASK, b, subtracted(a, b, 0, 64)[1]
    return line


def extend(to, width, sign):
    """movzx, movsx, movsxd from the low `width` bits of b."""
    return moved(lambda a, b: merge(a, signed(b, width) if sign else b & bits(width), to))


EXTEND = [extend(to, width, sign) for sign in (False, True) for to, width in
          ((16, 8), (32, 8), (64, 8), (32, 16), (64, 16))] + [extend(64, 32, True)] + \
    [extend(64, 8, False), extend(64, 8, True), extend(64, 16, False), extend(64, 16, True), extend(64, 32, True)]


def high(value):
    """Bits 8 to 15: ah, bh, ch, dh."""
    return value >> 8 & 0xFF


def put_high(value, byte):
    """A register after a write of its second byte."""
    return value & ~0xFF00 | (byte & 0xFF) << 8


def high_line(operation):
    """operation ah, bl and the like: the destination is the second byte of a."""
    def line(a, b, _c, _d):
        result, flags = operation(high(a), b, 0, 8)
        return put_high(a, result), b, flags
    return line


def from_high_line(operation):
    """operation al, ch and the like: the source is the second byte of b."""
    def line(a, b, _c, _d):
        result, flags = operation(a, high(b), 0, 8)
        return merge(a, result, 8), b, flags
    return line


def exchange_add(width):
    """xadd: the destination is the sum, the source the old destination."""
    def line(a, b, _c, _d):
        result, flags = added(a, b, 0, width)
        return merge(a, result, width), merge(b, a, width), flags
    return line


def compare_exchange(width, hit):
    """cmpxchg with rax = a or (`hit`) the destination b; c is the source: rax, destination. Of 32 bits only
    these are compared: whether the upper halves that keep their value are cleared differs between CPUs."""
    kept = bits(32) if width == 32 else MASK

    def line(a, b, c, _):
        rax = b if hit else a
        flags = subtracted(rax, b, 0, width)[1]
        if flags & ZF:
            return rax & kept, merge(b, c, width), flags
        return merge(rax, b, width), b & kept, flags
    return line


def exchange(width):
    """xchg."""
    def line(a, b, _c, _d):
        return merge(a, b, width), merge(b, a, width), subtracted(a, b, 0, 64)[1]
    return line


def widen(width):
    """cbw, cwde, cdqe: rax."""
    return moved(lambda a, b: merge(a, signed(a, width // 2), width))


def sign_word(width):
    """cwd, cdq, cqo: rax stays, rdx (before: c) takes the sign; second: rdx ^ b."""
    def line(a, b, c, _):
        return a, merge(c, MASK if a >> width - 1 & 1 else 0, width) ^ b, subtracted(a, b, 0, 64)[1]
    return line


MOVE = [high_line(added), high_line(subtracted), high_line(lambda x, y, _, w: logic_result(x ^ y, w)),
        from_high_line(added), from_high_line(subtracted),
        from_high_line(lambda x, y, _, w: logic_result(x & y, w)),
        moved(lambda a, b: put_high(a, b)), moved(lambda a, b: merge(a, high(b), 8)),
        moved(lambda a, b: merge(a, b, 8)), moved(lambda a, b: merge(a, b, 16)), moved(lambda a, b: b & bits(32)),
        moved(lambda a, b: high(b)), moved(lambda a, b: put_high(a, a))] + \
    [exchange(w) for w in (8, 16, 32, 64)] + [exchange_add(w) for w in (8, 16, 32, 64)] + \
    [compare_exchange(w, hit) for hit in (False, True) for w in (8, 16, 32, 64)] + \
    [widen(w) for w in (16, 32, 64)] + [sign_word(w) for w in (16, 32, 64)]


def logic_result(result, width):
    """A logic operation's result and flags."""
    return result & bits(width), zero_sign(result, width)


def load_flags(a, b, _c, _d):
    """mov ah from a, sahf, lahf: bit 1 of the flags is always set, bits 3 and 5 never; OF is that of cmp a,b."""
    flags = high(a) & (SF | ZF | 0x10 | PF | CF)
    return put_high(a, flags | 2), b, flags | subtracted(a, b, 0, 64)[1] & OF


FLAGS_LAHF = [load_flags]
