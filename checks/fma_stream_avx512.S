/* SPDX-License-Identifier: Apache-2.0 */
/* Three kinds of kernel: plain; masked, where lanes of k1 are computed with zeroing and those of k2 merge into them;
 * and with embedded rounding, {rn-sae} to {rz-sae}. */
#include "checks/fma_stream.inc"

.macro LOAD column, a
        vmovaps COLUMN(\column), %zmm\a
.endm

.macro DIFFER t, column, d /* 0xf6: a | (b ^ c) */
        vpternlogd $0xf6, COLUMN(\column), %zmm\t, %zmm\d
.endm

/* Masked: the first instruction changes the lanes of k1 and keeps the first operand in the others, which the
 * second changes. */
.macro FUSED how, name, x, y, t, column
        vmovaps COLUMN(\column), %zmm\t
        .ifc    \how, plain
        \name   %zmm\x, %zmm\y, %zmm\t
        .else
        .ifc    \how, masked
        \name   %zmm\x, %zmm\y, %zmm\t{%k1}
        \name   %zmm\x, %zmm\y, %zmm\t{%k2}
        .else
        \name   {\how\()-sae}, %zmm\x, %zmm\y, %zmm\t
        .endif
        .endif
.endm

/* fmaddsub subtracts in even lanes, fmsubadd in odd ones, which k5 names. */
.macro ALTERNATE how, type, a, b, c, t, u, d0, d1
        FUSED   \how, vfmaddsub213\type, \c, \a, \t, 1
        vmovaps COLUMN(4), %zmm\u
        vmova\type COLUMN(3), %zmm\u{%k5}
        vpternlogd $0xf6, %zmm\u, %zmm\t, %zmm\d0
        FUSED   \how, vfmsubadd231\type, \b, \a, \t, 2
        vmovaps COLUMN(3), %zmm\u
        vmova\type COLUMN(4), %zmm\u{%k5}
        vpternlogd $0xf6, %zmm\u, %zmm\t, %zmm\d1
.endm

.macro CLEAR t, u
        vpxord  %zmm\t, %zmm\t, %zmm\t
        vpxord  %zmm\u, %zmm\u, %zmm\u
.endm

#define FIRST 0, 1, 2, 3, 4, 5, 6, 7, 8
#define SECOND 9, 10, 11, 12, 13, 14, 15, 16, 17
#define THIRD 31, 30, 29, 28, 27, 26, 25, 24, 23
.macro KERNELS bits, type
VECTOR_STREAM fma_stream_\bits\()_avx512_plain, 64, FMA_BODY plain, \type, FIRST
VECTOR_STREAM fma_stream_\bits\()_avx512_masked, 64, FMA_BODY masked, \type, SECOND
VECTOR_STREAM fma_stream_\bits\()_avx512_rn, 64, FMA_BODY rn, \type, THIRD
VECTOR_STREAM fma_stream_\bits\()_avx512_rd, 64, FMA_BODY rd, \type, THIRD
VECTOR_STREAM fma_stream_\bits\()_avx512_ru, 64, FMA_BODY ru, \type, THIRD
VECTOR_STREAM fma_stream_\bits\()_avx512_rz, 64, FMA_BODY rz, \type, THIRD
.endm

KERNELS f32, ps
KERNELS f64, pd
