# SPDX-License-Identifier: Apache-2.0
"""What the models of lines share: the registry of operations and how a vector is taken apart.

A vector, mask or general register is a Python integer. An operation is a function of a Context and its sources in the
order of the Intel SDM (destination left out, immediate last) that returns the destination. Where a legacy
instruction's destination is its first source too, the function has one parameter more than the line has sources."""
import inspect

OPERATIONS = {}


class Context:
    """What an operation needs beside its sources."""

    def __init__(self, bits, old, mode):
        self.bits, self.old, self.mode = bits, old, mode  # the destination's width, what it held before; MXCSR
        self.width = bits  # of the registers that the line is about
        self.mask = None  # of a line under a mask, else None
        self.zeroing = False
        self.written = bits  # how much of a destination in memory it writes, from the lowest bit on


class Immediate(int):
    """An immediate operand, where an instruction has another form with a vector."""


def parameters(function):
    """How many a function has, but those with a default."""
    return sum(p.default is p.empty for p in inspect.signature(function).parameters.values())


class Operation:
    """A registered function, the width of the elements that a mask selects, the number of sources."""

    def __init__(self, function, element, sources):
        self.function, self.element = function, element
        self.sources = sources or parameters(function) - 1


def operation(names, element=None, sources=None):
    """Registers a function under these names, separated by blanks. A name ends in _k, _m or _l where the same
    mnemonic has another form that makes a mask, writes memory, or reads memory alone; in _i where both operands are
    immediates. `element`: see Operation; by default from the name's end."""
    def register(function):
        for name in names.split():
            assert name not in OPERATIONS, name
            OPERATIONS[name] = Operation(function, element or element_of(name), sources)
        return function
    return register


def element_of(name):
    """The width that a mnemonic's end names."""
    for end, width in (("ph", 16), ("sh", 16), ("ps", 32), ("ss", 32), ("pd", 64), ("sd", 64), ("b", 8), ("w", 16),
                       ("d", 32), ("q", 64), ("8", 8), ("16", 16), ("32", 32), ("64", 64)):
        if name.endswith(end):
            return width
    return None


def each(names, width, function):
    """Registers a function of one lane of each source."""
    count = parameters(function)

    def one(context, a):
        return join([function(x) for x in lanes(a, width, context.bits)], width)

    def two(context, a, b):
        return join([function(x, y) for x, y in zip(lanes(a, width, context.bits), lanes(b, width, context.bits))],
                    width)
    operation(names, width)(one if count == 1 else two)


def find(name, suffix):
    """The operation of a mnemonic, with or without VEX's v; the one with this suffix if there is one."""
    name = name.split()[-1]
    names = [name + suffix, name[1:] + suffix, name, name[1:]]
    return next(OPERATIONS[n] for n in names if n in OPERATIONS)


def ones(width):
    """All ones of `width` bits."""
    return (1 << width) - 1


def signed(value, width):
    """The two's complement value of the low `width` bits."""
    value &= ones(width)
    return value - (value >> width - 1 << width)


def lanes(value, width, bits):
    """The lanes of the low `bits` of a vector, lowest first."""
    if width % 8:
        return [value >> i & ones(width) for i in range(0, bits, width)]
    data, size = (value & ones(bits)).to_bytes(bits // 8, "little"), width // 8
    if size == 1:
        return list(data)
    return [int.from_bytes(data[i:i + size], "little") for i in range(0, len(data), size)]


def signed_lanes(value, width, bits):
    """The same, as two's complement."""
    return [signed(x, width) for x in lanes(value, width, bits)]


def join(values, width):
    """The vector of these lanes, each taken modulo 2**width."""
    if width == 8:
        return int.from_bytes(bytes(v & 0xFF for v in values), "little")
    mask, size = ones(width), width // 8
    if width % 8:
        return sum((v & mask) << i * width for i, v in enumerate(values))
    return int.from_bytes(b"".join((v & mask).to_bytes(size, "little") for v in values), "little")


def clamp(value, low, high):
    """Saturation."""
    return max(low, min(high, value))


def saturate(value, width, is_signed):
    """To the range of integers of `width` bits."""
    if is_signed:
        return clamp(value, -(1 << width - 1), (1 << width - 1) - 1)
    return clamp(value, 0, ones(width))


def parts(value, bits, part=128):
    """The 128-bit lanes of a vector."""
    return lanes(value, part, bits)


def merge_lanes(value, old, mask, width, bits, zeroing):
    """What a masked write leaves (Intel SDM volume 1, 15.6.1)."""
    chosen = lanes(value, width, bits)
    kept = [0] * len(chosen) if zeroing else lanes(old, width, bits)
    return join([c if mask >> i & 1 else k for i, (c, k) in enumerate(zip(chosen, kept))], width)
