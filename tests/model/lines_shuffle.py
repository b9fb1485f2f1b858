# SPDX-License-Identifier: Apache-2.0
"""Lines that move elements about: shuffles, unpacks, packs, blends, inserts. Definitions: Intel SDM volume 2, each
instruction's Operation section."""
from lines_frame import Immediate, each, join, lanes, ones, operation, parts, saturate, signed_lanes


def within(function):
    """Lifts a function of 128-bit lanes to vectors; other parameters are handed on. MMX has one lane of 64 bits."""
    def lifted(c, *vectors):
        size = min(c.bits, 128)
        taken = [parts(v, c.bits, size) for v in vectors]
        return join([function(size, *lane) for lane in zip(*taken)], size)
    return lifted


def chosen(values, width, control, count):
    """`count` of these by two bits of a control each."""
    return join([values[control >> 2 * i & 3] for i in range(count)], width)


@operation("pshufb")
def pshufb(c, a, b):
    """In each 128 bits."""
    def lane(size, x, y):
        data = lanes(x, 8, size)
        return join([0 if n & 128 else data[n % (size // 8)] for n in lanes(y, 8, size)], 8)
    return within(lane)(c, a, b)


operation("pshufd")(lambda c, a, imm: within(lambda size, x: chosen(lanes(x, 32, 128), 32, imm, 4))(c, a))
operation("pshufw")(lambda c, a, imm: chosen(lanes(a, 16, 64), 16, imm, 4))
operation("pshuflw", 16)(lambda c, a, imm: within(
    lambda size, x: chosen(lanes(x, 16, 64), 16, imm, 4) | x >> 64 << 64)(c, a))
operation("pshufhw", 16)(lambda c, a, imm: within(
    lambda size, x: chosen(lanes(x >> 64, 16, 64), 16, imm, 4) << 64 | x & ones(64))(c, a))


@operation("shufps")
def shufps(c, a, b, imm):
    """Two of a, two of b."""
    return within(lambda size, x, y: chosen(lanes(x, 32, 128), 32, imm, 2)
                  | chosen(lanes(y, 32, 128), 32, imm >> 4, 2) << 64)(c, a, b)


@operation("shufpd")
def shufpd(c, a, b, imm):
    """One bit of the immediate for each element."""
    both = [lanes(v, 64, c.bits) for v in (a, b)]
    return join([both[i & 1][(i & ~1) + (imm >> i & 1)] for i in range(c.bits // 64)], 64)


def unpack(names, width, high):
    """Elements of one half of each 128 bits in turn."""
    def lane(size, x, y):
        half = size // 2 * high
        return join([e for pair in zip(lanes(x >> half, width, size // 2), lanes(y >> half, width, size // 2))
                     for e in pair], width)
    operation(names, width)(lambda c, a, b: within(lane)(c, a, b))


for _width, _names in ((8, "bw"), (16, "wd"), (32, "dq"), (64, "qdq")):
    unpack("punpckl" + _names, _width, 0)
    unpack("punpckh" + _names, _width, 1)
for _width, _name in ((32, "ps"), (64, "pd")):
    unpack("unpckl" + _name, _width, 0)
    unpack("unpckh" + _name, _width, 1)


def pack(name, width, is_signed):
    """Elements of twice the width, saturated."""
    def lane(size, x, y):
        return join([saturate(e, width, is_signed) for v in (x, y) for e in signed_lanes(v, 2 * width, size)], width)
    operation(name, width)(lambda c, a, b: within(lane)(c, a, b))


pack("packsswb", 8, True)
pack("packuswb", 8, False)
pack("packssdw", 16, True)
pack("packusdw", 16, False)


@operation("palignr", 8)
def palignr(c, a, b, imm):
    """Bytes of a above b, shifted."""
    return within(lambda size, x, y: (x << size | y) >> 8 * min(imm, 32) & ones(size))(c, a, b)


def align(name, width):
    """VALIGND, VALIGNQ: over the whole register."""
    @operation(name)
    def aligned(c, a, b, imm):
        return (a << c.bits | b) >> width * (imm % (c.bits // width))


align("valignd", 32)
align("valignq", 64)


@operation("vpermilps")
def vpermilps(c, a, b):
    """By an immediate, or by the low bits of each element of b."""
    if isinstance(b, Immediate):
        return within(lambda size, x: chosen(lanes(x, 32, 128), 32, b, 4))(c, a)
    return within(lambda size, x, y: join([lanes(x, 32, 128)[n & 3] for n in lanes(y, 32, 128)], 32))(c, a, b)


@operation("vpermilpd")
def vpermilpd(c, a, b):
    """The same; the vector's bit 1 counts."""
    data = lanes(a, 64, c.bits)
    if isinstance(b, Immediate):
        return join([data[(i & ~1) + (b >> i & 1)] for i in range(c.bits // 64)], 64)
    return join([data[(i & ~1) + (n >> 1 & 1)] for i, n in enumerate(lanes(b, 64, c.bits))], 64)


@operation("vperm2f128 vperm2i128", 128)
def vperm2f128(c, a, b, imm):
    """Two of four halves, or zero."""
    halves = parts(a, 256) + parts(b, 256)
    return join([0 if imm >> at & 8 else halves[imm >> at & 3] for at in (0, 4)], 128)


def permute(names, width):
    """Elements of the last source that the first names, over the whole register."""
    @operation(names, width)
    def permuted(c, a, b):
        data = lanes(b, width, c.bits)
        return join([data[n % len(data)] for n in lanes(a, width, c.bits)], width)


permute("vpermb", 8)
permute("vpermw", 16)
permute("vpermd vpermps", 32)


@operation("vpermq vpermpd", 64)
def vpermq(c, a, b):
    """By an immediate in each 256 bits, or over the whole register."""
    if isinstance(b, Immediate):
        return join([chosen(lanes(x, 64, 256), 64, b, 4) for x in parts(a, c.bits, 256)], 256)
    data = lanes(b, 64, c.bits)
    return join([data[n % len(data)] for n in lanes(a, 64, c.bits)], 64)


def from_two(width, index, first, second, bits):
    """Elements of two tables."""
    data = lanes(first, width, bits) + lanes(second, width, bits)
    return join([data[n % len(data)] for n in lanes(index, width, bits)], width)


for _width, _names in ((8, "b"), (16, "w"), (32, "d ps"), (64, "q pd")):
    for _end in _names.split():
        operation("vpermi2" + _end)(lambda c, a, b, w=_width: from_two(w, c.old, a, b, c.bits))
        operation("vpermt2" + _end)(lambda c, a, b, w=_width: from_two(w, a, c.old, b, c.bits))


def shuffle_parts(names, size, element):
    """VSHUFF32X4 and the like: 128-bit lanes, the lower half from a, the upper one from b."""
    @operation(names, element)
    def shuffled(c, a, b, imm):
        count = c.bits // size
        bits = 1 if count == 2 else 2
        result = []
        for i in range(count):
            source = parts(a if i < count // 2 else b, c.bits, size)
            result.append(source[imm >> bits * i & count - 1])
        return join(result, size)


shuffle_parts("vshuff32x4 vshufi32x4", 128, 32)
shuffle_parts("vshuff64x2 vshufi64x2", 128, 64)


def blend(names, width, part=None):
    """By a bit of the immediate for each element; words repeat it in each 128 bits."""
    @operation(names, width)
    def blended(c, a, b, imm):
        pairs = zip(lanes(a, width, c.bits), lanes(b, width, c.bits))
        return join([y if imm >> (i % part if part else i) & 1 else x for i, (x, y) in enumerate(pairs)], width)


blend("pblendw", 16, 8)
blend("vpblendd blendps", 32)
blend("blendpd", 64)


def blend_variable(name, width):
    """By the highest bit of each element of a mask."""
    @operation(name, width)
    def blended(c, a, b, mask):
        return join([y if m >> width - 1 else x for x, y, m in
                     zip(lanes(a, width, c.bits), lanes(b, width, c.bits), lanes(mask, width, c.bits))], width)


blend_variable("pblendvb", 8)
blend_variable("blendvps", 32)
blend_variable("blendvpd", 64)


def blend_masked(names, width):
    """VPBLENDM: without a mask the second source."""
    @operation(names, width)
    def blended(c, a, b):
        pairs = zip(lanes(a, width, c.bits), lanes(b, width, c.bits))
        other = 0 if c.zeroing else None
        return join([y if c.mask >> i & 1 else x if other is None else other for i, (x, y) in enumerate(pairs)], width)
    blended.masks = True


blend_masked("vpblendmb", 8)
blend_masked("vpblendmw", 16)
blend_masked("vpblendmd vblendmps", 32)
blend_masked("vpblendmq vblendmpd", 64)


def insert_part(names, size, element):
    """A part of the register, chosen by the immediate."""
    @operation(names, element)
    def inserted(c, a, b, imm):
        at = imm % (c.bits // size) * size
        return a & ~(ones(size) << at) | (b & ones(size)) << at


def extract_part(names, size, element):
    """The same the other way."""
    @operation(names, element)
    def extracted(c, a, imm):
        c.written = size
        return a >> imm % (c.width // size) * size & ones(size)


for _names, _size, _element in (("f128 i128", 128, 128), ("f32x4 i32x4", 128, 32), ("f64x2 i64x2", 128, 64),
                                ("f32x8 i32x8", 256, 32), ("f64x4 i64x4", 256, 64)):
    insert_part(" ".join("vinsert" + name for name in _names.split()), _size, _element)
    extract_part(" ".join("vextract" + name for name in _names.split()), _size, _element)

for _width, _end in ((8, "b"), (16, "w"), (32, "d"), (64, "q")):
    insert_part("pinsr" + _end, _width, _width)


def extract_element(names, width):
    """PEXTR: zero-extended."""
    @operation(names, width)
    def extracted(c, a, imm):
        c.written = width
        return a >> imm % (c.width // width) * width & ones(width)


extract_element("pextrb", 8)
extract_element("pextrw", 16)
extract_element("pextrd extractps", 32)
extract_element("pextrq", 64)


@operation("insertps", 32)
def insertps(c, a, b, imm):
    """Source element, destination element, elements to clear."""
    result = lanes(a, 32, 128)
    result[imm >> 4 & 3] = lanes(b, 32, 128)[imm >> 6]
    return join([0 if imm >> i & 1 else x for i, x in enumerate(result)], 32)


def mask_of(names, width):
    """The highest bits of the elements."""
    @operation(names, width)
    def gathered(c, a):
        return sum((x >> width - 1) << i for i, x in enumerate(lanes(a, width, c.width)))


mask_of("pmovmskb vpmovb2m", 8)
mask_of("vpmovw2m", 16)
mask_of("movmskps vpmovd2m", 32)
mask_of("movmskpd vpmovq2m", 64)

each("movsldup", 64, lambda x: (x & ones(32)) * (1 | 1 << 32))
each("movshdup", 64, lambda x: (x >> 32) * (1 | 1 << 32))
each("movddup", 128, lambda x: (x & ones(64)) * (1 | 1 << 64))
