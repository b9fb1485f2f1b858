/* SPDX-License-Identifier: Apache-2.0 */
/* branch_loop. loop, loope and loopne with as many rounds as the low bits of a word of the script say, and until one
 * of its upper bits is set or clear; loop on ecx; jrcxz and jecxz on two bits of the word at a time, of which one
 * lies in the upper half of rcx.
 *      rax  the word       rdx  rounds or ways                         r10  bits 0 and 40
 *      r8, r9  steps to the next event, events to go */
#include "checks/branch.inc"
#include "checks/branch_loop.h"

.macro BEGIN
        mov     (%rsi), %rax
        mov     %eax, %ecx
        and     $BRANCH_LOOP_COUNT, %ecx
        inc     %ecx
        xor     %edx, %edx
        shr     $8, %rax
.endm
.macro WRITE part
        shl     $8, %ecx
        add     %ecx, %edx
        mov     %dx, \part(%rdi)
.endm

/* A way for each of sixteen turns of the word. */
.macro WAYS instruction
        mov     (%rsi), %rax
        .rept   16
        mov     %rax, %rcx
        and     %r10, %rcx
        \instruction 1f
        NOT_TAKEN
        jmp     2f
1:      TAKEN
2:      ror     %rax
        .endr
.endm

FUNCTION branch_loop_general_run
        KERNEL_ENTER
        mov     $1<<40|1, %r10
        mov     $BRANCH_MODES*BRANCH_LOOP_STEPS/BRANCH_LOOP_BATCH, %r9d
.Lbatch:
        mov     $BRANCH_LOOP_BATCH, %r8d
.Lstep: BEGIN
1:      inc     %edx
        loop    1b
        WRITE   BRANCH_LOOP_PLAIN
        BEGIN
2:      inc     %edx
        shr     %rax
        test    $1, %al
        loope   2b
        WRITE   BRANCH_LOOP_EQUAL
        BEGIN
3:      inc     %edx
        shr     %rax
        test    $1, %al
        loopne  3b
        WRITE   BRANCH_LOOP_UNEQUAL
        BEGIN
4:      inc     %edx
        addr32 loop 4b
        WRITE   BRANCH_LOOP_SHORT
        WAYS    jrcxz
        mov     %dx, BRANCH_LOOP_ZERO(%rdi)
        WAYS    jecxz
        mov     %dx, BRANCH_LOOP_ZERO_LOW(%rdi)
        lea     8(%rsi), %rsi
        lea     2(%rdi), %rdi
        dec     %r8d
        jnz     .Lstep
        KERNEL_EVENT
        dec     %r9d
        jnz     .Lbatch
        BRANCH_LEAVE
END branch_loop_general_run
