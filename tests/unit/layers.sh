#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# base knows nobody, checks know base, agent knows both: held by what each file includes.
set -u
cd "${srcdir:-.}" || exit 99

number=0 status=0

# layer NAME DIRECTORY ALLOWED: every "..." include of the files of DIRECTORY must match the pattern ALLOWED.
layer() {
        number=$((number + 1))
        wrong=$(find "$2" -name '*.[chS]' -o -name '*.inc' | sort | xargs grep -HnE '^ *(#|\.)include +"' |
                grep -vE "include +\"($3)\"")
        if [ -n "$wrong" ]; then
                printf '%s\n' "$wrong" | sed 's/^/# /'
                printf 'not '
                status=1
        fi
        echo "ok $number - $1"
}

own='[a-z0-9_]+\.(h|inc)'
layer "base knows nobody" agent/base "base/$own"
layer "checks know themselves and base" checks "(checks|base)/$own"
layer "agent knows itself, checks and base" agent "(agent|agent/crash|agent/fleet|checks|base)/$own|config\.h"

# A file that breaks the rule is found.
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
echo '#include "agent/plan.h"' >"$scratch/wrong.h"
planted=$(layer "planted" "$scratch" "base/$own" | grep -c '^not ok')
number=$((number + 1))
[ "$planted" -eq 1 ] || { printf 'not ' && status=1; }
echo "ok $number - a base header that includes agent/plan.h is found"
echo "1..$number"
exit "$status"
