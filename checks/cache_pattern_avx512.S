/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns through vectors of 512 bits: zmm0 to 7 expected, 8 to 15 to write, 16 and 17 the steps, 18 the differences. */
#define PATTERN_BYTES 64
#define PATTERN_VECTORS 8
#include "checks/pattern.inc"

.macro PATTERN_EACH operation
        \operation 0, 8
        \operation 1, 9
        \operation 2, 10
        \operation 3, 11
        \operation 4, 12
        \operation 5, 13
        \operation 6, 14
        \operation 7, 15
.endm
.macro PATTERN_LOAD
        .irp    k, 0,1,2,3,4,5,6,7
        vmovdqu64 PATTERN_OLD+64*\k(%rbp), %zmm\k
        .endr
        .irp    n, 8,9,10,11,12,13,14,15
        vmovdqu64 PATTERN_NEW+64*(\n-8)(%rbp), %zmm\n
        .endr
        vmovdqu64 PATTERN_OLD_STEP(%rbp), %zmm16
        vmovdqu64 PATTERN_NEW_STEP(%rbp), %zmm17
        vpxorq  %zmm18, %zmm18, %zmm18
.endm
.macro PATTERN_COMPARE k, n
        vpternlogq $0xf6, 64*\k(%rsi), %zmm\k, %zmm18   # zmm18 | (zmmK ^ memory)
.endm
.macro PATTERN_TEST label
        vptestmq %zmm18, %zmm18, %k1
        kortestb %k1, %k1
        jnz     \label
.endm
.macro PATTERN_STORE k, n
        vmovdqa64 %zmm\n, 64*\k(%rsi)
.endm
.macro PATTERN_STEP k, n
        vpaddq  %zmm16, %zmm\k, %zmm\k
        vpaddq  %zmm17, %zmm\n, %zmm\n
.endm
.macro PATTERN_SHOW k, n
        vmovdqa64 %zmm\k, PATTERN_WANTED+64*\k(%rdx)
.endm
.macro PATTERN_SEEN_OUT
        vmovdqa64 %zmm18, PATTERN_SEEN(%rdx)
        vpxorq  %zmm18, %zmm18, %zmm18
.endm
.macro PATTERN_RESTORE
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18
        vmovdqa64 REGISTERS_VECTOR+64*\r(%rax), %zmm\r
        .endr
        kmovq   REGISTERS_MASK+8(%rax), %k1
.endm
.macro PATTERN_OUT
.endm

FUNCTION cache_pattern_avx512_run
        PATTERN_KERNEL
END cache_pattern_avx512_run
