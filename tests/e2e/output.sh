#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Where the output goes: full disks, closed descriptors, narrow terminals.
set -u
. "${srcdir:-.}/tests/e2e/lib.sh"

full_stdout() {
        rm -f "$report"
        "$assay" "${brief[@]}" >/dev/full 2>"$tap_scratch/err" </dev/null
        status=$?
        : >"$tap_scratch/out"
        expect 5 && sentence 'standard output' && blames_nothing
}
tap_ok "standard output on a full disk: status 5, the report is whole" full_stdout

closed_stdout() {
        rm -f "$report"
        "$assay" "${brief[@]}" >&- 2>"$tap_scratch/err" </dev/null
        status=$?
        expect 5 && sentence 'standard output' && blames_nothing
}
tap_ok "standard output closed: status 5, the report is whole" closed_stdout

all_closed() {
        rm -f "$report"
        "$assay" "${brief[@]}" >&- 2>&- <&-
        status=$?
        expect 5 && blames_nothing
}
tap_ok "all three closed: status 5, and no message lands in the report" all_closed

# unread COMMAND...: its reader has gone before it writes; its standard error is empty.
unread() {
        rm -f "$report"
        {
                sleep 0.5
                "$@" 2>"$tap_scratch/err" </dev/null
                echo $? >"$tap_scratch/status"
        } | true
        status=$(<"$tap_scratch/status")
        : >"$tap_scratch/out"
        [[ ! -s $tap_scratch/err ]]
}

broken_pipe() {
        unread "$assay" "${brief[@]}" && faultless
}
tap_ok "a reader that is gone: not a word, the verdict's status, the report is whole" broken_pipe

broken_pipe_of() {
        unread "$@" && expect 0 4
}
tap_ok "a reader of the report that is gone" broken_pipe_of "$assay" qualify --no-progress --duration 1s \
        --checks 'state_hold*' --regimes quiet --json -
tap_ok "a reader of the list that is gone" broken_pipe_of "$assay" list

drill=(drill --kind bit --no-progress --duration 2s --checks 'state_hold*' --regimes quiet)
fault_unread() {
        unread "$assay" "${drill[@]}" && expect 1
}
tap_ok "a fault whose reader is gone is a fault" fault_unread

fault_shown() {
        run "$assay" drill --kind bit --duration 7s --checks 'state_hold*' --regimes quiet
        expect 1 && grep -c '^5 s of 7 s: ' "$tap_scratch/err" | grep -qx 1 && [[ $(wc -l <"$tap_scratch/err") -eq 1 ]]
}
tap_ok "what is shown while it runs counts on after the diagnosis" fault_shown

fault_on_full() {
        "$assay" "${drill[@]}" >/dev/full 2>"$tap_scratch/err" </dev/null
        status=$?
        : >"$tap_scratch/out"
        expect 1 && sentence 'standard output'
}
tap_ok "a fault is a fault, also where standard output is a full disk" fault_on_full

fault_unwritten() {
        run "$assay" "${drill[@]}" "$1" /dev/full
        expect 1 && sentence '/dev/full'
}
tap_ok "and where its report is" fault_unwritten --json
tap_ok "and where its observations are" fault_unwritten --observations

full_report() {
        run "$assay" qualify --no-progress --duration 2s --checks "$checks" --regimes quiet --json /dev/full
        expect 5 && sentence '/dev/full'
}
tap_ok "the report on a full disk: status 5, and it says so" full_report

# A file that is ours is replaced, as it is: its mode stays, and a link to it is a link.
report_replaced() {
        local real=$tap_scratch/real.json
        echo old >"$real"
        chmod 640 "$real"
        ln -s real.json "$tap_scratch/link.json"
        run "$assay" qualify --no-progress --duration 2s --checks "$checks" --regimes quiet --json "$tap_scratch/link.json"
        cp "$real" "$report"
        faultless && [[ -L $tap_scratch/link.json && $(stat -c %a "$real") == 640 ]] && ! compgen -G "$real.*"
}
tap_ok "a report by a link: the file has the report and its mode, nothing lies beside it" report_replaced

# Two names of one file: both see the new report.
report_in_place() {
        echo old >"$tap_scratch/one.json"
        ln "$tap_scratch/one.json" "$tap_scratch/other.json"
        run "$assay" qualify --no-progress --duration 2s --checks "$checks" --regimes quiet --json "$tap_scratch/one.json"
        cp "$tap_scratch/other.json" "$report"
        faultless
}
tap_ok "a report that has two names" report_in_place

report_to_pipe() {
        local reader
        mkfifo "$tap_scratch/pipe"
        cat "$tap_scratch/pipe" >"$tap_scratch/read" 9>&- &
        reader=$!
        run "$assay" qualify --no-progress --duration 2s --checks "$checks" --regimes quiet --json "$tap_scratch/pipe"
        wait "$reader"
        cp "$tap_scratch/read" "$report"
        faultless && [[ -p $tap_scratch/pipe ]]
}
tap_ok "a report to a named pipe" report_to_pipe

full_standard_report() {
        "$assay" qualify --no-progress --duration 2s --checks "$checks" --regimes quiet --json - >/dev/full 2>"$tap_scratch/err" </dev/null
        status=$?
        : >"$tap_scratch/out"
        expect 5 && sentence 'cannot write to standard output: No space left on device; choose another place'
}
tap_ok "the report on standard output that is a full disk" full_standard_report

full_observations() {
        run "$assay" qualify --no-progress --duration 2s --checks "$checks" --regimes quiet --observations /dev/full
        # Nothing to write where nothing was observed; whatever was lost must be said.
        expect 0 5 && { [[ $status == 0 ]] || sentence '/dev/full'; }
}
tap_ok "observations on a full disk" full_observations

report_to_stdout() {
        run "$assay" qualify --no-progress --duration 2s --checks "$checks" --regimes quiet --json -
        expect 0 && /usr/bin/python3 -c 'import json, sys; json.load(sys.stdin)' <"$tap_scratch/out"
}
tap_ok "the report on standard output is JSON and nothing else" report_to_stdout

# in_terminal COLUMNS COMMAND: in a pseudo terminal of that width; its output without escapes lies in plain.
in_terminal() {
        TERM=xterm script -qec "stty cols $1 rows 24; $2" /dev/null </dev/null >"$tap_scratch/raw" 2>&1 9>&-
        status=$?
        sed -E 's/\x1b\[[0-9;?]*[A-Za-z]//g' "$tap_scratch/raw" | tr '\r' '\n' >"$tap_scratch/plain"
        cp "$tap_scratch/plain" "$tap_scratch/out"
        : >"$tap_scratch/err"
}

terminal_of() {
        rm -f "$report"
        in_terminal "$1" "$assay qualify --duration 3s --checks '$checks' --regimes quiet --json $report"
        healthy && grep -qi healthy "$tap_scratch/plain" &&
                ! awk -v columns="$1" 'length($0) > columns' "$tap_scratch/plain" | grep .
}
for columns in 20 40 80 200; do
        tap_ok "a terminal of $columns columns: nothing is wider" terminal_of "$columns"
done

live_view_is_erased() {
        in_terminal 80 "$assay qualify --duration 2s --checks '$checks' --regimes quiet"
        [[ $(tail -c 20 "$tap_scratch/raw" | tr -d '\r\n') != *$'\x1b[?25l'* ]] && grep -q $'\x1b\\[' "$tap_scratch/raw"
}
tap_ok "the live view is drawn on a terminal, and the cursor is shown at the end" live_view_is_erased

plain_without_terminal() {
        run "$assay" qualify --duration 3s --checks "$checks" --regimes quiet
        expect 0 && ! grep -q $'\x1b' "$tap_scratch/out" "$tap_scratch/err"
}
tap_ok "no escape sequence without a terminal" plain_without_terminal
tap_end
