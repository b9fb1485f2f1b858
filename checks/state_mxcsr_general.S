/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_step.inc"

/* struct entry of state_mxcsr.c */
.macro LOAD_MXCSR
        ldmxcsr (%rbp,%rbx)
        fldcw   4(%rbp,%rbx)
.endm

.macro COMPARE_MXCSR
        stmxcsr STATE_READ(%rbp)
        mov     STATE_READ(%rbp), %eax
        xor     (%rbp,%rbx), %eax
        GATHER  0
        fnstcw  STATE_READ(%rbp)
        movzwl  STATE_READ(%rbp), %eax
        xor     4(%rbp,%rbx), %ax
        GATHER  1
.endm

STATE_STEP state_mxcsr, 2, 8, LOAD_MXCSR, COMPARE_MXCSR
