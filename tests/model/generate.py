#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the tables of known answers under checks/answers/, or proves that they are what the models say.

generate.py [--check] [--jobs N] [TABLE ...]

A model is a module beside this file, listed in MODELS, with TABLES = {name: function() -> payload bytes}. The
models are independent of the CPU under test: Python integers only, no float arithmetic in any answer."""
import argparse
import importlib
import multiprocessing
import pathlib
import struct
import sys
import zlib

MODELS = [
    "fma_chain",
    "crypto",
    "vector_bf16",
    "vector_convert",
    "vector_float",
    "vector_integer",
    "vector_lines",
    "vector_multiply",
    "integer",
    "scalar",
    "scalar_x87",
    "scalar_x87_forms",
    "amx",
    "library",
    "program_forms",
    "program",
    "branch",
]
ANSWERS = pathlib.Path(__file__).resolve().parents[2] / "checks" / "answers"
MAGIC = b"assay-answers\n\0\0"
VERSION = 1


def table_file(name, payload):
    """The whole file: the header that checks/answers.h describes, and the payload."""
    return MAGIC + struct.pack("<IIQ32s", VERSION, zlib.crc32(payload), len(payload), name.encode()) + payload


def work(job):
    """Makes one table; with `check` compares it. Returns the line to print and whether all is well."""
    module, name, check = job
    data = table_file(name, importlib.import_module(module).TABLES[name]())
    path = ANSWERS / (name + ".bin")
    if not check:
        path.write_bytes(data)
        return True, f"{name}: {len(data)} bytes written"
    same = path.exists() and path.read_bytes() == data
    return same, f"{name}: {'as the model says' if same else 'DIFFERS from the model'}"


def main():
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("tables", nargs="*", help="only these (all by default)")
    options = parser.parse_args()
    jobs = [(m, name, options.check) for m in MODELS for name in importlib.import_module(m).TABLES
            if not options.tables or name in options.tables]
    unknown = set(options.tables) - {job[1] for job in jobs}
    if unknown:
        parser.error(f"no model makes {', '.join(sorted(unknown))}")
    stray = {p.stem for p in ANSWERS.glob("*.bin")} - {job[1] for job in jobs}
    good = True
    if not options.tables and stray:
        print(f"checks/answers/ holds tables that no model makes: {', '.join(sorted(stray))}")
        good = False
    with multiprocessing.Pool(options.jobs) as pool:
        for well, line in pool.imap_unordered(work, jobs):
            print(line)
            good &= well
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
