# SPDX-License-Identifier: Apache-2.0
"""Operands of checks/vector_lines.h: BLOCKS blocks, each of ROWS rows of 64 bytes for every kind. Rows that follow
each other are operands of one tuple: so elements repeat, are complements, or border on those above them."""
import struct

import ieee754 as fp
from random64 import Random
from vector_operands import Source

BLOCKS = 8
ROWS = 67
FINITE = 43  # rows of numbers whose sums and products of two are finite: 40 tuples
KINDS = ("INTEGER", "SINGLE", "DOUBLE", "HALF")
FORMATS = {"SINGLE": fp.BINARY32, "DOUBLE": fp.BINARY64, "HALF": fp.BINARY16}
MASK64 = (1 << 64) - 1


# Rounding, FTZ, DAZ of the blocks: vector_lines.c, mxcsr_of. Denormals that are zeros never meet a directed rounding:
# manuals do not say which goes first in a conversion to integers.
MODES = [fp.Mode(rounding) for rounding in range(4)] + [
    fp.Mode(fp.UP, flush=True), fp.Mode(fp.DOWN, flush=True), fp.Mode(fp.NEAREST, daz=True),
    fp.Mode(fp.ZERO, flush=True, daz=True)]


def edges(width, random):
    """A number of `width` bits at an edge, small, or with few bits."""
    ones = (1 << width) - 1
    table = (0, 0, 1, ones, 1 << width - 1, (1 << width - 1) - 1, 0x5555555555555555 & ones,
             1 << random.next() % width, (1 << random.next() % width) - 1, ones ^ 1 << random.next() % width)
    return table[random.next() % len(table)]


def integer_rows(random):
    """Rows of elements of 8, 16, 32 and 64 bits in turn."""
    rows = [random.next() | random.next() << 256]
    for index in range(ROWS):
        width = 8 << index % 4
        ones, above, row = (1 << width) - 1, rows[-1], 0
        for at in range(0, 512, width):
            choice, fresh = random.next() % 16, random.next()
            value = fresh & ones
            if choice < 3:
                value = above >> at & ones
            elif choice == 3:
                value = above >> at & ones ^ ones
            elif choice == 4 and at:
                value = row >> (fresh >> 16) % (at // width) * width & ones  # one of this row again
            elif choice == 5:
                value = (above >> at) + (fresh & 3) - 1 & ones
            elif choice < 8:
                value = edges(width, random)
            elif choice < 11:
                value = (fresh & 2 * ones) - ones >> 1 + fresh % width & ones  # short, of either sign
            row |= value << at
        rows.append(row)
    return rows[1:]


class Numbers(Source):
    """Rows of floating point numbers. At most one of three rows has a NaN in a lane, unless denormals are flushed or
    zeros: so the other blocks serve for emulators that have another rule for two NaNs."""

    def ordinary(self, row, above):
        """Numbers close to each other, halves and integers, neighbours of the one above."""
        fmt, choice = self.fmt, self.pick(8)
        base = row % 7 - 3
        if choice == 0:
            return above ^ self.pick(2) << fmt.width - 1
        if choice == 1:
            return (above ^ self.pick(2) << fmt.width - 1) + self.pick(5) - 2
        if choice == 2:  # n / 4
            return fp.from_integer(fmt, self.pick(64) * 2 - 63, fp.Mode()) - (2 << fmt.fraction_bits)
        if choice == 3:
            return self.make(base + self.pick(3), self.fraction() >> fmt.fraction_bits // 2 << fmt.fraction_bits // 2)
        return self.make(base + self.pick(5) - 2, self.fraction())

    def number(self, row, above, nan):
        """An element of this row below `above`."""
        fmt = self.fmt
        if row < FINITE - 6:
            value = self.ordinary(row, above)
            return value if fmt.decode(value)[0] == fp.FINITE else self.make(0, self.fraction())
        if row < FINITE:
            return self.make(self.pick(fmt.exponent_max) - fmt.exponent_max // 2, self.fraction())
        choice = self.pick(12)
        if choice < 2:
            return self.full(1)[0]
        if choice < 5:
            return self.tiny(2)[self.pick(2)]
        if choice < 7:
            return self.ordinary(row, above) & ~fmt.sign_bit % (1 << fmt.width)
        if choice == 7:
            return above
        while True:
            value = self.special(1)[0]
            if nan or not fmt.is_nan(value):
                return value

    def rows(self, current):
        """The rows of a block in this mode."""
        fmt, result = self.fmt, []
        lanes = 512 // fmt.width
        above, nans = [fmt.bias << fmt.fraction_bits] * lanes, [0] * lanes
        for row in range(ROWS):
            both = current.flush or current.daz
            line = [self.number(row, above[i], both or row - nans[i] > 3) for i in range(lanes)]
            for i, value in enumerate(line):
                if fmt.is_nan(value):
                    if not both and row - nans[i] <= 3:
                        line[i] = value = self.make(0, self.fraction())
                    else:
                        nans[i] = row
            above = line
            result.append(sum(value << i * fmt.width for i, value in enumerate(line)))
        return result


_blocks = []


def blocks():
    """For each block {kind: rows}, each row an integer of 512 bits."""
    if not _blocks:
        random = Random(0x11E5)
        sources = {kind: Numbers(fmt, 0x11E6 + i) for i, (kind, fmt) in enumerate(FORMATS.items())}
        for index in range(BLOCKS):
            block = {"INTEGER": integer_rows(random)}
            block.update((kind, source.rows(MODES[index])) for kind, source in sources.items())
            _blocks.append(block)
    return _blocks


def payload():
    """The table vector_lines."""
    return b"".join(row.to_bytes(64, "little") for block in blocks() for kind in KINDS for row in block[kind])


def quadword(row, index):
    """Quadword `index` of a row."""
    return struct.unpack_from("<Q", row.to_bytes(64, "little"), 8 * index)[0]
