/* SPDX-License-Identifier: Apache-2.0 */
#define LOGIC_AND pand
#define LOGIC_OR por
#define LOGIC_NOT_AND pandn
#define LOGIC_XOR pxor
#include "checks/vector_integer.inc"

.macro LOAD column, a
        movdqa  COLUMN(\column), %xmm\a
.endm

.macro DIFFER t, column, d
        pxor    COLUMN(\column), %xmm\t
        por     %xmm\t, %xmm\d
.endm

.macro OPERATE name, a, b, t
        .ifnc   \a, \t
        movdqa  %xmm\a, %xmm\t
        .endif
        \name   %xmm\b, %xmm\t
.endm

.macro SHIFT name, count, a, t
        movdqa  %xmm\a, %xmm\t
        \name   $\count, %xmm\t
.endm

.macro FOLD t, u
        pxor    %xmm\u, %xmm\t
.endm

VECTOR_STREAM vector_integer_sse2_low, 16, INTEGER_BODY LOW
VECTOR_STREAM vector_integer_sse2_high, 16, INTEGER_BODY HIGH
