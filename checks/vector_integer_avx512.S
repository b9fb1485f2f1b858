/* SPDX-License-Identifier: Apache-2.0 */
#define LOGIC_AND pandd
#define LOGIC_OR porq
#define LOGIC_NOT_AND pandnd
#define LOGIC_XOR pxorq
#include "checks/vector_integer.inc"

.macro LOAD column, a
        vmovdqa64 COLUMN(\column), %zmm\a
.endm

.macro DIFFER t, column, d /* 0xf6: a | (b ^ c) */
        vpternlogd $0xf6, COLUMN(\column), %zmm\t, %zmm\d
.endm

.macro OPERATE name, a, b, t
        v\name  %zmm\b, %zmm\a, %zmm\t
.endm

.macro SHIFT name, count, a, t
        v\name  $\count, %zmm\a, %zmm\t
.endm

.macro FOLD t, u
        vpxord  %zmm\u, %zmm\t, %zmm\t
.endm

#define UPPER 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20
VECTOR_STREAM vector_integer_avx512_low, 64, INTEGER_BODY LOW
VECTOR_STREAM vector_integer_avx512_high, 64, INTEGER_BODY UPPER
