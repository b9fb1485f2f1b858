/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns through vectors of 512 bits: zmm0 to 7 expected, 8 to 15 to write, 16 and 17 the steps, 18 and 19 the
 * differences. */
#define PATTERN_BYTES 512
#include "checks/pattern.inc"

.macro PATTERN_LOAD
        .irp    k, 0,1,2,3,4,5,6,7
        vmovdqa64 PATTERN_OLD+64*\k(%rbp), %zmm\k
        .endr
        .irp    n, 8,9,10,11,12,13,14,15
        vmovdqa64 PATTERN_NEW+64*(\n-8)(%rbp), %zmm\n
        .endr
        vmovdqa64 PATTERN_OLD_STEP(%rbp), %zmm16
        vmovdqa64 PATTERN_NEW_STEP(%rbp), %zmm17
.endm
.macro PATTERN_COMPARE stepped, label
        vpxorq  (%rsi), %zmm0, %zmm18
        vpxorq  64*1(%rsi), %zmm1, %zmm19
        .irp    k, 2,4,6
        vpternlogq $0xf6, 64*\k(%rsi), %zmm\k, %zmm18   # zmm18 | (zmmK ^ memory)
        .endr
        .irp    k, 3,5,7
        vpternlogq $0xf6, 64*\k(%rsi), %zmm\k, %zmm19
        .endr
        .if     \stepped
        .irp    k, 0,1,2,3,4,5,6,7
        vpaddq  %zmm16, %zmm\k, %zmm\k
        .endr
        .endif
        vporq   %zmm19, %zmm18, %zmm18
        vptestmq %zmm18, %zmm18, %k1
        kortestb %k1, %k1
        jnz     \label
.endm
.macro PATTERN_STORE stepped
        .irp    n, 8,9,10,11,12,13,14,15
        vmovdqa64 %zmm\n, 64*(\n-8)(%rsi)
        .if     \stepped
        vpaddq  %zmm17, %zmm\n, %zmm\n
        .endif
        .endr
.endm
.macro PATTERN_SHOW
        .irp    k, 0,1,2,3,4,5,6,7
        vpsubq  %zmm16, %zmm\k, %zmm19
        vmovdqa64 %zmm19, PATTERN_WANTED+64*\k(%rdx)
        .endr
        vmovdqa64 %zmm18, PATTERN_SEEN(%rdx)
.endm
.macro PATTERN_RESTORE
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19
        vmovdqa64 REGISTERS_VECTOR+64*\r(%rax), %zmm\r
        .endr
        kmovq   REGISTERS_MASK+8(%rax), %k1
.endm
.macro PATTERN_OUT
.endm

FUNCTION cache_pattern_avx512_run
        PATTERN_KERNEL
END cache_pattern_avx512_run
