#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The models of the lists of AVX-512 against an emulated CPU (bochs_run.py), which shares nothing with them: each line
that has no frame of its own, on some tuples. What Bochs errs in (bochs_limits.py) is left out."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bochs_limits  # noqa: E402
import bochs_run  # noqa: E402
import vector_lines as lists  # noqa: E402
from execution import Record, Registers  # noqa: E402
from random64 import Random  # noqa: E402

ARENA, CODE = 0x10000000, 0x20000000
RSI = 6
TUPLES = 3  # of each line
SLOT = 16   # bytes of code
A, B, D, T = 16, 17, 18, 20
HALVES = {"z": "y", "y": "x", "x": "x"}
ROUNDINGS = {"RN": "{rn-sae}", "RD": "{rd-sae}", "RU": "{ru-sae}", "RZ": "{rz-sae}"}
FIXED = {"KA": "%k1", "KB": "%k3", "KD": "%k5", "KDK": "%k5{%k1}", "MA": "(%rsi)", "MB": "64(%rsi)"}


def operand(token, register, width):
    """A token of a list as the assembler writes it."""
    if match := re.fullmatch(r"I\((.*)\)", token):
        return "$" + match[1]
    if match := re.fullmatch(r"MB(\d+)", token):
        return f"64(%rsi){{1to{8 * width // int(match[1])}}}"
    if token in FIXED or token in ROUNDINGS:
        return FIXED.get(token) or ROUNDINGS[token]
    match = re.fullmatch(r"([ABDT])([XYH]?)([KZ]?)", token)
    narrow = {"": register, "X": "x", "Y": "y", "H": HALVES[register]}[match[2]]
    mask = {"": "", "K": "{%k1}", "Z": "{%k1}{z}"}[match[3]]
    return f"%{narrow}mm{ {'A': A, 'B': B, 'D': D, 'T': T}[match[1]] }{mask}"


def source(line):
    """The line's instruction."""
    arguments = line.arguments[2:] if line.kind == "COUNTED" else line.arguments
    return f"{line.name} " + ", ".join(operand(token, line.register, line.width) for token in arguments)


def assemble(lines):
    """The machine code of each line."""
    with tempfile.TemporaryDirectory() as directory:
        at = pathlib.Path(directory)
        text = "".join(f".balign {SLOT}\n{source(line)}\n" for line in lines)
        (at / "lines.s").write_text(text + f".balign {SLOT}\n")
        subprocess.run(["as", "-o", at / "lines.o", at / "lines.s"], check=True)
        subprocess.run(["objcopy", "-O", "binary", "-j", ".text", at / "lines.o", at / "lines.bin"], check=True)
        code = (at / "lines.bin").read_bytes()
    return [code[SLOT * i:SLOT * i + SLOT] for i in range(len(lines))]


def start(values, mode, random):
    """The registers of a tuple."""
    registers = Registers()
    registers.vector = [random.next().to_bytes(8, "little") * 8 for _ in range(32)]
    for number, value in ((A, values.a), (B, values.b), (D, values.c), (T, values.t or 0)):
        registers.vector[number] = value.to_bytes(64, "little")
    registers.mask = [random.next() for _ in range(8)]
    masks = values.line.kind.startswith("MASKS")
    registers.mask[1], registers.mask[3] = values.a & (1 << 64) - 1 if masks else values.k, values.b & (1 << 64) - 1
    registers.general[RSI] = ARENA
    registers.mxcsr = mode.mxcsr()
    return registers


def cases(random):
    """(line, record, what the destination must hold)."""
    taken = bochs_limits.excluded(with_flags=False)
    lines = [line for name in lists.LISTS if "avx512" in name and not name.endswith("fp16")
             for line in lists.read(lists.CHECKS / (name + ".inc"), {})
             if line.kind in ("VECTOR", "COUNTED", "MASKED", "MASK", "MASKS") and line.name not in taken]
    for line, code in zip(lines, assemble(lines)):
        for _ in range(TUPLES):
            block = random.next() % 4
            values = lists.Tuple(line, lists.blocks()[block], random.next() % line.tuples)
            arguments = lists.prepare(line, values)
            wanted = lists.execute(line, arguments, values, lists.MODES[block])
            arena = b"".join(v.to_bytes(64, "little") for v in (values.a, values.b, values.c))
            yield line, Record(code, start(values, lists.MODES[block], random).pack(), arena, ARENA, CODE), wanted


def wrong(line, result, wanted):
    """What differs, or nothing."""
    if result.outcome != "ended":
        return f"{result.outcome}, exception {result.vector}"
    after = Registers(result.registers)
    into_mask = line.kind in ("MASK", "MASKS")
    got = after.mask[5] if into_mask else int.from_bytes(after.vector[D], "little")
    return "" if got == wanted else f"{got:#x} is not {wanted:#x}"


def main():
    reason = bochs_run.available()
    if reason:
        print(f"1..0 # SKIP {reason}")
        return 0
    if bochs_run.version() != bochs_limits.VERSION:
        print(f"1..0 # SKIP the table of Bochs' errors is of {bochs_limits.VERSION}")
        return 0
    random = Random(int(os.environ.get("TAP_SEED", "91"), 0))
    print(f"# seed {random.state} (TAP_SEED=... to repeat)")
    made = list(cases(random))
    results = bochs_run.run([record for _, record, _ in made], timeout_s=600)
    bad = {}
    for (line, _, wanted), result in zip(made, results):
        if said := wrong(line, result, wanted):
            bad.setdefault(source(line), said)
    for text, said in list(bad.items())[:40]:
        print(f"# {text}: {said[:300]}")
    print(f"{'not ' if bad else ''}ok 1 - {len(made)} tuples of {len(made) // TUPLES} lines: Bochs agrees")
    noticed = sum(bool(wrong(line, result, wanted ^ 1)) for (line, _, wanted), result in zip(made, results))
    print(f"{'not ' if noticed != len(made) else ''}ok 2 - a wrong bit is noticed in each of them")
    print("1..2")
    return int(bool(bad) or noticed != len(made))


if __name__ == "__main__":
    sys.exit(main())
