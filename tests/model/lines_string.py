# SPDX-License-Identifier: Apache-2.0
"""Lines of PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM. Definitions: Intel SDM volume 2, 4.1. The strings are made of
the highest three bits of words, as bytes: one of those of a and b, the other of those of b and c; lengths, where they
are explicit, of the highest five bits of two bytes of the general operand. Both bytes and both lengths are folded with
the flags."""
from lines_frame import join, lanes, ones, signed

CF, ZF, SF, OF = 1, 0x40, 0x80, 0x800


def narrow(low, high):
    """PACKUSWB of PSRLW by 13."""
    return join([x >> 13 for v in (low, high) for x in lanes(v, 16, 128)], 8)


def matches(aggregation, first, second, valid_first, valid_second):
    """IntRes1, for each element of the second string: 4.1.4 and the overrides of 4.1.5."""
    count = len(first)
    result = []
    for i in range(count):
        if aggregation == 0:
            result.append(any(j < valid_first and i < valid_second and first[j] == second[i] for j in range(count)))
        elif aggregation == 1:
            result.append(any(j + 1 < valid_first and i < valid_second and first[j] <= second[i] <= first[j + 1]
                              for j in range(0, count, 2)))
        elif aggregation == 2:
            both = i < valid_first and i < valid_second
            result.append(first[i] == second[i] if both else i >= valid_first and i >= valid_second)
        else:
            result.append(all(j >= valid_first or i + j < valid_second and first[j] == second[i + j]
                              for j in range(count - i)))
    return result


def compare(imm, a, b, lengths):
    """(IntRes2 as truths, flags)."""
    width = 16 if imm & 1 else 8
    count = 128 // width
    first, second = ([signed(x, width) if imm & 2 else x for x in lanes(v, width, 128)] for v in (a, b))
    if lengths:
        valid = [min(abs(n), count) for n in lengths]
    else:
        valid = [(v + [0]).index(0) for v in (first, second)]
    result = matches(imm >> 2 & 3, first, second, *valid)
    if imm & 0x10:
        result = [r != (not imm & 0x20 or i < valid[1]) for i, r in enumerate(result)]
    flags = CF * any(result) | ZF * (valid[1] < count) | SF * (valid[0] < count) | OF * result[0]
    return result, flags


def evaluate(line, values):
    """(IntRes2 as truths, flags above the low 32 bits and the lengths, the sum of the strings)."""
    sources = [signed(values.x >> shift, 8) for shift in (0, 8)]
    lengths = [n >> 3 for n in sources]
    strings = narrow(values.a, values.b), narrow(values.b, values.c)
    result, flags = compare(int(line.arguments[0], 0), *strings, lengths if "pcmpe" in line.name else None)
    folded = flags << 32
    for n, shift in zip((*sources, *lengths), (0, 8, 16, 0)):
        folded ^= (n & ones(32)) << shift
    return result, folded, strings[0] ^ strings[1]


def index(line, values):
    """The index."""
    result, flags, strings = evaluate(line, values)
    found = [i for i, r in enumerate(result) if r] or [len(result)]
    chosen = found[-1] if int(line.arguments[0], 0) & 0x40 else found[0]
    return chosen ^ flags ^ strings


def mask(line, values):
    """The mask."""
    result, flags, strings = evaluate(line, values)
    width = 128 // len(result) if int(line.arguments[0], 0) & 0x40 else 1
    return sum((ones(width) if r else 0) << i * width for i, r in enumerate(result)) ^ flags ^ strings


SPECIAL = {"STRING_INDEX": index, "STRING_MASK": mask}
