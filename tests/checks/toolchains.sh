#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The answers do not depend on the compiler, its optimisation, or on whose CPU computes them: gcc and clang, -O0 and
# -O2, and qemu's Nehalem, Haswell and max.
#
# What qemu-user computes otherwise than the manual says, a line each: the runner's line (a basic regular expression),
# the section of the manual (the Intel SDM but where AMD is named), and what differs. Left out everywhere under qemu: rounds that start with FTZ or DAZ set
# or an exception unmasked (runner.c).
exceptions='
state_mmx [0-9]* wrong: st.*|volume 3A, The MMX State and MMX Register Aliasing|a write of an MMX register does not set bits 64 to 79
vector_lanes_mmx [0-9]* wrong: st.*|volume 3A, The MMX State and MMX Register Aliasing|a write of an MMX register does not set bits 64 to 79
vector_lanes_mmx_ssse3 [0-9]* wrong: st.*|volume 3A, The MMX State and MMX Register Aliasing|a write of an MMX register does not set bits 64 to 79
permute_extract_sse4a [0-9]* wrong: extrq .*|AMD APM volume 4, EXTRQ|the form with immediates leaves its destination as it is
integer_lock [0-9]* wrong: cmpxchg8b .*|volume 2A, CMPXCHG8B|flags but ZF change, unless qemu runs with -singlestep
integer_lock_cx16 [0-9]* wrong: cmpxchg16b .*|volume 2A, CMPXCHG8B|the same
integer_bits_bmi1 [0-9]* wrong: blsi .*|volume 2A, BLSI|the carry flag is inverted
x87_arith [0-9]* wrong: result difference .*|volume 1, 8.1.5.2|FPREM rounds to the precision control
'
set -u
source=$(cd "${srcdir:-.}" && pwd) || exit 99
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
number=0 status=0
echo '# seed 0x5eed'

# result GOOD NAME
result() {
        number=$((number + 1))
        [ "$1" = 0 ] || { printf 'not ' && status=1; }
        echo "ok $number - $2"
}

skip() {
        number=$((number + 1))
        echo "ok $number - $1 # SKIP $2"
}

# compile COMPILER ARGUMENT...
compile() {
        tool=$1
        shift
        "$tool" -I"$source" -I"$source/agent" -D_GNU_SOURCE "$@" 2>>log
}

# build COMPILER OPTIMISATION: makes $scratch/COMPILER-OPTIMISATION/runner, or shows the compiler's complaint.
build() {
        directory=$scratch/$1$2
        loops=-fno-builtin
        [ "$1" != gcc ] || loops=-fno-tree-loop-distribute-patterns
        mkdir "$directory" && cd "$directory" || return 1
        for file in "$source"/checks/*.c; do
                # As configure.ac and Makefile.am have it: no call of libc's memory functions, which use vectors.
                compile "$1" "$2" -std=gnu11 -DANSWERS_DIR="\"$source/checks/answers\"" -mgeneral-regs-only \
                        -fno-stack-protector -fno-tree-vectorize -fno-strict-aliasing "$loops" -c "$file" || return 1
        done
        for file in "$source"/checks/*.S; do
                object=$(basename "$file" .S).asm.o
                compile "$1" -c "$file" -o "$object" || return 1
                objcopy --rename-section .text=kernels "$object" || return 1
        done
        # Return addresses are part of what the stack checks compute: the kernels lie at one address in every build. The
        # rest lies where no operand points: the runner leaves addresses out.
        compile "$1" "$2" -std=gnu11 -no-pie -Wl,--section-start=kernels=0x30000000,-Ttext-segment=0x5a000000 \
                "$source/tests/checks/runner.c" ./*.o -lz -lzstd -lcrypto -o runner
}

# without_exceptions: leaves out the lines that the table above explains.
without_exceptions() {
        echo "$exceptions" | sed -n 's/^\([^|][^|]*\)|.*/\1/p' >"$scratch/patterns"
        grep -vx -f "$scratch/patterns"
}

reference=
for compiler in gcc clang; do
        for optimisation in -O0 -O2; do
                name="$compiler $optimisation"
                if ! command -v "$compiler" >/dev/null; then
                        skip "$name: the same answers" "$compiler is not installed"
                        continue
                fi
                if ! build "$compiler" $optimisation; then
                        sed 's/^/# /' "$scratch/$compiler$optimisation/log"
                        result 1 "$name: builds"
                        continue
                fi
                lines=$scratch/$compiler$optimisation/lines
                "$scratch/$compiler$optimisation/runner" 24 native >"$lines"
                good=$?
                grep ' wrong: ' "$lines" | head -20 | sed 's/^/# /'
                [ -s "$lines" ] && ! grep -q ' wrong: ' "$lines" || good=1
                result $good "$name: every answer is right"
                reference=${reference:-$lines}
                diff "$reference" "$lines" >"$scratch/diff"
                good=$?
                head -20 "$scratch/diff" | sed 's/^/# /'
                result $good "$name: the same answers"
                [ $optimisation = -O2 ] || continue
                # Of what is shipped; answers.o and isa.o run before any check does.
                ! nm -A -u "$scratch/$compiler$optimisation"/*.o | grep -vE '/(answers|isa)\.o:' |
                        grep -wE 'mem(cpy|set|move|cmp)' | sed 's/^/# /' | grep .
                result $? "$name: no check calls libc's memory functions"
        done
done

# emulate CPU LEVEL: what qemu computes, right, and the same as this CPU with the registers of that level.
emulate() {
        name="qemu $1: integer, bit, crypto, move and plain floating point checks"
        runner=$(find "$scratch" -path '*-O2/runner' | sort | head -1)
        if ! command -v qemu-x86_64 >/dev/null; then
                skip "$name" "qemu-x86_64 is not installed (Debian: qemu-user)"
                return
        fi
        [ -n "$runner" ] || { result 1 "$name: no build" && return; }
        qemu-x86_64 -cpu "$1" "$runner" 8 "$2" plain >"$scratch/emulated" 2>"$scratch/complaints"
        good=$?
        grep -v '^qemu-x86_64: warning: TCG' "$scratch/complaints" | sed 's/^/# /'
        "$runner" 8 "$2" plain >"$scratch/native"
        grep -vxF -f "$scratch/native" "$scratch/emulated" | grep -v ' left out: ' | without_exceptions >"$scratch/wrong"
        head -20 "$scratch/wrong" | sed 's/^/# /'
        [ -s "$scratch/emulated" ] && [ ! -s "$scratch/wrong" ] || good=1
        echo "# $(grep -c ' ok ' "$scratch/emulated") rounds of $(cut -d' ' -f1 "$scratch/emulated" | sort -u | wc -l) checks"
        result $good "$name"
}
emulate Nehalem x86-64-v2
emulate Haswell x86-64-v3
emulate max x86-64-v3

echo "1..$number"
exit $status
