#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Rounds that several CPUs run together, in the whole program: silent on healthy CPUs, however busy; their drill names the
# CPU that is struck; a replay starts the partners too; one CPU alone leaves them out and says so.
set -u
. "${srcdir:-.}/tests/e2e/lib.sh"

if (($(nproc) < 2)); then
        tap_skip "rounds of several CPUs" "this process may use one CPU only"
        tap_end
fi
together=(qualify --no-progress --checks 'coherence_*' --stress none --json "$report")

everything_runs() {
        run "$assay" "${together[@]}" --regimes quiet --duration 10s
        healthy && holds 'not [s for s in report["skipped"] if s["what"] in ("item", "cpu")]'
}
tap_ok "coherence in quiet: everything runs, nothing is wrong" everything_runs

in_signals() {
        run "$assay" "${together[@]}" --duration 8s
        expect 0 4 && blames_nothing &&
                holds '{i["regime"] for i in report["plan"]["items"]} == {"quiet", "timer", "storm-async"}'
}
tap_ok "and in timer and storm-async, in no other regime" in_signals

# Busy loops, two for each CPU, for the time of a command.
beside_load() {
        local i loads=()
        for ((i = 0; i < 2 * $(nproc); i++)); do
                while :; do :; done 9>&- &
                loads+=($!)
        done
        "$@"
        kill "${loads[@]}"
        wait "${loads[@]}" 2>/dev/null
}
busy() {
        beside_load run "$assay" "${together[@]}" --duration 8s
        expect 0 4 && blames_nothing &&
                holds 'sum(t[1] for c in report["cpus"] for t in c["regimes"].values()) > 10'
}
tap_ok "beside busy loops on every CPU: rounds come about, nothing is wrong" busy

stopped_in_turn() {
        local victim
        start "$assay" "${together[@]}" --duration 8s
        wait_for_workers 2 || return
        while kill -0 "$started" 2>/dev/null; do
                victim=$(workers | shuf -n 1)
                [[ $victim ]] && kill -STOP "$victim" 2>/dev/null
                sleep 0.0$((RANDOM % 10))
                [[ $victim ]] && kill -CONT "$victim" 2>/dev/null
                sleep 0.05
        done
        finish
        expect 0 4 && blames_nothing &&
                holds 'sum(t[7] for c in report["cpus"] for t in c["regimes"].values()) > 0'
}
tap_ok "workers stopped and continued in the middle of rounds: those are counted, nothing is wrong" stopped_in_turn

drilled() {
        run "$assay" drill --kind bit --cpu "$last_cpu" --checks 'coherence_*' --stress none --no-progress \
                --duration 5s --json "$report"
        expect 1 && holds "verdict['cpus'] == [$last_cpu] and verdict['repeated']" &&
                holds "all(len(o['together']) > 1 for o in report['observations'] if o['evidence'])" &&
                grep -qE "^$assay replay coherence_.* --cpu 0[-,]" "$tap_scratch/out"
}
tap_ok "drill: the CPU that is struck is named, and the command names all that took part" drilled

replayed() {
        cp "$report" "$tap_scratch/drilled.json"
        run "$assay" replay "$tap_scratch/drilled.json" --times 3 --regime quiet
        expect 0 && ! grep -q ': 0 rounds' "$tap_scratch/out"
}
tap_ok "replay: the rounds of that report run with their partners, and pass" replayed

named() {
        run "$assay" replay coherence_order:0x2a:0.0.5 --times 10 --cpu 0
        expect 0 && grep -q 'on CPU 0.*: [1-9][0-9]* rounds, 0 failures' "$tap_scratch/out" &&
                run taskset -c 0 "$assay" replay coherence_order:0x2a:0.0.5 --cpu 0 &&
                expect 4 && sentence 'needs two CPUs'
}
tap_ok "replay: a named round takes a partner; on one CPU it says what it needs" named

alone() {
        run "$assay" qualify --no-progress --duration 3s --cpus 0 --checks 'coherence_add,integer_add' --regimes quiet \
                --stress none --json "$report"
        healthy && holds '[s["check"] for s in report["skipped"] if "two CPUs" in s["why"]] == ["coherence_add"]' &&
                grep -q 'coherence_add: it needs two CPUs' "$tap_scratch/out"
}
tap_ok "one CPU: left out, and the report says why" alone
tap_end
