/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/vector_multiply.inc"

.macro LOAD column, a
        movdqa  COLUMN(\column), %xmm\a
.endm

.macro DIFFER t, column, d
        pxor    COLUMN(\column), %xmm\t
        por     %xmm\t, %xmm\d
.endm

.macro MULTIPLY how, name, a, b, t
        movdqa  %xmm\a, %xmm\t
        \name   %xmm\b, %xmm\t
.endm

VECTOR_STREAM vector_multiply_sse2_low, 16, MULTIPLY_SSE2 plain, LOW
VECTOR_STREAM vector_multiply_sse2_high, 16, MULTIPLY_SSE2 plain, HIGH
VECTOR_STREAM vector_multiply_sse41_low, 16, MULTIPLY_SSE41 plain, LOW
VECTOR_STREAM vector_multiply_sse41_high, 16, MULTIPLY_SSE41 plain, HIGH
