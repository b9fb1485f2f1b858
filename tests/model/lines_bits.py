# SPDX-License-Identifier: Apache-2.0
"""Lines of bits: shifts, rotations, counts, ternary logic, comparisons and tests into masks. Definitions: Intel SDM
volume 2, each instruction's Operation section."""
from lines_frame import each, join, lanes, ones, operation, signed, signed_lanes

ENDS = {8: "b", 16: "w", 32: "d", 64: "q"}
PREDICATES = (lambda x, y: x == y, lambda x, y: x < y, lambda x, y: x <= y, lambda x, y: False,
              lambda x, y: x != y, lambda x, y: x >= y, lambda x, y: x > y, lambda x, y: True)


def shift(name, width, function):
    """A shift of every lane by an immediate, or by the low 64 bits of a vector."""
    @operation(name, width)
    def shifted(c, a, count):
        return join([function(x, count & ones(64)) for x in lanes(a, width, c.bits)], width)


def rotate(value, count, width):
    """To the left."""
    count %= width
    return value << count | value >> width - count


def double(names, width, function):
    """VPSHLD, VPSHRD by an immediate, and their forms by a vector, whose destination is the first source."""
    name, variable = names.split()
    operation(name, width)(lambda c, a, b, imm: join(
        [function(x, y, imm % width) for x, y in zip(lanes(a, width, c.bits), lanes(b, width, c.bits))], width))
    operation(variable, width)(lambda c, a, b: join(
        [function(x, y, n % width) for x, y, n in
         zip(lanes(c.old, width, c.bits), lanes(a, width, c.bits), lanes(b, width, c.bits))], width))


def into_mask(name, width, function):
    """A predicate of two lanes."""
    operation(name, width)(lambda c, a, b: join_bits(
        function(x, y) for x, y in zip(lanes(a, width, c.width), lanes(b, width, c.width))))


def join_bits(values):
    """The mask of these truths."""
    return sum(bool(v) << i for i, v in enumerate(values))


def compare(name, width, take):
    """VPCMP with its predicate."""
    @operation(name, width)
    def compared(c, a, b, imm):
        return join_bits(PREDICATES[imm & 7](x, y) for x, y in zip(take(a, width, c.width), take(b, width, c.width)))


def of_width(width):
    """The names of one width."""
    end = ENDS[width]
    if width > 8:
        shift(f"psll{end}", width, lambda x, n: x << n if n < width else 0)
        shift(f"psrl{end}", width, lambda x, n: x >> n)
        shift(f"psra{end}", width, lambda x, n: signed(x, width) >> min(n, width - 1))
        each(f"psllv{end}", width, lambda x, n: x << n if n < width else 0)
        each(f"psrlv{end}", width, lambda x, n: x >> n)
        each(f"psrav{end}", width, lambda x, n: signed(x, width) >> min(n, width - 1))
        double(f"vpshld{end} vpshldv{end}", width, lambda x, y, n: (x << width | y) << n >> width)
        double(f"vpshrd{end} vpshrdv{end}", width, lambda x, y, n: (y << width | x) >> n)
    if width > 16:
        shift(f"vprol{end}", width, lambda x, n: rotate(x, n, width))
        shift(f"vpror{end}", width, lambda x, n: rotate(x, -n, width))
        each(f"vprolv{end}", width, lambda x, n: rotate(x, n, width))
        each(f"vprorv{end}", width, lambda x, n: rotate(x, -n, width))
        each(f"vplzcnt{end}", width, lambda x: width - x.bit_length())
        operation(f"vpconflict{end}")(lambda c, a: conflict(lanes(a, width, c.bits), width))
        operation(f"vpternlog{end}")(ternary)
    each(f"vpopcnt{end}", width, lambda x: bin(x).count("1"))
    into_mask(f"pcmpeq{end}_k", width, lambda x, y: x == y)
    into_mask(f"pcmpgt{end}_k", width, lambda x, y: signed(x, width) > signed(y, width))
    into_mask(f"vptestm{end}", width, lambda x, y: x & y)
    into_mask(f"vptestnm{end}", width, lambda x, y: not x & y)
    compare(f"vpcmp{end}", width, signed_lanes)
    compare(f"vpcmpu{end}", width, lanes)


def conflict(values, width):
    """For each lane the earlier ones that equal it."""
    return join([join_bits(values[j] == x for j in range(i)) for i, x in enumerate(values)], width)


def ternary(c, a, b, imm):
    """The destination's bit, a's and b's are an index into the immediate."""
    result = 0
    for index in range(8):
        if imm >> index & 1:
            chosen = ones(c.bits)
            for value, bit in ((c.old, index >> 2), (a, index >> 1), (b, index)):
                chosen &= value if bit & 1 else ~value
            result |= chosen
    return result


for _width in ENDS:
    of_width(_width)


@operation("pslldq")
def pslldq(c, a, imm):
    """Each 128 bits by bytes."""
    return join([x << 8 * min(imm, 16) for x in lanes(a, 128, c.bits)], 128)


@operation("psrldq")
def psrldq(c, a, imm):
    """Each 128 bits by bytes."""
    return join([x >> 8 * min(imm, 16) for x in lanes(a, 128, c.bits)], 128)


@operation("vpshufbitqmb")
def vpshufbitqmb(c, a, b):
    """Bits of a's quadwords that b's bytes name."""
    return join_bits(lanes(a, 64, c.width)[i // 8] >> (n & 63) & 1 for i, n in enumerate(lanes(b, 8, c.width)))


@operation("vpmultishiftqb")
def vpmultishiftqb(c, a, b):
    """Bytes of b's quadwords, rotated, from the bit that a's bytes name."""
    quadwords = lanes(b, 64, c.bits)
    return join([rotate(quadwords[i // 8], -(n & 63), 64) & 255 for i, n in enumerate(lanes(a, 8, c.bits))], 8)


def flags_of(names, mask):
    """PTEST, VTESTPS, VTESTPD: ZF where no tested bit is in both, CF where every one of the second is in the first."""
    @operation(names)
    def tested(c, a, b):
        bits = join([mask] * (c.width // 64), 64)
        return 0x40 * (a & b & bits == 0) | (~a & b & bits == 0)


flags_of("ptest", ones(64))
flags_of("vtestps", 1 << 63 | 1 << 31)
flags_of("vtestpd", 1 << 63)
