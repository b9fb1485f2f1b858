#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What happens to a program while it runs: stops, shrinking CPU sets, killed workers, tracers, interruptions. None of it
# is ever evidence against a CPU.
set -u
. "${srcdir:-.}/tests/e2e/lib.sh"

cpus=$(nproc)
longer=(qualify --no-progress --duration 6s --checks "$checks" --regimes quiet --json "$report")

all_stopped() {
        start "$assay" "${longer[@]}"
        wait_for_workers "$cpus" || return
        kill -STOP -- "-$started"
        sleep 4
        kill -CONT -- "-$started"
        finish
        expect 0 4 && blames_nothing
}
tap_ok "everything stopped for 4 s and continued: nothing is blamed" all_stopped

worker_stopped() {
        local victim
        start "$assay" "${longer[@]}"
        wait_for_workers "$cpus" || return
        victim=$(busy_workers | head -n 1)
        kill -STOP "$victim"
        sleep 4
        kill -CONT "$victim" 2>/dev/null
        finish
        expect 0 4 && blames_nothing && holds '"starved" in kinds and "hang" not in kinds'
}
tap_ok "one worker stopped for 4 s: starved, never a hang" worker_stopped

worker_stopped_for_good() {
        start "$assay" "${longer[@]}"
        wait_for_workers "$cpus" || return
        sleep 1
        kill -STOP "$(busy_workers | head -n 1)"
        finish
        incomplete && holds '"starved" in kinds and "hang" not in kinds' && grep -q 'leave the CPUs to assay' "$tap_scratch/out"
}
tap_ok "one worker stopped to the end: starved, and no pass" worker_stopped_for_good

worker_killed() {
        start "$assay" "${longer[@]}"
        wait_for_workers "$cpus" || return
        kill -KILL "$(busy_workers | head -n 1)"
        finish
        expect 0 4 && blames_nothing && holds '"killed" in kinds and "crash" not in kinds'
}
tap_ok "a worker killed from outside, as by the OOM killer: a fact, and it starts again" worker_killed

worker_killed_always() {
        start "$assay" "${longer[@]}"
        wait_for_workers 1 || return
        while kill -0 "$started" 2>/dev/null; do
                # shellcheck disable=SC2046 # a list of processes
                kill -KILL $(workers) 2>/dev/null
                sleep 0.05
        done
        finish
        expect 0 4 && blames_nothing && holds '"killed" in kinds'
}
tap_ok "every worker killed again and again: said, and nothing is blamed" worker_killed_always

worker_segfaulted() {
        start "$assay" "${longer[@]}"
        wait_for_workers "$cpus" || return
        kill -SEGV "$(busy_workers | head -n 1)"
        finish
        expect 0 4 && blames_nothing
}
tap_ok "SIGSEGV sent by another process: no evidence" worker_segfaulted

traced() {
        local pid
        start "$assay" "${longer[@]}"
        wait_for_workers "$cpus" || return
        for pid in $(busy_workers); do
                ./tests/e2e/tracer "$pid" 20 || return
        done
        finish
        expect 0 4 && blames_nothing && holds '"traced" in kinds'
}
probe_tracer() {
        sleep 5 9>&- &
        ./tests/e2e/tracer $! 1
        local result=$?
        kill $! 2>/dev/null
        return $result
}
if probe_tracer 2>/dev/null; then
        tap_ok "a tracer that comes and goes: recorded, nothing is blamed" traced
else
        tap_skip "a tracer that comes and goes" "ptrace is not permitted"
fi

# interrupted SIGNAL STATUS: ends within 2 s with that status and a report of what was done, and leaves no worker.
interrupted() {
        local begin
        start "$assay" qualify --no-progress --duration 60s --json "$report"
        wait_for_workers "$cpus" || return
        sleep 1
        begin=$(date +%s%N)
        kill "-$1" "$started"
        finish
        (($(date +%s%N) - begin < 2000000000)) || { echo "took $((($(date +%s%N) - begin) / 1000000)) ms"; return 1; }
        expect "$2" && blames_nothing && grep -qi interrupt "$tap_scratch/out" && ! living
}
tap_ok "SIGINT: 130 with a report" interrupted INT 130
tap_ok "SIGTERM: 143 with a report" interrupted TERM 143

hung_up() {
        start env --ignore-signal=HUP "$assay" "${longer[@]}"
        wait_for_workers "$cpus" || return
        kill -HUP "$started"
        finish
        expect 0 4 && blames_nothing && holds 'not report["interrupted"]'
}
tap_ok "SIGHUP where whoever started it ignores that (nohup): it goes on" hung_up

deaths_ignored() {
        run env --ignore-signal=CHLD "$assay" "${brief[@]}"
        faultless && holds '"killed" not in kinds'
}
tap_ok "SIGCHLD ignored by whoever started it: it ends, and no worker was killed" deaths_ignored

orphaned() {
        start "$assay" qualify --no-progress --duration 60s
        wait_for_workers "$cpus" || return
        kill -KILL "$started"
        wait "$started" 2>/dev/null
        sleep 1
        ! living
}
tap_ok "the supervisor killed: no worker is left after 1 s" orphaned

# A cpuset of the CPUs 0 to $last_cpu in cgroup v1 or v2, as $cpuset; fails where none can be made.
make_cpuset() {
        local root=/sys/fs/cgroup
        if [[ -d $root/cpuset ]]; then
                cpuset=$root/cpuset/assay-test-$$
                mkdir "$cpuset" 2>/dev/null || return
                cat $root/cpuset/cpuset.mems >"$cpuset/cpuset.mems"
        elif grep -qw cpuset $root/cgroup.controllers 2>/dev/null; then
                echo +cpuset >$root/cgroup.subtree_control || return
                cpuset=$root/assay-test-$$
                mkdir "$cpuset" || return
        else
                return 1
        fi
        echo "0-$last_cpu" >"$cpuset/cpuset.cpus"
}

cpuset_shrinks() {
        # shellcheck disable=SC2016 # for the inner shell
        start bash -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' bash "$cpuset" "$assay" "${longer[@]}"
        wait_for_workers "$cpus" || return
        sleep 1
        echo 0 >"$cpuset/cpuset.cpus"
        finish
        incomplete && holds 'kinds & {"lost", "moved"}'
}
if ((last_cpu > 0)) && is_root && (make_cpuset) 2>/dev/null; then
        cpuset=$(ls -d /sys/fs/cgroup/{cpuset/,}assay-test-$$ 2>/dev/null)
        tap_ok "a cpuset that shrinks: incomplete, the lost CPU is recorded" cpuset_shrinks
        rmdir "$cpuset"
else
        tap_skip "a cpuset that shrinks" "no cpuset can be made here, or there is one CPU"
fi

online=/sys/devices/system/cpu/cpu$last_cpu/online
goes_offline() {
        start "$assay" "${longer[@]}"
        wait_for_workers "$cpus" || return
        sleep 1
        echo 0 >"$online" || { finish; return 1; }
        sleep 1
        echo 1 >"$online"
        finish
        expect 0 4 && blames_nothing && holds 'kinds & {"lost", "moved"}'
}
if ((last_cpu > 0)) && is_root && [[ ${CI-} == true && -w $online ]] && echo 1 >"$online"; then
        tap_ok "a CPU taken offline: recorded, nothing is blamed" goes_offline
else
        tap_skip "a CPU taken offline" "only root with CI=true takes a CPU of the machine away"
fi

# A memory cgroup too small for the workers: the kernel's own OOM killer.
out_of_memory() {
        # shellcheck disable=SC2016 # for the inner shell
        start bash -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' bash "$memory" "$assay" "${longer[@]}"
        sleep 0.3
        echo "$1" >"$memory/$limit" 2>/dev/null
        finish
        # 137: the supervisor itself was chosen.
        expect 0 4 5 137 && { [[ $status == 5 || $status == 137 ]] || blames_nothing; }
}
memory=/sys/fs/cgroup/memory/assay-test-$$ limit=memory.limit_in_bytes
[[ -d /sys/fs/cgroup/memory ]] || memory=/sys/fs/cgroup/assay-test-memory-$$ limit=memory.max
if is_root && mkdir "$memory" 2>/dev/null && [[ -w $memory/$limit ]]; then
        tap_ok "out of memory in a cgroup of 4 MiB: never a fault" out_of_memory 4M
        for _ in 1 2 3 4 5; do
                rmdir "$memory" 2>/dev/null && break
                sleep 0.2
        done
else
        rmdir "$memory" 2>/dev/null
        tap_skip "out of memory in a cgroup" "no memory cgroup can be made here"
fi
tap_end
