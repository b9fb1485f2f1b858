/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_rotate.inc"

/* The masks move on by one too, through a general register and memory by turns. */
.macro MOVE from, to
        vmovdqa64 %zmm\from, %zmm\to
.endm
.macro ROTATE_MASKS
        kmovq   %k7, -72(%rsp)
        kmovq   %k6, %k7
        mov     %r12, -80(%rsp)
        kmovq   %k5, %r12
        kmovq   %r12, %k6
        mov     -80(%rsp), %r12
        kmovq   %k4, -80(%rsp)
        kmovq   -80(%rsp), %k5
        kmovq   %k3, %k4
        kmovq   %k2, %k3
        kmovq   %k1, %k2
        kmovq   %k0, %k1
        kmovq   -72(%rsp), %k0
.endm
/* Two rings, so that a wrong bit keeps the name of its kind. */
.macro ROTATE_AVX512
        vmovdqu64 %zmm15, -64(%rsp)
        MOVE    14, 15
        MOVE    13, 14
        MOVE    12, 13
        MOVE    11, 12
        MOVE    10, 11
        MOVE    9, 10
        MOVE    8, 9
        MOVE    7, 8
        MOVE    6, 7
        MOVE    5, 6
        MOVE    4, 5
        MOVE    3, 4
        MOVE    2, 3
        MOVE    1, 2
        MOVE    0, 1
        vmovdqu64 -64(%rsp), %zmm0
        vmovdqu64 %zmm31, -64(%rsp)
        MOVE    30, 31
        MOVE    29, 30
        MOVE    28, 29
        MOVE    27, 28
        MOVE    26, 27
        MOVE    25, 26
        MOVE    24, 25
        MOVE    23, 24
        MOVE    22, 23
        MOVE    21, 22
        MOVE    20, 21
        MOVE    19, 20
        MOVE    18, 19
        MOVE    17, 18
        MOVE    16, 17
        vmovdqu64 -64(%rsp), %zmm16
        ROTATE_MASKS
.endm

STATE_ROTATE state_rotate_avx512, ROTATE_AVX512, ROTATE_NOTHING, ROTATE_NOTHING, ROTATE_NOTHING
