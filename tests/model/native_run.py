# SPDX-License-Identifier: Apache-2.0
"""Executes records (execution.py) on the CPU that this runs on, for comparison with a model: native_run.c."""
import pathlib
import subprocess
import tempfile

import execution

SOURCE = pathlib.Path(__file__).resolve().parents[2]


class NativeError(Exception):
    """It could not be run; the text says why."""


def build(scratch):
    """Compiles native_run."""
    here = SOURCE / "tests" / "model"
    flags = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE", "-mgeneral-regs-only",
             "-fno-stack-protector", "-fno-strict-aliasing", f"-I{SOURCE}"]
    sources = [here / name for name in ("native_run.c", "native_enter.S", "xsave_image.c")]
    done = subprocess.run(["gcc", *flags, "-o", f"{scratch}/native_run", *sources], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise NativeError(f"gcc failed:\n{done.stdout}")


def run(records, timeout_s=120):
    """Executes the records on this CPU. Returns their results."""
    with tempfile.TemporaryDirectory(prefix="native-") as scratch:
        build(scratch)
        execution.write(records, f"{scratch}/file")
        try:
            done = subprocess.run([f"{scratch}/native_run", f"{scratch}/file"], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout_s,
                                  check=False)
        except subprocess.TimeoutExpired as error:
            raise NativeError(f"native_run did not end within {timeout_s} s") from error
        if done.returncode:
            raise NativeError(done.stdout.strip())
        return execution.read(records, f"{scratch}/file")
