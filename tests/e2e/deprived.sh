#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a host or a container may withhold: file systems, rights, processes, memory, system calls.
set -u
. "${srcdir:-.}/tests/e2e/lib.sh"

# Covered by an empty file system or another file, in a mount namespace of its own.
without() {
        local what=$1
        shift
        # shellcheck disable=SC2016 # for the inner shell
        run unshare -m sh -c 'mount -t tmpfs none "$1" && shift && exec "$@"' sh "$what" "$@"
}

no_sys() {
        without /sys "$assay" "${brief[@]}"
        healthy
}

no_microcode() {
        grep -v '^microcode' /proc/cpuinfo >"$tap_scratch/cpuinfo"
        # shellcheck disable=SC2016 # for the inner shell
        run unshare -m sh -c 'mount --bind "$1" /proc/cpuinfo && mount -t tmpfs none /sys && shift && exec "$@"' sh \
                "$tap_scratch/cpuinfo" "$assay" "${brief[@]}"
        healthy && "$assay" host >/dev/null
}

# A report that is a mount of its own, as containers have: it cannot be replaced.
report_mounted() {
        : >"$report.below"
        # shellcheck disable=SC2016 # for the inner shell
        run unshare -m sh -c ': >"$2" && mount --bind "$1" "$2" && shift 2 && exec "$@"' sh \
                "$report.below" "$report" "$assay" "${brief[@]}"
        mv "$report.below" "$report"
        faultless
}

if is_root && unshare -m true 2>/dev/null; then
        tap_ok "a report that is a mount of its own: it is written in place" report_mounted
        tap_ok "no /sys: healthy, and it runs on every CPU" no_sys
        tap_ok "no microcode in /proc/cpuinfo, no /sys: healthy" no_microcode
else
        tap_skip "no /sys" "mount namespaces are not permitted"
fi

if is_root; then
        mkdir "$tap_scratch/nobody"
        chmod 777 "$tap_scratch/nobody"
        nobody_report=$tap_scratch/nobody/report.json
        # As nobody it writes its report where it may.
        as_nobody_brief=("${brief[@]/#$report/$nobody_report}")
fi

nobody_runs() {
        rm -f "$nobody_report"
        run "${as_nobody[@]}" "$assay" "${as_nobody_brief[@]}"
        cp "$nobody_report" "$report" 2>/dev/null
        healthy
}

# Of a directory that may not be written the files may.
nobody_in_place() {
        mkdir -p "$tap_scratch/locked"
        : >"$tap_scratch/locked/report.json"
        chown 65534 "$tap_scratch/locked/report.json"
        run "${as_nobody[@]}" "$assay" "${brief[@]/#$report/$tap_scratch/locked/report.json}"
        cp "$tap_scratch/locked/report.json" "$report"
        faultless
}

# limited_processes N: nobody may have N processes; a worker that cannot start is said, never a pass.
limited_processes() {
        rm -f "$nobody_report"
        run "${as_nobody[@]}" prlimit --nproc="$1" "$assay" "${as_nobody_brief[@]}"
        cp "$nobody_report" "$report" 2>/dev/null
        expect 4 5 && { [[ $status == 5 ]] || blames_nothing; } && grep -qE 'processes|starting a worker' "$tap_scratch"/{out,err}
}

if is_root && "${as_nobody[@]}" true; then
        tap_ok "as nobody: healthy" nobody_runs
        tap_ok "as nobody, a report in a directory that may not be written: it is written in place" nobody_in_place
        tap_ok "as nobody without a process to spare: said, and no pass" limited_processes 1
        tap_ok "as nobody with too few processes for all workers: said, and no pass" limited_processes 2
else
        tap_skip "as nobody" "only root can become nobody"
fi

no_locked_memory() {
        run prlimit --memlock=0 "$assay" "${brief[@]}"
        healthy
}
tap_ok "no memory may be locked: healthy" no_locked_memory

no_timers() {
        run prlimit --sigpending=0 "$assay" qualify --no-progress --duration 5s --checks "$checks" \
                --regimes quiet,timer --json "$report"
        expect 0 4 && blames_nothing
}
tap_ok "no signal may be queued: never a fault" no_timers

# address_space MIB: never a wrong verdict, never a death by a signal.
address_space() {
        run prlimit --as=$(($1 << 20)) "$assay" "${brief[@]}"
        case $status in
        0 | 4) blames_nothing ;;
        5) sentence . ;;
        127) grep -q 'error while loading shared libraries' "$tap_scratch/err" ;; # not even the program fits
        *) expect 0 4 5 ;;
        esac
}
if sanitized; then
        tap_skip "memory exhausted" "AddressSanitizer reserves terabytes of address space"
else
        # Below its own size the kernel ends a program before its first instruction.
        own=$(($(size "$assay" | awk 'NR == 2 { print $4 }') >> 20))
        for mebibytes in 4 8 16 24 32 48 64 96; do
                tap_ok "$mebibytes MiB of address space beyond the program" address_space $((own + mebibytes))
        done
fi

# 64 KiB: a program begins with that, and the frames of ours are larger.
stack_taken() {
        run prlimit --stack=65536: "$assay" "${brief[@]}"
        faultless
}
stack_refused() {
        run prlimit --stack=65536:65536 "${as_nobody[@]}" "$assay" "${as_nobody_brief[@]}"
        expect 5 && sentence 'stack .*ulimit -s'
}
if sanitized; then
        tap_skip "a small stack" "AddressSanitizer needs more of it before main"
else
        tap_ok "a stack of 64 KiB that may grow: it does" stack_taken
        if is_root; then
                tap_ok "as nobody, one that may not: said" stack_refused
        else
                tap_skip "as nobody, a stack that may not grow" "only root can become nobody"
        fi
fi

few_files() {
        run prlimit --nofile="$1" "$assay" "${brief[@]}"
        case $status in
        0 | 4) blames_nothing ;;
        5) sentence . ;;
        127) grep -q 'error while loading shared libraries' "$tap_scratch/err" ;;
        *) expect 0 4 5 ;;
        esac
}
for files in 3 4 6 10; do
        tap_ok "$files open files" few_files "$files"
done

no_affinity() {
        run ./tests/e2e/deny sched_setaffinity "$assay" "${brief[@]}"
        expect 4 5 && grep -qiE 'affinity|pin' "$tap_scratch"/{out,err} && { [[ $status == 5 ]] || blames_nothing; }
}
no_timer_create() {
        run ./tests/e2e/deny timer_create "$assay" qualify --no-progress --duration 5s --checks "$checks" \
                --regimes quiet,timer --json "$report"
        incomplete && grep -qi timer "$tap_scratch/out"
}
no_ptrace() {
        run ./tests/e2e/deny ptrace "$assay" "${brief[@]}"
        healthy
}
if ./tests/e2e/deny ptrace true 2>/dev/null; then
        tap_ok "sched_setaffinity forbidden: said, and no pass" no_affinity
        tap_ok "timer_create forbidden: the regime did not run, and that is said" no_timer_create
        tap_ok "ptrace forbidden: healthy" no_ptrace
else
        tap_skip "system calls forbidden" "seccomp filters are not permitted"
fi

first_process() {
        run unshare -pf --mount-proc --kill-child "$assay" "${brief[@]}"
        healthy
}
if is_root && unshare -pf true 2>/dev/null; then
        tap_ok "as process 1 of a container: healthy" first_process
else
        tap_skip "as process 1 of a container" "process namespaces are not permitted"
fi

forbidden_cpu() {
        run taskset -c 0 "$assay" "${brief[@]}" --cpus "0,$last_cpu"
        incomplete && grep -qiE "CPU $last_cpu|$last_cpu.*(cpuset|affinity)" "$tap_scratch/out"
}
forbidden_altogether() {
        run taskset -c 0 "$assay" "${brief[@]}" --cpus "$last_cpu"
        incomplete && sentence "$last_cpu"
}
if ((last_cpu > 0)) && taskset -c 0 true 2>/dev/null; then
        tap_ok "a CPU that is not allowed: the others run, it is named" forbidden_cpu
        tap_ok "no CPU that is allowed: nothing ran is no pass" forbidden_altogether
else
        tap_skip "a CPU that is not allowed" "there is one CPU"
fi
tap_end
