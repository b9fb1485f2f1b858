# SPDX-License-Identifier: Apache-2.0
"""The digests of random programs: made by checks/program_*.c, executed by Bochs, folded here.

A table program_GROUP is the digests (64 bits each) of seeds 0, 1, 2, ...; 0 where Bochs and a CPU differ, which
program_doubtful.py lists."""
import functools
import pathlib
import re
import struct
import subprocess
import tempfile

import bochs_run
from execution import Record, Registers
from program_doubtful import DOUBTFUL

ROOT = pathlib.Path(__file__).resolve().parents[2]
GROUPS = (ROOT / "checks/program_group.h").read_text().split("#define PROGRAM_GROUPS(X)")[1]
SEEDS = {group: int(seeds) for group, seeds in re.findall(r'X\((\w+), [^"]*?(\d+),[\s\\]*"', GROUPS)}
ARENA_ADDRESS, ARENA_SIZE, DATA_SIZE, KEPT = 0x10000000, 4096, 1024, 1664
RSP = 4
HEAD = struct.Struct("<QIIIIII")
MASK = (1 << 64) - 1


def build(scratch):
    """Compiles program_dump into the directory; returns its path."""
    tool = scratch + "/program_dump"
    sources = sorted(str(p) for p in (ROOT / "checks").glob("program_*.c") if "program_check" not in p.name)
    rest = ["tests/model/program_dump.c", "checks/program_enter.S", "checks/registers.c", "checks/registers_load.S",
            "checks/registers_foreign.S", "checks/registers_locate.c", "checks/check.c", "checks/isa.c"]
    subprocess.run(["cc", "-std=gnu11", "-O1", "-D_GNU_SOURCE", f'-DANSWERS_DIR="{ROOT}/checks/answers"', "-I.",
                    "-Iagent", "-o", tool] + sources + rest, cwd=ROOT, check=True)
    return tool


class Program:
    """A program with what it begins with."""

    def __init__(self, data, at):
        self.seed, self.size, self.kept, self.base, self.flags, self.vector_bytes, self.n = HEAD.unpack_from(data, at)
        at += HEAD.size
        self.registers, self.arena = data[at:at + 2432], data[at + 2432:at + 2432 + ARENA_SIZE]
        at += 2432 + ARENA_SIZE
        self.code = data[at:at + self.size]
        at += self.size
        self.offsets = struct.unpack_from(f"<{self.n}H", data, at)
        self.forms = struct.unpack_from(f"<{self.n}H", data, at + 2 * self.n)
        self.end = at + 4 * self.n

    def record(self):
        """What an executor takes."""
        return Record(self.code, self.registers, self.arena, ARENA_ADDRESS)

    def words(self, result):
        """What the digest is of: checks/program.h says it."""
        out = Registers(result.registers)
        rflags = self.flags & 0xD5 | (0x800 if self.flags & 2 else 0)
        words = [(value - (ARENA_ADDRESS if r in (self.base, RSP) else 0)) & MASK for r, value in
                 enumerate(out.general)] + [out.flags & rflags]
        if self.vector_bytes == 64:
            words += out.mask
        above = (out.x87_status & 0x3800) << 32 | out.x87_control << 16
        for value in out.x87:
            words += [int.from_bytes(value[:8], "little"), int.from_bytes(value[8:10], "little") | above]
        words += [out.mxcsr & ~0x3F]
        blocks = [value[:self.vector_bytes] for value in out.vector[:32 if self.vector_bytes == 64 else 16]]
        blocks += [result.arena[:DATA_SIZE], result.arena[KEPT:KEPT + (self.kept + 7 & ~7)]]
        for block in blocks:
            words += struct.unpack(f"<{len(block) // 8}Q", block)
        return words


def mix(x):
    """agent/base/random.h, random_mix."""
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ x >> 27) * 0x94D049BB133111EB & MASK
    return x ^ x >> 31


def digest(words):
    """program_digest of checks/program_image.c."""
    lanes = [1, 2, 3, 4]
    for i, word in enumerate(words):
        lane = (lanes[i % 4] ^ word) * 0x9E3779B97F4A7C15 & MASK
        lanes[i % 4] = (lane << 29 | lane >> 35) & MASK
    folded = mix(lanes[3] + len(words) & MASK)
    for lane in (lanes[2], lanes[1], lanes[0]):
        folded = mix(lane + folded & MASK)
    return folded


def programs(tool, group, first, count):
    """Programs of a group, from the seed `first` on."""
    return read(subprocess.run([tool, group, str(first), str(count)], stdout=subprocess.PIPE, check=True).stdout)


def beginnings(tool, group, seed):
    """The first instruction of a program, its first two, and so on, to all of it."""
    return read(subprocess.run([tool, group, str(seed), "beginnings"], stdout=subprocess.PIPE, check=True).stdout)


def read(data):
    """The programs that program_dump wrote."""
    made, at = [], 0
    while at < len(data):
        made.append(Program(data, at))
        at = made[-1].end
    return made


def digests(made, executor=bochs_run):
    """Their digests, as an executor leaves them."""
    results = executor.run([program.record() for program in made])
    for program, result in zip(made, results):
        if result.outcome != "ended":
            raise RuntimeError(f"program {program.seed}: {result}")
    return [digest(program.words(result)) for program, result in zip(made, results)]


def table(group):
    """The payload of program_GROUP.bin."""
    with tempfile.TemporaryDirectory() as scratch:
        made = programs(build(scratch), group, 0, SEEDS[group])
    certain = [program for program in made if program.seed not in DOUBTFUL.get(group, {})]
    known = dict(zip((program.seed for program in certain), digests(certain)))
    return struct.pack(f"<{len(made)}Q", *(known.get(program.seed, 0) for program in made))


TABLES = {"program_" + group: functools.partial(table, group) for group in SEEDS}
