/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/vector_convert.inc"

.macro NARROW name, t, v /* t = both halves of d converted */
        \name   LONG_COLUMN(2, 0, 16), %xmm\t
        \name   LONG_COLUMN(2, 1, 16), %xmm\v
        punpcklqdq %xmm\v, %xmm\t
.endm

.macro WIDEN half, t, u, d
        cvtps2pd HALF_COLUMN(0, \half, 16), %xmm\t
        cvtdq2pd HALF_COLUMN(1, \half, 16), %xmm\u
        pxor    %xmm\u, %xmm\t
        pxor    LONG_COLUMN(5, \half, 16), %xmm\t
        por     %xmm\t, %xmm\d
.endm

.macro CONVERT_BODY a, b, t, u, v, d0, d1, d2, d3
        movaps  COLUMN(0), %xmm\a
        movdqa  COLUMN(1), %xmm\b
        cvtps2dq %xmm\a, %xmm\t
        cvttps2dq %xmm\a, %xmm\u
        pxor    %xmm\u, %xmm\t
        cvtdq2ps %xmm\b, %xmm\u
        pxor    %xmm\u, %xmm\t
        pxor    COLUMN(4), %xmm\t
        por     %xmm\t, %xmm\d0
        WIDEN   0, \t, \u, \d1
        WIDEN   1, \t, \u, \d2
        NARROW  cvtpd2ps, \t, \v
        NARROW  cvtpd2dq, \u, \v
        pxor    %xmm\u, %xmm\t
        NARROW  cvttpd2dq, \u, \v
        pxor    %xmm\u, %xmm\t
        pxor    COLUMN(7), %xmm\t
        por     %xmm\t, %xmm\d3
        pxor    %xmm\u, %xmm\u
        pxor    %xmm\v, %xmm\v
.endm

VECTOR_STREAM vector_convert_sse2_low, 16, CONVERT_BODY 0, 1, 2, 3, 4, 5, 6, 7, 8
VECTOR_STREAM vector_convert_sse2_high, 16, CONVERT_BODY 15, 14, 13, 12, 11, 10, 9, 8, 7
