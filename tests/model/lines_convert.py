# SPDX-License-Identifier: Apache-2.0
"""Lines of conversions between formats and integers. Arithmetic: ieee754.py; forms: Intel SDM volume 2, each
instruction's Operation section. A result narrower than its source leaves the rest of a register zero."""
import ieee754 as fp
from lines_frame import join, lanes, ones, operation, signed
from vector_bf16 import dot

F16, F32, F64, BF16 = fp.BINARY16, fp.BINARY32, fp.BINARY64, fp.BFLOAT16
PLAIN = fp.Mode()


def packed(name, source, target, function):
    """As many elements as the registers hold. `c.width` is of the wider one."""
    @operation(name, target)
    def converted(c, a):
        count = c.width // max(source, target)
        c.written = count * target
        return join([function(x, c.mode) for x in lanes(a, source, count * source)], target)
    converted.partial = target < source


def own(fmt, mode):
    """FTZ and DAZ do not apply to AVX512-FP16's own format."""
    return fp.Mode(mode.rounding) if fmt is F16 else mode


def between(source, target):
    """From one format to another. DAZ is about sources that are not binary16, FTZ about such results."""
    def function(x, mode):
        return fp.convert(source, target, x, fp.Mode(mode.rounding, mode.flush and target is not F16,
                                                     mode.daz and source is not F16))
    return function


def to_integers(ends, fmt, width):
    """CVT and CVTT, signed and unsigned."""
    is_signed = not ends.startswith("u")
    return (lambda x, mode: fp.to_integer(fmt, x, own(fmt, mode), width, is_signed),
            lambda x, mode: fp.to_integer(fmt, x, own(fmt, mode), width, is_signed, truncate=True))


def from_integers(ends, fmt, width):
    """From signed or unsigned integers."""
    is_signed = not ends.startswith("u")
    return lambda x, mode: fp.from_integer(fmt, signed(x, width) if is_signed else x, own(fmt, mode))


INTEGERS = {"dq": 32, "udq": 32, "qq": 64, "uqq": 64, "w": 16, "uw": 16}
for _end, _fmt in (("ps", F32), ("pd", F64), ("ph", F16)):
    for _name, _width in INTEGERS.items():
        if _width == 16 and _fmt is not F16:
            continue
        _round, _truncate = to_integers(_name, _fmt, _width)
        packed(f"cvt{_end}2{_name}", _fmt.width, _width, _round)
        packed(f"cvtt{_end}2{_name}", _fmt.width, _width, _truncate)
        packed(f"cvt{_name}2{_end}", _width, _fmt.width, from_integers(_name, _fmt, _width))
packed("cvtps2pd", 32, 64, between(F32, F64))
packed("cvtpd2ps", 64, 32, between(F64, F32))
packed("cvtph2ps vcvtph2psx", 16, 32, between(F16, F32))
packed("vcvtps2phx", 32, 16, between(F32, F16))
packed("vcvtph2pd", 16, 64, between(F16, F64))
packed("vcvtpd2ph", 64, 16, between(F64, F16))
packed("vcvtneps2bf16", 32, 16, lambda x, mode: fp.convert(F32, BF16, x, fp.Mode(flush=True, daz=True)))


@operation("vcvtps2ph", 16)
def vcvtps2ph(c, a, imm):
    """The immediate's rounding, or MXCSR's. FTZ does not count."""
    mode = fp.Mode(c.mode.rounding if imm & 4 else imm & 3, daz=c.mode.daz)
    c.written = c.width // 2
    return join([fp.convert(F32, F16, x, mode) for x in lanes(a, 32, c.width)], 16)


vcvtps2ph.partial = True


def scalar(name, source, target):
    """The lowest element, in the first source."""
    function = between(source, target)
    operation(name, target.width)(
        lambda c, a, b: a >> target.width << target.width | function(b & ones(source.width), c.mode))


for _end, _fmt in (("ss", F32), ("sd", F64), ("sh", F16)):
    for _other, _target in (("ss", F32), ("sd", F64), ("sh", F16)):
        if _fmt is not _target:
            scalar(f"cvt{_end}2{_other}", _fmt, _target)


def general(end, fmt):
    """To and from general registers: of the destination's width, or of the mnemonic's last letter."""
    low = ones(fmt.width)
    operation(f"cvt{end}2si")(lambda c, a: fp.to_integer(fmt, a & low, own(fmt, c.mode), c.bits))
    operation(f"cvtt{end}2si")(lambda c, a: fp.to_integer(fmt, a & low, own(fmt, c.mode), c.bits, truncate=True))
    operation(f"cvt{end}2usi")(lambda c, a: fp.to_integer(fmt, a & low, own(fmt, c.mode), c.bits, False))
    operation(f"cvtt{end}2usi")(lambda c, a: fp.to_integer(fmt, a & low, own(fmt, c.mode), c.bits, False, True))
    for letter, width in (("l", 32), ("q", 64)):
        operation(f"cvtsi2{end}{letter}", fmt.width)(
            lambda c, a, b, w=width: a & ~low | fp.from_integer(fmt, signed(b, w), own(fmt, c.mode)))
        operation(f"cvtusi2{end}{letter}", fmt.width)(
            lambda c, a, b, w=width: a & ~low | fp.from_integer(fmt, b & ones(w), own(fmt, c.mode)))


for _end, _fmt in (("ss", F32), ("sd", F64), ("sh", F16)):
    general(_end, _fmt)


def half_register(name, source, target):
    """The MMX forms: 64 bits of integers."""
    def from_vector(c, a):
        truncate = name.startswith("cvtt")
        return join([fp.to_integer(source, x, c.mode, 32, truncate=truncate)
                     for x in lanes(a, source.width, 2 * source.width)], 32)

    def to_vector(c, a):
        return join([fp.from_integer(target, signed(x, 32), c.mode) for x in lanes(a, 32, 64)], target.width)
    operation(name)(to_vector if target else from_vector)


half_register("cvtps2pi", F32, None)
half_register("cvttps2pi", F32, None)
half_register("cvtpd2pi", F64, None)
half_register("cvttpd2pi", F64, None)
half_register("cvtpi2ps", None, F32)
half_register("cvtpi2pd", None, F64)


@operation("vcvtne2ps2bf16", 16)
def vcvtne2ps2bf16(c, a, b):
    """The second source below the first."""
    return join([fp.convert(F32, BF16, x, fp.Mode(flush=True, daz=True))
                 for v in (b, a) for x in lanes(v, 32, c.bits)], 16)


@operation("vdpbf16ps", 32)
def vdpbf16ps(c, a, b):
    """Two fused steps, the odd elements first; to nearest, denormals are zeros."""
    return join([dot((x & 0xFFFF, x >> 16), (y & 0xFFFF, y >> 16), s) for s, x, y in
                 zip(lanes(c.old, 32, c.bits), lanes(a, 32, c.bits), lanes(b, 32, c.bits))], 32)


def broadcast(name, width, function):
    """AVX_NE_CONVERT: one element of memory everywhere."""
    operation(name, 32)(lambda c, a: join([function(a & ones(width))] * (c.bits // 32), 32))


def every_other(name, odd, function):
    """AVX_NE_CONVERT: the even or the odd elements of memory."""
    operation(name, 32)(lambda c, a: join([function(x) for x in lanes(a, 16, c.bits)[odd::2]], 32))


def bf16_wide(x):
    """binary32 has the same exponents."""
    return x << 16


def half_wide(x):
    """Exact."""
    return fp.convert(F16, F32, x, PLAIN)


broadcast("vbcstnebf162ps", 16, bf16_wide)
broadcast("vbcstnesh2ps", 16, half_wide)
every_other("vcvtneebf162ps", 0, bf16_wide)
every_other("vcvtneobf162ps", 1, bf16_wide)
every_other("vcvtneeph2ps", 0, half_wide)
every_other("vcvtneoph2ps", 1, half_wide)
