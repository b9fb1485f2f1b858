/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/vector_arith.inc"

.macro LOAD column, a
        vmovaps COLUMN(\column), %ymm\a
.endm

.macro DIFFER t, column, d
        vxorps  COLUMN(\column), %ymm\t, %ymm\t
        vorps   %ymm\t, %ymm\d, %ymm\d
.endm

.macro BINARY how, name, type, a, b, t
        v\name\type %ymm\b, %ymm\a, %ymm\t
.endm

.macro SELECT how, name, type, a, b, t
        BINARY  \how, \name, \type, \a, \b, \t
.endm

.macro ROOT how, type, a, t
        vsqrt\type %ymm\a, %ymm\t
.endm

.macro COMPARE how, type, a, b, t, u, d
        vxorps  %ymm\u, %ymm\u, %ymm\u
        .irp    p, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        vcmp\type $\p, %ymm\b, %ymm\a, %ymm\t
        vandps  predicate_\type+32*\p(%rip), %ymm\t, %ymm\t
        vorps   %ymm\t, %ymm\u, %ymm\u
        .endr
        DIFFER  \u, 9, \d
        vxorps  %ymm\t, %ymm\t, %ymm\t
.endm

#define LOW 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
#define HIGH 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4
VECTOR_STREAM vector_arith_f32_avx_low, 32, ARITH_BODY plain, ps, LOW
VECTOR_STREAM vector_arith_f32_avx_high, 32, ARITH_BODY plain, ps, HIGH
VECTOR_STREAM vector_arith_f64_avx_low, 32, ARITH_BODY plain, pd, LOW
VECTOR_STREAM vector_arith_f64_avx_high, 32, ARITH_BODY plain, pd, HIGH
