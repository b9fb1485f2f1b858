/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_hold.inc"

/* A merging move to itself changes nothing, whatever the mask holds. */
.macro TOUCH_AVX512
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        vmovdqu64 %zmm\r, STATE_OWN+64*\r(%rsp)
        .endr
        .irp    r, 1,2,3,4,5,6,7
        vmovdqa32 %zmm\r, %zmm\r{%k\r}
        vmovdqa64 %zmm1\r, %zmm1\r{%k\r}
        vmovdqu8 %zmm2\r, %zmm2\r{%k\r}
        kmovq   %k\r, %k\r
        .endr
.endm

STATE_HOLD state_hold_avx512, TOUCH_AVX512
