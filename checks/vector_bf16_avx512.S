/* SPDX-License-Identifier: Apache-2.0 */
/* Plain, and masked, where lanes of k1 are computed first and those of k2 after them. */
#include "checks/vector_stream.inc"

.macro BF16_BODY how, x, y, a, b, t, u, d0, d1, d2
        vmovdqa64 COLUMN(0), %zmm\x
        vmovdqa64 COLUMN(1), %zmm\y
        vmovdqa64 COLUMN(3), %zmm\a
        vmovdqa64 COLUMN(4), %zmm\b
        vmovdqa64 COLUMN(2), %zmm\t
        .ifc    \how, plain
        vdpbf16ps %zmm\y, %zmm\x, %zmm\t
        vcvtne2ps2bf16 %zmm\b, %zmm\a, %zmm\u
        .else
        vdpbf16ps %zmm\y, %zmm\x, %zmm\t{%k1}
        vdpbf16ps %zmm\y, %zmm\x, %zmm\t{%k2}
        vcvtne2ps2bf16 %zmm\b, %zmm\a, %zmm\u{%k1}{z}
        vcvtne2ps2bf16 %zmm\b, %zmm\a, %zmm\u{%k2}
        .endif
        vpternlogd $0xf6, COLUMN(5), %zmm\t, %zmm\d0 /* 0xf6: a | (b ^ c) */
        vpternlogd $0xf6, COLUMN(6), %zmm\u, %zmm\d1
        vcvtneps2bf16 %zmm\b, %ymm\t
        vcvtneps2bf16 %zmm\a, %ymm\u
        vinserti64x4 $1, %ymm\u, %zmm\t, %zmm\u
        vpternlogd $0xf6, COLUMN(6), %zmm\u, %zmm\d2
        vpxord  %zmm\t, %zmm\t, %zmm\t
        vpxord  %zmm\u, %zmm\u, %zmm\u
.endm

VECTOR_STREAM vector_bf16_avx512_low, 64, BF16_BODY plain, 0, 1, 2, 3, 4, 5, 6, 7, 8
VECTOR_STREAM vector_bf16_avx512_high, 64, BF16_BODY masked, 31, 30, 29, 28, 27, 26, 25, 24, 23
