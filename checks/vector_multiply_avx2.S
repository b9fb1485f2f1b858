/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/vector_multiply.inc"

.macro LOAD column, a
        vmovdqa COLUMN(\column), %ymm\a
.endm

.macro DIFFER t, column, d
        vpxor   COLUMN(\column), %ymm\t, %ymm\t
        vpor    %ymm\t, %ymm\d, %ymm\d
.endm

.macro MULTIPLY how, name, a, b, t
        v\name  %ymm\b, %ymm\a, %ymm\t
.endm

VECTOR_STREAM vector_multiply_avx2_low, 32, MULTIPLY_SSE41 plain, LOW
VECTOR_STREAM vector_multiply_avx2_high, 32, MULTIPLY_SSE41 plain, HIGH
