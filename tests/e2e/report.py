#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Evaluates a Python expression about a JSON report: report.py FILE EXPRESSION.

`report` is the whole object, `verdict` its verdict, `kinds` the set of the kinds of its observations. Prints the
value; exits 0 where it is true, 1 where it is false, 2 where the report cannot be read."""
import json
import sys


def main():
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            report = json.load(file)
    except (OSError, ValueError) as error:
        print(f"{sys.argv[1]}: {error}")
        return 2
    names = {
        "report": report,
        "verdict": report["verdict"],
        "kinds": {observation["kind"] for observation in report.get("observations", [])},
    }
    value = eval(sys.argv[2], names)
    print(value)
    return 0 if value else 1


sys.exit(main())
