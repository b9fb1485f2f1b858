#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# assay host and assay list: what they say fits the terminal, is JSON where asked for, and needs nothing of the host.
set -u
. "${srcdir:-.}/tests/e2e/lib.sh"

fits() {
        COLUMNS=$2 run "$assay" "$1"
        expect 0 && [[ -s $tap_scratch/out ]] && ! awk -v width="$2" 'length > width' "$tap_scratch/out" | grep .
}
for columns in 20 40 80 200; do
        tap_ok "host in $columns columns" fits host "$columns"
        tap_ok "list in $columns columns" fits list "$columns"
done

# says COMMAND EXPRESSION: true of the object that COMMAND --json prints.
says() {
        run "$assay" "$1" --json
        expect 0 && /usr/bin/python3 -c 'import json, sys
it = json.load(open(sys.argv[1]))
sys.exit(not eval(sys.argv[2]))' "$tap_scratch/out" "$2" && return
        echo "does not hold: $2"
        show
        return 1
}
tap_ok "host: its schema" says host 'it["schema"] == "assay.host/1"'
tap_ok "host: each fact has a source, or says why it is absent" \
        says host 'all(f["source"] and f["value"] != "" for f in it["host"]["facts"].values()) and len(it["host"]["facts"]) >= 20'
tap_ok "host: every online CPU" \
        says host 'len([c for c in it["host"]["cpus"] if c["online"]]) == '"$(getconf _NPROCESSORS_ONLN)"
tap_ok "host: the flags of /proc/cpuinfo agree" says host \
        'set(it["host"]["features"]) & {"sse2", "avx", "avx2", "avx512f"} == set(open("/proc/cpuinfo").read().split()) & {"sse2", "avx", "avx2", "avx512f"}'
tap_ok "list: its schema" says list 'it["schema"] == "assay.list/1"'
tap_ok "list: each check says what it detects, its cost, and why it cannot run" says list \
        'it["checks"] and all(c["detects"] and 0 < c["round_us_max"] <= 5000 and c["runs"] == (not c["missing"]) for c in it["checks"])'
tap_ok "list: assay-list(1) describes every field" says list \
        'all(k in open("'"$source"'/packaging/man/assay-list.1").read().split(".Sh JSON")[1].split(".Va instructions")[0].split() for c in it["checks"] for k in c)'
tap_ok "host: the schema of reports describes every field" says host \
        'set(it["host"]) == set(json.load(open("'"$source"'/conf/assay.report.schema.json"))["properties"]["host"]["properties"])'
tap_ok "list: names are unique" says list 'len({c["name"] for c in it["checks"]}) == len(it["checks"])'

refused() {
        run "$assay" "$@"
        expect 2 && sentence && [[ ! -s $tap_scratch/out ]]
}
tap_ok "host: an operand too many" refused host now
tap_ok "host: an unknown option" refused host --jsno
tap_ok "host: a configuration that does not exist" refused host --config "$tap_scratch/none.conf"
tap_ok "list: an unknown option" refused list -x
printf '[host]\nidentity-comand = true\n' >"$tap_scratch/wrong.conf"
named() {
        refused host --config "$tap_scratch/wrong.conf" && sentence "wrong\.conf:2: .*'identity-command'"
}
tap_ok "host: a wrong key is named with its file and line" named

printf '[host]\nidentity-command = sleep 100\n' >"$tap_scratch/slow.conf"
slow() {
        local begin=$SECONDS
        run "$assay" host --config "$tap_scratch/slow.conf"
        expect 0 && ((SECONDS - begin < 5)) && tr -s ' \n' ' ' <"$tap_scratch/out" | grep -q 'took over a second'
}
tap_ok "host: an identity command that hangs is bounded" slow

# A run goes on without that name, and says so.
unnamed() {
        printf '[host]\nidentity-command = cd / ; no-such-command\n' >"$tap_scratch/bad.conf"
        run "$assay" qualify --no-progress --duration 1s --checks state_flags --regimes quiet --config "$tap_scratch/bad.conf"
        expect 0 4 && sentence 'identity-command ended with status 127 \(not found\): correct it'
}
tap_ok "qualify: an identity command that fails" unnamed

# whole COMMAND...: assay host under it succeeds and says nothing on standard error.
whole() {
        run "$@" "$assay" host
        expect 0 && [[ -s $tap_scratch/out && ! -s $tap_scratch/err ]]
}
tap_ok "host: sched_setaffinity forbidden" whole tests/e2e/deny sched_setaffinity
if is_root && setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
        tap_ok "host: as nobody" whole setpriv --reuid 65534 --regid 65534 --clear-groups
else
        tap_skip "host: as nobody" "only root can become nobody, with setpriv(1)"
fi
if is_root && unshare -m true 2>/dev/null; then
        tap_ok "host: no /sys" whole unshare -m sh -c 'mount -t tmpfs none /sys && exec "$@"' sh
        tap_ok "host: no /sys and no /proc" whole unshare -m sh -c 'mount -t tmpfs none /sys && mount -t tmpfs none /proc && exec "$@"' sh
        tap_ok "host: as PID 1" whole unshare -pf --mount-proc
else
        tap_skip "host: no /sys" "mount namespaces are not permitted"
        tap_skip "host: no /sys and no /proc" "mount namespaces are not permitted"
        tap_skip "host: as PID 1" "process namespaces are not permitted"
fi

full() {
        "$assay" "$1" >/dev/full 2>"$tap_scratch/err" </dev/null
        status=$?
        expect 5 && sentence '(No space left on device|a part is lost, as on a full disk); send it elsewhere'
}
closed() {
        "$assay" "$1" >&- 2>"$tap_scratch/err" </dev/null
        status=$?
        expect 5 && sentence 'standard output'
}
for command in host list --help --version; do
        tap_ok "$command: a full disk" full "$command"
        tap_ok "$command: a closed output" closed "$command"
done
tap_end
