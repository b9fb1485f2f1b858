#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Where Bochs and this CPU differ on random programs, and at which instruction.

program_compare.py [--doubtful] [--first SEED] [--count N] [GROUP ...]

--doubtful prints the table of program_doubtful.py for all seeds that have an answer."""
import argparse
import collections
import struct
import tempfile

import bochs_run
import native_run
import program
from execution import Registers

FLAGS = 16  # which of the words of a digest the flags are
CHUNK = 4000


class Forms:
    """The mnemonics of checks/answers/program_forms.bin, by the index of a form."""

    def __init__(self):
        data = (program.ROOT / "checks/answers/program_forms.bin").read_bytes()[64:]
        n_needs, n_entries, n_forms, _ = struct.unpack_from("<4I", data)
        begin = 16 + 4 * 12 + 8 * n_needs
        names = begin + 8 * n_entries + 32 * n_forms
        self.names = {}
        for entry in struct.iter_unpack("<IHH", data[begin:begin + 8 * n_entries]):
            name = data[names + entry[0]:data.index(0, names + entry[0])].decode()
            self.names.update((form, name) for form in range(entry[1], entry[1] + entry[2]))

    def name(self, form):
        """The mnemonic; helpers have none."""
        return self.names.get(form, "helper")


def differs(made, model, real, flags=True):
    """Whether two results of a program differ in what its digest is of."""
    if model.outcome != "ended" or real.outcome != "ended":
        return model.outcome != real.outcome
    pairs = zip(made.words(model), made.words(real))
    return any(a != b and (flags or i != FLAGS) for i, (a, b) in enumerate(pairs))


def execute(made):
    """Results by Bochs and by this CPU, some thousand programs at a time."""
    for begin in range(0, len(made), CHUNK):
        chunk = made[begin:begin + CHUNK]
        records = [each.record() for each in chunk]
        yield from zip(chunk, bochs_run.run(records, timeout_s=300), native_run.run(records, timeout_s=300))


def culprits(tool, group, different):
    """The mnemonic after which each program differs first: all its beginnings are executed. Where only the flags
    differ at the end, which its beginnings do not compare, it is "flags"."""
    forms, found = Forms(), {whole.seed: "flags" for whole in different}
    beginnings = [each for whole in different for each in program.beginnings(tool, group, whole.seed)]
    for each, model, real in execute(beginnings):
        if found[each.seed] == "flags" and differs(each, model, real, False):
            found[each.seed] = forms.name(each.forms[each.n - 1])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--doubtful", action="store_true")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int)
    parser.add_argument("groups", nargs="*", default=list(program.SEEDS))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        tool = program.build(scratch)
        for group in options.groups:
            made = program.programs(tool, group, options.first, options.count or program.SEEDS[group])
            different = [each for each, model, real in execute(made) if differs(each, model, real)]
            found = culprits(tool, group, different)
            if options.doubtful:
                rows = "".join(f'        {seed}: "{name}",\n' for seed, name in sorted(found.items()))
                print(f'    "{group}": {{\n{rows}    }},')
            else:
                count = collections.Counter(found.values()).most_common()
                print(f"{group}: {len(different)} of {len(made)} differ:", ", ".join(f"{n} {name}" for name, n in count))


if __name__ == "__main__":
    main()
