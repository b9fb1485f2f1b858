/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_rotate.inc"

/* The upper parts of the registers stay where they are. */
.macro MOVE from, to
        movdqa  %xmm\from, %xmm\to
.endm
.macro ROTATE_SSE2
        movdqu  %xmm15, -32(%rsp)
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
        movdqu  -32(%rsp), %xmm0
.endm

STATE_ROTATE state_rotate_sse2, ROTATE_SSE2, ROTATE_NOTHING, ROTATE_NOTHING, ROTATE_NOTHING
