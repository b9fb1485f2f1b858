/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/fma_stream.inc"

.macro LOAD column, a
        vmovaps COLUMN(\column), %ymm\a
.endm

.macro DIFFER t, column, d
        vxorps  COLUMN(\column), %ymm\t, %ymm\t
        vorps   %ymm\t, %ymm\d, %ymm\d
.endm

.macro FUSED how, name, x, y, t, column
        vmovaps COLUMN(\column), %ymm\t
        \name   %ymm\x, %ymm\y, %ymm\t
.endm

/* fmaddsub subtracts in even lanes, fmsubadd in odd ones. */
.macro ALTERNATE how, type, a, b, c, t, u, d0, d1
        vmovaps COLUMN(4), %ymm\u
        .ifc    \type, ps
        vblendps $0xaa, COLUMN(3), %ymm\u, %ymm\u
        .else
        vblendpd $0xa, COLUMN(3), %ymm\u, %ymm\u
        .endif
        FUSED   \how, vfmaddsub213\type, \c, \a, \t, 1
        vxorps  %ymm\u, %ymm\t, %ymm\t
        vorps   %ymm\t, %ymm\d0, %ymm\d0
        vmovaps COLUMN(3), %ymm\u
        .ifc    \type, ps
        vblendps $0xaa, COLUMN(4), %ymm\u, %ymm\u
        .else
        vblendpd $0xa, COLUMN(4), %ymm\u, %ymm\u
        .endif
        FUSED   \how, vfmsubadd231\type, \b, \a, \t, 2
        vxorps  %ymm\u, %ymm\t, %ymm\t
        vorps   %ymm\t, %ymm\d1, %ymm\d1
.endm

.macro CLEAR t, u
.endm

#define LOW 0, 1, 2, 3, 4, 5, 6, 7, 8
#define HIGH 15, 14, 13, 12, 11, 10, 9, 8, 7
VECTOR_STREAM fma_stream_f32_fma3_low, 32, FMA_BODY plain, ps, LOW
VECTOR_STREAM fma_stream_f32_fma3_high, 32, FMA_BODY plain, ps, HIGH
VECTOR_STREAM fma_stream_f64_fma3_low, 32, FMA_BODY plain, pd, LOW
VECTOR_STREAM fma_stream_f64_fma3_high, 32, FMA_BODY plain, pd, HIGH
