/* SPDX-License-Identifier: Apache-2.0 */
/* branch_condition. A word of the script is an image of the flags. All sixteen conditions are tried on it, each by
 * four branches: short and near, forward and back. The ways taken are the bits of an entry of the log.
 *      rcx  steps to the next event     r8  events to go */
#include "checks/branch.inc"
#include "checks/branch_condition.h"

.macro CONDITIONS form
        .irp    cc, g,le,ge,l,np,p,ns,s,a,be,ne,e,ae,b,no,o
        \form   \cc
        .endr
.endm

.macro SHORT_FORWARD cc
        j\cc    1f
        NOT_TAKEN
        jmp     2f
1:      TAKEN
2:
.endm

.macro SHORT_BACK cc
        jmp     2f
1:      TAKEN
        jmp     3f
2:      j\cc    1b
        NOT_TAKEN
3:
.endm

/* The ways of near branches lie before and behind the others. */
.macro NEAR_BACK cc
        j\cc    .Lback_\cc
        NOT_TAKEN
.Lback_from_\cc:
.endm
.macro NEAR_BACK_WAY cc
.Lback_\cc:
        TAKEN
        jmp     .Lback_from_\cc
.endm
.macro NEAR_FORWARD cc
        j\cc    .Lforward_\cc
        NOT_TAKEN
.Lforward_from_\cc:
.endm
.macro NEAR_FORWARD_WAY cc
.Lforward_\cc:
        TAKEN
        jmp     .Lforward_from_\cc
.endm

FUNCTION branch_condition_general_run
        KERNEL_ENTER
        mov     $BRANCH_MODES*BRANCH_CONDITION_STEPS/BRANCH_CONDITION_BATCH, %r8d
        jmp     .Lbatch
        CONDITIONS NEAR_BACK_WAY
        .skip   128, 0xcc
.Lbatch:
        mov     $BRANCH_CONDITION_BATCH, %ecx
.Lstep: pushq   (%rsi)
        popfq
        CONDITIONS SHORT_FORWARD
        mov     %dx, BRANCH_CONDITION_SHORT_FORWARD(%rdi)
        CONDITIONS SHORT_BACK
        mov     %dx, BRANCH_CONDITION_SHORT_BACK(%rdi)
        CONDITIONS NEAR_FORWARD
        mov     %dx, BRANCH_CONDITION_NEAR_FORWARD(%rdi)
        CONDITIONS NEAR_BACK
        mov     %dx, BRANCH_CONDITION_NEAR_BACK(%rdi)
        lea     8(%rsi), %rsi
        lea     2(%rdi), %rdi
        COUNT_DOWN rcx, .Lstep
        KERNEL_EVENT
        COUNT_DOWN r8, .Lbatch
        BRANCH_LEAVE
        .skip   128, 0xcc
        CONDITIONS NEAR_FORWARD_WAY
END branch_condition_general_run
