#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The healthy stay healthy: qualifies again and again while the machine is disturbed in every way that is normal life.
# Not one mismatch is allowed. SOAK_SECONDS is how long: a minute in the suite, an hour by `make soak`.
set -u
. "${srcdir:-.}/tests/e2e/lib.sh"

seconds=${SOAK_SECONDS:-60}
end=$((SECONDS + seconds))
seed=${TAP_SEED:-$RANDOM}
echo "# seed $seed (TAP_SEED=... to repeat), $seconds s"

# Each disturbance runs until the program of this round, $started, is gone.
going_on() {
        kill -0 "$started" 2>/dev/null
}

fork_storm() {
        while going_on; do
                for _ in {1..40}; do /bin/true & done
                wait
        done
}

stop_and_continue() {
        local pid
        while going_on; do
                pid=$(workers | shuf -n 1)
                kill -STOP "${pid:-$started}" 2>/dev/null
                sleep 0.$((RANDOM % 5 + 1))
                kill -CONT "${pid:-$started}" 2>/dev/null
                sleep 0.1
        done
}

trace() {
        while going_on; do
                ./tests/e2e/tracer "$(workers | shuf -n 1)" 5 2>/dev/null || sleep 0.1
        done
}

change_affinity() {
        local pid
        while going_on; do
                for pid in $(workers); do
                        taskset -cp "$((RANDOM % (last_cpu + 1)))" "$pid" >/dev/null 2>&1
                        sleep 0.1
                done
        done
}

memory_pressure() {
        while going_on; do
                /usr/bin/python3 -c 'import time; data = bytearray(256 << 20); data[::4096] = bytes(len(data[::4096])); time.sleep(0.1)'
                { echo 1 >/proc/sys/vm/compact_memory; echo 1 >/proc/sys/vm/drop_caches; } 2>/dev/null
        done
}

busy_neighbours() {
        while going_on; do
                timeout 1 sh -c 'while :; do :; done'
                sleep 0.2
        done
}

# round DISTURBANCE...: one qualification of everything under them.
disturbed_round() {
        local disturbance disturbers=()
        start "$assay" qualify --no-progress --duration 10s --seed "$seed" --json "$report"
        for disturbance in "$@"; do
                "$disturbance" >/dev/null 2>&1 9>&- &
                disturbers+=($!)
        done
        finish
        wait "${disturbers[@]}"
        expect 0 4 && blames_nothing && holds 'not kinds & {"mismatch", "frame", "crash", "hang", "disagree"}'
}

all=(fork_storm stop_and_continue trace change_affinity memory_pressure busy_neighbours)
while ((SECONDS < end)); do
        for disturbance in "${all[@]}"; do
                ((SECONDS < end)) || break
                seed=$((seed + 1))
                tap_ok "seed $seed, $disturbance" disturbed_round "$disturbance"
        done
        ((SECONDS < end)) && tap_ok "seed $seed, all at once" disturbed_round "${all[@]}"
done
tap_end
