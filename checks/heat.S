/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/asm.h"
#include "checks/heat.h"

.macro EIGHT value
        .rept   8
        .quad   \value
        .endr
.endm

        .section .rodata
        .balign 64
/* x = factor * x + step: the sign flips with every step, and the sum keeps the mantissa moving. */
start:
        EIGHT 0x3ff5555555555555
factor:
        EIGHT 0xbfefffffffff5a5a
step:
        EIGHT 0x3fb5a5a5a5a5a5a5
        .text

.macro EACH_CHAIN body:vararg
        .irp    r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        \body   \r
        .endr
.endm

.macro START_128 r
        movapd  start(%rip), %xmm\r
.endm

.macro STEP_128 r
        mulpd   %xmm14, %xmm\r
        addpd   %xmm15, %xmm\r
.endm

.macro START_256 r
        vmovapd start(%rip), %ymm\r
.endm

.macro STEP_256 r
        vmulpd  %ymm14, %ymm\r, %ymm\r
        vaddpd  %ymm15, %ymm\r, %ymm\r
.endm

.macro START_512 r
        vmovapd start(%rip), %zmm\r
.endm

.macro STEP_512 r
        vfmadd213pd %zmm15, %zmm14, %zmm\r
.endm

FUNCTION heat_sse2
        movapd  factor(%rip), %xmm14
        movapd  step(%rip), %xmm15
        EACH_CHAIN START_128
        .balign 32
1:      EACH_CHAIN STEP_128
        dec     %edi
        jnz     1b
        ret
END heat_sse2

FUNCTION heat_avx
        vmovapd factor(%rip), %ymm14
        vmovapd step(%rip), %ymm15
        EACH_CHAIN START_256
        .balign 32
1:      EACH_CHAIN STEP_256
        dec     %edi
        jnz     1b
        vzeroupper
        ret
END heat_avx

FUNCTION heat_avx512
        vmovapd factor(%rip), %zmm14
        vmovapd step(%rip), %zmm15
        EACH_CHAIN START_512
        .balign 32
1:      EACH_CHAIN STEP_512
        dec     %edi
        jnz     1b
        vzeroupper
        ret
END heat_avx512
