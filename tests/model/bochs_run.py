# SPDX-License-Identifier: Apache-2.0
"""Executes records (execution.py) on an emulated CPU: Bochs, which shares nothing with the CPU under test and nothing
with our models. The machine is a ROM of ours (bochs/) and a disk with the records: no BIOS, no operating system."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import execution

SOURCE = pathlib.Path(__file__).resolve().parents[2]
GUEST = SOURCE / "tests" / "model" / "bochs"
C_FLAGS = ("-std=gnu11 -O2 -ffreestanding -fno-pic -fno-pie -mcmodel=kernel -mgeneral-regs-only -mno-red-zone "
           "-fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables -fno-strict-aliasing "
           "-Wall -Wextra -Werror").split()
LINK_FLAGS = ["-nostdlib", "-static", "-Wl,--build-id=none", "-Wl,-z,max-page-size=4096", "-Wl,--no-warn-rwx-segments",
              f"-Wl,-T,{GUEST}/guest.ld"]
HEADS, SECTORS_PER_TRACK = 16, 63
MODEL = "tigerlake"  # `ryzen` has SSE4A instead of AVX-512

# The display "term" needs no screen, no network and, with TERM=dumb, no terminal. The fewer instructions a second
# the shorter the disk's seeks, which last by the clock.
CONFIGURATION = """
config_interface: textconfig
display_library: term
plugin_ctrl: speaker=0, serial=0, parallel=0, gameport=0
cpu: model={model}, count=1, ips=1000000, reset_on_triple_fault=0
memory: guest=32, host=32
romimage: file={scratch}/guest.rom
vga: extension=none
pci: enabled=0
ata0: enabled=1
ata1: enabled=0
ata0-master: type=disk, mode=flat, path={scratch}/disk, cylinders={cylinders}, heads={heads}, spt={spt}
boot: disk
port_e9_hack: enabled=1
log: {scratch}/log
debugger_log: /dev/null
panic: action=fatal
error: action=report
info: action=ignore
debug: action=ignore
"""


class BochsError(Exception):
    """It could not be run; the text says what to do."""


def available():
    """None, or the reason why it cannot run here."""
    tools = (("bochs", "bochs bochs-term"), ("gcc", "gcc"), ("ld", "binutils"), ("objcopy", "binutils"))
    for tool, packages in tools:
        if not shutil.which(tool):
            return f"{tool} is not installed (Debian: apt-get install {packages})"
    return None


def call(*arguments, **options):
    """Runs a program without input. Returns its exit status and what it said."""
    done = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, **options)
    return done.returncode, done.stdout.decode(errors="replace")


def version():
    """Of the installed Bochs: "2.7"."""
    return re.search(r"Emulator (\S+)", call("bochs", "--help")[1]).group(1)


def build(scratch):
    """Makes guest.rom."""
    sources = sorted(GUEST.glob("*.[cS]")) + [GUEST.parent / "xsave_image.c"]
    for step in (("gcc", *C_FLAGS, f"-I{SOURCE}", *LINK_FLAGS, "-o", scratch / "guest.elf", *sources),
                 ("objcopy", "-O", "binary", scratch / "guest.elf", scratch / "guest.rom")):
        status, said = call(*step)
        if status:
            raise BochsError(f"{step[0]} failed:\n{said}")


def emulate(scratch, timeout_s):
    """Runs Bochs on the scratch directory's machine until the guest ends it."""
    arguments = ["bochs", "-q", "-f", scratch / "configuration"]
    if "-rc " in call("bochs", "--help")[1]:  # one that is built with its debugger waits for a command
        (scratch / "commands").write_text("continue\nquit\n")
        arguments += ["-rc", scratch / "commands"]
    environment = {"TERM": "dumb", "PATH": os.environ["PATH"], "HOME": str(scratch)}
    try:
        said = call(*arguments, timeout=timeout_s, cwd=scratch, env=environment)[1]
    except subprocess.TimeoutExpired as error:
        raise BochsError(f"Bochs did not end within {timeout_s} s") from error
    if "'term' not available" in said:
        raise BochsError("this Bochs has no display `term` (Debian: apt-get install bochs-term)")
    if "\ndone\n" not in said:
        log = scratch / "log"
        log = log.read_text(errors="replace") if log.exists() else ""
        raise BochsError("Bochs ended before the guest did; the end of what it said:\n" + said[-2000:] + log[-2000:])


def run(records, model=MODEL, timeout_s=120):
    """Executes the records on an emulated CPU of this model (`bochs --help cpu`). Returns their results."""
    reason = available()
    if reason:
        raise BochsError(reason)
    with tempfile.TemporaryDirectory(prefix="bochs-") as directory:
        scratch = pathlib.Path(directory)
        build(scratch)
        cylinder = HEADS * SECTORS_PER_TRACK
        size = execution.write(records, scratch / "disk", cylinder)
        (scratch / "configuration").write_text(CONFIGURATION.format(
            model=model, scratch=scratch, cylinders=size // cylinder, heads=HEADS, spt=SECTORS_PER_TRACK))
        emulate(scratch, timeout_s)
        return execution.read(records, scratch / "disk")
