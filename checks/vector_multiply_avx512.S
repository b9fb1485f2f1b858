/* SPDX-License-Identifier: Apache-2.0 */
/* Plain, and masked, where lanes of k1 are computed with zeroing and those of k2 merge into them. */
#include "checks/vector_multiply.inc"

.macro LOAD column, a
        vmovdqa64 COLUMN(\column), %zmm\a
.endm

.macro DIFFER t, column, d /* 0xf6: a | (b ^ c) */
        vpternlogd $0xf6, COLUMN(\column), %zmm\t, %zmm\d
.endm

.macro MULTIPLY how, name, a, b, t
        .ifc    \how, plain
        v\name  %zmm\b, %zmm\a, %zmm\t
        .else
        v\name  %zmm\b, %zmm\a, %zmm\t{%k1}{z}
        v\name  %zmm\b, %zmm\a, %zmm\t{%k2}
        .endif
.endm

#define UPPER 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18
VECTOR_STREAM vector_multiply_avx512_low, 64, MULTIPLY_AVX512 plain, LOW
VECTOR_STREAM vector_multiply_avx512_high, 64, MULTIPLY_AVX512 masked, UPPER
