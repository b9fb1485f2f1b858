/* SPDX-License-Identifier: Apache-2.0 */
/* The bare loops of fma_peak.c: fused multiply-adds that wait for nothing but themselves, 12 at a time, and a
 * counter. 1.0 * 1.0 + 0 would do as well: the time does not depend on the data, but the power does, so the data
 * are ordinary numbers. */
#include "checks/asm.h"

        .section .rodata
        .balign 64
numbers:
        .rept   8
        .quad   0x3f8012343f801234
        .endr

        .text
.macro BARE name, v, move
FUNCTION \name
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13
        \move   numbers(%rip), %\v\r
        .endr
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
