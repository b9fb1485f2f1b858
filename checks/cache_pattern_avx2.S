/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns through vectors of 256 bits: ymm0 to 3 expected, 4 to 7 to write, 8 and 9 the steps, 10 to 14 the
 * differences. Two blocks are compared together, the second with its first vector behind its others. */
#define PATTERN_BYTES 256
#include "checks/pattern.inc"

.macro PATTERN_LOAD
        .irp    k, 0,1,2,3
        vmovdqa PATTERN_OLD+32*\k(%rbp), %ymm\k
        .endr
        .irp    n, 4,5,6,7
        vmovdqa PATTERN_NEW+32*(\n-4)(%rbp), %ymm\n
        .endr
        vmovdqa PATTERN_OLD_STEP(%rbp), %ymm8
        vmovdqa PATTERN_NEW_STEP(%rbp), %ymm9
.endm
/* ymm10 = the differences of the block at `at`, which begins with register `first`. */
.macro DIFFER at, first, second, third, fourth
        vpxor   \at+0(%rsi), %ymm\first, %ymm10
        vpxor   \at+32(%rsi), %ymm\second, %ymm11
        vpxor   \at+64(%rsi), %ymm\third, %ymm12
        vpxor   \at+96(%rsi), %ymm\fourth, %ymm13
        vpor    %ymm11, %ymm10, %ymm10
        vpor    %ymm13, %ymm12, %ymm12
        vpor    %ymm12, %ymm10, %ymm10
.endm
.macro PATTERN_COMPARE stepped, label
        DIFFER  0, 0, 1, 2, 3
        vmovdqa %ymm10, %ymm14
        DIFFER  128, 1, 2, 3, 0
        .if     \stepped
        .irp    k, 0,1,2,3
        vpaddq  %ymm8, %ymm\k, %ymm\k
        .endr
        .endif
        vpor    %ymm10, %ymm14, %ymm14
        vptest  %ymm14, %ymm14
        jnz     \label
.endm
.macro PATTERN_STORE stepped
        vmovdqa %ymm4, (%rsi)
        vmovdqa %ymm5, 32(%rsi)
        vmovdqa %ymm6, 64(%rsi)
        vmovdqa %ymm7, 96(%rsi)
        vmovdqa %ymm5, 128(%rsi)
        vmovdqa %ymm6, 160(%rsi)
        vmovdqa %ymm7, 192(%rsi)
        vmovdqa %ymm4, 224(%rsi)
        .if     \stepped
        .irp    n, 4,5,6,7
        vpaddq  %ymm9, %ymm\n, %ymm\n
        .endr
        .endif
.endm
.macro PATTERN_SHOW
        .irp    k, 0,1,2,3
        vpsubq  %ymm8, %ymm\k, %ymm10
        vmovdqa %ymm10, PATTERN_WANTED+32*\k(%rdx)
        vmovdqa %ymm10, PATTERN_WANTED+128+32*((\k+3)%4)(%rdx)
        .endr
        vpxor   %ymm10, %ymm10, %ymm10
        vmovdqa %ymm10, PATTERN_SEEN+32(%rdx)
        vmovdqa %ymm14, PATTERN_SEEN(%rdx)
.endm
.macro PATTERN_RESTORE
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14
        vmovdqa REGISTERS_VECTOR+64*\r(%rax), %ymm\r
        .endr
.endm
.macro PATTERN_OUT
.endm

FUNCTION cache_pattern_avx2_run
        PATTERN_KERNEL
END cache_pattern_avx2_run
