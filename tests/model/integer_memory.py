# SPDX-License-Identifier: Apache-2.0
"""Operands in memory, locked instructions, flags set by themselves (Intel SDM volume 2). The second accumulator takes
the source after the instruction."""
import struct

from integer_arithmetic import add_line, added, multiply_one, multiply_two, negate_line, step_line, subtracted
from integer_bits import bit_line
from integer_frame import ALL, CF, ZF, bits, merge, signed
from integer_logic import AND, OR, XOR, compare_exchange, exchange, exchange_add, extend, logic_line, not_line, set_if
from integer_shifts import double_line, rotate_line, shift_line
from random64 import MASK

DF = 0x400
WIDTHS = (8, 16, 32, 64)


def in_memory(line, width):
    """The form of a line on registers whose destination, a, is `width` bits of memory: 32 bits clear nothing."""
    def memory(a, b, c, d):
        value, second, flags = line(a, b, c, d)
        return a & ~bits(width) & MASK | value & bits(width), second, flags
    return memory


def string_line(change):
    """bt, bts, btr, btc of bit b, from -2048 to 2047, of a string: the eight bytes that hold it were a."""
    def line(a, b, c, d):
        index = signed(b, 12)
        value, _, flags = bit_line(change, 64, index & 63)(a, b, c, d)
        return value, index & MASK, flags
    return line


def table_line(a, b, c, d):
    """xlat: the table is the tuple; the flags are those of a - b."""
    byte = struct.pack("<4Q", a, b, c, d)[a & 31]
    return merge(a, byte, 8), b, subtracted(a, b, 0, 64)[1]


def moved_through(a, b, _c, _d):
    """push m64, pop m64 of b, after cmp a,b."""
    return b, b, subtracted(a, b, 0, 64)[1]


STRING = [string_line(op) for op in ("bt", "bts", "btr", "btc") for _ in range(3)] + \
    [string_line(op) for op in ("bts", "btr", "btc") for _ in range(3)]
MEMORY = STRING + \
    [in_memory(bit_line(op, w, i), w) for op, w, i in (("bt", 16, 13), ("bts", 32, 30), ("btr", 64, 47),
                                                       ("btc", 16, 5))] + \
    [in_memory(step_line(op, w), w) for op in (added, subtracted) for w in WIDTHS] + \
    [in_memory(negate_line(w), w) for w in WIDTHS] + [in_memory(not_line(w), w) for w in WIDTHS] + \
    [in_memory(add_line(added, 8, True), 8), in_memory(add_line(subtracted, 16), 16),
     in_memory(add_line(added, 32), 32), add_line(subtracted, 8, keep=True), add_line(subtracted, 64, keep=True),
     logic_line(AND, 32, keep=True)] + \
    [in_memory(logic_line(op, w), w) for op, w in ((AND, 8), (OR, 16), (XOR, 32))] + \
    [multiply_two(64), multiply_two(32), multiply_one(64, False), multiply_one(64, True)] + \
    [in_memory(shift_line("shl", 8, 1), 8), in_memory(shift_line("sar", 32, 3), 32),
     in_memory(rotate_line("rol", 16, 5), 16), in_memory(double_line("shld", 64, 9), 64),
     in_memory(set_if(2), 8)] + \
    [extend(32, 8, False), extend(64, 16, True), extend(64, 32, True), table_line, moved_through]


def exchange_line(width, hit):
    """cmpxchg: rax = a or (`hit`) the destination b; c is the source: rax, destination."""
    def line(a, b, c, d):
        rax, second, flags = compare_exchange(width, hit)(a, b, c, d)
        return rax, b & ~bits(width) | second & bits(width), flags
    return line


def pair_line(hit):
    """cmpxchg8b of b with a or (`hit`) b, c to be stored: edx:eax ^ ecx:ebx, destination ^ a; ZF, the other
    flags of a - b."""
    def line(a, b, c, _):
        same = hit or a == b
        flags = subtracted(a, b, 0, 64)[1] & ~ZF | (ZF if same else 0)
        return (a if same and not hit else b) ^ c, (c if same else b) ^ a, flags
    return line


def sixteen_line(low, high):
    """cmpxchg16b of d:b with high:low, a:c to be stored: both halves of rdx:rax folded, ^ rbx; the
    same of the destination, ^ rcx ^ a."""
    def line(*t):
        a, b, c, d = t
        same = t[low] == b and t[high] == d
        flags = subtracted(a, b, 0, 64)[1] & ~ZF | (ZF if same else 0)
        stored = (c, a) if same else (b, d)
        return folded(b, d) ^ c, folded(*stored), flags
    return line


def folded(low, high):
    """The halves in one word."""
    return low ^ (high << 1 | high >> 63) & MASK


LOCK = [in_memory(add_line(op, w, carry), w) for op, carry in ((added, False), (added, True), (subtracted, False),
                                                               (subtracted, True)) for w in WIDTHS] + \
    [in_memory(logic_line(op, w), w) for op in (AND, OR, XOR) for w in WIDTHS] + \
    [in_memory(step_line(op, w), w) for op in (added, subtracted) for w in WIDTHS] + \
    [in_memory(negate_line(w), w) for w in WIDTHS] + [in_memory(not_line(w), w) for w in WIDTHS] + \
    [in_memory(exchange_add(w), w) for w in WIDTHS] + [in_memory(exchange(w), w) for w in WIDTHS] + \
    [exchange_line(w, hit) for hit in (False, True) for w in WIDTHS] + \
    [pair_line(hit) for _ in range(2) for hit in (False, True)]
A, B, D = 0, 1, 3
LOCK_CX16 = [sixteen_line(low, high) for low, high in ((A, A), (B, A), (A, D), (B, D), (B, A), (B, D))]


def flag_line(change):
    """cmp a,b, then one flag."""
    def line(a, b, _c, _d):
        return a, b, change(subtracted(a, b, 0, 64)[1])
    return line


def popped(a, b, _c, _d):
    """popf of the arithmetic flags in b."""
    return a, b & ALL, b & ALL


FLAGS_CARRY = [flag_line(lambda f: f & ~CF), flag_line(lambda f: f | CF), flag_line(lambda f: f ^ CF),
               flag_line(lambda f: f | DF), flag_line(lambda f: f), popped]
