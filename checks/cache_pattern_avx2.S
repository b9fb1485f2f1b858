/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns through vectors of 256 bits: ymm0 to 3 expected, 4 to 7 to write, 8 and 9 the steps, 10 the differences, 11 what
 * was loaded. */
#define PATTERN_BYTES 32
#define PATTERN_VECTORS 4
#include "checks/pattern.inc"

.macro PATTERN_EACH operation
        \operation 0, 4
        \operation 1, 5
        \operation 2, 6
        \operation 3, 7
.endm
.macro PATTERN_LOAD
        .irp    k, 0,1,2,3
        vmovdqu PATTERN_OLD+32*\k(%rbp), %ymm\k
        .endr
        .irp    n, 4,5,6,7
        vmovdqu PATTERN_NEW+32*(\n-4)(%rbp), %ymm\n
        .endr
        vmovdqu PATTERN_OLD_STEP(%rbp), %ymm8
        vmovdqu PATTERN_NEW_STEP(%rbp), %ymm9
        vpxor   %ymm10, %ymm10, %ymm10
.endm
.macro PATTERN_COMPARE k, n
        vpxor   32*\k(%rsi), %ymm\k, %ymm11
        vpor    %ymm11, %ymm10, %ymm10
.endm
.macro PATTERN_TEST label
        vptest  %ymm10, %ymm10
        jnz     \label
.endm
.macro PATTERN_STORE k, n
        vmovdqa %ymm\n, 32*\k(%rsi)
.endm
.macro PATTERN_STEP k, n
        vpaddq  %ymm8, %ymm\k, %ymm\k
        vpaddq  %ymm9, %ymm\n, %ymm\n
.endm
.macro PATTERN_SHOW k, n
        vmovdqa %ymm\k, PATTERN_WANTED+32*\k(%rdx)
.endm
.macro PATTERN_SEEN_OUT
        vmovdqa %ymm10, PATTERN_SEEN(%rdx)
        vpxor   %ymm10, %ymm10, %ymm10
.endm
.macro PATTERN_RESTORE
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11
        vmovdqa REGISTERS_VECTOR+64*\r(%rax), %ymm\r
        .endr
.endm
.macro PATTERN_OUT
.endm

FUNCTION cache_pattern_avx2_run
        PATTERN_KERNEL
END cache_pattern_avx2_run
