/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_step.inc"

/* wrpkru and rdpkru want rcx to be 0, wrpkru rdx too, and rdpkru clears it. */
.macro PKRU_BORROW
        mov     %rcx, %r8
        mov     %rdx, STATE_READ(%rbp)
        xor     %ecx, %ecx
.endm
.macro PKRU_GIVE_BACK
        mov     %r8, %rcx
        mov     STATE_READ(%rbp), %rdx
.endm

/* struct entry of state_pkru.c */
.macro LOAD_PKRU
        PKRU_BORROW
        xor     %edx, %edx
        mov     (%rbp,%rbx), %eax
        wrpkru
        PKRU_GIVE_BACK
.endm

.macro COMPARE_PKRU
        PKRU_BORROW
        mov     $-1, %rax
        rdpkru
        xor     (%rbp,%rbx), %eax
        GATHER  0
        mov     %rdx, %rax
        GATHER  1
        PKRU_GIVE_BACK
.endm

STATE_STEP state_pkru, 2, 8, LOAD_PKRU, COMPARE_PKRU
