# SPDX-License-Identifier: Apache-2.0
"""Answers of checks/fma_chain.c: long dependent chains of fused multiply-add in all twelve forms.

Every accumulator x follows the same STEPS with constants of its lane. A step multiplies by M = 1 + e, e about 2**-10
to 2**-8, and takes e * c away, so that x near c stays in its binade while the difference between two neighbours never
shrinks: rounding maps neighbours to different numbers, and a flipped bit reaches the end. Lanes differ in sign,
exponent, e and c.

A table is 16 blocks, block b computed in mode b (Mode.number). A block is rows of one register each: the
constants, the accumulators' first values, their last values."""
import ieee754 as fp
from random64 import Random

# (negate product, negate addend, digits, multiplicand, addend): x = +-(multiplicand * x) +- addend, and for 231
# x = +-(multiplicand * addend) +- x. Numbers are indices of M and B. Kernels: fma_chain.inc.
STEPS = [
    (0, 0, 213, 0, 0), (0, 1, 132, 1, 1), (1, 0, 213, 2, 2), (1, 1, 132, 1, 1),
    (0, 0, 231, 2, 0), (1, 0, 231, 1, 0), (0, 1, 231, 0, 1), (1, 1, 231, 2, 0),
    (0, 0, 132, 2, 0), (0, 1, 213, 0, 2), (1, 0, 132, 1, 1), (1, 1, 213, 2, 2),
]
BLOCKS = 16


def step(fmt, x, how, multiplicands, addends, mode):
    """One instruction on one lane, its operands in the order of the digits."""
    negate_product, negate_addend, digits, m, b = how
    m, b = multiplicands[m], addends[b]
    operands = {132: (x, m, b), 213: (m, x, b), 231: (m, b, x)}[digits]
    return fp.fma(fmt, *operands, mode, negate_product, negate_addend)


def random_significand(random, fmt, low, high):
    """An integer between low and high (in 1024ths of one), with fraction_bits bits below the point."""
    least, most = low << fmt.fraction_bits, high << fmt.fraction_bits
    return (least + random.next() % (most - least)) >> 10


def make_lane(random, fmt, pairs):
    """The constants of one lane: (multiplicands, addends, sign, exponent)."""
    one = 1 << fmt.fraction_bits
    sign, exponent = random.next() & 1, random.next() % 81 - 40
    growth = random_significand(random, fmt, 1024, 4096) >> 10
    multiplicands, addends = [], []
    for pair in range(pairs):
        e = growth - growth // 16 + random.next() % (growth // 8)
        c = random_significand(random, fmt, 1500, 1570)
        multiplicands.append(fp.pack(fmt, 0, one + e, -fmt.fraction_bits, fp.Mode()))
        addends.append(fp.pack(fmt, sign ^ (pair == 0), e * c, exponent - 2 * fmt.fraction_bits, fp.Mode()))
    return multiplicands, addends, sign, exponent


def run_lane(random, fmt, lane, periods, mode, pairs):
    """One accumulator in one lane: (first, last)."""
    multiplicands, addends, sign, exponent = lane
    significand = random_significand(random, fmt, 1320, 1700)
    first = x = fp.pack(fmt, sign, significand, exponent - fmt.fraction_bits, fp.Mode())
    binade = first & fmt.infinity
    for _ in range(periods):
        for how in STEPS:
            last_pair = pairs - 1
            how = how[:3] + (min(how[3], last_pair), min(how[4], last_pair))
            x = step(fmt, x, how, multiplicands, addends, mode)
            assert x & fmt.infinity == binade, "the chain left its binade"
    return first, x


def table(fmt, width, accumulators, pairs, periods, seed):
    """The payload for registers of `width` bytes."""
    random = Random(seed)
    lanes = width * 8 // fmt.width
    payload = bytearray()
    for block in range(BLOCKS):
        mode = fp.Mode.number(block)
        constants = [make_lane(random, fmt, pairs) for _ in range(lanes)]
        chains = [[run_lane(random, fmt, lane, periods, mode, pairs) for lane in constants]
                  for _ in range(accumulators)]
        rows = [[lane[kind][pair] for lane in constants] for kind in (0, 1) for pair in range(pairs)]
        rows += [[chain[end] for chain in row] for end in (0, 1) for row in chains]
        for row in rows:
            payload += b"".join(bits.to_bytes(fmt.width // 8, "little") for bits in row)
    return bytes(payload)


TABLES = {
    "fma_chain_f32_fma3": lambda: table(fp.BINARY32, 32, 11, 2, 8, 0x31),
    "fma_chain_f64_fma3": lambda: table(fp.BINARY64, 32, 11, 2, 8, 0x32),
    "fma_chain_f32_avx512": lambda: table(fp.BINARY32, 64, 24, 3, 4, 0x33),
    "fma_chain_f64_avx512": lambda: table(fp.BINARY64, 64, 24, 3, 4, 0x34),
}
