# SPDX-License-Identifier: Apache-2.0
"""Answers of checks/vector_convert.c: conversions between integers, binary32 and binary64.

Columns: x (binary32), i (32-bit integers), d (binary64, two columns long), then sums modulo 2 of results, so that a
wrong bit in any of them is a wrong bit in the sum:
  cvtps2dq x ^ cvttps2dq x ^ cvtdq2ps i
  cvtps2pd x ^ cvtdq2pd i (two columns long)
  cvtpd2ps d ^ cvtpd2dq d ^ cvttpd2dq d
  cvtps2udq x ^ cvttps2udq x ^ cvtudq2ps i
  cvtpd2qq d ^ cvttpd2uqq d ^ cvtqq2pd d ^ cvtuqq2pd d, the bits of d as integers for the latter two (two columns)"""
import ieee754 as fp
from vector_operands import BLOCKS, COMMON, ROWS, Source, column

F32, F64 = fp.BINARY32, fp.BINARY64


def signed(value, width):
    """The integer that these bits mean."""
    return value - (value >> width - 1 << width)


class Numbers(Source):
    """Operands of conversions: fractions, halves, the ends of the integers' ranges, halfway between narrower numbers."""

    def ends(self):
        """A few units around 2**31, 2**32, 2**63, 2**64 or a small power."""
        exponent = (31, 32, 63, 64, 31, 32, self.pick(24), -1)[self.pick(8)]
        return self.make(exponent, 0) + self.pick(7) - 3

    def halves(self):
        """n + 1/2, or a neighbour of it."""
        exponent = self.pick(min(self.bits - 1, 40))
        half = 1 << self.bits - exponent - 1
        return self.make(exponent, (self.fraction() & -half | half) + self.pick(3) - 1)

    def narrow(self):
        """Near the numbers of binary32, or halfway between two of them."""
        low = (0, 1, -1, 1 << 28, (1 << 28) + 1, (1 << 28) - 1)[self.pick(6)]
        exponent = self.pick(200) - 80 if self.bits > 23 else self.pick(30)
        return self.make(exponent, (self.fraction() >> 29 << 29) + low)

    def number(self, row, mode):
        """A number of the class of this row. Denormals and a directed rounding to integers do not meet where
        denormals are zeros: manuals do not say which goes first."""
        if row < 16:
            return self.make(self.pick(36) - 2, self.fraction())
        if row < 24:
            return self.halves()
        if row < 32:
            return self.ends()
        if row < 40:
            return self.narrow()
        if row < COMMON:
            return self.special(1)[0]
        if row < 56:
            return self.full(1)[0]
        bits = self.tiny(2)[0] if row < 60 else self.make(-124 - self.pick(30), self.fraction())
        if mode.daz and mode.rounding in (fp.UP, fp.DOWN) and self.fmt.is_denormal(bits):
            return bits | self.fmt.leading
        return bits


def integers(fmt, bits, mode, width, is_signed=True):
    """The rounded and the truncated integer, added modulo 2."""
    return (fp.to_integer(fmt, bits, mode, width, is_signed)
            ^ fp.to_integer(fmt, bits, mode, width, is_signed, truncate=True))


def table():
    """The payload."""
    singles, doubles = Numbers(F32, 0x61), Numbers(F64, 0x62)
    seen = [set() for _ in range(16)]
    payload = bytearray()
    for block in range(BLOCKS):
        mode = fp.Mode.number(block)
        rows = [row for row in range(ROWS) for _ in range(16)]
        x = [singles.number(row, mode) for row in rows]
        d = [doubles.number(row, mode) for row in rows]
        i = [singles.random.next() >> 32 >> singles.pick(24 if row % 2 else 1) for row in rows]
        for index, operands in enumerate(zip(x, i, d)):
            seen[index % 16].add(operands)
        payload += column(x, 32) + column(i, 32) + column(d, 64)
        payload += column((integers(F32, a, mode, 32) ^ fp.from_integer(F32, signed(b, 32), mode)
                           for a, b in zip(x, i)), 32)
        payload += column((fp.convert(F32, F64, a, mode) ^ fp.from_integer(F64, signed(b, 32), mode)
                           for a, b in zip(x, i)), 64)
        payload += column((fp.convert(F64, F32, a, mode) ^ integers(F64, a, mode, 32) for a in d), 32)
        payload += column((integers(F32, a, mode, 32, False) ^ fp.from_integer(F32, b, mode)
                           for a, b in zip(x, i)), 32)
        payload += column((fp.to_integer(F64, a, mode, 64) ^ fp.to_integer(F64, a, mode, 64, False, True)
                           ^ fp.from_integer(F64, signed(a, 64), mode) ^ fp.from_integer(F64, a, mode)
                           for a in d), 64)
    assert all(len(s) >= 1000 for s in seen), "a lane sees fewer than 1,000 operands"
    return bytes(payload)


TABLES = {"vector_convert": table}
