# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# For the tests of the whole program: source it. Only one of them runs at a time, because each uses every CPU.

source=${srcdir:-.}
. "$source/tests/tap.sh"

# A background shell that is killed before it has begun would run the trap of tap.sh too.
trap '[[ $BASHPID != "$$" ]] || rm -rf "$tap_scratch"' EXIT

exec 9>>e2e.lock
flock -w 1800 9 || exit 99

chmod 755 "$tap_scratch"
cp assay "$tap_scratch/assay" || exit 99 # where nobody can reach it too
assay=$tap_scratch/assay
report=$tap_scratch/report.json
checks='state_*'
# shellcheck disable=SC2034 # the tests use it
last_cpu=$(tail -n 1 /sys/devices/system/cpu/online | sed 's/.*[-,]//')
status=

# run COMMAND...: without a terminal, at most a minute; its ends lie in $status, out and err.
run() {
        rm -f "$report"
        timeout --kill-after=5 60 "$@" >"$tap_scratch/out" 2>"$tap_scratch/err" </dev/null 9>&-
        status=$?
}

# The command line of a short qualification, as an array: quiet only, so that it is complete in a few seconds.
# shellcheck disable=SC2034 # the tests use it
brief=(qualify --no-progress --duration 3s --checks "$checks" --regimes quiet --json "$report")

# start COMMAND...: in the background as process group $started; finish waits for it. An interactive shell's job
# control would be needed for signals to reach it; setsid gives it a session instead.
start() {
        rm -f "$report"
        setsid "$@" >"$tap_scratch/out" 2>"$tap_scratch/err" </dev/null 9>&- &
        started=$!
}

# Waits until the started program has $1 children that have used CPU time: its workers compute.
wait_for_workers() {
        local tries=0
        until (($(busy_workers | wc -l) >= $1)); do
                ((++tries < 200)) || return 1
                sleep 0.05
        done
}

# The processes that the started program and its workers still are; what is dead and waits to be reaped is none.
living() {
        ps -s "$started" -o pid=,stat= | awk '$2 !~ /^Z/ { print; found = 1 } END { exit !found }'
}

workers() {
        pgrep -P "$started"
}

busy_workers() {
        local pid
        for pid in $(workers); do
                # Fields 14 and 15 of stat are user and system time in ticks.
                awk -v pid="$pid" '{ sub(/.*\) /, ""); if ($12 + $13 > 0) print pid }' "/proc/$pid/stat" 2>/dev/null
        done
}

finish() {
        local killer
        (sleep 60 && kill -KILL -- "-$started") 9>&- 2>/dev/null &
        killer=$!
        wait "$started"
        status=$?
        kill "$killer" 2>/dev/null
}

# show: what the last command said, for a case that fails.
show() {
        echo "status $status; standard error, then output:"
        cat "$tap_scratch/err" "$tap_scratch/out"
}

# expect STATUS...: the last command's status is one of them.
expect() {
        local wanted
        for wanted in "$@"; do
                [[ $status != "$wanted" ]] || return 0
        done
        echo "expected status $*"
        show
        return 1
}

# sentence [PATTERN]: standard error is one sentence of one line, and has PATTERN in it.
sentence() {
        local said
        said=$(<"$tap_scratch/err")
        [[ $(wc -l <"$tap_scratch/err") == 1 && $said == 'assay: '*. ]] && ((${#said} > 20 && ${#said} < 400)) &&
                grep -qE -- "${1-.}" "$tap_scratch/err" && return
        echo "expected one sentence that matches '${1-.}'"
        show
        return 1
}

# holds EXPRESSION: true of the report (report.py).
holds() {
        /usr/bin/python3 "$source/tests/e2e/report.py" "$report" "$1" && return
        echo "does not hold of the report: $1"
        show
        cat "$report" 2>/dev/null
        return 1
}

# The report blames nothing, and says healthy only where all that was planned ran.
blames_nothing() {
        holds 'verdict["class"] in ("healthy", "erratum", "inconclusive") and verdict["cpus"] == []'
}

healthy() {
        expect 0 && holds 'verdict["class"] in ("healthy", "erratum")'
}

# On a busy machine the time may be too short for everything.
faultless() {
        expect 0 4 && blames_nothing
}

incomplete() {
        expect 4 && blames_nothing
}

is_root() {
        [[ $(id -u) == 0 ]]
}

# shellcheck disable=SC2034 # the tests use it
as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs)

sanitized() {
        grep -q __asan_init "$assay"
}
