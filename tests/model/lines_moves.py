# SPDX-License-Identifier: Apache-2.0
"""Lines that move: whole registers, parts of them, broadcasts, conversions of width, compression. Definitions: Intel
SDM volume 2, each instruction's Operation section."""
from lines_frame import join, lanes, ones, operation, saturate, signed, signed_lanes

operation("movdqa movdqu movaps movapd movups movupd lddqu movntdqa movntdq movntps movntpd movntq")(lambda c, a: a)
for _width in (8, 16, 32, 64):
    operation(f"vmovdqu{_width}")(lambda c, a: a)
for _width in (32, 64):
    operation(f"vmovdqa{_width}")(lambda c, a: a)


def low(names, size):
    """The low bits alone: zero-extended in a register, alone written in memory."""
    @operation(names, size)
    def moved(c, a):
        c.written = size
        return a & ones(size)


low("movd movntil", 32)
low("movq movsd_l movntiq movlps_m movlpd_m movsd_m movntsd", 64)
low("movsh_l movsh_m", 16)
low("vmovw", 16)
low("movss_l movss_m movntss", 32)


def replace(names, size, at=0):
    """The destination is the first source, in which `size` bits are another's."""
    @operation(names, size)
    def replaced(c, a, b):
        return a & ~(ones(size) << at) | (b & ones(size)) << at


replace("movsh", 16)
replace("movss", 32)
replace("movsd movlps movlpd", 64)
replace("movlhps movhps movhpd", 64, 64)
operation("movhlps")(lambda c, a, b: a >> 64 << 64 | b >> 64 & ones(64))


@operation("movhps_m movhpd_m", 64)
def movhps(c, a):
    """Into memory."""
    c.written = 64
    return a >> 64 & ones(64)


def broadcast(names, size, element=None):
    """The low bits of the source everywhere."""
    @operation(names, element or size)
    def everywhere(c, a):
        return join([a & ones(size)] * (c.bits // size), size)


broadcast("vpbroadcastb", 8)
broadcast("vpbroadcastw", 16)
broadcast("vpbroadcastd vbroadcastss", 32)
broadcast("vpbroadcastq vbroadcastsd", 64)
broadcast("vbroadcastf32x2 vbroadcasti32x2", 64, 32)
broadcast("vbroadcastf128 vbroadcasti128", 128)
broadcast("vbroadcastf32x4 vbroadcasti32x4", 128, 32)
broadcast("vbroadcastf64x2 vbroadcasti64x2", 128, 64)
broadcast("vbroadcastf32x8 vbroadcasti32x8", 256, 32)
broadcast("vbroadcastf64x4 vbroadcasti64x4", 256, 64)


def extend(name, source, target):
    """PMOVZX and PMOVSX: as many elements as the destination holds."""
    operation("pmovzx" + name, target)(
        lambda c, a: join(lanes(a, source, c.bits * source // target), target))
    operation("pmovsx" + name, target)(
        lambda c, a: join(signed_lanes(a, source, c.bits * source // target), target))


def narrow(name, source, target):
    """VPMOV, VPMOVS, VPMOVUS: the destination's rest is zero in a register, untouched in memory."""
    def narrowed(take, change):
        def function(c, a):
            c.written = c.width * target // source
            return join([change(x) for x in take(a, source, c.width)], target)
        function.partial = True
        return function
    operation("vpmov" + name, target)(narrowed(lanes, lambda x: x))
    operation("vpmovs" + name, target)(narrowed(signed_lanes, lambda x: saturate(x, target, True)))
    operation("vpmovus" + name, target)(narrowed(lanes, lambda x: saturate(x, target, False)))


ENDS = {8: "b", 16: "w", 32: "d", 64: "q"}
for _source in ENDS:
    for _target in ENDS:
        if _source < _target:
            extend(ENDS[_source] + ENDS[_target], _source, _target)
        if _source > _target:
            narrow(ENDS[_source] + ENDS[_target], _source, _target)


def masks_to(names, width):
    """VPMOVM2: all ones where the mask has a bit."""
    @operation(names, width)
    def expanded(c, mask):
        return join([-(mask >> i & 1) for i in range(c.bits // width)], width)


for _width, _end in ENDS.items():
    masks_to("vpmovm2" + _end, _width)
operation("vpbroadcastmb2q")(lambda c, mask: join([mask & ones(8)] * (c.bits // 64), 64))
operation("vpbroadcastmw2d")(lambda c, mask: join([mask & ones(16)] * (c.bits // 32), 32))


def compress(names, width):
    """VPCOMPRESS: the chosen elements side by side; a register's rest is kept or cleared, memory's is kept."""
    @operation(names, width)
    def compressed(c, a):
        taken = [x for i, x in enumerate(lanes(a, width, c.width)) if c.mask >> i & 1]
        size = width * len(taken)
        c.written = size
        rest = 0 if c.zeroing else c.old >> size << size
        return join(taken, width) | rest
    compressed.masks = True


def expand(names, width):
    """VPEXPAND: the lowest elements to the chosen places."""
    @operation(names, width)
    def expanded(c, a):
        source, result = iter(lanes(a, width, c.width)), lanes(0 if c.zeroing else c.old, width, c.width)
        for i in range(len(result)):
            if c.mask >> i & 1:
                result[i] = next(source)
        return join(result, width)
    expanded.masks = True


for _width, _names in ((8, "vp{}b"), (16, "vp{}w"), (32, "vp{}d v{}ps"), (64, "vp{}q v{}pd")):
    compress(_names.format("compress", "compress"), _width)
    expand(_names.format("expand", "expand"), _width)


def masked_move(names, width):
    """VPMASKMOV, VMASKMOV: the sign bits of the first source choose. Loads clear the rest."""
    @operation(names, width)
    def moved(c, mask, a):
        return join([x if signed(m, width) < 0 else 0 for m, x in
                     zip(lanes(mask, width, c.bits), lanes(a, width, c.bits))], width)

    @operation(" ".join(name + "_m" for name in names.split()), width)
    def stored(c, mask, a):
        return join([x if signed(m, width) < 0 else o for m, x, o in
                     zip(lanes(mask, width, c.bits), lanes(a, width, c.bits), lanes(c.old, width, c.bits))], width)


masked_move("vpmaskmovd vmaskmovps", 32)
masked_move("vpmaskmovq vmaskmovpd", 64)


@operation("maskmovdqu_m maskmovq_m", 8)
def maskmovdqu(c, a, mask):
    """Into the bytes at rdi whose mask has its highest bit."""
    size = min(c.width, 128)
    c.written = size
    return join([x if m & 128 else o for x, m, o in
                 zip(lanes(a, 8, size), lanes(mask, 8, size), lanes(c.old, 8, size))], 8)


operation("movdq2q")(lambda c, a: a & ones(64))
operation("emms")(lambda c: 0xFFFF)  # the word of tags: every register is empty


def field(value, length, index):
    """Bits of a quadword; a length of 0 is 64."""
    return value >> index & ones(length or 64)


@operation("extrq_i", 64)
def extrq_immediate(c, a, length, index):
    """EXTRQ of SSE4A: AMD APM volume 4."""
    return field(a, length & 63, index & 63)


@operation("extrq", 64)
def extrq(c, a, control):
    """The same; length and index in the low bytes of a vector."""
    return field(a, control & 63, control >> 8 & 63)


def insert(a, b, length, index):
    """The low bits of b at an index of a."""
    chosen = ones(length or 64) << index
    return (a & ~chosen | b << index & chosen) & ones(64)


@operation("insertq_i", 64)
def insertq_immediate(c, a, b, length, index):
    """INSERTQ of SSE4A: AMD APM volume 4."""
    return insert(a, b, length & 63, index & 63)


@operation("insertq", 64)
def insertq(c, a, b):
    """The same; length and index in the upper half of the vector."""
    return insert(a, b, b >> 64 & 63, b >> 72 & 63)
