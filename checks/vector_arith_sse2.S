/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/vector_arith.inc"

.macro LOAD column, a
        movaps  COLUMN(\column), %xmm\a
.endm

.macro DIFFER t, column, d
        xorps   COLUMN(\column), %xmm\t
        orps    %xmm\t, %xmm\d
.endm

.macro BINARY how, name, type, a, b, t
        movaps  %xmm\a, %xmm\t
        \name\type %xmm\b, %xmm\t
.endm

.macro SELECT how, name, type, a, b, t
        BINARY  \how, \name, \type, \a, \b, \t
.endm

.macro ROOT how, type, a, t
        sqrt\type %xmm\a, %xmm\t
.endm

/* The eight predicates of SSE are the low eight bits of the code. */
.macro COMPARE how, type, a, b, t, u, d
        xorps   %xmm\u, %xmm\u
        .irp    p, 0,1,2,3,4,5,6,7
        movaps  %xmm\a, %xmm\t
        cmp\type $\p, %xmm\b, %xmm\t
        andps   predicate_\type+32*\p(%rip), %xmm\t
        orps    %xmm\t, %xmm\u
        .endr
        movaps  COLUMN(9), %xmm\t
        andps   low_\type(%rip), %xmm\t
        xorps   %xmm\t, %xmm\u
        orps    %xmm\u, %xmm\d
        xorps   %xmm\t, %xmm\t
.endm

        .section .rodata
        .balign 16
low_ps: .fill   4, 4, 0xff
low_pd: .fill   2, 8, 0xff

        .text
#define LOW 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
#define HIGH 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4
VECTOR_STREAM vector_arith_f32_sse2_low, 16, ARITH_BODY plain, ps, LOW
VECTOR_STREAM vector_arith_f32_sse2_high, 16, ARITH_BODY plain, ps, HIGH
VECTOR_STREAM vector_arith_f64_sse2_low, 16, ARITH_BODY plain, pd, LOW
VECTOR_STREAM vector_arith_f64_sse2_high, 16, ARITH_BODY plain, pd, HIGH
