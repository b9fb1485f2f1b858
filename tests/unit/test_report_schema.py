#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reports of made-up evidence against conf/assay.report.schema.json, by a validator that is not ours; and broken
reports, each of which it must refuse."""
import copy
import json
import os
import subprocess
import sys

SOURCE = os.environ.get("srcdir", ".")
RENDER = os.environ.get("RENDER", "tests/golden/render")
count = failed = 0


def ok(good, what):
    global count, failed
    count += 1
    failed += not good
    print(f"{'' if good else 'not '}ok {count} - {what}", flush=True)


def render(*arguments):
    return subprocess.run([RENDER, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def undescribed(schema, path=""):
    """The fields without a description, anywhere in the schema."""
    for name, field in schema.get("properties", {}).items():
        if "description" not in field:
            yield path + name
    for part in schema.values():
        if isinstance(part, dict) and "if" not in part:
            yield from undescribed(part, path + "/")


def unexplained(schema, path=""):
    """Lists of values of which not each is explained, where any is; and the lists that have to be."""
    for name, field in schema.get("properties", {}).items():
        explained = field.get("enumDescriptions")
        if explained is not None and (len(explained) != len(field["enum"]) or not all(explained)):
            yield path + name
        if explained is None and path + name in ("kind", "experiment", "class"):
            yield path + name
        yield from unexplained(field, path + name + ".")


def breakages(report):
    """Reports that are wrong in one way each."""
    def broken(what, change):
        other = copy.deepcopy(report)
        change(other)
        return what, other

    for field in report:
        yield broken(f"without {field}", lambda r, f=field: r.pop(f))
    for field in report["verdict"]:
        yield broken(f"verdict without {field}", lambda r, f=field: r["verdict"].pop(f))
    for field in report["observations"][0]:
        yield broken(f"observation without {field}", lambda r, f=field: r["observations"][0].pop(f))
    yield broken("another schema", lambda r: r.update(schema="assay.report/2"))
    yield broken("an unknown field", lambda r: r.update(surplus=1))
    yield broken("an unknown class", lambda r: r["verdict"].update({"class": "fine"}))
    yield broken("hardware without a CPU", lambda r: r["verdict"].update(cpus=[]))
    yield broken("healthy with a CPU blamed", lambda r: r["verdict"].update({"class": "healthy"}))
    yield broken("a CPU twice", lambda r: r["verdict"].update(cpus=[5, 5]))
    yield broken("a CPU as text", lambda r: r["verdict"].update(cpus=["5"]))
    yield broken("confidence above 1", lambda r: r["verdict"].update(confidence=1.5))
    yield broken("a seed as a number", lambda r: r["request"].update(seed=42))
    yield broken("a drill of its own", lambda r: r["request"].update(drill="flood"))
    yield broken("a niceness that takes a privilege", lambda r: r["request"].update(nice=-1))
    yield broken("a history that is no list", lambda r: r["request"].update(history="report.json"))
    for field in report["request"]:
        yield broken(f"request without {field}", lambda r, f=field: r["request"].pop(f))
    yield broken("siblings as a list in text", lambda r: r["cpus"][0].update(siblings="0,8"))
    yield broken("a tally cut short", lambda r: r["cpus"][0]["regimes"]["quiet"].pop())
    yield broken("a regime of its own", lambda r: r["cpus"][0]["regimes"].update(noise=[0] * 7))
    yield broken("a stress of its own", lambda r: r["cpus"][0]["stress"].update(shaking=1))
    yield broken("a negative count", lambda r: r["cpus"][0].update(rounds=-1))
    yield broken("a fact without source", lambda r: r["host"]["facts"]["kernel"].pop("source"))
    yield broken("a death on a mismatch", lambda r: r["observations"][0].update(death={}))
    yield broken("an exit status of 256", lambda r: r.update(exit_status=256))


def main():
    try:
        import jsonschema
    except ImportError:
        print("1..0 # SKIP python3-jsonschema is not installed")
        return 77
    with open(os.path.join(SOURCE, "conf/assay.report.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    record = jsonschema.Draft202012Validator({"$ref": "#/$defs/observation", "$defs": schema["$defs"]})
    missing = list(undescribed(schema))
    ok(not missing, f"every field is described {missing}")
    loose = list(unexplained(schema["$defs"]["observation"])) + list(unexplained(schema["properties"]["verdict"]))
    ok(not loose, f"every kind, experiment and class is explained, and no list in part {loose}")
    page = subprocess.run([sys.executable, os.path.join(SOURCE, "packaging/man/report_page.py"),
                           os.path.join(SOURCE, "conf/assay.report.schema.json")],
                          check=True, stdout=subprocess.PIPE, text=True).stdout
    with open(os.path.join(SOURCE, "packaging/man/assay.report.5"), encoding="utf-8") as file:
        ok(page == file.read(), "assay.report(5) says what the schema says (made by packaging/man/report_page.py)")
    for scene in render().split():
        report = json.loads(render(scene, "json"))
        errors = [error.message[:200] for error in validator.iter_errors(report)]
        ok(not errors, f"{scene} is a report {errors[:3]}")
        lines = [json.loads(line) for line in render(scene, "ndjson").splitlines()]
        ok(all(record.is_valid(line) for line in lines), f"{scene}: {len(lines)} lines are observations")
        told = [line["answers_intact"] for line in lines if not line["evidence"]]
        ok(not any(isinstance(intact, bool) for intact in told),
           f"{scene}: nothing is said of answers that were not looked at ({len(told)} observations accuse nobody)")
    deaths = {scene: json.loads(render(scene, "json"))["observations"][0] for scene in ("crash", "hang")}
    ok(deaths["crash"]["death"]["address"] and deaths["crash"]["unit"], "a crash has a fault's address and a unit")
    ok(deaths["hang"]["death"]["address"] is None and deaths["hang"]["unit"] is None, "a hang has neither")
    report = json.loads(render("erratum", "json"))
    erratum = {"name": "fictional-rsp", "check": "state_hold", "cpus": "1", "recorded": 1,
               "means": "On every model that was made up here %rsp is told late.",
               "published": "https://example.org/errata", "advice": "Nothing to do: nobody asks."}
    ok(report["errata"] == [erratum] and report["verdict"]["advice"] == erratum["advice"] and
       erratum["name"] in report["verdict"]["summary"], "an erratum is named, and what to do about it")
    for what, report in breakages(json.loads(render("repeated", "json"))):
        ok(not validator.is_valid(report), f"refused: {what}")
    print(f"1..{count}")
    return bool(failed)


sys.exit(main())
