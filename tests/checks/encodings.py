#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The instructions that checks/vector_lines_vex.inc encodes by hand, because assemblers of today do not know them all:
each stands once in its kernel for each width, as the manual has it. Encodings: Intel SDM volume 2, 2.3.5, and the
Architecture Instruction Set Extensions reference."""
import re
import subprocess
import sys

# Mnemonic: (prefix: 0 none, 1 66, 2 F3, 3 F2; W; opcode; operands: B A D three registers, A D two, MA D memory).
OPCODES = {
    "vpmadd52luq": (1, 1, 0xB4, "BAD"), "vpmadd52huq": (1, 1, 0xB5, "BAD"),
    "vpdpbssd": (3, 0, 0x50, "BAD"), "vpdpbssds": (3, 0, 0x51, "BAD"),
    "vpdpbsud": (2, 0, 0x50, "BAD"), "vpdpbsuds": (2, 0, 0x51, "BAD"),
    "vpdpbuud": (0, 0, 0x50, "BAD"), "vpdpbuuds": (0, 0, 0x51, "BAD"),
    "vpdpwsud": (2, 0, 0xD2, "BAD"), "vpdpwsuds": (2, 0, 0xD3, "BAD"),
    "vpdpwusd": (1, 0, 0xD2, "BAD"), "vpdpwusds": (1, 0, 0xD3, "BAD"),
    "vpdpwuud": (0, 0, 0xD2, "BAD"), "vpdpwuuds": (0, 0, 0xD3, "BAD"),
    "vbcstnebf162ps": (2, 0, 0xB1, "MD"), "vbcstnesh2ps": (1, 0, 0xB1, "MD"),
    "vcvtneebf162ps": (2, 0, 0xB0, "MD"), "vcvtneobf162ps": (3, 0, 0xB0, "MD"),
    "vcvtneeph2ps": (1, 0, 0xB0, "MD"), "vcvtneoph2ps": (0, 0, 0xB0, "MD"),
    "vcvtneps2bf16": (2, 0, 0x72, "AD"),
}
KERNELS = {
    "vector_madd52_avx_ifma": r"vpmadd52", "vector_dot_avx_vnni_int8": r"vpdpb", "vector_dot_avx_vnni_int16": r"vpdpw",
    "float_convert_avx_ne": r"vbcst|vcvtne",
}
# The numbers of A, B, D and of the pointer to the operands (vector_lines_vex.inc, vector_lines_twice.inc).
ASSIGNMENTS = {"low": (0, 1, 2, 6), "high": (0, 15, 14, 14)}


def encode(mnemonic, registers, wide):
    """The bytes of one instruction of map 0F38."""
    prefix, w, opcode, operands = OPCODES[mnemonic]
    a, b, d, pointer = registers
    first, mode, rm = {"BAD": (a, 3, b), "AD": (0, 3, a), "MD": (0, 0, pointer)}[operands]
    inverted = [0 if number & 8 else 1 for number in (d, 0, rm)]  # R, X, B
    second = inverted[0] << 7 | inverted[1] << 6 | inverted[2] << 5 | 2
    third = w << 7 | (15 - first) << 3 | wide << 2 | prefix
    return bytes([0xC4, second, third, opcode, mode << 6 | (d & 7) << 3 | rm & 7])


def kernels():
    """{function: its bytes} of the program."""
    listed = subprocess.run(["nm", "-S", "assay"], capture_output=True, text=True, check=True).stdout
    headers = subprocess.run(["readelf", "-SW", "assay"], capture_output=True, text=True, check=True).stdout
    address, offset = (int(x, 16) for x in re.search(r" \.text +PROGBITS +(\w+) +(\w+)", headers).groups())
    program = open("assay", "rb").read()
    found = {}
    for match in re.finditer(r"^(\w+) (\w+) . (\w+)_run$", listed, re.M):
        begin = int(match[1], 16) - address + offset
        found[match[3]] = program[begin:begin + int(match[2], 16)]
    return found


def main():
    code, number, good = kernels(), 0, True
    for kernel, pattern in KERNELS.items():
        for assignment, registers in ASSIGNMENTS.items():
            wrong = [f"{m} {'ymm' if wide else 'xmm'}" for m in OPCODES if re.match(pattern, m) for wide in (0, 1)
                     if code[f"{kernel}_{assignment}"].count(encode(m, registers, wide)) != 1]
            number += 1
            good &= not wrong
            print(f"{'not ' if wrong else ''}ok {number} - {kernel}, {assignment} registers: every instruction as in "
                  f"the manual{': ' if wrong else ''}{', '.join(wrong)}")
    print(f"1..{number}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
