#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# One call of the program fails, then many: it never dies of that, never waits for ever, never calls the hardware
# faulty, and never calls healthy what did not run; it says what it could not do.
set -u
. "${srcdir:-.}/tests/e2e/lib.sh"

EPERM=1 EIO=5 EAGAIN=11 ENOMEM=12 EMFILE=24 ENOSPC=28
many=1000000
preload=$PWD/tests/e2e/failing.so

# What could not be done stands in the report: an observation, or what was skipped.
report_says_why() {
        holds 'not report["complete"] and (any(s["why"] != "not asked for" for s in report["skipped"]) or
                any(o["error"] for o in report["observations"]))'
}

everything_ran() {
        holds 'report["complete"] and verdict["class"] in ("healthy", "erratum") and verdict["cpus"] == []'
}

# fails CALL FIRST COUNT ERRNO [STATUS]: a configuration that cannot be read is status 2 where STATUS allows it.
fails() {
        run env LD_PRELOAD="$preload" FAILING="$1:$2:$3:$4" "$assay" qualify --no-progress --duration 1s \
                --checks 'state_hold*' --regimes quiet,timer --json "$report"
        case $status in
        0) everything_ran ;;
        4) blames_nothing && report_says_why ;;
        5) sentence . ;;
        2) expect "${5-0}" && sentence 'assay.conf' ;;
        *) expect 0 4 5 ;;
        esac
}

# must STATUS CALL FIRST COUNT ERRNO: as fails, and with this status: the call is one that the run cannot do without.
must() {
        local wanted=$1
        shift
        fails "$@" && expect "$wanted"
}

if sanitized; then
        tap_skip "calls that fail" "AddressSanitizer brings its own malloc and must be loaded first"
        tap_end
fi

tap_ok "fork fails once: a CPU has no worker" must 4 fork 1 1 "$EAGAIN"
tap_ok "fork fails always: no CPU has a worker" must 5 fork 1 "$many" "$EAGAIN"
if ((last_cpu)); then
        replayed() {
                run env LD_PRELOAD="$preload" FAILING="fork:1:1:$EAGAIN" "$assay" replay state_flags:1:0.0.1 --cpu "0,$last_cpu"
                expect 4 && grep -q 'no round was completed on CPU 0$' "$tap_scratch/out"
        }
        tap_ok "fork fails once in a replay: a CPU never ran the round" replayed
else
        tap_skip "fork fails once in a replay" "there is one CPU"
fi
tap_ok "memfd_create fails" must 5 memfd_create 1 1 "$EMFILE"
tap_ok "ftruncate fails" must 5 ftruncate 1 1 "$ENOSPC"
tap_ok "mmap fails" must 5 mmap 1 1 "$ENOMEM"
tap_ok "every mmap of the workers fails" must 4 mmap "$((last_cpu + 2))" "$many" "$ENOMEM"
after_the_first_failure() {
        run env LD_PRELOAD="$preload" FAILING="fork:$(($(nproc) + 1)):$many:$EAGAIN" "$assay" drill --kind bit \
                --no-progress --duration 3s --checks 'state_hold*' --regimes quiet --json "$report"
        expect 1 && sentence 'could not go on' && holds '"mismatch" in kinds and not report["complete"]'
}
tap_ok "fork fails from the diagnosis on: what was found stands" after_the_first_failure
for number in 1 3; do
        tap_ok "sched_setaffinity $number fails" fails sched_setaffinity "$number" 1 "$EPERM"
done
tap_ok "sched_setaffinity fails always" must 4 sched_setaffinity 1 "$many" "$EPERM"
tap_ok "sigaltstack fails" must 4 sigaltstack 1 "$many" "$ENOMEM"
tap_ok "timer_create fails once in each worker" fails timer_create 1 1 "$EAGAIN"
tap_ok "timer_create fails always: the regime did not run" must 4 timer_create 1 "$many" "$EAGAIN"
for number in 1 2 3 4 5 300; do
        tap_ok "malloc $number fails" fails malloc "$number" 1 "$ENOMEM" 2
done
tap_ok "malloc fails from the 20th on" must 5 malloc 20 "$many" "$ENOMEM"
for number in 1 2 3 6 9; do
        tap_ok "calloc $number fails" fails calloc "$number" 1 "$ENOMEM" 2
done
tap_ok "realloc fails always" fails realloc 1 "$many" "$ENOMEM" 2
tap_ok "open fails: the report has no place" must 5 open 1 1 "$EMFILE"
tap_ok "fopen fails once" fails fopen 1 1 "$EMFILE" 2
tap_ok "fopen fails after the configuration" fails fopen 2 "$many" "$EMFILE"
tap_ok "fsync fails: the report may be lost" must 5 fsync 1 1 "$EIO"
old_report_stays() {
        echo old >"$tap_scratch/old.json"
        run env LD_PRELOAD="$preload" FAILING="fsync:1:1:$EIO" "$assay" qualify --no-progress --duration 1s \
                --checks 'state_hold*' --regimes quiet --json "$tap_scratch/old.json"
        expect 5 && sentence 'old.json' && [[ $(<"$tap_scratch/old.json") == old ]] &&
                ! compgen -G "$tap_scratch/old.json.*"
}
tap_ok "fsync fails: the report of an earlier run is whole" old_report_stays
tap_ok "fflush fails always" must 5 fflush 1 "$many" "$ENOSPC"
tap_ok "write fails always" fails write 1 "$many" "$ENOSPC"
tap_end
