/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_step.inc"

/* struct entry of state_base.c */
.macro LOAD_BASES
        mov     (%rsp,%rbx), %rax
        wrfsbase %rax
        mov     24(%rsp,%rbx), %rax
        wrgsbase %rax
.endm

.macro COMPARE_BASE read, segment, entry, index
        \read   %rax
        xor     \entry(%rsp,%rbx), %rax
        GATHER  \index
        mov     \entry+8(%rsp,%rbx), %rax
        mov     %\segment:(%rax), %rax
        xor     \entry+16(%rsp,%rbx), %rax
        GATHER  \index+1
.endm
.macro COMPARE_BASES
        COMPARE_BASE rdfsbase, fs, 0, 0
        COMPARE_BASE rdgsbase, gs, 24, 2
.endm

STATE_STEP state_base, 4, 48, LOAD_BASES, COMPARE_BASES
