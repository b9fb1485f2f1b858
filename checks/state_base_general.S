/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_step.inc"

/* struct entry of state_base.c */
.macro LOAD_BASES
        mov     (%rbp,%rbx), %rax
        wrfsbase %rax
        mov     24(%rbp,%rbx), %rax
        wrgsbase %rax
.endm

/* A load through a base that is known to be wrong would end in a fault instead of a mismatch. */
.macro COMPARE_BASE read, segment, entry, index
        \read   %rax
        xor     \entry(%rbp,%rbx), %rax
        mov     %rax, %r8
        GATHER  \index
        mov     \entry+16(%rbp,%rbx), %rax
        test    %r8, %r8
        jnz     8f
        mov     \entry+8(%rbp,%rbx), %rax
        mov     %\segment:(%rax), %rax
8:      xor     \entry+16(%rbp,%rbx), %rax
        GATHER  \index+1
.endm
.macro COMPARE_BASES
        COMPARE_BASE rdfsbase, fs, 0, 0
        COMPARE_BASE rdgsbase, gs, 24, 2
.endm

STATE_STEP state_base, 4, 48, LOAD_BASES, COMPARE_BASES
