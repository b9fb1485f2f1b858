/* SPDX-License-Identifier: Apache-2.0 */
#define LOGIC_AND pand
#define LOGIC_OR por
#define LOGIC_NOT_AND pandn
#define LOGIC_XOR pxor
#include "checks/vector_integer.inc"

.macro LOAD column, a
        vmovdqa COLUMN(\column), %ymm\a
.endm

.macro DIFFER t, column, d
        vpxor   COLUMN(\column), %ymm\t, %ymm\t
        vpor    %ymm\t, %ymm\d, %ymm\d
.endm

.macro OPERATE name, a, b, t
        v\name  %ymm\b, %ymm\a, %ymm\t
.endm

.macro SHIFT name, count, a, t
        v\name  $\count, %ymm\a, %ymm\t
.endm

.macro FOLD t, u
        vpxor   %ymm\u, %ymm\t, %ymm\t
.endm

VECTOR_STREAM vector_integer_avx2_low, 32, INTEGER_BODY LOW
VECTOR_STREAM vector_integer_avx2_high, 32, INTEGER_BODY HIGH
