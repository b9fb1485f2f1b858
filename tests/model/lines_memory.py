# SPDX-License-Identifier: Apache-2.0
"""Lines of gathers and scatters. Definitions: Intel SDM volume 2, VPGATHER, VGATHER, VPSCATTER, VSCATTER. A mask ends
cleared; of scattered elements that overlap the highest one wins."""
import re

from lines_frame import join, lanes, ones, signed

BASE = 2048  # VECTOR_LINES_BASE
NARROW = {16: 2, 32: 1, 64: 0}
ELEMENTS = {"d": 32, "q": 64, "ps": 32, "pd": 64}


def shape(name):
    """(bits of an index, bits of an element)."""
    match = re.fullmatch(r"vp?(?:gather|scatter)([dq])(d|q|ps|pd)", name)
    return ELEMENTS[match[1]], ELEMENTS[match[2]]


def shifted(line, values, extra=0):
    """The register of indexes, as SHIFT(B, n) makes it."""
    shift, amount = line.arguments[0], int(line.arguments[1]) + extra
    lane = {"psrad": 32, "psraq": 64, "psrlq": 64}[shift]
    moved = [(signed(x, lane) if shift[3] == "a" else x) >> amount for x in lanes(values.b, lane, values.bits)]
    return join(moved, lane)


def indexes(line, values, register):
    """The signed indexes of a line, times their scale."""
    width, element = shape(line.name)
    count, scale = values.bits // max(width, element), int(line.arguments[-2])
    return [signed(x, width) * scale for x in lanes(register, width, values.bits)[:count]]


def gather(line, values):
    """The destination; the indexes, and a mask register, which ends cleared, are added as they were."""
    element = shape(line.name)[1]
    memory = b"".join(row.to_bytes(64, "little") for row in values.block["INTEGER"])
    old = lanes(values.c, element, values.bits)
    vex = len(line.arguments) == 6
    signs = [x >> element - 1 for x in lanes(values.a, element, values.bits)]
    register, result = shifted(line, values), []
    for i, offset in enumerate(indexes(line, values, register)):
        at = BASE + offset
        chosen = signs[i] if vex else values.k >> i & 1
        result.append(int.from_bytes(memory[at:at + element // 8], "little") if chosen else old[i])
    return join(result, element) ^ register ^ (0 if vex else values.k)


def scatter(line, values):
    """Four registers' worth of memory, folded as the line does."""
    element, size = shape(line.name)[1], line.width
    memory = bytearray((values.c & ones(8 * size)).to_bytes(size, "little") * 4)
    data = lanes(values.a, element, values.bits)
    register = shifted(line, values, NARROW[size])
    for i, offset in enumerate(indexes(line, values, register)):
        if values.k >> i & 1:
            at = 2 * size + offset
            memory[at:at + element // 8] = data[i].to_bytes(element // 8, "little")
    assert len(memory) == 4 * size
    result = 0
    for part in range(4):
        result = join([x << 1 | x >> 63 for x in lanes(result, 64, 8 * size)], 64)
        result ^= int.from_bytes(memory[part * size:part * size + size], "little")
    return result ^ register ^ values.k


SPECIAL = {"GATHER": gather, "SCATTER": scatter}
