# SPDX-License-Identifier: Apache-2.0
"""Lines of floating point: arithmetic, comparisons, horizontal forms. Arithmetic: ieee754.py; forms: Intel SDM volume
2, each instruction's Operation section. A scalar form computes the lowest element; the others are the first
source's."""
import ieee754 as fp
from lines_bits import join_bits
from lines_frame import join, lanes, ones, operation

FORMATS = {"ps": fp.BINARY32, "pd": fp.BINARY64, "ph": fp.BINARY16}
CF, PF, ZF = 1, 4, 0x40


def mode_of(c, fmt):
    """AVX512-FP16 has no FTZ and no DAZ for its own format."""
    return fp.Mode(c.mode.rounding) if fmt is fp.BINARY16 else c.mode


def both(stem, function, vectors=2, immediates=0):
    """Registers the packed and the scalar forms, for every format, of function(fmt, elements..., mode, immediate)."""
    for end, fmt in FORMATS.items():
        packed_form(stem + end, fmt, function, vectors, immediates)
        scalar_form(f"{stem}s{end[1]}", fmt, function, vectors, immediates)


def packed_form(name, fmt, function, vectors, immediates):
    """All elements."""
    def form(c, *sources):
        columns = [lanes(v, fmt.width, c.bits) for v in sources[:vectors]]
        return join([function(fmt, *elements, mode_of(c, fmt), *sources[vectors:]) for elements in zip(*columns)],
                    fmt.width)
    operation(name, fmt.width, vectors + immediates)(form)


def scalar_form(name, fmt, function, vectors, immediates):
    """The lowest element: of the second source alone, where there is one operand."""
    def form(c, a, b, *immediate):
        elements = [v & ones(fmt.width) for v in (a, b)][-vectors:]
        return a >> fmt.width << fmt.width | function(fmt, *elements, mode_of(c, fmt), *immediate)
    operation(name, fmt.width, 2 + immediates)(form)


both("add", fp.add)
both("sub", fp.sub)
both("mul", fp.mul)
both("div", fp.div)
both("min", fp.minimum)
both("max", fp.maximum)
both("sqrt", fp.sqrt, 1)


def fma_forms():
    """VF[N]MADD, VF[N]MSUB, VFMADDSUB, VFMSUBADD; 132 and so on name the operands that are multiplied, and the one
    that is added: SDM volume 1, 14.5.1."""
    orders = {"132": (0, 2, 1), "213": (1, 0, 2), "231": (1, 2, 0)}
    signs = {"vfmadd": ((0, 0), (0, 0)), "vfmsub": ((0, 1), (0, 1)), "vfnmadd": ((1, 0), (1, 0)),
             "vfnmsub": ((1, 1), (1, 1)), "vfmaddsub": ((0, 1), (0, 0)), "vfmsubadd": ((0, 0), (0, 1))}
    for stem, sign in signs.items():
        for digits, order in orders.items():
            for end, fmt in FORMATS.items():
                fma_packed(stem + digits + end, fmt, order, sign)
                if sign[0] == sign[1]:
                    fma_scalar(f"{stem}{digits}s{end[1]}", fmt, order, sign[0])


def fma_packed(name, fmt, order, signs):
    """signs: (negate the product, the addend) of even and of odd elements."""
    @operation(name, fmt.width)
    def form(c, a, b):
        result = []
        for i, operands in enumerate(zip(*(lanes(v, fmt.width, c.bits) for v in (c.old, a, b)))):
            result.append(fp.fma(fmt, *(operands[k] for k in order), mode_of(c, fmt), *signs[i & 1]))
        return join(result, fmt.width)


def fma_scalar(name, fmt, order, sign):
    """The destination is the first source."""
    @operation(name, fmt.width)
    def form(c, a, b):
        operands = [v & ones(fmt.width) for v in (c.old, a, b)]
        low = fp.fma(fmt, *(operands[k] for k in order), mode_of(c, fmt), *sign)
        return c.old >> fmt.width << fmt.width | low


fma_forms()


def compare_forms():
    """CMP with a predicate: all ones, or a mask."""
    def packed(end, fmt):
        def truths(c, a, b, imm):
            mode = mode_of(c, fmt)
            return [fp.predicate(imm, fp.compare(fmt, x, y, mode))
                    for x, y in zip(lanes(a, fmt.width, c.width), lanes(b, fmt.width, c.width))]
        operation("cmp" + end, fmt.width)(lambda c, a, b, imm: join([-t for t in truths(c, a, b, imm)], fmt.width))
        operation("cmp" + end + "_k", fmt.width)(lambda c, a, b, imm: join_bits(truths(c, a, b, imm)))

    def scalar(end, fmt):
        def truth(c, a, b, imm):
            x, y = a & ones(fmt.width), b & ones(fmt.width)
            return fp.predicate(imm, fp.compare(fmt, x, y, mode_of(c, fmt)))
        operation("cmp" + end, fmt.width)(
            lambda c, a, b, imm: a >> fmt.width << fmt.width | truth(c, a, b, imm) * ones(fmt.width))
        operation("cmp" + end + "_k", fmt.width)(lambda c, a, b, imm: int(truth(c, a, b, imm)))

    def flags(end, fmt):
        def relation(c, a, b):
            found = fp.compare(fmt, a & ones(fmt.width), b & ones(fmt.width), mode_of(c, fmt))
            return {fp.LESS: CF, fp.EQUAL: ZF, fp.GREATER: 0, fp.UNORDERED: CF | PF | ZF}[found]
        operation(f"comi{end} ucomi{end}", fmt.width)(relation)
    for end, fmt in FORMATS.items():
        packed(end, fmt)
        scalar("s" + end[1], fmt)
        flags("s" + end[1], fmt)


compare_forms()


def pairwise(stem, negate):
    """HADD, HSUB in each 128 bits, ADDSUB."""
    for end, fmt in (("ps", fp.BINARY32), ("pd", fp.BINARY64)):
        @operation(stem + end, fmt.width)
        def form(c, a, b, fmt=fmt):
            result = []
            for low in range(0, c.bits, 128):
                for v in (a, b):
                    part = lanes(v >> low, fmt.width, 128)
                    result += [fp.add(fmt, x, y, c.mode, negate) for x, y in zip(part[::2], part[1::2])]
            return join(result, fmt.width)


pairwise("hadd", 0)
pairwise("hsub", 1)
for _end, _fmt in (("ps", fp.BINARY32), ("pd", fp.BINARY64)):
    @operation("addsub" + _end, _fmt.width)
    def addsub(c, a, b, fmt=_fmt):
        """Even elements are subtracted."""
        pairs = zip(lanes(a, fmt.width, c.bits), lanes(b, fmt.width, c.bits))
        return join([fp.add(fmt, x, y, c.mode, 1 - i % 2) for i, (x, y) in enumerate(pairs)], fmt.width)


@operation("dpps", 32)
def dpps(c, a, b, imm):
    """Products that the upper four bits choose, added in pairs; into elements that the lower four choose."""
    fmt, result = fp.BINARY32, []
    for low in range(0, c.bits, 128):
        pairs = zip(lanes(a >> low, 32, 128), lanes(b >> low, 32, 128))
        products = [fp.mul(fmt, x, y, c.mode) if imm >> 4 + i & 1 else 0 for i, (x, y) in enumerate(pairs)]
        halves = [fp.add(fmt, products[i], products[i + 1], c.mode) for i in (0, 2)]
        total = fp.add(fmt, *halves, c.mode)
        result += [total if imm >> i & 1 else 0 for i in range(4)]
    return join(result, 32)


@operation("dppd", 64)
def dppd(c, a, b, imm):
    """The same with two."""
    fmt = fp.BINARY64
    products = [fp.mul(fmt, x, y, c.mode) if imm >> 4 + i & 1 else 0
                for i, (x, y) in enumerate(zip(lanes(a, 64, 128), lanes(b, 64, 128)))]
    total = fp.add(fmt, *products, c.mode)
    return join([total if imm >> i & 1 else 0 for i in range(2)], 64)
