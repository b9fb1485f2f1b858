# SPDX-License-Identifier: Apache-2.0
"""The forms of which random programs are made: built and run from tests/model/program_forms.c, which asks libZydis."""
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ["tests/model/program_forms.c", "tests/model/program_forms_describe.c",
           "tests/model/program_forms_names.c", "agent/instruction.c",
           "agent/instruction_excluded.c", "agent/instruction_needs.c"]


VERSION = "4.0"  # of libZydis: another knows other instructions, and every seed would mean another program


def forms():
    """The payload of program_forms.bin; where another libZydis is installed what is committed, and a line says so."""
    with tempfile.TemporaryDirectory() as scratch:
        tool = scratch + "/forms"
        subprocess.run(["cc", "-std=gnu11", "-O1", "-D_GNU_SOURCE", '-DANSWERS_DIR=""', "-I.", "-Iagent", "-o", tool]
                       + SOURCES + ["-lZydis", "-lZycore"], cwd=ROOT, check=True)
        version = subprocess.run([tool, "-v"], stdout=subprocess.PIPE, check=True, text=True).stdout.strip()
        if version != VERSION:
            print(f"program_forms: not made again, libZydis is {version} and not {VERSION}")
            return (ROOT / "checks/answers/program_forms.bin").read_bytes()[64:]
        return subprocess.run([tool], stdout=subprocess.PIPE, check=True).stdout


TABLES = {"program_forms": forms}
