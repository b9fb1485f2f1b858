# SPDX-License-Identifier: Apache-2.0
"""Lines of AVX-512's special functions of floating point: GETEXP, GETMANT, SCALEF, RNDSCALE, REDUCE, RANGE, FIXUPIMM,
FPCLASS, and ROUND. Definitions: Intel SDM volume 2, each instruction's Operation section and tables."""
import ieee754 as fp
from lines_bits import join_bits
from lines_float import FORMATS, both, mode_of
from lines_frame import join, lanes, ones, operation


def integral_rounding(imm, mode):
    """Bits 0 and 1 of the immediate, or MXCSR's rounding where bit 2 is set."""
    return mode.rounding if imm & 4 else imm & 3


def getexp(fmt, x, mode):
    """floor(log2(|x|))."""
    kind, _, significand, exponent = fp.read(fmt, x, mode)
    if kind == fp.NAN:
        return mode.nan(fmt, (x,))
    if kind == fp.INFINITE:
        return fmt.infinite(0)
    if not significand:
        return fmt.infinite(1)
    return fp.from_integer(fmt, exponent + significand.bit_length() - 1, fp.Mode())


def getmant(fmt, x, mode, imm):
    """The significand in the interval of bits 0 and 1; bits 2 and 3 rule the sign."""
    kind, sign, significand, exponent = fp.read(fmt, x, mode)
    if kind == fp.NAN:
        return mode.nan(fmt, (x,))
    if kind == fp.INFINITE or not significand:
        if sign and imm & 8 and kind == fp.INFINITE:
            return fmt.default_nan
        return fmt.bias << fmt.fraction_bits | (0 if imm & 4 else x & fmt.sign_bit)
    if sign and imm & 8:
        return fmt.default_nan
    top = exponent + significand.bit_length() - 1
    fraction = significand << fmt.precision - significand.bit_length() & fmt.fraction_mask
    lower = (0, top & 1, 1, fraction >> fmt.fraction_bits - 1)[imm & 3]
    return (fmt.bias - lower) << fmt.fraction_bits | fraction | (0 if imm & 4 else x & fmt.sign_bit)


def scalef(fmt, x, y, mode):
    """x * 2**floor(y)."""
    kind_x, sign, significand, exponent = fp.read(fmt, x, mode)
    kind_y, sign_y, significand_y, exponent_y = fp.read(fmt, y, mode)
    if kind_x == fp.NAN:
        quiet = x & fmt.quiet_bit
        if quiet and kind_y == fp.INFINITE:
            return fmt.zero(0) if sign_y else fmt.infinite(0)
        return x | fmt.quiet_bit
    if kind_y == fp.NAN:
        return y | fmt.quiet_bit
    if kind_y == fp.INFINITE:
        if kind_x == fp.INFINITE:
            return fmt.default_nan if sign_y else x
        if not significand:
            return fmt.zero(sign) if sign_y else fmt.default_nan
        return fmt.zero(sign) if sign_y else fmt.infinite(sign)
    if kind_x == fp.INFINITE or not significand:
        return fmt.infinite(sign) if kind_x == fp.INFINITE else fmt.zero(sign)
    shift = fp.shift_round(significand_y, -exponent_y, sign_y, fp.DOWN)
    limit = 4 * fmt.exponent_max
    return fp.pack(fmt, sign, significand, exponent + max(-limit, min(limit, -shift if sign_y else shift)), mode)


def scaled_round(fmt, x, mode, imm):
    """x rounded to a multiple of 2**-M, M being the immediate's upper four bits."""
    kind, sign, significand, exponent = fp.read(fmt, x, mode)
    bits = imm >> 4
    if kind == fp.NAN:
        return mode.nan(fmt, (x,))
    if kind == fp.INFINITE:
        return x
    if exponent >= -bits:
        return fmt.zero(sign) if not significand else x
    magnitude = fp.shift_round(significand, -exponent - bits, sign, integral_rounding(imm, mode))
    return fp.pack(fmt, sign, magnitude, -bits, fp.Mode()) if magnitude else fmt.zero(sign)


def reduce(fmt, x, mode, imm):
    """x less the multiple of 2**-M that it rounds to."""
    kind, _, significand, _ = fp.read(fmt, x, mode)
    if kind == fp.NAN:
        return mode.nan(fmt, (x,))
    if kind == fp.INFINITE:
        return fmt.zero(0)
    own = fp.Mode(integral_rounding(imm, mode), mode.flush, mode.daz)
    return fp.sub(fmt, x, scaled_round(fmt, x, mode, imm), own) if significand else \
        fmt.zero(int(own.rounding == fp.DOWN))


def select_range(fmt, x, y, mode, imm):
    """The less or the greater, of the values or of the magnitudes; with a sign as bits 2 and 3 say."""
    chosen = range_of(fmt, x, y, mode, imm)
    if fmt.is_nan(chosen):
        return chosen
    sign = (x & fmt.sign_bit, chosen & fmt.sign_bit, 0, fmt.sign_bit)[imm >> 2 & 3]
    return chosen & ~fmt.sign_bit | sign


def range_of(fmt, x, y, mode, imm):
    """Before the sign is set."""
    signalling = [fmt.is_nan(v) and not v & fmt.quiet_bit for v in (x, y)]
    for v, is_signalling in zip((x, y), signalling):
        if is_signalling:
            return v | fmt.quiet_bit
    if fmt.is_nan(x):
        return x if fmt.is_nan(y) else _zeroed(fmt, y, mode)
    x, y = _zeroed(fmt, x, mode), y if fmt.is_nan(y) else _zeroed(fmt, y, mode)
    if fmt.is_nan(y):
        return x
    greater, magnitudes = imm & 1, imm >> 1 & 1
    left, right = (v & ~fmt.sign_bit for v in (x, y))
    if not magnitudes or left == right:
        left, right = (-m - 1 if v & fmt.sign_bit else m for v, m in ((x, left), (y, right)))
    return x if (left > right if greater else left <= right) else y


def _zeroed(fmt, x, mode):
    """A denormal that is read as zero."""
    return x & fmt.sign_bit if mode.daz and fmt.is_denormal(x) else x


both("vgetexp", getexp, 1)
both("vgetmant", getmant, 1, 1)
both("vscalef", scalef)
both("vrndscale", scaled_round, 1, 1)
both("vreduce", reduce, 1, 1)
both("vrange", select_range, 2, 1)
both("round", lambda fmt, x, mode, imm: scaled_round(fmt, x, mode, imm & 15), 1, 1)


def token(fmt, x, mode):
    """What FIXUPIMM calls a number: a quiet NaN, a signalling NaN, zero, one, -inf, inf, negative, positive."""
    kind, sign, significand, _ = fp.read(fmt, x, mode)
    if kind == fp.NAN:
        return 0 if x & fmt.quiet_bit else 1
    if kind == fp.INFINITE:
        return 4 if sign else 5
    if not significand:
        return 2
    return 3 if x == fmt.bias << fmt.fraction_bits else 6 if sign else 7


def fixup(fmt, old, x, table, mode):
    """The response of the table to the number's token."""
    value = x & fmt.sign_bit if mode.daz and fmt.is_denormal(x) else x
    one = fmt.bias << fmt.fraction_bits
    half_pi = {32: 0x3FC90FDB, 64: 0x3FF921FB54442D18, 16: 0x3E48}[fmt.width]
    ninety = fp.from_integer(fmt, 90, mode)
    responses = (old, value, value | fmt.infinity | fmt.quiet_bit, fmt.default_nan, fmt.infinite(1), fmt.infinite(0),
                 fmt.infinite(value >> fmt.width - 1), fmt.zero(1), fmt.zero(0), one | fmt.sign_bit, one,
                 one - (1 << fmt.fraction_bits), ninety, half_pi, fmt.infinity - 1, fmt.infinity - 1 | fmt.sign_bit)
    return responses[table >> 4 * token(fmt, x, mode) & 15]


def classes(fmt, x, mode):
    """The bits of FPCLASS that hold: quiet NaN, +0, -0, +inf, -inf, denormal, finite negative, signalling NaN."""
    kind, sign, significand, _ = fp.read(fmt, x, mode)
    if kind == fp.NAN:
        return 1 if x & fmt.quiet_bit else 0x80
    if kind == fp.INFINITE:
        return 0x10 if sign else 8
    if not significand:
        return 4 if sign else 2
    return (0x20 if significand < fmt.leading else 0) | (0x40 if sign else 0)


for _end, _fmt in FORMATS.items():
    _scalar = f"s{_end[1]}"

    @operation("vfpclass" + _end + "_k", _fmt.width)
    def fpclass(c, a, imm, fmt=_fmt):
        """A mask."""
        return join_bits(classes(fmt, x, mode_of(c, fmt)) & imm for x in lanes(a, fmt.width, c.width))

    @operation("vfpclass" + _scalar + "_k", _fmt.width)
    def fpclass_scalar(c, a, imm, fmt=_fmt):
        """One bit."""
        return int(bool(classes(fmt, a & ones(fmt.width), mode_of(c, fmt)) & imm))

    if _end != "ph":
        @operation("vfixupimm" + _end, _fmt.width)
        def fixupimm(c, a, b, imm, fmt=_fmt):
            """The immediate only rules exceptions."""
            return join([fixup(fmt, *v, c.mode) for v in zip(*(lanes(v, fmt.width, c.bits) for v in (c.old, a, b)))],
                        fmt.width)

        @operation("vfixupimm" + _scalar, _fmt.width)
        def fixupimm_scalar(c, a, b, imm, fmt=_fmt):
            """The rest is the first source's."""
            low = [v & ones(fmt.width) for v in (c.old, a, b)]
            return a >> fmt.width << fmt.width | fixup(fmt, *low, c.mode)
