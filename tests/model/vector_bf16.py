# SPDX-License-Identifier: Apache-2.0
"""Answers of checks/vector_bf16.c. Intel SDM volume 2, VDPBF16PS: for each lane two fused multiply-adds in binary32, the
odd elements first, to nearest, denormals read as zeros and flushed to zero, MXCSR neither read nor written;
VCVTNE2PS2BF16: to nearest, denormals are zeros, a NaN is truncated and made quiet.

Columns: x, y (pairs of bfloat16), s (binary32), a, b (binary32); s + x1 * y1 + x0 * y0; b and then a as bfloat16."""
import ieee754 as fp
from vector_operands import BLOCKS, ROWS, Source, column

F32, BF16 = fp.BINARY32, fp.BFLOAT16
MODE = fp.Mode(flush=True, daz=True)


def dot(x, y, s):
    """One lane of VDPBF16PS; x and y as (element 0, element 1)."""
    for i in (1, 0):
        s = fp.fma(F32, x[i] << 16, y[i] << 16, s, MODE)
    return s


def make(source, row):
    """(x, y, s) of one lane. Not two NaNs: the manual does not say which would be the result."""
    while True:
        x1, y1, s = source.tuple(row, 3, fp.Mode())
        x0, y0 = source.tuple(row, 2, fp.Mode())
        if s & BF16.infinity != BF16.infinity:
            s = s << 16 | source.pick(1 << 16)
        else:
            s <<= 16
        nans = sum(BF16.is_nan(bits) for bits in (x0, x1, y0, y1))
        first = fp.fma(F32, x1 << 16, y1 << 16, s, MODE)
        if nans + F32.is_nan(s) < 2 and not (F32.is_nan(first) and (BF16.is_nan(x0) or BF16.is_nan(y0))):
            return (x0, x1), (y0, y1), s


def single(source, row):
    """A binary32 number to convert: around halfway, or any."""
    low = (0, 0x8000, 0x7FFF, 0x8001)[source.pick(4)] if row % 2 else source.pick(1 << 16)
    return source.tuple(row, 2, fp.Mode())[0] << 16 | low


def table():
    """The payload."""
    source = Source(BF16, 0x71)
    seen = [set() for _ in range(16)]
    payload = bytearray()
    for _ in range(BLOCKS):
        rows = [row for row in range(ROWS) for _ in range(16)]
        tuples = [make(source, row) for row in rows]
        for i, operands in enumerate(tuples):
            seen[i % 16].add(operands)
        a, b = ([single(source, row) for row in rows] for _ in range(2))
        for k in (0, 1):
            payload += column((t[k][0] | t[k][1] << 16 for t in tuples), 32)
        payload += column((t[2] for t in tuples), 32) + column(a, 32) + column(b, 32)
        payload += column((dot(*t) for t in tuples), 32)
        for row in range(ROWS):
            for numbers in (b, a):
                payload += column((fp.convert(F32, BF16, bits, MODE)
                                   for bits in numbers[16 * row:16 * row + 16]), 16)
    assert all(len(s) >= 1000 for s in seen), "a lane sees fewer than 1,000 operands"
    return bytes(payload)


TABLES = {"vector_bf16": table}
