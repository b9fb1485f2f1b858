/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_rotate.inc"

/* A move with VEX clears what lies above 256 bits. Where there is such a part (ZMM_Hi256, component 6: SDM volume 1,
 * 13.1), XSAVE keeps it in memory for the length of a step, and the registers then rest seven times as long,
 * because a step would not notice a fault of that part. Elsewhere XSAVE of component 6 does nothing. */
#define ZMM_HI256 0x40
.macro MOVE from, to
        vmovdqa %ymm\from, %ymm\to
.endm
.macro ROTATE_AVX
        vmovdqu %ymm15, -32(%rsp)
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
        vmovdqu -32(%rsp), %ymm0
.endm

.macro WITH_ZMM_HI256 operation
        mov     %rax, registers_scratch_rax(%rip)
        mov     registers_state(%rip), %rax
        mov     %rbx, STATE_TOP+STATE_SAVED(%rax)
        lea     STATE_TOP(%rax), %rbx
        mov     %rdx, STATE_SAVED+8(%rbx)
        mov     $ZMM_HI256, %eax
        mov     $0, %edx
        \operation STATE_AREA(%rbx)
        mov     STATE_SAVED+8(%rbx), %rdx
        mov     STATE_SAVED(%rbx), %rbx
        mov     registers_scratch_rax(%rip), %rax
.endm
.macro KEEP_ZMM_HI256
        WITH_ZMM_HI256 xsave
.endm
.macro GIVE_BACK_ZMM_HI256
        WITH_ZMM_HI256 xrstor
.endm
.macro REST
        .rept   32
        STATE_SPIN 8
        .endr
.endm

STATE_ROTATE state_rotate_avx, ROTATE_AVX, KEEP_ZMM_HI256, GIVE_BACK_ZMM_HI256, REST
