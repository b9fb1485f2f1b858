# SPDX-License-Identifier: Apache-2.0
"""Operands of the vector streams (checks/vector_stream.h), and the layout of their tables.

A table is BLOCKS blocks, each of columns of COLUMN bytes: first the operands, then the answers. Element i of every
column belongs together; a register of any width takes as many elements as it holds. Block b is computed in mode
b (ieee754.Mode.number). Elements of one row of 64 bytes are of one class, because numbers near zero cost
hundreds of cycles on some CPUs and stand together, after the first COMMON rows."""
import ieee754 as fp
from random64 import Random

BLOCKS = 16
ROWS = 66  # 16 blocks of 66 registers: 1,056 tuples in every lane
COMMON = 46  # rows that have no operand and no result near zero, so cost nothing extra
COLUMN = ROWS * 64


class Source:
    """Makes tuples of numbers of one format."""

    def __init__(self, fmt, seed):
        self.fmt, self.random = fmt, Random(seed)
        self.bits = fmt.fraction_bits

    def pick(self, count):
        """An integer below count."""
        return self.random.next() % count

    def make(self, exponent, significand, sign=None):
        """The normal number of this exponent, forced into the normal range, and these fraction bits."""
        fmt = self.fmt
        exponent = max(fmt.exponent_min, min(fmt.exponent_max, exponent))
        sign = self.pick(2) if sign is None else sign
        return sign << fmt.width - 1 | exponent + fmt.bias << self.bits | significand & fmt.fraction_mask

    def fraction(self):
        """Random fraction bits."""
        return self.random.next() & self.fmt.fraction_mask

    def bounded(self, count):
        """Exponents close together, so that every bit of every operand matters to a sum."""
        base = self.pick(40) - 20
        return [self.make(base + self.pick(9) - 4, self.fraction()) for _ in range(count)]

    def full(self, count):
        """Every finite number is as likely as any other."""
        fmt = self.fmt
        return [self.make(self.pick(2 * fmt.exponent_max) + fmt.exponent_min, self.fraction()) for _ in range(count)]

    def sparse(self, count):
        """Half as many significant bits: products and sums that are exact or lie halfway between numbers."""
        low = self.bits - self.fmt.precision // 2 - 1
        base = self.pick(20) - 10
        numbers = [self.make(base + self.pick(5) - 2, self.fraction() >> low << low) for _ in range(count)]
        if self.pick(2):  # half a unit in the last place of the first
            exponent = (numbers[0] >> self.bits & self.fmt.exponent_all) - self.fmt.bias
            numbers[-1] = self.make(exponent - self.bits - 1, 0)
            numbers[0] |= self.pick(8)
        return numbers

    def cancel(self, count):
        """Sums that lose most of their bits: the last is minus the others' product (or the first), a few units off."""
        numbers = self.bounded(count)
        whole = numbers[0]
        if count == 3:
            whole = fp.mul(self.fmt, numbers[0], numbers[1], fp.Mode())
        numbers[-1] = (whole ^ self.fmt.sign_bit) + self.pick(7) - 3
        return numbers

    def edge(self, count):
        """Powers of two, their neighbours, alternating bits."""
        patterns = (0, 1, 2, 3, -1, -2, -3, 0x5555555555555555, 0xAAAAAAAAAAAAAAAA, 1 << self.bits - 1)
        base = self.pick(60) - 30
        return [self.make(base + self.pick(3) - 1, patterns[self.pick(len(patterns))] + (self.pick(9) << 12))
                for _ in range(count)]

    def special(self, count):
        """Zeros, infinities, NaNs with payloads, the largest and the least, among ordinary numbers."""
        fmt = self.fmt
        numbers = self.bounded(count)
        for i in range(count):
            nan = fmt.infinity | (self.fraction() or 1)
            chosen = (0, fmt.infinity, nan, nan, nan | fmt.quiet_bit, fmt.infinity - 1, fmt.leading,
                      fmt.bias << self.bits, numbers[i], numbers[i])[self.pick(10)]
            numbers[i] = chosen | self.pick(2) << fmt.width - 1
        return numbers

    def near(self, count, target):
        """A first operand and a second whose product is near 2**target, and a third near it too."""
        numbers = self.bounded(count)
        exponent = (numbers[0] >> self.bits & self.fmt.exponent_all) - self.fmt.bias
        numbers[1] = self.make(target - exponent + self.pick(3) - 2, self.fraction())
        if self.pick(2):
            numbers[0] |= -self.pick(4) & self.fmt.fraction_mask
            numbers[1] &= ~self.fmt.fraction_mask | 3
        if count == 3:
            numbers[2] = self.make(target + self.pick(4) - 3, self.fraction())
        return numbers

    def tiny(self, count):
        """Around the least normal number: denormal operands, results that are tiny or round to the least normal."""
        fmt = self.fmt
        if self.pick(2):
            return self.near(count, fmt.exponent_min)
        numbers = self.bounded(count)
        for i in range(count):
            denormal = self.fraction() >> self.pick(self.bits)
            chosen = (denormal, denormal, self.make(fmt.exponent_min + self.pick(2), self.fraction(), 0),
                      self.make(0, self.pick(4), 0), numbers[i])[self.pick(5)]
            numbers[i] = chosen & ~fmt.sign_bit | self.pick(2) << fmt.width - 1
        return numbers

    def huge(self, count):
        """Around the largest number."""
        return self.near(count, self.fmt.exponent_max + 1)

    def tuple(self, row, count, mode):
        """A tuple of the class of this row. Two NaNs only where a mode flushes or reads denormals as zeros: so the
        other blocks serve for emulators that have another rule for two NaNs."""
        classes = ((24, self.bounded), (30, self.sparse), (35, self.cancel), (41, self.edge), (44, self.special),
                   (COMMON, self.huge), (58, self.full), (ROWS, self.tiny))
        maker = next(make for end, make in classes if row < end)
        while True:
            numbers = maker(count)
            if mode.flush or mode.daz or sum(self.fmt.is_nan(bits) for bits in numbers) < 2:
                return numbers


def column(values, width):
    """The bytes of a column of integers of `width` bits."""
    return b"".join(value.to_bytes(width // 8, "little") for value in values)


def float_table(fmt, seed, count, answers):
    """The payload: `count` operands, then answers[k](tuple, mode) for each k. Every lane of a 64-byte register sees
    1,000 different tuples and 1,000 different first operands, or this fails."""
    source = Source(fmt, seed)
    lanes = 512 // fmt.width
    seen = [(set(), set()) for _ in range(lanes)]
    payload = bytearray()
    for block in range(BLOCKS):
        mode = fp.Mode.number(block)
        tuples = [source.tuple(row, count, mode) for row in range(ROWS) for _ in range(lanes)]
        for i, numbers in enumerate(tuples):
            seen[i % lanes][0].add(tuple(numbers))
            seen[i % lanes][1].add(numbers[0])
        for k in range(count):
            payload += column((numbers[k] for numbers in tuples), fmt.width)
        for answer in answers:
            payload += column((answer(numbers, mode) for numbers in tuples), fmt.width)
    assert all(len(s) >= 1000 for lane in seen for s in lane), "a lane sees fewer than 1,000 operands"
    return bytes(payload)
