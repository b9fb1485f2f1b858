/* SPDX-License-Identifier: Apache-2.0 */
/* The bare loops of fma_peak.c: fused multiply-adds that wait for nothing but themselves, 12 at a time, and a
 * counter. The time does not depend on the data, but the power does, so the sums stay ordinary numbers:
 * x = 0.996 * x + 1.0006. */
#include "checks/asm.h"

        .section .rodata
        .balign 64
addends:
        .rept   16
        .long   0x3f801234
        .endr
multiplicands:
        .rept   16
        .long   0x3f7f1234
        .endr

        .text
.macro BARE name, v, move
FUNCTION \name
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,13
        \move   addends(%rip), %\v\r
        .endr
        \move   multiplicands(%rip), %\v\()12
        .balign 64
1:      .rept   16
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11
        vfmadd213ps %\v\()13, %\v\()12, %\v\r
        .endr
        .endr
        sub     $1, %rdi
        jnz     1b
        vzeroupper
        ret
END \name
.endm

BARE fma_peak_avx512, zmm, vmovups
BARE fma_peak_fma3, ymm, vmovups
