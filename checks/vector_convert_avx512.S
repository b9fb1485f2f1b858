/* SPDX-License-Identifier: Apache-2.0 */
/* Plain, and with embedded rounding, {rn-sae} to {rz-sae}. */
#include "checks/vector_convert.inc"

.macro ROUND how, name, from, to
        .ifc    \how, plain
        \name   %\from, %\to
        .else
        \name   {\how\()-sae}, %\from, %\to
        .endif
.endm

.macro NARROW how, name, t, v /* t ^= both halves of d converted */
        vmovapd LONG_COLUMN(2, 0, 64), %zmm\v
        .ifc    \name, vcvttpd2dq
        \name   %zmm\v, %ymm\v
        .else
        ROUND   \how, \name, zmm\v, ymm\v
        .endif
        vpxorq  %zmm\v, %zmm\t, %zmm\t
        vmovapd LONG_COLUMN(2, 1, 64), %zmm\v
        .ifc    \name, vcvttpd2dq
        \name   %zmm\v, %ymm\v
        .else
        ROUND   \how, \name, zmm\v, ymm\v
        .endif
        vshuff64x2 $0x4e, %zmm\v, %zmm\v, %zmm\v /* the lower half to the upper; that was 0 */
        vpxorq  %zmm\v, %zmm\t, %zmm\t
.endm

.macro WIDEN half, t, u, d /* 0xf6: a | (b ^ c) */
        vcvtps2pd HALF_COLUMN(0, \half, 64), %zmm\t
        vcvtdq2pd HALF_COLUMN(1, \half, 64), %zmm\u
        vpxorq  %zmm\u, %zmm\t, %zmm\t
        vpternlogd $0xf6, LONG_COLUMN(5, \half, 64), %zmm\t, %zmm\d
.endm

.macro QUADS how, half, t, u, v, d
        vmovapd LONG_COLUMN(2, \half, 64), %zmm\v
        ROUND   \how, vcvtpd2qq, zmm\v, zmm\t
        vcvttpd2uqq %zmm\v, %zmm\u
        vpxorq  %zmm\u, %zmm\t, %zmm\t
        ROUND   \how, vcvtqq2pd, zmm\v, zmm\u
        vpxorq  %zmm\u, %zmm\t, %zmm\t
        ROUND   \how, vcvtuqq2pd, zmm\v, zmm\u
        vpxorq  %zmm\u, %zmm\t, %zmm\t
        vpternlogd $0xf6, LONG_COLUMN(9, \half, 64), %zmm\t, %zmm\d
.endm

.macro CONVERT_BODY how, a, b, t, u, v, d0, d1, d2, d3, d4, d5, d6
        vmovaps COLUMN(0), %zmm\a
        vmovaps COLUMN(1), %zmm\b
        ROUND   \how, vcvtps2dq, zmm\a, zmm\t
        vcvttps2dq %zmm\a, %zmm\u
        vpxorq  %zmm\u, %zmm\t, %zmm\t
        ROUND   \how, vcvtdq2ps, zmm\b, zmm\u
        vpxorq  %zmm\u, %zmm\t, %zmm\t
        vpternlogd $0xf6, COLUMN(4), %zmm\t, %zmm\d0
        WIDEN   0, \t, \u, \d1
        WIDEN   1, \t, \u, \d2
        vpxorq  %zmm\t, %zmm\t, %zmm\t
        NARROW  \how, vcvtpd2ps, \t, \v
        NARROW  \how, vcvtpd2dq, \t, \v
        NARROW  \how, vcvttpd2dq, \t, \v
        vpternlogd $0xf6, COLUMN(7), %zmm\t, %zmm\d3
        ROUND   \how, vcvtps2udq, zmm\a, zmm\t
        vcvttps2udq %zmm\a, %zmm\u
        vpxorq  %zmm\u, %zmm\t, %zmm\t
        ROUND   \how, vcvtudq2ps, zmm\b, zmm\u
        vpxorq  %zmm\u, %zmm\t, %zmm\t
        vpternlogd $0xf6, COLUMN(8), %zmm\t, %zmm\d4
        QUADS   \how, 0, \t, \u, \v, \d5
        QUADS   \how, 1, \t, \u, \v, \d6
        vpxorq  %zmm\t, %zmm\t, %zmm\t
        vpxorq  %zmm\u, %zmm\u, %zmm\u
        vpxorq  %zmm\v, %zmm\v, %zmm\v
.endm

#define FIRST 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
#define THIRD 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20
VECTOR_STREAM vector_convert_avx512_plain, 64, CONVERT_BODY plain, FIRST
VECTOR_STREAM vector_convert_avx512_rn, 64, CONVERT_BODY rn, THIRD
VECTOR_STREAM vector_convert_avx512_rd, 64, CONVERT_BODY rd, THIRD
VECTOR_STREAM vector_convert_avx512_ru, 64, CONVERT_BODY ru, THIRD
VECTOR_STREAM vector_convert_avx512_rz, 64, CONVERT_BODY rz, THIRD
