/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_hold.inc"

/* Stores alone: an instruction with VEX that writes a register clears what lies above 256 bits. */
.macro TOUCH_AVX
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        vmovdqu %ymm\r, STATE_OWN+64*\r(%rsp)
        .endr
.endm

STATE_HOLD state_hold_avx, TOUCH_AVX
