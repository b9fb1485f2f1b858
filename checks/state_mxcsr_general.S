/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_step.inc"

/* struct entry of state_mxcsr.c */
.macro LOAD_MXCSR
        ldmxcsr (%rsp,%rbx)
        fldcw   4(%rsp,%rbx)
.endm

.macro COMPARE_MXCSR
        stmxcsr STATE_READ(%rsp)
        mov     STATE_READ(%rsp), %eax
        xor     (%rsp,%rbx), %eax
        GATHER  0
        fnstcw  STATE_READ(%rsp)
        movzwl  STATE_READ(%rsp), %eax
        xor     4(%rsp,%rbx), %ax
        GATHER  1
.endm

STATE_STEP state_mxcsr, 2, 8, LOAD_MXCSR, COMPARE_MXCSR
