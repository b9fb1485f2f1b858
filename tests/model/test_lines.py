#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The models of instructions that few CPUs have (half precision, dot products of mixed signs, products of 52 bits)
against other means: fractions rounded by searching among all halves, and plain sums."""
import bisect
import fractions
import os
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ieee754 as fp  # noqa: E402
import vector_lines  # noqa: E402,F401
from lines_frame import Context, find, join, lanes  # noqa: E402
from random64 import Random  # noqa: E402

F16, F32, F64 = fp.BINARY16, fp.BINARY32, fp.BINARY64
POSITIVE = [fractions.Fraction(struct.unpack("<e", struct.pack("<H", bits))[0]) for bits in range(0x7C00)]
POSITIVE.append(fractions.Fraction(65536))  # where infinity would be
TRIES = 300


def value(bits):
    """A finite half."""
    return -POSITIVE[bits & 0x7FFF] if bits >> 15 else POSITIVE[bits]


def nearest(exact):
    """The half nearest to a fraction, to even; +0 for zero."""
    magnitude, sign = abs(exact), 0x8000 if exact < 0 else 0
    high = min(bisect.bisect_left(POSITIVE, magnitude), 0x7C00)
    low = max(high - 1, 0)
    below, above = magnitude - POSITIVE[low], POSITIVE[high] - magnitude
    return sign | (high if above < below or (above == below and high % 2 == 0) else low)


def run(name, bits, sources, old=0):
    """A mnemonic on vectors, to nearest."""
    context = Context(bits, old, fp.Mode())
    return find(name, "").function(context, *sources)


def halves(random, count):
    """Finite halves: of every size, and near one."""
    return [random.next() % 0x7C00 | (random.next() & 1) << 15 if random.next() & 1
            else 0x3400 + random.next() % 0x1000 | (random.next() & 1) << 15 for _ in range(count)]


def same(got, exact):
    """Equal but for the sign of a zero, which a fraction does not have."""
    return got == nearest(exact) or got & 0x7FFF == nearest(exact) & 0x7FFF == 0


def arithmetic(random):
    """Sums, products, quotients, roots, fused products."""
    bad = []
    for _ in range(TRIES):
        bits = halves(random, 24)
        a, b, c = (bits[i:i + 8] for i in (0, 8, 16))
        vectors = [join(v, 16) for v in (a, b, c)]
        for name, exact in (("vaddph", lambda x, y, z: x + y), ("vmulph", lambda x, y, z: x * y),
                            ("vdivph", lambda x, y, z: x / y), ("vfmadd231ph", lambda x, y, z: x * y + z),
                            ("vfnmsub231ph", lambda x, y, z: -x * y - z)):
            got = lanes(run(name, 128, vectors[:2], vectors[2]), 16, 128)
            for g, *operands in zip(got, a, b, c):
                values = [value(o) for o in operands]
                if not (name == "vdivph" and not values[1]) and not same(g, exact(*values)):
                    bad.append((name, [hex(o) for o in operands], hex(g)))
    return bad


def complex_products(random):
    """Two steps, each rounded."""
    bad = []
    for _ in range(TRIES):
        a, b, c = (halves(random, 2) for _ in range(3))
        for name, sign, adds in (("vfmulcph", -1, 0), ("vfcmulcph", 1, 0), ("vfmaddcph", -1, 1), ("vfcmaddcph", 1, 1)):
            got = lanes(run(name, 32, (join(a, 16), join(b, 16)), join(c, 16)), 16, 32)
            first = [nearest(value(x) * value(b[0]) + adds * value(z)) for x, z in zip(a, c)]
            if any(f & 0x7FFF == 0x7C00 for f in first):
                continue
            want = (value(first[0]) + sign * value(a[1]) * value(b[1]),
                    value(first[1]) - sign * value(a[0]) * value(b[1]))
            if not all(same(g, w) for g, w in zip(got, want)):
                bad.append((name, a, b, c, got))
    return bad


def conversions(random):
    """To and from integers and wider formats."""
    bad = []
    for _ in range(TRIES):
        half, word = halves(random, 1)[0], random.next() & 0xFFFF
        whole, wide = value(half), random.next() >> random.next() % 64
        single, double = (struct.unpack("<I", struct.pack("<f", float(whole)))[0],
                          struct.unpack("<Q", struct.pack("<d", float(whole)))[0])
        cut = int(whole)
        checks = [
            (run("vcvtph2psx", 32, (half,)), single), (run("vcvtph2pd", 64, (half,)), double),
            (run("vcvtps2phx", 32, (single,)), half), (run("vcvtpd2ph", 64, (double,)), half),
            (run("vcvtuw2ph", 16, (word,)), nearest(fractions.Fraction(word))),
            (run("vcvtuqq2ph", 64, (wide,)), nearest(fractions.Fraction(wide))),
            (run("vcvttph2dq", 32, (half,)), cut & 0xFFFFFFFF),
            (run("vcvttph2w", 16, (half,)), cut & 0xFFFF if -0x8000 <= cut < 0x8000 else 0x8000),
            (run("vcvttph2uw", 16, (half,)), cut if 0 <= cut < 0x10000 else 0xFFFF)]
        bad += [(half, word, wide, i) for i, (got, want) in enumerate(checks) if got != want]
    return bad


def dots(random):
    """Dot products, and products of 52 bits."""
    bad = []
    for _ in range(TRIES):
        old, a, b = (random.next() for _ in range(3))
        for letter, codes in (("b", "bB"), ("w", "hH")):
            for first, second in ("su", "us", "uu", "ss"):
                code = "<" + {"b": "4", "w": "2"}[letter]
                x, y = (struct.unpack(code + codes[sign == "u"], struct.pack("<I", v & 0xFFFFFFFF))
                        for v, sign in ((a, first), (b, second)))
                unsigned = first + second == "uu"
                start = struct.unpack("<I" if unsigned else "<i", struct.pack("<I", old & 0xFFFFFFFF))[0]
                total = start + sum(i * j for i, j in zip(x, y))
                low, high = (0, 2**32 - 1) if unsigned else (-2**31, 2**31 - 1)
                for end, want in (("d", total), ("ds", sorted((low, total, high))[1])):
                    name = f"vpdp{letter}{first}{second}{end}"
                    if run(name, 32, (a, b), old) & 0xFFFFFFFF != want & 0xFFFFFFFF:
                        bad.append((name, old, a, b))
        product = (a % 2**52) * (b % 2**52)
        for name, part in (("vpmadd52luq", product % 2**52), ("vpmadd52huq", product // 2**52)):
            if run(name, 64, (a, b), old) != (old + part) % 2**64:
                bad.append((name, old, a, b))
    return bad


def main():
    random = Random(int(os.environ.get("TAP_SEED", "1145"), 0))
    print(f"# seed {random.state} (TAP_SEED=... to repeat)")
    cases = (("arithmetic in half precision", arithmetic), ("complex products in half precision", complex_products),
             ("conversions of half precision", conversions), ("dot products and products of 52 bits", dots))
    status = 0
    for number, (what, case) in enumerate(cases, 1):
        bad = case(random)
        status |= bool(bad)
        print(f"{'not ' if bad else ''}ok {number} - {what}")
        for line in bad[:5]:
            print(f"# {line}")
    print(f"1..{len(cases)}")
    return status


if __name__ == "__main__":
    sys.exit(main())
