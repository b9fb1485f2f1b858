#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What runs beside a kernel touches no vector, mask or x87 register and has no stack guard, whatever CFLAGS say; no object
# makes the stack executable; nothing in the source is left for later.
set -u
source=${srcdir:-.}
. "$source/tests/tap.sh"

# The instructions on standard input (objdump -d) that use a vector, mask, x87 or MMX register or its state.
beyond_general() {
        grep -E '%(xmm|ymm|zmm|mm|k)[0-7]|%st\b|%tmm|	(f[a-z]+|v?(ld|st)mxcsr|xsave|xrstor|vzero|emms)' |
                grep -vE '	fs( |$)'
}

# The disassembly of the objects of the library $1 made from files under $2 that end in $3.
disassemble() {
        ar t "$1" | grep '\.o$' | while read -r object; do
                name=${object#*_a-}
                [ -e "$source/$2/${name%.o}.$3" ] || continue
                ar p "$1" "$object" >"$tap_scratch/$object"
                objdump -d --no-show-raw-insn "$tap_scratch/$object"
        done
}

wrong_in() {
        beyond_general <"$tap_scratch/$1"
}

unseen_in_kernels() {
        for register in %zmm31 %ymm %k7 fldt ldmxcsr; do
                beyond_general <"$tap_scratch/S" | grep -q "$register" || echo "$register is not found"
        done
}

# The guard lies behind the fs base, which a check may have changed.
guarded_in() {
        grep -F '%fs:0x28' "$tap_scratch/$1"
}

guard_is_found() {
        echo 'void use(char *); void guarded(void); void guarded(void) { char text[64]; use(text); }' >"$tap_scratch/guard.c"
        ${CC:-cc} -c -fstack-protector-all -o "$tap_scratch/guard.o" "$tap_scratch/guard.c" &&
                objdump -d --no-show-raw-insn "$tap_scratch/guard.o" >"$tap_scratch/guard" && guarded_in guard
}

# An assembly file, or an .inc that it includes, includes asm.h.
has_note() {
        ! grep -q '^#include "checks/asm\.h"' "$1" || return 0
        sed -n 's/^#include "\(checks\/[a-z0-9_]*\.inc\)"/\1/p' "$1" | while read -r included; do
                has_note "$source/$included" && echo found
        done | grep -q found
}

without_note() {
        find "$source/checks" -name '*.S' | while read -r file; do
                has_note "$file" || echo "$file does not include checks/asm.h"
        done
}

stack_is_plain() {
        readelf -lW assay | grep -E 'GNU_STACK .* RW +0x'
}

left_for_later() {
        cd "$source" && grep -srnIE '\b([T]ODO|[F]IXME|[X]XX|[H]ACK)\b' agent checks conf packaging tests configure.ac \
                Makefile.am bootstrap README.md CONTRIBUTING.md NEWS
}

disassemble libchecks.a checks c >"$tap_scratch/checks" 2>&1
disassemble libworker.a agent c >"$tap_scratch/worker" 2>&1
disassemble libchecks.a checks S >"$tap_scratch/S" 2>&1
tap_ok "the C of the checks is disassembled" grep -q '<check_compare>:' "$tap_scratch/checks"
tap_none "the C of the checks uses general registers only" wrong_in checks
tap_ok "the C of the workers is disassembled" grep -q '<worker_[a-z_]*>:' "$tap_scratch/worker"
tap_none "the C of the workers uses general registers only" wrong_in worker
tap_none "the same search finds each kind of register in the kernels" unseen_in_kernels
tap_none "the C of the checks has no stack guard" guarded_in checks
tap_none "the C of the workers has no stack guard" guarded_in worker
tap_ok "the same search finds a stack guard" guard_is_found
tap_none "every assembly file includes asm.h" without_note
tap_ok "the program's stack is not executable" stack_is_plain
tap_none "nothing in the source is left for later" left_for_later # changes the directory, so it comes last
tap_end
