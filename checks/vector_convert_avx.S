/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/vector_convert.inc"

.macro NARROW name, t, v /* t = both halves of d converted */
        \name\()y LONG_COLUMN(2, 0, 32), %xmm\t
        \name\()y LONG_COLUMN(2, 1, 32), %xmm\v
        vinsertf128 $1, %xmm\v, %ymm\t, %ymm\t
.endm

.macro WIDEN half, t, u, d
        vcvtps2pd HALF_COLUMN(0, \half, 32), %ymm\t
        vcvtdq2pd HALF_COLUMN(1, \half, 32), %ymm\u
        vxorps  %ymm\u, %ymm\t, %ymm\t
        vxorps  LONG_COLUMN(5, \half, 32), %ymm\t, %ymm\t
        vorps   %ymm\t, %ymm\d, %ymm\d
.endm

.macro CONVERT_BODY a, b, t, u, v, d0, d1, d2, d3
        vmovaps COLUMN(0), %ymm\a
        vmovaps COLUMN(1), %ymm\b
        vcvtps2dq %ymm\a, %ymm\t
        vcvttps2dq %ymm\a, %ymm\u
        vxorps  %ymm\u, %ymm\t, %ymm\t
        vcvtdq2ps %ymm\b, %ymm\u
        vxorps  %ymm\u, %ymm\t, %ymm\t
        vxorps  COLUMN(4), %ymm\t, %ymm\t
        vorps   %ymm\t, %ymm\d0, %ymm\d0
        WIDEN   0, \t, \u, \d1
        WIDEN   1, \t, \u, \d2
        NARROW  vcvtpd2ps, \t, \v
        NARROW  vcvtpd2dq, \u, \v
        vxorps  %ymm\u, %ymm\t, %ymm\t
        NARROW  vcvttpd2dq, \u, \v
        vxorps  %ymm\u, %ymm\t, %ymm\t
        vxorps  COLUMN(7), %ymm\t, %ymm\t
        vorps   %ymm\t, %ymm\d3, %ymm\d3
        vxorps  %ymm\u, %ymm\u, %ymm\u
        vxorps  %ymm\v, %ymm\v, %ymm\v
.endm

VECTOR_STREAM vector_convert_avx_low, 32, CONVERT_BODY 0, 1, 2, 3, 4, 5, 6, 7, 8
VECTOR_STREAM vector_convert_avx_high, 32, CONVERT_BODY 15, 14, 13, 12, 11, 10, 9, 8, 7
