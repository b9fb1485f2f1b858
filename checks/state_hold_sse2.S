/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_hold.inc"

/* A move to itself keeps the upper part of the register, as every instruction without VEX does. */
.macro TOUCH_SSE2
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        movdqu  %xmm\r, STATE_OWN+64*\r(%rsp)
        movdqa  %xmm\r, %xmm\r
        .endr
.endm

STATE_HOLD state_hold_sse2, TOUCH_SSE2
