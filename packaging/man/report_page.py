#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""report_page.py SCHEMA: writes assay.report(5) from conf/assay.report.schema.json, field by field. The page is
committed; a test holds that it is what the schema says."""
import json
import re
import sys

HEAD = """.\\" SPDX-License-Identifier: Apache-2.0
.\\" Made by packaging/man/report_page.py from conf/assay.report.schema.json.
.Dd November 25, 2026
.Dt ASSAY.REPORT 5
.Os
.Sh NAME
.Nm assay.report
.Nd what assay reports, for programs
.Sh DESCRIPTION
.Xr assay-qualify 1
writes a report as one JSON object
.Pq Fl -json
and observations as JSON objects, one to a line
.Pq Fl -observations .
The names of fields are stable; a change that would break a reader gets another number in
.Va schema .
A field that has nothing to say is null, and absent only where its description says so.
Numbers of 64 bits are strings in hexadecimal.
The file
.Pa share/assay/assay.report.schema.json
beneath the prefix of the installation
.Pq Pa /usr/local No unless configured otherwise
describes the same for validators (JSON Schema 2020-12).
"""
TAIL = """.Sh SEE ALSO
.Xr assay 1 ,
.Xr assay-qualify 1 ,
.Xr assay-replay 1
"""


def escape(text):
    """A sentence a line, as manual pages are written; a line must not look like a macro."""
    lines = re.sub(r"(?<=[.?!]) (?=[A-Z])", "\n", text).split("\n")
    return "\n".join("\\&" + line if line[:1] in ".'" else line for line in lines)


def argument(text):
    """A quotation mark would group the arguments of a macro, and be eaten."""
    return text.replace('"', "\\(dq")


def kind(field):
    """What values a field takes, in words."""
    if "const" in field:
        return "always " + json.dumps(field["const"], separators=(", ", ": "))
    if "enum" in field:
        return "one of " + ", ".join("null" if value is None else str(value) for value in field["enum"])
    if "oneOf" in field:
        return "object or null"
    types = field.get("type", "object")
    return types if isinstance(types, str) else " or ".join(types)


def meanings(field):
    """Pairs of a value and what it means, where the schema says so."""
    return list(zip(field.get("enum", []), field.get("enumDescriptions", [])))


def fields(schema, definitions, path=""):
    """Every field below an object: its path, what it takes, what it means, what each value means."""
    for name, field in schema.get("properties", {}).items():
        resolved = {**definitions[field["$ref"].split("/")[-1]], **field} if "$ref" in field else field
        here = path + name
        yield here, kind(resolved), resolved["description"], meanings(resolved)
        inner = next((part for part in resolved.get("oneOf", []) if "properties" in part), resolved)
        items = resolved.get("items", {})
        if "$ref" in field:
            continue
        if "properties" in inner:
            yield from fields(inner, definitions, here + ".")
        elif "properties" in items:
            yield from fields(items, definitions, here + "[].")


def section(title, schema, definitions, out):
    out.append(f".Sh {title}\n.Bl -tag -width Ds\n")
    for path, values, text, listed in fields(schema, definitions):
        out.append(f".It Va {path} No ({argument(values)})\n{escape(text)}\n")
        if listed:
            width = max((value for value, _ in listed), key=len)
            out.append(f".Bl -tag -width {width} -compact\n")
            out.extend(f".It Cm {value}\n{escape(meaning)}\n" for value, meaning in listed)
            out.append(".El\n")
    out.append(".El\n")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    out = [HEAD]
    section("REPORT", schema, schema["$defs"], out)
    section("OBSERVATION", schema["$defs"]["observation"], schema["$defs"], out)
    section("REGISTERS", schema["$defs"]["registers"], schema["$defs"], out)
    section("FACT", schema["$defs"]["fact"], schema["$defs"], out)
    sys.stdout.write("".join(out) + TAIL)


main()
