#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# assay list --coverage: what it says adds up, is the same as JSON and as text, and agrees with assay list.
set -u
. "${srcdir:-.}/tests/e2e/lib.sh"

"$assay" list --json >"$tap_scratch/list.json"
"$assay" list --coverage --json >"$tap_scratch/coverage.json"
"$assay" list --coverage >"$tap_scratch/coverage.txt"

# holds EXPRESSION: true of the coverage `it` and the list of checks `checks`, by name.
holds() {
        /usr/bin/python3 -c 'import json, sys
it = json.load(open(sys.argv[1]))
checks = {c["name"]: c for c in json.load(open(sys.argv[2]))["checks"]}
all_of, totals = it["instructions"], it["totals"]
by = lambda standing: [i for i in all_of if i["standing"] == standing]
sys.exit(not eval(sys.argv[3]))' "$tap_scratch/coverage.json" "$tap_scratch/list.json" "$1" && return
        echo "does not hold: $1"
        return 1
}
tap_ok "it is an object of its schema" holds 'it["schema"] == "assay.coverage/1"'
tap_ok "each instruction stands there once" holds 'len({i["name"] for i in all_of}) == len(all_of) > 500'
tap_ok "each has one of four standings" holds \
        'len(all_of) == sum(len(by(s)) for s in ("known", "voted", "none", "excluded"))'
tap_ok "what is covered names its checks, and only that" holds \
        'all(bool(i["known_by"]) == (i["standing"] == "known") for i in all_of) and all(i["voted_by"] for i in by("voted"))'
tap_ok "what is not covered has a reason, and only that" holds \
        'all(bool(i["reason"]) == (i["standing"] in ("none", "excluded")) for i in all_of)'
tap_ok "the checks are those that this host can run, and have known answers" holds \
        'all(checks[c]["runs"] and checks[c]["known"] for i in all_of for c in i["known_by"])'
tap_ok "those that CPUs vote on are told apart" holds \
        'not any(checks[c]["known"] for i in all_of for c in i["voted_by"])'
tap_ok "no check stands twice" holds 'all(len(set(i["known_by"])) == len(i["known_by"]) for i in all_of)'
tap_ok "every check that this host can run covers something" holds \
        '{c for i in all_of for c in i["known_by"] + i["voted_by"]} == {c for c in checks if checks[c]["runs"]}'
tap_ok "the totals are those of the instructions" holds \
        'all(totals[s] == len(by(s)) for s in ("known", "voted", "none", "excluded")) and totals["instructions"] == len(all_of) - totals["excluded"]'
tap_ok "the families are those of the instructions" holds \
        'all(f[s] == len([i for i in by(s) if i["family"] == f["family"]]) for f in it["families"] for s in ("known", "voted", "none", "excluded"))'
tap_ok "the families add up" holds 'all(sum(f[s] for f in it["families"]) == totals[s] for s in totals if s != "known_percent")'
tap_ok "the parts are right" holds \
        'all(int(f["known"] * 1000 / f["instructions"]) / 10 == f["known_percent"] for f in it["families"] + [totals] if f["instructions"])'
tap_ok "add is known, rdtsc is left out, and neither is missing" holds \
        '{"add": "known", "rdtsc": "excluded", "cpuid": "excluded"}.items() <= {i["name"]: i["standing"] for i in all_of}.items()'

# The same numbers and names in the text, where a line that begins with blanks goes on with the one before.
same_as_text() {
        /usr/bin/python3 -c 'import json, sys
it = json.load(open(sys.argv[1]))
lines = open(sys.argv[2]).read().replace("\n    ", " ").splitlines()
totals = it["totals"]
last = "in all: %d of %d by known answers (%.1f%%), %d by votes alone, %d by nothing" % (
        totals["known"], totals["instructions"], totals["known_percent"], totals["voted"], totals["none"])
missing = [i["name"] for i in it["instructions"] if i["known_by"] and not any(
        l.startswith(i["name"] + ": " + i["known_by"][0]) for l in lines)]
reasons = {i["reason"] for i in it["instructions"] if i["reason"]}
missing += [r for r in reasons if not any(l.startswith(r + ": ") for l in lines)]
named = {word for l in lines if l.split(": ")[0] in reasons for word in l.split(": ")[1].split()}
missing += {i["name"] for i in it["instructions"] if i["reason"]} ^ named
print(missing, lines[-1])
sys.exit(bool(missing) or lines[-1] != last)' "$tap_scratch/coverage.json" "$tap_scratch/coverage.txt"
}
tap_ok "the text says the same" same_as_text

fits() {
        COLUMNS=$1 run "$assay" list --coverage
        expect 0 && [[ -s $tap_scratch/out ]] && ! awk -v width="$1" 'length > width' "$tap_scratch/out" | grep .
}
for columns in 20 40 80 200; do
        tap_ok "in $columns columns" fits "$columns"
done

refused() {
        run "$assay" "$@"
        expect 2 && sentence "$wanted" && [[ ! -s $tap_scratch/out ]]
}
wanted='--coverage' tap_ok "a misspelt option" refused list --coverag3
wanted='add' tap_ok "an operand" refused list --coverage add
full() {
        "$assay" list --coverage "$@" >/dev/full 2>"$tap_scratch/err"
        status=$?
        expect 5
}
tap_ok "a full disk" full
tap_ok "a full disk: JSON" full --json
tap_end
