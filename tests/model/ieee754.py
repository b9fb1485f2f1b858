# SPDX-License-Identifier: Apache-2.0
"""Exact IEEE 754 arithmetic with Python integers: what SSE, AVX and (with a mode of its own) x87 must answer.

A number is its encoding, a Python integer ("bits"); a Format says how it is read. An operation computes the
exact value as sign, significand and power of two, and rounds once (pack). No float arithmetic anywhere.

Sources: IEEE 754-2008; Intel SDM volume 1: 4.8.3.5 and table 4-7 (NaN operands), 4.8.3.7 (default NaN), 4.8.4
(rounding), 4.9.1.5 (tininess is detected after rounding), 10.2.3.3 (flush to zero), 10.2.3.4 (denormals are
zeros), 14.5.1 (FMA's operand order); volume 2: MINPS, MAXPS, CMPPS, CVT*."""
import math

NEAREST, DOWN, UP, ZERO = range(4)  # the rounding control of MXCSR and of x87: SDM volume 1, table 4-8
FINITE, INFINITE, NAN = range(3)
LESS, EQUAL, GREATER, UNORDERED = range(4)


class Format:
    """A binary format: `precision` bits of significand with the leading one, of which an `explicit` format
    (x87) stores all and the others all but the leading one."""

    def __init__(self, name, exponent_bits, precision, explicit=False):
        self.name, self.exponent_bits, self.precision, self.explicit = name, exponent_bits, precision, explicit
        self.fraction_bits = precision if explicit else precision - 1
        self.width = 1 + exponent_bits + self.fraction_bits
        self.bias = (1 << exponent_bits - 1) - 1
        self.exponent_max = self.bias  # of the leading bit
        self.exponent_min = 1 - self.bias
        self.sign_bit = 1 << self.width - 1
        self.exponent_all = (1 << exponent_bits) - 1
        self.fraction_mask = (1 << self.fraction_bits) - 1
        self.quiet_bit = 1 << precision - 2
        self.leading = 1 << precision - 1  # the leading bit, where the significand is an integer
        self.infinity = self.exponent_all << self.fraction_bits | (self.leading if explicit else 0)
        self.default_nan = self.sign_bit | self.infinity | self.quiet_bit
        self.exponent_last = self.exponent_min - (precision - 1)  # of the last bit of a denormal

    def decode(self, bits):
        """(kind, sign, significand, exponent): a finite value is (-1)**sign * significand * 2**exponent."""
        sign = bits >> self.width - 1
        exponent = bits >> self.fraction_bits & self.exponent_all
        significand = bits & self.fraction_mask
        if exponent == self.exponent_all:
            return (NAN if significand & self.leading - 1 else INFINITE), sign, significand, 0
        if not exponent:
            return FINITE, sign, significand, self.exponent_last
        if not self.explicit:
            significand |= self.leading
        elif not significand & self.leading:
            raise ValueError(f"{self.name} {bits:#x} is an unnormal, which x87 does not take")
        return FINITE, sign, significand, exponent - 1 + self.exponent_last

    def encode(self, sign, significand, exponent):
        """The bits of significand * 2**exponent, which must be exactly a number of this format, with the leading
        bit in its place unless the number is denormal."""
        biased = exponent - self.exponent_last + 1 if significand >= self.leading else 0
        return sign << self.width - 1 | biased << self.fraction_bits | significand & self.fraction_mask

    def zero(self, sign):
        """A zero of this sign."""
        return sign << self.width - 1

    def infinite(self, sign):
        """An infinity of this sign."""
        return sign << self.width - 1 | self.infinity

    def is_nan(self, bits):
        """Whether this is a NaN, quiet or signalling."""
        return self.decode(bits)[0] == NAN

    def is_denormal(self, bits):
        """Whether this is a number other than zero below the normal range."""
        return not bits >> self.fraction_bits & self.exponent_all and bool(bits & self.fraction_mask)


BINARY16 = Format("binary16", 5, 11)
BFLOAT16 = Format("bfloat16", 8, 8)
BINARY32 = Format("binary32", 8, 24)
BINARY64 = Format("binary64", 11, 53)
EXTENDED = Format("x87 extended", 15, 64, explicit=True)


def first_nan(fmt, operands):
    """SSE and AVX (table 4-7): of several NaNs the first source is the result, made quiet."""
    return next(bits for bits in operands if fmt.is_nan(bits)) | fmt.quiet_bit


class Mode:
    """What the control register says: rounding, flush to zero (flush), denormals are zeros (daz); and, for x87,
    another rule for NaN operands (nan) and the precision control (precision, in bits)."""

    def __init__(self, rounding=NEAREST, flush=False, daz=False, nan=first_nan, precision=None):
        self.rounding, self.flush, self.daz, self.nan, self.precision = rounding, flush, daz, nan, precision

    def mxcsr(self):
        """The MXCSR of this mode with all exceptions masked: SDM volume 1, 10.2.3."""
        return 0x1F80 | self.rounding << 13 | self.flush << 15 | self.daz << 6

    @staticmethod
    def number(index):
        """Mode `index` of the 16 that MXCSR has: rounding in bits 0 and 1, flush in bit 2, daz in bit 3."""
        return Mode(index & 3, bool(index & 4), bool(index & 8))


def shift_round(significand, shift, sign, rounding):
    """significand / 2**shift, rounded to an integer; the value's sign decides where UP and DOWN lead."""
    if shift <= 0:
        return significand << -shift
    kept, lost = significand >> shift, significand & (1 << shift) - 1
    if rounding == NEAREST:
        half = 1 << shift - 1
        return kept + (lost > half or (lost == half and kept & 1))
    if lost and rounding == (DOWN if sign else UP):
        return kept + 1
    return kept


def pack(fmt, sign, significand, exponent, mode):
    """Rounds (-1)**sign * significand * 2**exponent, which is not zero, to the format."""
    precision = mode.precision or fmt.precision
    spare = fmt.precision - precision
    shift = significand.bit_length() - precision
    rounded = shift_round(significand, shift, sign, mode.rounding)
    if rounded >> precision:  # all ones, rounded up to a power of two
        rounded, shift = rounded >> 1, shift + 1
    top = exponent + shift + precision - 1  # as if the exponent had no bounds
    if top < fmt.exponent_min:
        if mode.flush:
            return fmt.zero(sign)
        shift = fmt.exponent_last + spare - exponent
        return fmt.encode(sign, shift_round(significand, shift, sign, mode.rounding) << spare, fmt.exponent_last)
    if top > fmt.exponent_max:
        if mode.rounding == NEAREST or mode.rounding == (DOWN if sign else UP):
            return fmt.infinite(sign)
        largest = (1 << precision) - 1 << spare
        return fmt.encode(sign, largest, fmt.exponent_max - fmt.precision + 1)
    return fmt.encode(sign, rounded << spare, top - fmt.precision + 1)


def read(fmt, bits, mode):
    """decode, with denormals read as zeros where the mode says so."""
    kind, sign, significand, exponent = fmt.decode(bits)
    if mode.daz and kind == FINITE and significand < fmt.leading:
        significand = 0
    return kind, sign, significand, exponent


def add_exact(fmt, a, b, mode):
    """Rounds the sum of two finite (sign, significand, exponent)."""
    exponent = min(a[2], b[2])
    left = a[1] << a[2] - exponent
    right = b[1] << b[2] - exponent
    total = (-left if a[0] else left) + (-right if b[0] else right)
    if total:
        return pack(fmt, int(total < 0), abs(total), exponent, mode)
    if a[0] == b[0] and not a[1]:
        return fmt.zero(a[0])
    return fmt.zero(int(mode.rounding == DOWN))  # x - x: SDM volume 1, 4.8.3.1; IEEE 754, 6.3


def add(fmt, a, b, mode, negate=0):
    """a + b, or a - b with `negate`."""
    kind_a, sign_a, significand_a, exponent_a = read(fmt, a, mode)
    kind_b, sign_b, significand_b, exponent_b = read(fmt, b, mode)
    if kind_a == NAN or kind_b == NAN:
        return mode.nan(fmt, (a, b))
    sign_b ^= negate
    if kind_a == INFINITE:
        return fmt.default_nan if kind_b == INFINITE and sign_a != sign_b else fmt.infinite(sign_a)
    if kind_b == INFINITE:
        return fmt.infinite(sign_b)
    return add_exact(fmt, (sign_a, significand_a, exponent_a), (sign_b, significand_b, exponent_b), mode)


def sub(fmt, a, b, mode):
    """a - b"""
    return add(fmt, a, b, mode, 1)


def mul(fmt, a, b, mode):
    """a * b"""
    kind_a, sign_a, significand_a, exponent_a = read(fmt, a, mode)
    kind_b, sign_b, significand_b, exponent_b = read(fmt, b, mode)
    if kind_a == NAN or kind_b == NAN:
        return mode.nan(fmt, (a, b))
    sign = sign_a ^ sign_b
    if kind_a == INFINITE or kind_b == INFINITE:
        zero = kind_a == FINITE and not significand_a or kind_b == FINITE and not significand_b
        return fmt.default_nan if zero else fmt.infinite(sign)
    if not significand_a or not significand_b:
        return fmt.zero(sign)
    return pack(fmt, sign, significand_a * significand_b, exponent_a + exponent_b, mode)


def div(fmt, a, b, mode):
    """a / b"""
    kind_a, sign_a, significand_a, exponent_a = read(fmt, a, mode)
    kind_b, sign_b, significand_b, exponent_b = read(fmt, b, mode)
    if kind_a == NAN or kind_b == NAN:
        return mode.nan(fmt, (a, b))
    sign = sign_a ^ sign_b
    if kind_a == INFINITE:
        return fmt.default_nan if kind_b == INFINITE else fmt.infinite(sign)
    if kind_b == INFINITE:
        return fmt.zero(sign)
    if not significand_b:
        return fmt.infinite(sign) if significand_a else fmt.default_nan
    if not significand_a:
        return fmt.zero(sign)
    # A quotient of at least precision + 2 bits; its last bit stands for all that follow.
    shift = fmt.precision + 2 + max(0, significand_b.bit_length() - significand_a.bit_length() + 1)
    quotient, rest = divmod(significand_a << shift, significand_b)
    return pack(fmt, sign, quotient << 1 | bool(rest), exponent_a - exponent_b - shift - 1, mode)


def sqrt(fmt, a, mode):
    """The square root of a."""
    kind, sign, significand, exponent = read(fmt, a, mode)
    if kind == NAN:
        return mode.nan(fmt, (a,))
    if kind == FINITE and not significand:
        return fmt.zero(sign)
    if sign:
        return fmt.default_nan
    if kind == INFINITE:
        return fmt.infinite(0)
    shift = 2 * fmt.precision + 4 + (exponent & 1)
    square = significand << shift
    root = math.isqrt(square)
    return pack(fmt, 0, root << 1 | (root * root != square), (exponent - shift) // 2 - 1, mode)


def fma(fmt, x, y, z, mode, negate_product=0, negate_addend=0):
    """x * y + z, rounded once; fnm* negate the product, *sub the addend. x, y, z are in the order of the
    mnemonic's digits: 213 takes operands 2, 1, 3 (SDM volume 1, 14.5.1), and a NaN is looked for in that order. A NaN
    keeps its sign."""
    kind_x, sign_x, significand_x, exponent_x = read(fmt, x, mode)
    kind_y, sign_y, significand_y, exponent_y = read(fmt, y, mode)
    kind_z, sign_z, significand_z, exponent_z = read(fmt, z, mode)
    if NAN in (kind_x, kind_y, kind_z):
        return mode.nan(fmt, (x, y, z))
    sign = sign_x ^ sign_y ^ negate_product
    sign_z ^= negate_addend
    if kind_x == INFINITE or kind_y == INFINITE:
        zero = kind_x == FINITE and not significand_x or kind_y == FINITE and not significand_y
        against = kind_z == INFINITE and sign_z != sign
        return fmt.default_nan if zero or against else fmt.infinite(sign)
    if kind_z == INFINITE:
        return fmt.infinite(sign_z)
    product = (sign, significand_x * significand_y, exponent_x + exponent_y)
    return add_exact(fmt, product, (sign_z, significand_z, exponent_z), mode)


def compare(fmt, a, b, mode):
    """LESS, EQUAL, GREATER or UNORDERED."""
    kind_a, sign_a, significand_a, exponent_a = read(fmt, a, mode)
    kind_b, sign_b, significand_b, exponent_b = read(fmt, b, mode)
    if kind_a == NAN or kind_b == NAN:
        return UNORDERED
    if not (significand_a or kind_a == INFINITE or significand_b or kind_b == INFINITE):
        return EQUAL
    # The encodings of one sign are in the order of their values.
    left = 0 if kind_a == FINITE and not significand_a else a & ~fmt.sign_bit
    right = 0 if kind_b == FINITE and not significand_b else b & ~fmt.sign_bit
    left, right = -left if sign_a else left, -right if sign_b else right
    return EQUAL if left == right else LESS if left < right else GREATER


_BASE_PREDICATES = ({EQUAL}, {LESS}, {LESS, EQUAL}, {UNORDERED})
_NEGATED = tuple({LESS, EQUAL, GREATER, UNORDERED} - p for p in _BASE_PREDICATES)
_MORE = ({EQUAL, UNORDERED}, {LESS, UNORDERED}, {LESS, EQUAL, UNORDERED}, set())
_MORE_NEGATED = tuple({LESS, EQUAL, GREATER, UNORDERED} - p for p in _MORE)
_PREDICATES = _BASE_PREDICATES + _NEGATED + _MORE + _MORE_NEGATED


def predicate(number, relation):
    """Whether predicate `number` of CMPPS and VCMPPS (0 to 31: SDM volume 2, CMPPD, table 3-1) holds."""
    return relation in _PREDICATES[number & 15]


def _selected(fmt, bits, mode):
    """A selected operand as MIN and MAX return it: a denormal that is read as zero comes out as zero."""
    return bits & fmt.sign_bit if mode.daz and fmt.is_denormal(bits) else bits


def minimum(fmt, a, b, mode):
    """MINPS: the second where either is a NaN (not made quiet) or both are zeros."""
    return _selected(fmt, a if compare(fmt, a, b, mode) == LESS else b, mode)


def maximum(fmt, a, b, mode):
    """MAXPS: as MINPS."""
    return _selected(fmt, a if compare(fmt, a, b, mode) == GREATER else b, mode)


def convert(source, target, bits, mode):
    """From one format to another. A NaN keeps its sign and the leading bits of its payload, and becomes quiet:
    SDM volume 1, table 4-7 and 4.8.3.5."""
    kind, sign, significand, exponent = read(source, bits, mode)
    if kind == NAN:
        payload = significand & source.leading - 1
        shift = target.precision - source.precision
        payload = payload << shift if shift >= 0 else payload >> -shift
        return target.infinite(sign) | payload | target.quiet_bit
    if kind == INFINITE:
        return target.infinite(sign)
    if not significand:
        return target.zero(sign)
    return pack(target, sign, significand, exponent, mode)


def from_integer(fmt, value, mode):
    """A Python integer as a number of the format; 0 is +0."""
    return pack(fmt, int(value < 0), abs(value), 0, mode) if value else fmt.zero(0)


def _integral(fmt, bits, mode, rounding):
    """The rounded integer of a finite number."""
    _, sign, significand, exponent = read(fmt, bits, mode)
    magnitude = shift_round(significand, -exponent, sign, rounding)
    return -magnitude if sign else magnitude


def to_integer(fmt, bits, mode, width, signed=True, truncate=False):
    """The integer as `width` bits of two's complement; the integer indefinite where it does not fit: 2**(width-1)
    if signed, all ones if not (SDM volume 1, 4.8.3.7, table 4-9; volume 2, VCVTPS2UDQ)."""
    indefinite = 1 << width - 1 if signed else (1 << width) - 1
    if fmt.decode(bits)[0] != FINITE:
        return indefinite
    value = _integral(fmt, bits, mode, ZERO if truncate else mode.rounding)
    low, high = (-(1 << width - 1), 1 << width - 1) if signed else (0, 1 << width)
    return value & (1 << width) - 1 if low <= value < high else indefinite


def round_to_integral(fmt, bits, mode, rounding=None):
    """ROUNDPS, FRNDINT: the nearest integer in the same format, a zero with the operand's sign."""
    kind, sign, significand, exponent = read(fmt, bits, mode)
    if kind == NAN:
        return mode.nan(fmt, (bits,))
    if kind == INFINITE or exponent >= 0:
        return bits
    magnitude = shift_round(significand, -exponent, sign, mode.rounding if rounding is None else rounding)
    return pack(fmt, sign, magnitude, 0, Mode()) if magnitude else fmt.zero(sign)
