#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Bad input: one clear sentence and status 2, before anything runs; what cannot be written is said.
set -u
. "${srcdir:-.}/tests/e2e/lib.sh"

# wrong PATTERN ARGUMENT...: is refused, with a sentence that matches.
wrong() {
        local pattern=$1
        shift
        run "$assay" "$@"
        expect 2 && sentence "$pattern" && [[ ! -s $tap_scratch/out ]]
}

tap_ok "no command" wrong 'command'
tap_ok "unknown command" wrong "'qualifi'.*qualify" qualifi
tap_ok "unknown option" wrong "'--durations'.*--duration" qualify --durations 5s
tap_ok "an operand too many" wrong 'now' qualify now
tap_ok "an abbreviated option" wrong "'--dur' is not written out; it is '--duration'" qualify --dur 5s
tap_ok "an abbreviated option with its value" wrong "'--durat' is not written out; it is '--duration'" qualify --durat=5s
tap_ok "an abbreviated option without value" wrong "'--cov' is not written out; it is '--coverage'" list --cov
tap_ok "an operand of --version" wrong "'--version' takes no operand, and 'now'" --version now
tap_ok "an operand of --help" wrong "'--help' takes no operand, and 'now'" --help now
tap_ok "two operands of help" wrong "'help' takes no operand behind .*'now'" help qualify now
tap_ok "a file for the JSON of list" wrong "standard output: 'assay list --json > FILE'" list --json checks.json
tap_ok "a file for the JSON of host" wrong "standard output: 'assay host --json > FILE'" host --json host.json
tap_ok "an option without its value" wrong '--duration' qualify --duration
tap_ok "unknown check" wrong 'state_nothing' qualify --checks state_nothing
tap_ok "a good and an unknown check" wrong 'nothing_at_all' qualify --checks "$checks,nothing_at_all"
tap_ok "unknown regime" wrong "'strom'.*storm" qualify --regimes strom
tap_ok "unknown level of instructions" wrong "avx9" qualify --isa avx9
tap_ok "a CPU that does not exist" wrong '4000' qualify --cpus 4000
tap_ok "a CPU beyond all that exist" wrong '99999999999' qualify --cpus 99999999999
tap_ok "no list of CPUs" wrong "'one'" qualify --cpus one
tap_ok "an empty list of CPUs" wrong "--cpus" qualify --cpus ''
tap_ok "a list of CPUs that runs backwards" wrong "1-0" qualify --cpus 1-0
tap_ok "a duration of 0" wrong "'?0'?" qualify --duration 0
tap_ok "a negative duration" wrong "-5" qualify --duration=-5
tap_ok "a duration of a thousand years" wrong "365" qualify --duration 365000d
tap_ok "a duration that no number holds" wrong "99999999999999999999" qualify --duration 99999999999999999999
tap_ok "a duration that is none" wrong "'soon'" qualify --duration soon
tap_ok "a seed that is none" wrong "'dice' is no seed" qualify --seed dice
tap_ok "unknown stress" wrong "'shaking'.*bursts" qualify --stress none,shaking
tap_ok "a negative niceness" wrong "--nice: '-1' is not between 0 and 19; a negative" qualify --nice -1
tap_ok "no niceness" wrong "--nice: '' is not between 0 and 19" qualify --nice ''
tap_ok "a configuration that does not exist" wrong "$tap_scratch/none.conf: No such file.*; --config takes a file" \
        qualify --config "$tap_scratch/none.conf"
tap_ok "a configuration with an empty name" wrong "--config: an empty name" host --config ''
tap_ok "a configuration that is a directory" wrong "$tap_scratch: Is a directory; --config takes a file" host --config "$tap_scratch"
tap_ok "a report with an empty name" wrong "--json: an empty name is no file; name one, or - for" qualify --json ''
tap_ok "observations with an empty name" wrong "--observations: an empty name is no file" qualify --observations ''
tap_ok "a niceness that needs a privilege" wrong 'between 0 and 19' qualify --nice 20
tap_ok "a history that is none" wrong 'has no observations|no observation' qualify --history "$source/tests/e2e/lib.sh"
tap_ok "a history with an empty name" wrong "--history: '': No such file.*; name a report" qualify --history ''
tap_ok "a history that is a directory" wrong "--history: .*directory" qualify --history "$tap_scratch"
tap_ok "a history by a pipe" wrong "give it as standard input, whose name is -" qualify --history <(echo)
twice() {
        run "$assay" qualify --history - --history -
        expect 2 && grep -q -- '--history: standard input is read once' "$tap_scratch/err" && [[ ! -s $tap_scratch/out ]]
}
tap_ok "standard input twice" twice
tap_ok "a history that does not exist" wrong 'No such file' qualify --history "$tap_scratch/nowhere.json"
tap_ok "unknown profile" wrong "nowhere" qualify --profile nowhere
tap_ok "no option twice as long as a line" wrong "option" qualify "--$(printf 'x%.0s' {1..5000})"
tap_ok "replay of nothing" wrong 'replay' replay
tap_ok "replay of a round that is none" wrong 'state' replay state:0
tap_ok "replay of an unknown check" wrong 'no_such_check' replay no_such_check:1:0.0.1
tap_ok "replay on a CPU that does not exist" wrong '--cpu: this host has no CPU 4000; it has' replay state_flags:1:0.0.1 --cpu 4000
tap_ok "replay under two stresses" wrong "'none,steady' is more than one stress" replay state_flags:1:0.0.1 --stress none,steady
tap_ok "replay under every stress" wrong "'all' is more than one stress" replay state_flags:1:0.0.1 --stress all
tap_ok "replay in two regimes" wrong "'storm' is more than one regime" replay state_flags:1:0.0.1 --regime storm

# cannot PATTERN ARGUMENT...: what was asked for is well formed and cannot run.
cannot() {
        local pattern=$1
        shift
        run "$assay" "$@"
        expect 4 && sentence "$pattern" && [[ ! -s $tap_scratch/out ]]
}
tap_ok "replay of a round of another host's CPU" cannot 'this host has no CPU 4000' replay state_flags:1:4000.0.1
if grep -qw avx /proc/cpuinfo; then
        tap_ok "replay of a check that --isa leaves out: it is not the host" cannot \
                '--isa x86-64-v2 leaves out avx, which state_hold_avx needs' replay state_hold_avx:1:0.0.1 --isa x86-64-v2
else
        tap_skip "replay of a check that --isa leaves out" "this CPU has no AVX"
fi
if ! grep -qw amx_tile /proc/cpuinfo; then
        tap_ok "replay of a check that this host cannot run" cannot \
                'this host cannot run state_amx_tile: its CPUs or the system lack amx_tile' replay state_amx_tile:1:0.0.1
else
        tap_skip "replay of a check that this host cannot run" "this CPU has AMX"
fi
many() {
        local number
        for number in {0..69}; do
                echo '{"kind":"mismatch","check":"state_flags","round":{"seed":"0x1","cpu":0,"process":0,"number":'"$number"'},"cpu":0,"regime":"quiet","synthetic":true}'
        done >"$tap_scratch/many.json"
        run "$assay" replay "$tap_scratch/many.json" --times 1
        expect 0 && grep -q 'first 64 rounds .* 6 more' "$tap_scratch/err" && grep -q 'drill' "$tap_scratch/err" &&
                [[ $(grep -c '^state_flags:0x1:0.0.[0-9]* in quiet on CPU 0: ' "$tap_scratch/out") == 64 ]]
}
tap_ok "replay of more rounds than are taken, from a drill" many

# A report that accuses nobody is one all the same.
nothing_held() {
        echo '{"kind":"erratum","check":"state_flags","round":{"seed":"0x1","cpu":0,"process":0,"number":1},"cpu":0,"regime":"quiet"}' \
                >"$tap_scratch/erratum.json"
        wrong 'nothing in it accuses a CPU' replay "$tap_scratch/erratum.json" &&
                ! grep -q 'name a report' "$tap_scratch/err" &&
                wrong 'name a report' replay "$source/tests/e2e/lib.sh"
}
tap_ok "replay of a report that accuses nobody" nothing_held

# A regime without an event is not passed.
never_met() {
        run "$assay" replay integer_add:1:0.0.1 --regime storm-self
        expect 4 && grep -q 'no event of the regime came into a round on CPU 0: the check' "$tap_scratch/out" &&
                run "$assay" replay state_flags:1:0.0.1 --regime storm-self && expect 0
}
tap_ok "replay in a regime that never happens there" never_met

# The command to copy is that of the program that was called, whatever its name; a drill's programs have no bad instruction.
copied() {
        mkdir "$tap_scratch/a place" && ln "$assay" "$tap_scratch/a place/assay" || return
        run "$tap_scratch/a place/assay" drill --no-progress --duration 2s --checks program_known_general \
                --regimes quiet --stress none --json "$report"
        expect 1 && tr -s ' \n' ' ' <"$tap_scratch/out" | grep -q 'no instruction is named: a drill made it' &&
                holds 'report["bisections"][0]["seed"] is None and "drill" in report["bisections"][0]["why"]' || return
        grep "^'$tap_scratch/a place/assay' replay program_known_general:" "$tap_scratch/out" >"$tap_scratch/command" &&
                run bash "$tap_scratch/command" && expect 0 && grep -q ' rounds, 0 failures' "$tap_scratch/out"
}
tap_ok "the command of a report runs" copied
tap_ok "unknown kind of drill" wrong "'bits'" drill --kind bits
tap_ok "a drill on a CPU that does not exist" wrong '--cpu: .*4000' drill --cpu 4000
if ((last_cpu)); then
        tap_ok "a drill on a CPU that is not tested" wrong "CPU $last_cpu is not" drill --cpu "$last_cpu" --cpus 0
else
        tap_skip "a drill on a CPU that is not tested" "there is one CPU"
fi
tap_ok "a drill in a check that does not run" wrong 'state_flags' drill --check state_flags --checks 'stack_*'
tap_ok "a drill of the kernel without signals" wrong '--kind' drill --kind kernel --regimes quiet
tap_ok "the report and the observations in one file" wrong 'one place' \
        qualify --json "$tap_scratch/both" --observations "$tap_scratch/both"
touch "$tap_scratch/first" && ln "$tap_scratch/first" "$tap_scratch/second"
tap_ok "the report and the observations in one file of two names" wrong 'one place' \
        qualify --json "$tap_scratch/first" --observations "$tap_scratch/second"
tap_ok "the report and the observations both on standard output" wrong 'one place' \
        qualify --json - --observations -

# What is missing is named: the user cannot know what a check needs.
nothing_can_run() {
        run "$assay" qualify --no-progress --isa x86-64 --checks state_hold_avx512
        expect 4 && sentence 'the level x86-64 .* leaves out .*avx512f' && grep -q avx512f "$tap_scratch/out" &&
                ! grep -q 'rounds seconds' "$tap_scratch/out" &&
                ! grep -qE '^not run +(stress|storm|migrate)' "$tap_scratch/out"
}
tap_ok "nothing that was asked for can run, for want of a feature, and no other reason is told" nothing_can_run

# apart CHECK REGIME REASON: the two do not go together.
apart() {
        run "$assay" qualify --no-progress --checks "$1" --regimes "$2"
        expect 4 && sentence "$3" && grep -q "^not run *$2: " "$tap_scratch/out" && ! grep -q 'too short' "$tap_scratch/out"
}
tap_ok "a regime that needs system calls, and a check without any" \
        apart crc32c_general storm-self 'none of the checks makes system calls'
if [[ $last_cpu != 0 ]]; then
        tap_ok "a regime that several CPUs cannot meet in" apart coherence_add step 'run in quiet, timer and storm-async only'
else
        tap_skip "a regime that several CPUs cannot meet in" "there is one CPU"
fi

regime_denied() {
        run "$assay" qualify --no-progress --checks crc32c_general --regimes quiet,storm-self --duration 1s
        expect 4 && grep -q 'Leave out of --regimes what cannot run here: storm-self' "$tap_scratch/out"
}
tap_ok "a regime that was asked for and cannot run beside one that can: the advice says so" regime_denied

# Every shape runs where all are asked for, after a first pass without any; what failed in an earlier report comes first.
stress_and_history() {
        run "$assay" drill --no-progress --duration 3s --checks 'integer_multiply,state_flags' --check integer_multiply \
                --regimes quiet --stress all --json "$report"
        expect 1 && python3 "$source/tests/e2e/report.py" "$report" \
                'all(report["cpus"][0]["stress"].get(s, 0) > 0 for s in "none steady bursts noise mixed".split())' || return
        # What a drill made is no history, until it no longer says so.
        mv "$report" "$tap_scratch/drill.json"
        wrong 'a drill made it' qualify --history "$tap_scratch/drill.json" || return
        sed 's/"synthetic":true/"synthetic":false/g; s/"drill":"bit"/"drill":null/' "$tap_scratch/drill.json" \
                >"$tap_scratch/history.json"
        run "$assay" qualify --no-progress --duration 1s --checks 'integer_multiply,state_flags' --regimes quiet \
                --nice 5 --stress bursts --history "$tap_scratch/history.json" --json "$report"
        expect 0 && python3 "$source/tests/e2e/report.py" "$report" \
                'all([report["plan"]["items"][0]["check"] == "integer_multiply",
                set(report["cpus"][0]["stress"]) == {"none", "bursts"},
                report["request"]["nice"] == 5, report["request"]["config"] is None,
                report["request"]["history"] == ["'"$tap_scratch"'/history.json"]])'
}
empty_history() {
        run "$assay" qualify --no-progress --duration 1s --checks state_flags --regimes quiet --history -
        expect 0 4 && sentence '--history: -: nothing in it accuses a CPU .* changes nothing'
}
tap_ok "a history that holds nothing, from standard input" empty_history
tap_ok "stress runs in every shape, and history decides what comes first" stress_and_history

# Who started us nicer than --nice says meant it; without a privilege nobody could take it back.
nicer() {
        local -a without=()
        is_root && without=("${as_nobody[@]}")
        run "${without[@]}" nice -n 7 "$assay" qualify --no-progress --duration 1s --checks state_flags --regimes quiet --nice 2
        expect 0 4 && ! grep -q 'the system refused' "$tap_scratch/out"
}
tap_ok "a niceness below the one that it was started with" nicer

unwritable() {
        local begin=$SECONDS
        run "$assay" qualify --duration 30s --json "$1"
        expect 2 5 && sentence "$1" && ((SECONDS - begin < 10)) && return
        echo "after $((SECONDS - begin)) s"
        return 1
}
tap_ok "a report in a directory that does not exist, said at once" unwritable "$tap_scratch/none/report.json"
tap_ok "a report that is a directory, said at once" unwritable "$tap_scratch"

helps() {
        local command
        run "$assay" --help
        expect 0 || return
        for command in qualify list host replay drill; do
                grep -q "^  $command " "$tap_scratch/out" || return
                "$assay" "$command" --help | head -n 1 | grep -q "^usage: assay $command" || return
        done
}
general_help() {
        run "$assay" "$@"
        expect 0 && grep -q '^usage: assay COMMAND' "$tap_scratch/out"
}
tap_ok "help of help" general_help help help
tap_ok "help of --help" general_help help --help
tap_ok "--help names every command, and each has its own" helps
tap_end
