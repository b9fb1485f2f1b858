#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The emulated CPU (bochs_run.py) says what is known: single facts, then the same code on this CPU (native_run.py)."""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bochs_limits  # noqa: E402
import bochs_run  # noqa: E402
import native_run  # noqa: E402
from execution import RESUME, Record, Registers, Result  # noqa: E402
from random64 import Random  # noqa: E402

ARENA, CODE = 0x10000000, 0x20000000
FLAG_CF, FLAG_PF, FLAG_AF, FLAG_ZF, FLAG_SF, FLAG_OF = 1, 4, 16, 64, 128, 2048
RAX, RCX, RDX, RBX, RSP, RBP = range(6)


def start(random, **changes):
    """Registers that all differ, rsp in the middle of the arena."""
    registers = Registers()
    registers.general = [random.next() for _ in range(16)]
    registers.general[RSP] = ARENA + 2048
    registers.mask = [random.next() for _ in range(8)]
    registers.vector = [b"".join(random.next().to_bytes(8, "little") for _ in range(8)) for _ in range(32)]
    registers.x87 = [(random.next() | 1 << 63 | 0x3FFF + i << 64).to_bytes(10, "little") for i in range(8)]
    for name, value in changes.items():
        setattr(registers, name, value)
    return registers


def with_general(random, **values):
    """start() with some general registers set: rax=1."""
    registers = start(random)
    for name, value in values.items():
        registers.general[globals()[name.upper()]] = value
    return registers


def packed_add(a, b, mask, merge):
    """vpaddd with merging: 16 lanes."""
    x, y, z = ([int.from_bytes(v[4 * i:4 * i + 4], "little") for i in range(16)] for v in (a, b, merge))
    return b"".join(((x[i] + y[i] & 0xFFFFFFFF) if mask >> i & 1 else z[i]).to_bytes(4, "little") for i in range(16))


def facts(random):
    """(what, record, changes): after the record all is as before but for the changes, which are a dictionary of
    names of Registers or ("general", number), or the Result's fields."""
    arena = bytes(random.next() & 255 for _ in range(4096))
    add = with_general(random, rax=0x7FFFFFFFFFFFFFFF, rbx=1)
    divide = with_general(random, rax=1, rdx=0, rcx=0)
    masked, push, root = start(random), start(random), start(random)
    root.x87[0] = bytes([0] * 7 + [0x80, 0x01, 0x40])  # 4.0
    value = push.general[RAX]
    pushed = arena[:2040] + value.to_bytes(8, "little") + arena[2048:]
    relative = start(random)
    return [
        ("add and its flags", Record(b"\x48\x01\xd8", add.pack(), arena),
         {("general", RAX): 1 << 63, "flags": FLAG_OF | FLAG_SF | FLAG_AF | FLAG_PF}),
        ("vpaddd %zmm3, %zmm2, %zmm1{%k5}", Record(bytes.fromhex("62f16d4dfecb"), masked.pack(), arena),
         {("vector", 1): packed_add(masked.vector[2], masked.vector[3], masked.mask[5], masked.vector[1])}),
        ("fsqrt of 4", Record(b"\xd9\xfa", root.pack(), arena), {("x87", 0): bytes([0] * 7 + [0x80, 0x00, 0x40])}),
        ("push into the arena", Record(b"\x50", push.pack(), arena), {("general", RSP): ARENA + 2040, "arena": pushed}),
        ("a load relative to rip, the end's jump", Record(bytes.fromhex("488b0500000000"), relative.pack(), arena),
         {("general", RAX): int.from_bytes(b"\xff\x25\0\0\0\0" + (RESUME & 0xFFFF).to_bytes(2, "little"), "little")}),
        ("ud2 is an invalid opcode", Record(b"\x90\x0f\x0b", relative.pack(), arena),
         {"outcome": "fault", "vector": 6, "rip": CODE + 1}),
        ("a division by zero", Record(b"\x48\xf7\xf1", divide.pack(), arena),
         {"outcome": "fault", "vector": 0, "rip": CODE}),
        ("a store below the arena's page",
         Record(bytes.fromhex("48890425") + (ARENA - 8192).to_bytes(4, "little"), relative.pack(), arena),
         {"outcome": "fault", "vector": 14, "error_code": 6, "rip": CODE, "address": ARENA - 8192}),
        ("an endless loop is stopped", Record(b"\xeb\xfe", relative.pack(), arena), {"outcome": "timeout"}),
        ("user mode: hlt is refused", Record(b"\xf4", relative.pack(), arena),
         {"outcome": "fault", "vector": 13, "rip": CODE}),
    ]


def expected(record, changes):
    """The result that a fact promises: what went in, and the changes."""
    result = object.__new__(Result)
    registers = Registers(record.registers)
    registers.flags = 0x202
    result.outcome, result.arena, result.x87_tags = "ended", record.arena, record.x87_tags
    result.vector = result.error_code = result.rip = result.address = 0
    for name, value in changes.items():
        if isinstance(name, tuple):
            getattr(registers, name[0])[name[1]] = value
        elif name == "flags":
            registers.flags |= value
        else:
            setattr(result, name, value)
    result.registers = registers.pack()
    return result


def differences(result, wanted, width=64, registers=32):
    """The names of the parts in which two results differ, of vectors the first bytes of the first registers."""
    bad = [f"{name} {getattr(result, name)} {getattr(wanted, name)}" for name in vars(wanted)
           if name not in ("registers", "arena") and getattr(result, name) != getattr(wanted, name)]
    if result.arena != wanted.arena:
        bad.append("the arena")
    got, want = vars(Registers(result.registers)), vars(Registers(wanted.registers))
    for side in (got, want):
        side["vector"] = [value[:width] for value in side["vector"][:registers]]
        if width < 64:
            del side["mask"]
    return bad + [f"{name} {got[name]} {want[name]}" for name in got if got[name] != want[name]]


class Tap:
    """Counts and prints."""

    def __init__(self):
        self.number, self.bad = 0, 0

    def ok(self, what, lines):
        """A case is good when there is no line to say about it."""
        self.number += 1
        self.bad += bool(lines)
        print(f"{'not ' if lines else ''}ok {self.number} - {what}")
        for line in lines[:5]:
            print(f"# {line}"[:400])

    def skip(self, what, why):
        """A case that cannot run here."""
        self.number += 1
        print(f"ok {self.number} - {what} # SKIP {why}")


def compare_native(tap, cases, results):
    """The same records on this CPU. One without AVX-512 is compared as far as it reaches."""
    try:
        native = native_run.run([record for _, record, _ in cases])
    except native_run.NativeError as error:
        tap.skip("the same on this CPU", str(error))
        return
    wide = native[1].outcome == "ended"
    reach = (64, 32) if wide else (32, 16)
    lines = []
    for number, (what, _, _) in enumerate(cases):
        if wide or number != 1:
            lines += [f"{what}: {line}" for line in differences(native[number], results[number], *reach)]
    tap.ok("the same on this CPU", lines)


def many(tap, random):
    """Every record has its own result, in their order, and arenas of every size and place come back."""
    records, wanted = [], []
    for i in range(300):
        registers = with_general(random, rax=random.next(), rbx=random.next())
        arena = bytes(random.next() & 255 for _ in range(i * 27))
        at = ARENA + 64 * (random.next() % 64)
        code = b"\x48\x01\xd8" * (1 + i % 64)
        record = Record(code, registers.pack(), arena, arena_address=at, code_address=CODE + i * 7)
        records.append(record)
        wanted.append((sum([registers.general[RAX]] + [registers.general[RBX]] * (1 + i % 64)) & (1 << 64) - 1, arena))
    results = bochs_run.run(records)
    tap.ok("300 records, each its result", [f"record {i}" for i, (result, want) in enumerate(zip(results, wanted))
                                            if (Registers(result.registers).general[RAX], result.arena) != want])


# Code whose exception or wrong result bochs_limits.py promises; each is one instruction.
UNKNOWN = {"vcvtneps2bf16": "62f27e4872c1", "vdpbf16ps": "62f2764852c1", "vpdpbusd": "c4e27150c1", "movdiri": "0f38f901",
           "movdir64b": "660f38f801", "extrq": "660f79c1", "vgatherdpd": "62f2fd41920cc500000010"}


def limits(tap, random):
    """The table of what Bochs cannot do is true of this one: it refuses what it does not know, and errs."""
    what = "what bochs_limits.py names is refused or wrong"
    if bochs_run.version() != bochs_limits.VERSION:
        tap.skip(what, f"the table is of Bochs {bochs_limits.VERSION}")
        return
    shift, carry, spread = start(random), with_general(random, rax=(1 << 64) - 1, rbx=2), start(random)
    names, codes = zip(*UNKNOWN.items())
    results = bochs_run.run([Record(bytes.fromhex(code), shift.pack()) for code in codes] +
                            [Record(bytes.fromhex("660f73d140"), shift.pack()),       # psrlq $64, %xmm1
                             Record(bytes.fromhex("f3480f38f6c3"), carry.pack()),     # adox %rbx, %rax
                             Record(bytes.fromhex("62f2fe082ac9"), spread.pack())])   # vpbroadcastmb2q %k1, %xmm1
    after = [Registers(result.registers) for result in results[len(codes):]]
    lines = [f"{name}: {result.outcome}" for name, result in zip(names, results)
             if (result.outcome, result.vector) != ("fault", 6)]
    right = (("psrlq", after[0].vector[1][:16] == bytes(16)), ("adox", after[1].flags & FLAG_OF),
             ("vpbroadcastmb2q", after[2].vector[1][16:] == bytes(48)))
    lines += [f"{name} is right" for name, well in right if well]
    lines += [f"{name} is not in the table" for name in names + tuple(name for name, _ in right)
              if name not in bochs_limits.excluded(with_flags=False)]
    tap.ok(what, lines)


def refusals(tap):
    """What it cannot do it says."""
    lines = []
    registers = Registers().pack()
    for what, arguments in (("no code", {"code": b""}), ("a low address", {"code": b"\x90", "code_address": 4096}),
                            ("code in the arena", {"code": b"\x90", "arena": b"1", "code_address": ARENA + 4096}),
                            ("a large arena", {"code": b"\x90", "arena": bytes(8193)})):
        try:
            Record(registers=registers, **arguments)
            lines.append(f"{what} is taken")
        except ValueError:
            pass
    tap.ok("records that cannot be are refused", lines)
    try:
        bochs_run.run([Record(b"\x90", registers)], model="pentium")
        lines = ["a CPU without AVX ran it"]
    except bochs_run.BochsError as error:
        lines = [] if "Bochs ended before the guest did" in str(error) else [str(error)]
    tap.ok("a CPU model that cannot run the guest is an error", lines)
    empty = subprocess.run([sys.executable, "-B", "-c", "import bochs_run; print(bochs_run.available())"], check=False,
                           capture_output=True, text=True, cwd=os.path.dirname(os.path.abspath(__file__)),
                           env={"PATH": "/nowhere"})
    tap.ok("without Bochs it says what to install", [] if "bochs is not installed" in empty.stdout else [empty.stdout])


def main():
    reason = bochs_run.available()
    if reason:
        print(f"1..0 # SKIP {reason}")
        return 0
    random = Random(int(os.environ.get("TAP_SEED", "27"), 0))
    print(f"# seed {random.state} (TAP_SEED=... to repeat)")
    tap = Tap()
    with tempfile.TemporaryDirectory() as scratch:
        tempfile.tempdir = scratch
        cases = facts(random)
        results = bochs_run.run([record for _, record, _ in cases])
        for (what, record, changes), result in zip(cases, results):
            tap.ok(what, differences(result, expected(record, changes)))
        extract = start(random)
        amd = bochs_run.run([Record(bytes.fromhex("660f78c10808"), extract.pack())], model="ryzen")[0]
        low = extract.vector[1][1:2].ljust(8, b"\0")
        tap.ok("extrq, of AMD alone, on the model `ryzen`",
               [] if Registers(amd.registers).vector[1][:8] == low and amd.outcome == "ended" else [amd.outcome])
        compare_native(tap, cases, results)
        noticed = [wanted for (_, record, changes), wanted in zip(cases, results)
                   if not differences(expected(record, {**changes, ("general", RBP): 1}), wanted)]
        tap.ok("a result with another register is noticed", noticed)
        many(tap, random)
        limits(tap, random)
        refusals(tap)
        tempfile.tempdir = None
        tap.ok("nothing is left behind", os.listdir(scratch))
    print(f"1..{tap.number}")
    return int(bool(tap.bad))


if __name__ == "__main__":
    sys.exit(main())
