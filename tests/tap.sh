# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Test Anything Protocol for the tests in shell: source it, a case is one tap_* call, the last line is tap_end.
# By hand for the same reason as tests/tap.h, and because a test in shell needs no more than this.

tap_number=0 tap_status=0
tap_scratch=$(mktemp -d "${TMPDIR:-/tmp}/assay-test.XXXXXX") || exit 99
trap 'rm -rf "$tap_scratch"' EXIT

# tap_case STATUS DESCRIPTION: good when STATUS is 0.
tap_case() {
        tap_number=$((tap_number + 1))
        if [ "$1" -ne 0 ]; then
                printf 'not '
                tap_status=1
        fi
        echo "ok $tap_number - $2"
}

# tap_ok DESCRIPTION COMMAND...: good when the command succeeds; what it prints is shown when it does not.
tap_ok() {
        tap_description=$1
        shift
        "$@" >"$tap_scratch/.shown" 2>&1
        tap_result=$?
        [ "$tap_result" -eq 0 ] || head -n 40 "$tap_scratch/.shown" | sed 's/^/# /'
        tap_case "$tap_result" "$tap_description"
        return "$tap_result"
}

# tap_none DESCRIPTION COMMAND...: good when the command prints nothing; what it prints is shown.
tap_none() {
        tap_description=$1
        shift
        "$@" >"$tap_scratch/.shown" 2>&1
        head -n 40 "$tap_scratch/.shown" | sed 's/^/# /'
        [ ! -s "$tap_scratch/.shown" ]
        tap_case $? "$tap_description"
}

# tap_skip DESCRIPTION WHY
tap_skip() {
        tap_number=$((tap_number + 1))
        echo "ok $tap_number - $1 # SKIP $2"
}

# Prints the plan and ends the test. No case at all is a failure.
tap_end() {
        echo "1..$tap_number"
        [ "$tap_number" -gt 0 ] || tap_status=1
        exit "$tap_status"
}
