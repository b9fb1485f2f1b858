# SPDX-License-Identifier: Apache-2.0
"""Lines of integer arithmetic in lanes: sums, differences, products, extremes, comparisons, saturation. Definitions:
Intel SDM volume 2, each instruction's Operation section, which legacy, VEX and EVEX forms share."""
from lines_frame import each, join, lanes, ones, operation, parts, saturate, signed, signed_lanes

ENDS = {8: "b", 16: "w", 32: "d", 64: "q"}


def of_width(width):
    """The names and lanes of one width."""
    end, full = ENDS[width], ones(width)

    def s(x):
        return signed(x, width)
    each(f"padd{end}", width, lambda x, y: x + y)
    each(f"psub{end}", width, lambda x, y: x - y)
    each(f"pmins{end}", width, lambda x, y: min(s(x), s(y)))
    each(f"pmaxs{end}", width, lambda x, y: max(s(x), s(y)))
    each(f"pminu{end}", width, lambda x, y: min(x, y))
    each(f"pmaxu{end}", width, lambda x, y: max(x, y))
    each(f"pabs{end}", width, lambda x: abs(s(x)))
    each(f"psign{end}", width, lambda x, y: x * ((s(y) > 0) - (s(y) < 0)))
    each(f"pcmpeq{end}", width, lambda x, y: full * (x == y))
    each(f"pcmpgt{end}", width, lambda x, y: full * (s(x) > s(y)))
    if width <= 16:
        each(f"pavg{end}", width, lambda x, y: x + y + 1 >> 1)
        each(f"padds{end}", width, lambda x, y: saturate(s(x) + s(y), width, True))
        each(f"psubs{end}", width, lambda x, y: saturate(s(x) - s(y), width, True))
        each(f"paddus{end}", width, lambda x, y: saturate(x + y, width, False))
        each(f"psubus{end}", width, lambda x, y: saturate(x - y, width, False))


for _width in ENDS:
    of_width(_width)

for _names in ("pand pandd pandq", "por pord porq", "pxor pxord pxorq", "pandn pandnd pandnq"):
    _function = {"pand": lambda c, a, b: a & b, "por": lambda c, a, b: a | b, "pxor": lambda c, a, b: a ^ b,
                 "pandn": lambda c, a, b: ~a & b}[_names.split()[0]]
    operation(_names)(_function)
operation("andps andpd")(lambda c, a, b: a & b)
operation("orps orpd")(lambda c, a, b: a | b)
operation("xorps xorpd")(lambda c, a, b: a ^ b)
operation("andnps andnpd")(lambda c, a, b: ~a & b)

each("pmullw", 16, lambda x, y: x * y)
each("pmulhw", 16, lambda x, y: signed(x, 16) * signed(y, 16) >> 16)
each("pmulhuw", 16, lambda x, y: x * y >> 16)
each("pmulhrsw", 16, lambda x, y: (signed(x, 16) * signed(y, 16) >> 14) + 1 >> 1)
each("pmulld", 32, lambda x, y: x * y)
each("pmullq", 64, lambda x, y: x * y)
each("pmuludq", 64, lambda x, y: (x & ones(32)) * (y & ones(32)))
each("pmuldq", 64, lambda x, y: signed(x, 32) * signed(y, 32))
each("psadbw", 64, lambda x, y: sum(abs(i - j) for i, j in zip(lanes(x, 8, 64), lanes(y, 8, 64))))
each("pmaddwd", 32, lambda x, y: signed(x, 16) * signed(y, 16) + (signed(x, 32) >> 16) * (signed(y, 32) >> 16))
each("pmaddubsw", 16, lambda x, y: saturate((x & 255) * signed(y, 8) + (x >> 8) * (signed(y, 16) >> 8), 16, True))


def horizontal(name, width, combine):
    """PHADD, PHSUB: pairs of the first source, then of the second, in each 128 bits (64 of MMX)."""
    @operation(name, width)
    def function(c, a, b):
        size = min(c.bits, 128)
        pairs = [signed_lanes(part, width, size) for two in zip(parts(a, c.bits, size), parts(b, c.bits, size))
                 for part in two]
        return join([combine(x, y) for part in pairs for x, y in zip(part[::2], part[1::2])], width)


horizontal("phaddw", 16, lambda x, y: x + y)
horizontal("phaddd", 32, lambda x, y: x + y)
horizontal("phsubw", 16, lambda x, y: x - y)
horizontal("phsubd", 32, lambda x, y: x - y)
horizontal("phaddsw", 16, lambda x, y: saturate(x + y, 16, True))
horizontal("phsubsw", 16, lambda x, y: saturate(x - y, 16, True))


@operation("phminposuw")
def phminposuw(c, a):
    """The least word and where it first is."""
    words = lanes(a, 16, 128)
    return min(words) | words.index(min(words)) << 16


def sums(a, b, start, block, count):
    """`count` sums of differences between four bytes of b from `block` on and four of a from start, start + 1... on."""
    return [sum(abs(a[start + i + k] - b[block + k]) for k in range(4)) for i in range(count)]


@operation("mpsadbw", 16)
def mpsadbw(c, a, b, imm):
    """Bits 0 to 2 of the immediate rule the lower 128 bits, 3 to 5 the upper."""
    result = []
    for i, (x, y) in enumerate(zip(parts(a, c.bits), parts(b, c.bits))):
        control = imm >> 3 * i
        result += sums(lanes(x, 8, 128), lanes(y, 8, 128), 4 * (control >> 2 & 1), 4 * (control & 3), 8)
    return join(result, 16)


@operation("vdbpsadbw", 16)
def vdbpsadbw(c, a, b, imm):
    """Four bytes of a stay, those of b, chosen by the immediate, slide."""
    result = []
    for x, y in zip(parts(a, c.bits), parts(b, c.bits)):
        words = lanes(y, 32, 128)
        chosen = lanes(join([words[imm >> 2 * i & 3] for i in range(4)], 32), 8, 128)
        x = lanes(x, 8, 128)
        for half in (0, 8):
            for i in range(4):
                at = half + (0 if i < 2 else 4)
                result.append(sum(abs(x[at + k] - chosen[half + i + k]) for k in range(4)))
    return join(result, 16)
