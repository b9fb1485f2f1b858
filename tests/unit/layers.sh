#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# base knows nobody, checks know base, agent knows both: held by what each file includes.
set -u
. "${srcdir:-.}/tests/tap.sh"
cd "${srcdir:-.}" || exit 99

# The "..." includes of the files under directory $1 that do not match the pattern $2.
strangers() {
        find "$1" -name '*.[chS]' -o -name '*.inc' | sort | xargs grep -HnE '^ *(#|\.)include +"' |
                grep -vE "include +\"($2)\""
}

own='[a-z0-9_]+\.(h|inc)'
tap_none "base knows nobody" strangers agent/base "base/$own"
tap_none "checks know themselves and base" strangers checks "(checks|base)/$own"
tap_none "agent knows itself, checks and base" strangers agent "(agent|agent/crash|agent/fleet|checks|base)/$own|config\.h"

echo '#include "agent/plan.h"' >"$tap_scratch/wrong.h"
tap_ok "a base header that includes agent/plan.h is found" strangers "$tap_scratch" "base/$own"
tap_end
