#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make fuzz: every target for FUZZ_SECONDS (60) each. With clang and libFuzzer, in a build of its own that is
# instrumented and has AddressSanitizer and UndefinedBehaviorSanitizer; else as the suite does, for longer. What
# kills a target stays here.
set -u

seconds=${FUZZ_SECONDS:-60}
source=$(cd "${srcdir:-.}" && pwd)
status=0

libfuzzer() {
        echo 'int LLVMFuzzerTestOneInput(const char *b, unsigned long n); int LLVMFuzzerTestOneInput(const char *b,
                unsigned long n) { return n > 9 && *b == 0x7f; }' |
                clang -x c -fsanitize=fuzzer,address -o fuzz-probe - 2>/dev/null && ./fuzz-probe -runs=1 2>/dev/null
        found=$?
        rm -f fuzz-probe
        return "$found"
}

instrumented() {
        mkdir -p fuzz-build && cd fuzz-build || exit 99
        [ -f Makefile ] || "$source/configure" -q CC=clang CPPFLAGS=-DFUZZ_LIBFUZZER \
                CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined' ||
                exit 99
        # shellcheck disable=SC2086 # a list of targets
        make -s -j2 LDFLAGS=-fsanitize=fuzzer,address,undefined $FUZZ_TARGETS || exit 99
        for target in $FUZZ_TARGETS; do
                name=${target##*/fuzz_}
                mkdir -p "found/$name"
                echo "$name"
                "$target" -max_total_time="$seconds" -print_final_stats=1 -max_len=16384 -verbosity=0 \
                        "found/$name" "$source/tests/fuzz/corpus/$name" || status=1
        done
}

plain() {
        echo "clang has no libFuzzer here: mutations without instrumentation"
        for target in $FUZZ_TARGETS; do
                echo "${target##*/}"
                FUZZ_RUNS=1000000000 FUZZ_SECONDS=$seconds srcdir=$source "$target" || status=1
        done
}

if libfuzzer; then
        instrumented
else
        plain
fi
exit "$status"
