# SPDX-License-Identifier: Apache-2.0
"""Answers of the checks that are lists of vector instructions: checks/vector_lines.h describes them. The lists
themselves, checks/NAME.inc, are read here; what a mnemonic does is in lines_*.py.

Payload of a check: for each block, WIDTH bytes of accumulator for each line of its list."""
import pathlib
import re

import ieee754 as fp
import lines_bits  # noqa: F401
import lines_convert  # noqa: F401
import lines_crypto  # noqa: F401
import lines_dot  # noqa: F401
import lines_half  # noqa: F401
import lines_lanes  # noqa: F401
import lines_mask  # noqa: F401
import lines_memory
import lines_moves  # noqa: F401
import lines_shuffle  # noqa: F401
import lines_special  # noqa: F401
import lines_string
from lines_frame import Context, Immediate, find, join, lanes, merge_lanes, ones, signed_lanes
from lines_operands import KINDS, MODES, blocks, payload, quadword

CHECKS = pathlib.Path(__file__).resolve().parents[2] / "checks"
ROUNDINGS = {"RN": fp.NEAREST, "RD": fp.DOWN, "RU": fp.UP, "RZ": fp.ZERO}
SPECIAL = lines_memory.SPECIAL | lines_string.SPECIAL
WIDTHS = {"m": 16, "x": 16, "y": 32, "z": 64}

# The checks, and how many blocks of operands each goes through.
FOUR = (
    "crypto_lanes_avx", "crypto_lanes_avx512", "crypto_lanes_vaes", "float_bf16_avx512", "float_convert_avx_ne",
    "float_lanes_avx512_fp16", "galois_lanes_avx", "gather_index_avx2", "gather_index_avx512", "mask_logic_avx512",
    "permute_bytes_avx512", "permute_extract_sse4a", "permute_shuffle_avx2", "permute_shuffle_avx512",
    "permute_shuffle_sse2", "permute_shuffle_sse4", "scatter_index_avx512", "string_compare_avx",
    "string_compare_sse42", "vector_dot_avx512", "vector_dot_avx_vnni", "vector_dot_avx_vnni_int16",
    "vector_dot_avx_vnni_int8", "vector_intersect_avx512", "vector_lanes_avx2", "vector_lanes_avx512",
    "vector_lanes_mmx", "vector_lanes_mmx_ssse3", "vector_lanes_sse2", "vector_lanes_sse4", "vector_madd52_avx512",
    "vector_madd52_avx_ifma", "vector_popcount_avx512")
EIGHT = (
    "float_lanes_avx2", "float_lanes_avx512", "float_lanes_sse2", "float_lanes_sse4")
LISTS = dict.fromkeys(FOUR, 4) | dict.fromkeys(EIGHT, 8)


class Line:
    """One line of a list: its kind, mnemonic and operands as they are written, and what was defined there."""

    def __init__(self, kind, arguments, defined):
        self.kind, self.name, self.arguments = kind, arguments[0], arguments[1:]
        self.register = defined["W"]
        self.width = WIDTHS[self.register]
        self.operands = defined["KIND"].rsplit("_", 1)[1]
        self.tuples = int(defined["TUPLES"])
        assert self.operands in KINDS


def split(text):
    """Arguments separated by commas outside parentheses."""
    return [part.strip() for part in re.split(r",(?![^(]*\))", text)]


def holds(condition, width):
    """A condition such as WIDTH > 16."""
    left, operator, right = condition.split()
    assert left == "WIDTH"
    return {">": width > int(right), "<": width < int(right), "==": width == int(right)}[operator]


def read(path, defined):
    """The lines of a list, in order."""
    taken = [True]
    for text in path.read_text().splitlines():
        text = re.sub(r"/\*.*?\*/", "", text).strip()
        if match := re.fullmatch(r"#if (.*)", text):
            taken.append(taken[-1] and holds(match[1], WIDTHS[defined["W"]]))
        elif text == "#endif":
            taken.pop()
        elif not taken[-1] or not text or text.startswith("#undef"):
            continue
        elif match := re.fullmatch(r"#define (\w+) ?(.*)", text):
            defined[match[1]] = match[2]
        elif match := re.fullmatch(r'#include "checks/(.*)"', text):
            yield from read(CHECKS / match[1], defined)
        elif match := re.fullmatch(r"([A-Z_]+)\((.*)\)", text):
            yield Line(match[1], split(match[2]), defined)
        elif not text.startswith(("/*", "*")):
            raise ValueError(f"{path}: {text}")


class Tuple:
    """The operands of one tuple of a line, and what its tokens name."""

    def __init__(self, line, block, index):
        rows = block[line.operands]
        self.line, self.block = line, block
        self.a, self.b, self.c = rows[index:index + 3]
        self.k, self.x = quadword(rows[index + 3], 1), quadword(rows[index + 3], 2)
        self.t = None
        self.bits = 64 if line.register == "m" else line.width * 8

    def source(self, token):
        """The value of a source, whole: an operation takes what it needs."""
        if match := re.fullmatch(r"I\((.*)\)", token):
            return Immediate(match[1], 0)
        if match := re.fullmatch(r"MB(\d+)", token):  # broadcast
            width = int(match[1])
            return join([self.b & ones(width)] * (self.bits // width), width)
        named = {"A": self.a, "B": self.b, "D": self.c}
        if token in ("MA", "MB", "MD"):
            return named[token[1]]
        if token in ("T", "TX", "XMM"):
            return self.t & ones(self.bits if token == "T" else 128)
        if token == "KA":
            return self.a & ones(64) if self.line.kind.startswith("MASKS") else self.k
        if token == "KB":
            return self.b & ones(64)
        if token == "X32":
            return self.x & ones(32)
        if token == "X64":
            return self.x
        return named[token[0]] & ones(self.width(token))

    def width(self, token):
        """Bits of a vector register's token."""
        name = token[1:].rstrip("KZ")
        return {"": self.bits, "X": 128, "Y": 256, "H": max(128, self.bits // 2)}[name]


def counts(shift, amount, values):
    """T = shift(B, amount)."""
    width, is_signed = {"psrlw": (16, False), "psrld": (32, False), "psrlq": (64, False), "psrad": (32, True)}[shift]
    take = signed_lanes if is_signed else lanes
    return join([x >> int(amount) for x in take(values.b, width, values.bits)], width)


def prepare(line, values):
    """What a line does before its instruction. Returns the instruction's operands."""
    arguments = line.arguments
    if "COUNTED" in line.kind:
        values.t = counts(*arguments[:2], values)
        arguments = arguments[2:]
    if line.kind == "BOUNDED":
        values.t = values.b & join([0x1F] * 16, 8) | join([1] * 16, 8)
    if line.kind == "FROM_VECTOR":
        values.t = values.a & ones(128)
    if line.kind.startswith("MASKS_FLAGS_"):
        values.a, values.b = (x >> 61 & 7 ^ (0 if line.kind.endswith("FEW") else ones(64))
                              for x in (values.a & ones(64), values.b & ones(64)))
    if "FLAGS" in line.kind:
        return arguments + ["FLAGS"]
    implied = {"IMPLICIT": ["SLOT"], "EMPTY": ["X64"]}
    return arguments + implied.get(line.kind, [])


def suffix(arguments):
    """Which form of a mnemonic this is."""
    if arguments[-1].startswith("KD"):
        return "_k"
    if arguments[-1].startswith(("SLOT", "ALIGNED")):
        return "_m"
    if len(arguments) > 2 and arguments[0].startswith("I(") and arguments[1].startswith("I("):
        return "_i"
    return "_l" if arguments[:-1] in (["MA"], ["MB"]) else ""


def apply(line, values, current):
    """What the line leaves in D: the result of its instruction, and what it adds."""
    if line.kind in SPECIAL:
        return SPECIAL[line.kind](line, values)
    if line.kind == "TO_VECTOR":
        return to_vector(line, values, current)
    if line.kind == "CONTROL":
        return values.x & 0xFFFF
    result = execute(line, prepare(line, values), values, current)
    if "COUNTED" in line.kind or line.kind == "BOUNDED":
        result ^= values.t
    if "FROM_GENERAL" in line.kind:
        result ^= values.x
    if line.kind in ("MASKED", "MASKED_MEMORY", "MASK"):
        result ^= values.k
    if line.kind.startswith("MASKS"):
        result = result & ones(64) ^ ((values.a ^ values.b) & ones(64)) << 64
    return result


def execute(line, arguments, values, current):
    """The result of the line's instruction: what its destination holds."""
    if arguments[0] in ROUNDINGS:
        current = fp.Mode(ROUNDINGS[arguments[0]], current.flush, current.daz)
        arguments = arguments[1:]
    target = arguments[-1]
    found = find(line.name, suffix(arguments))
    context = Context(*destination(target, values), current)
    context.width = values.bits
    if line.kind.startswith("MASKED") or target == "KDK":
        context.mask, context.zeroing = values.k, target.endswith("Z")
    sources = [values.source(token) for token in reversed(arguments[:-1])]
    if len(sources) < found.sources:
        sources.insert(0, context.old)
    return written(target, found, context, found.function(context, *sources) & ones(context.bits))


def written(target, found, context, result):
    """What a result leaves in its destination."""
    if target == "KDK":
        return result & context.mask
    if target in ("DK", "DZ", "DHK", "DXK", "SLOTK") and not getattr(found.function, "masks", False):
        result = merge_lanes(result, context.old, context.mask, found.element, context.bits, context.zeroing)
    if target.startswith(("SLOT", "ALIGNED")):
        return result & ones(context.written) | context.old & ~ones(context.written)
    return result & ones(context.written) if getattr(found.function, "partial", False) else result


def to_vector(line, values, current):
    """An MMX register to a vector register, whose halves are added."""
    result = find(line.name, "").function(Context(128, values.a, current), values.b & ones(64))
    if line.name == "cvtpi2ps":
        result |= values.a >> 64 << 64
    return (result ^ result >> 64) & ones(64)


def destination(target, values):
    """(bits, what it held before)."""
    if target in ("KD", "KDK", "FLAGS"):
        return 64, 0
    if target == "KPAIR":
        return 128, 0
    if target == "X32":
        return 32, values.x & ones(32)
    if target == "X64":
        return 64, values.x
    if target.startswith("SLOT") or target == "ALIGNED":
        return values.bits, values.c & ones(values.bits)
    return values.width(target), values.c & ones(values.width(target))


def fold(line, block, current):
    """The accumulator after all tuples."""
    low = join([1] * (line.width // 8), 64)
    whole, value = ones(line.width * 8), 0
    for index in range(line.tuples):
        values = Tuple(line, block, index)
        a, b = values.a & ones(values.bits), values.b & ones(values.bits)
        for part in (apply(line, values, current), a, b):
            value = (value << 1 & whole & ~low | value >> 63 & low) ^ part
    return value.to_bytes(line.width, "little")


def table(name):
    """The payload of one check."""
    listed = list(read(CHECKS / (name + ".inc"), {}))
    return b"".join(fold(line, blocks()[index], MODES[index]) for index in range(LISTS[name]) for line in listed)


def maker(name):
    """A function of its own for each table."""
    return lambda: table(name)


TABLES = {"vector_lines": payload} | {name: maker(name) for name in LISTS}
