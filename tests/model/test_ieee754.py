#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The arithmetic model against what is known by other means: published constants and edges, an exhaustive small
format judged by fractions, and Python's doubles (the only place where the model meets a CPU's arithmetic)."""
import bisect
import fractions
import math
import os
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ieee754 as fp  # noqa: E402
from random64 import Random  # noqa: E402

F32, F64, X87, BF16, F16 = fp.BINARY32, fp.BINARY64, fp.EXTENDED, fp.BFLOAT16, fp.BINARY16
TINY = fp.Format("tiny", 3, 4)
N, FLUSH, DAZ = fp.Mode(), fp.Mode(flush=True), fp.Mode(daz=True)
DN, UP, RZ = fp.Mode(fp.DOWN), fp.Mode(fp.UP), fp.Mode(fp.ZERO)

# (what, result, answer)
VECTORS = [
    ("1 + 2", fp.add(F32, 0x3F800000, 0x40000000, N), 0x40400000),
    ("1 / 3 in binary32", fp.div(F32, 0x3F800000, 0x40400000, N), 0x3EAAAAAB),
    ("1 / 3 downwards", fp.div(F32, 0x3F800000, 0x40400000, DN), 0x3EAAAAAA),
    ("1 / 3 in binary64", fp.div(F64, 0x3FF << 52, 0x4008 << 48, N), 0x3FD5555555555555),
    ("1 / 10 in binary16", fp.div(F16, 0x3C00, 0x4900, N), 0x2E66),
    ("sqrt 2 in binary32", fp.sqrt(F32, 0x40000000, N), 0x3FB504F3),
    ("sqrt 2 in binary64", fp.sqrt(F64, 0x4000 << 48, N), 0x3FF6A09E667F3BCD),
    ("sqrt 2 in x87", fp.sqrt(X87, 0x40008000000000000000, N), 0x3FFFB504F333F9DE6484),
    ("sqrt -0", fp.sqrt(F32, 0x80000000, N), 0x80000000),
    ("sqrt -1", fp.sqrt(F32, 0xBF800000, N), 0xFFC00000),
    ("pi from x87 to binary64", fp.convert(X87, F64, 0x4000C90FDAA22168C235, N), 0x400921FB54442D18),
    ("pi from binary64 to binary32", fp.convert(F64, F32, 0x400921FB54442D18, N), 0x40490FDB),
    ("pi from binary32 to bfloat16", fp.convert(F32, BF16, 0x40490FDB, N), 0x4049),
    ("x87 default NaN", X87.default_nan, 0xFFFFC000000000000000),
    ("x87 1 + 2**-64 to 53 bits, up", fp.add(X87, 0x3FFF8000000000000000, 0x3FBF8000000000000000,
                                             fp.Mode(fp.UP, precision=53)), 0x3FFF8000000000000800),
    ("inf - inf", fp.sub(F32, 0x7F800000, 0x7F800000, N), 0xFFC00000),
    ("0 * inf", fp.mul(F64, 0, 0x7FF << 52, N), 0xFFF8 << 48),
    ("1 / -0", fp.div(F32, 0x3F800000, 0x80000000, N), 0xFF800000),
    ("0 / 0", fp.div(F32, 0, 0, N), 0xFFC00000),
    ("x - x", fp.sub(F32, 0x3F800000, 0x3F800000, N), 0),
    ("x - x downwards", fp.sub(F32, 0x3F800000, 0x3F800000, DN), 0x80000000),
    ("-0 + -0", fp.add(F32, 0x80000000, 0x80000000, N), 0x80000000),
    ("two NaNs: the first, quiet", fp.add(F32, 0xFF800001, 0x7FC12345, N), 0xFFC00001),
    ("a NaN subtracted keeps its sign", fp.sub(F32, 0x3F800000, 0x7FC12345, N), 0x7FC12345),
    ("fma: 0 * inf + NaN is the NaN", fp.fma(F32, 0, 0x7F800000, 0x7FC00007, N), 0x7FC00007),
    ("fma: the square's error", fp.fma(F32, 0x3F800001, 0x3F800001, 0xBF800002, N), 0x28800000),
    ("largest * 2", fp.mul(F32, 0x7F7FFFFF, 0x40000000, N), 0x7F800000),
    ("largest * 2 towards zero", fp.mul(F32, 0x7F7FFFFF, 0x40000000, RZ), 0x7F7FFFFF),
    ("-largest * 2 upwards", fp.mul(F32, 0xFF7FFFFF, 0x40000000, UP), 0xFF7FFFFF),
    ("least / 2 to even", fp.div(F32, 1, 0x40000000, N), 0),
    ("least / 2 upwards", fp.div(F32, 1, 0x40000000, UP), 1),
    ("an exact denormal", fp.mul(F32, 0x00800000, 0x3F000000, N), 0x00400000),
    ("an exact denormal flushed", fp.mul(F32, 0x80800000, 0x3F000000, FLUSH), 0x80000000),
    # 0x00ffffff / 2 = 2**-126 - 2**-150 has 24 bits: below the normal range, yet it rounds into it.
    ("tiny that denormalises up to the least normal", fp.mul(F32, 0x00FFFFFF, 0x3F000000, N), 0x00800000),
    ("the same is tiny, so flushed", fp.mul(F32, 0x00FFFFFF, 0x3F000000, FLUSH), 0),
    # (1 - 2**-24) * (1 + 2**-23) * 2**-126 rounds to 2**-126 already with 24 bits: not tiny.
    ("rounds to the least normal, not tiny", fp.mul(F32, 0x3F7FFFFF, 0x00800001, FLUSH), 0x00800000),
    ("denormals are zeros", fp.add(F32, 0x80000001, 0x80000000, DAZ), 0x80000000),
    ("min of zeros is the second", fp.minimum(F32, 0x80000000, 0, N), 0),
    ("max with a signalling NaN second", fp.maximum(F32, 0x3F800000, 0x7F800001, N), 0x7F800001),
    ("max with a NaN first", fp.maximum(F32, 0x7FC00000, 0x3F800000, N), 0x3F800000),
    ("2.5 to integer", fp.to_integer(F32, 0x40200000, N, 32), 2),
    ("-2.5 to integer downwards", fp.to_integer(F32, 0xC0200000, DN, 32), 0xFFFFFFFD),
    ("2**31 to integer", fp.to_integer(F32, 0x4F000000, N, 32), 0x80000000),
    ("-2**31 to integer", fp.to_integer(F32, 0xCF000000, N, 32), 0x80000000),
    ("-1 to unsigned", fp.to_integer(F32, 0xBF800000, N, 32, signed=False), 0xFFFFFFFF),
    ("-0.5 to unsigned", fp.to_integer(F32, 0xBF000000, N, 32, signed=False), 0),
    ("2**24 + 1 from integer", fp.from_integer(F32, 2**24 + 1, N), 0x4B800000),
    ("-(2**24 + 1) downwards", fp.from_integer(F32, -(2**24) - 1, DN), 0xCB800001),
    ("round 0.5", fp.round_to_integral(F64, 0x3FE << 52, N), 0),
    ("round -0.5", fp.round_to_integral(F64, 0xBFE << 52, N), 1 << 63),
    ("a NaN to a wider format", fp.convert(F32, F64, 0xFF800001, N), 0xFFF8000020000000),
    ("a NaN to a narrower format", fp.convert(F64, F32, 0x7FF4000000000001, N), 0x7FE00000),
]


def value(fmt, bits):
    """The exact value of a finite number."""
    _, sign, significand, exponent = fmt.decode(bits)
    return (-1) ** sign * significand * fractions.Fraction(2) ** exponent


def finite(fmt):
    """All finite numbers of a small format, (value, bits) in rising order, with +0 alone."""
    every = [b for b in range(1 << fmt.width) if fmt.decode(b)[0] == fp.FINITE and b != fmt.sign_bit]
    return sorted((value(fmt, b), b) for b in every)


NUMBERS = finite(TINY)
VALUES = [v for v, _ in NUMBERS]
BITS = [b for _, b in NUMBERS]


def judge(exact, rounding):
    """Rounds a fraction that is not zero to TINY by looking through the whole list of its numbers: IEEE 754, 4.3.
    A sign of zero and an overflow are told by rule."""
    negative = exact < 0
    above = bisect.bisect_left(VALUES, exact)
    largest, step = VALUES[-1], VALUES[-1] - VALUES[-2]
    infinite = TINY.infinite(int(negative))
    if abs(exact) > largest:
        edge = BITS[0] if negative else BITS[-1]
        if rounding == fp.NEAREST:
            return infinite if abs(exact) >= largest + step / 2 else edge
        return infinite if rounding == (fp.DOWN if negative else fp.UP) else edge
    if VALUES[above] == exact:
        return BITS[above]
    low, high = above - 1, above
    if rounding == fp.NEAREST:
        near = exact - VALUES[low], VALUES[high] - exact
        even = low if BITS[low] & 1 == 0 else high
        chosen = low if near[0] < near[1] else high if near[1] < near[0] else even
    else:
        chosen = {fp.DOWN: low, fp.UP: high, fp.ZERO: high if negative else low}[rounding]
    return BITS[chosen] | (TINY.sign_bit if negative else 0)


def exhaustive_pairs():
    """Every pair of numbers of TINY, every rounding: the operations that disagree with the judge."""
    bad = []
    for rounding in range(4):
        mode = fp.Mode(rounding)
        for va, a in NUMBERS:
            for vb, b in NUMBERS:
                for name, operation, exact in (("+", fp.add, va + vb), ("-", fp.sub, va - vb),
                                               ("*", fp.mul, va * vb), ("/", fp.div, va / vb if vb else 0)):
                    if exact and operation(TINY, a, b, mode) != judge(exact, rounding):
                        bad.append((name, a, b, rounding))
    return bad


def exhaustive_roots():
    """sqrt of every positive number of TINY. A root is irrational or a fraction: 200 bits of it decide."""
    bad = []
    for rounding in range(4):
        for va, a in NUMBERS:
            if va > 0:
                scaled = va * 4 ** 200
                floor = math.isqrt(scaled.numerator // scaled.denominator)
                exact = fractions.Fraction(floor, 2 ** 200)
                if exact * exact != va:
                    exact += fractions.Fraction(1, 2 ** 201)
                if fp.sqrt(TINY, a, fp.Mode(rounding)) != judge(exact, rounding):
                    bad.append((a, rounding))
    return bad


def random_triples(random, count):
    """fma on triples of TINY with every sign."""
    bad = []
    for _ in range(count):
        pick = random.next()
        (vx, x), (vy, y), (vz, z) = (NUMBERS[(pick >> 8 * i & 0xFF) % len(NUMBERS)] for i in range(3))
        rounding, product, addend = pick >> 32 & 3, pick >> 34 & 1, pick >> 35 & 1
        exact = (-1) ** product * vx * vy + (-1) ** addend * vz
        if exact and fp.fma(TINY, x, y, z, fp.Mode(rounding), product, addend) != judge(exact, rounding):
            bad.append((x, y, z, rounding, product, addend))
    return bad


def double(bits):
    """The Python float with this encoding."""
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def against_doubles(random, count):
    """binary64 to nearest, as Python's own doubles have it; operands that stay finite."""
    bad = []
    for _ in range(count):
        r = random.next()
        near = (r >> 52 & 0x3FF) + 0x200
        a = random.next() & 0x800FFFFFFFFFFFFF | near << 52
        b = random.next() & 0x800FFFFFFFFFFFFF | near + r % 120 - 60 << 52
        for operation, exact in ((fp.add, double(a) + double(b)), (fp.sub, double(a) - double(b)),
                                 (fp.mul, double(a) * double(b)), (fp.div, double(a) / double(b))):
            if double(operation(F64, a, b, N)) != exact:
                bad.append((operation.__name__, hex(a), hex(b)))
        if double(fp.sqrt(F64, a & ~F64.sign_bit, N)) != math.sqrt(abs(double(a))):
            bad.append(("sqrt", hex(a)))
        narrow = fp.convert(F64, F32, a, N)
        if struct.unpack("<I", struct.pack("<f", double(a)))[0] != narrow if near < 1150 else False:
            bad.append(("convert", hex(a)))
    return bad


def identities(random, count):
    """Algebra that holds exactly in every format: commutation, symmetry of rounding, fma against mul and add,
    integers there and back, compare against sub."""
    bad = []
    for i in range(count):
        fmt = (F16, BF16, F32, F64)[i % 4]
        a, b, c = (random.next() & (1 << fmt.width) - 1 for _ in range(3))
        if any(fmt.is_nan(bits) for bits in (a, b, c)):
            continue
        mode = fp.Mode.number(random.next() & 15)
        opposite = fp.Mode((fp.NEAREST, fp.UP, fp.DOWN, fp.ZERO)[mode.rounding], mode.flush, mode.daz)
        negative, product = a ^ fmt.sign_bit, fp.mul(fmt, a, b, mode)
        holds = [
            fp.add(fmt, a, b, mode) == fp.add(fmt, b, a, mode),
            product == fp.mul(fmt, b, a, mode),
            fmt.is_nan(product) or product ^ fmt.sign_bit == fp.mul(fmt, negative, b, opposite),
            fp.fma(fmt, a, b, c, mode) == fp.fma(fmt, negative, b, c, mode, negate_product=1),
            fp.fma(fmt, a, fp.from_integer(fmt, 1, mode), c, mode) == fp.add(fmt, a, c, mode),
            product & ~fmt.sign_bit == 0 or fp.fma(fmt, a, b, 0, mode) == product,
            (fp.compare(fmt, a, b, mode) == fp.LESS) == (fp.compare(fmt, b, a, mode) == fp.GREATER),
            fp.convert(F64, fmt, fp.convert(fmt, F64, a, N), N) == a,
            fp.minimum(fmt, a, b, N) in (a, b),
        ]
        if not all(holds):
            bad.append((fmt.name, hex(a), hex(b), hex(c), vars(mode), holds))
    return bad


def main():
    random = Random(int(os.environ.get("TAP_SEED", "754"), 0))
    print(f"# seed {random.state} (TAP_SEED=... to repeat)")
    cases = [(what, [] if got == want else [f"{got:#x} is not {want:#x}"]) for what, got, want in VECTORS]
    cases += [("every pair of a small format", exhaustive_pairs()),
              ("every root of a small format", exhaustive_roots()),
              ("fma of a small format", random_triples(random, 30000)),
              ("Python's doubles", against_doubles(random, 5000)),
              ("identities", identities(random, 20000))]
    for number, (what, bad) in enumerate(cases, 1):
        print(f"{'not ' if bad else ''}ok {number} - {what}")
        for line in bad[:5]:
            print(f"# {line}")
    print(f"1..{len(cases)}")
    return int(any(bad for _, bad in cases))


if __name__ == "__main__":
    sys.exit(main())
