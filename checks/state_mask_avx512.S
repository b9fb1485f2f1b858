/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_step.inc"

/* Gathers what `instruction` makes of mask r in k0, less what %r8 says, cut to the width of `move`. */
.macro AGREE move, register
        \move   %k0, %\register
        xor     %r8, %rax
        GATHER  0
.endm

/* Each trip has an answer that the general registers make; in the end the halves of mask r have changed places. */
.macro MASK_TRIP r
        kshiftlq $20, %k\r, %k0
        kmovq   %k\r, %r8
        shl     $20, %r8
        AGREE   kmovq, rax
        kshiftrq $11, %k\r, %k0
        kmovq   %k\r, %r8
        shr     $11, %r8
        AGREE   kmovq, rax
        knotq   %k\r, %k0
        kmovq   %k\r, %r8
        not     %r8
        AGREE   kmovq, rax
        kxnorq  %k\r, %k0, %k0          /* of a value and its complement: 0 */
        mov     $0, %r8d
        AGREE   kmovq, rax
        kshiftrw $8, %k\r, %k0          /* both halves of the lowest 16 bits, together again */
        kunpckbw %k\r, %k0, %k0
        kmovw   %k\r, %r8d
        AGREE   kmovw, eax
        kshiftrd $16, %k\r, %k0
        kunpckwd %k\r, %k0, %k0
        kmovd   %k\r, %r8d
        AGREE   kmovd, eax
        kaddq   %k\r, %k\r, %k0
        kmovq   %k\r, %r8
        add     %r8, %r8
        AGREE   kmovq, rax
        kshiftrq $32, %k\r, %k0
        kunpckdq %k0, %k\r, %k\r
.endm

/* k0 is borrowed; in the end value i is in k(i + 1). */
.macro LOAD_MASKS
        kmovq   %k0, STATE_READ(%rbp)
        .irp    r, 1,2,3,4,5,6,7
        MASK_TRIP \r
        .endr
        kmovq   %k7, %k0
        kmovq   %k6, %k7
        kmovq   %k5, %k6
        kmovq   %k4, %k5
        kmovq   %k3, %rax
        kmovq   %rax, %k4
        kmovq   %k2, %k3
        kmovq   %k1, STATE_READ+8(%rbp)
        kmovq   STATE_READ+8(%rbp), %k2
        kmovq   STATE_READ(%rbp), %k1
.endm

STATE_STEP state_mask_avx512, 1, 0, LOAD_MASKS, STEP_NOTHING
