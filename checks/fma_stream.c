/* SPDX-License-Identifier: Apache-2.0 */
/* All forms of fused multiply-add on streams of operands, directed and random, in every rounding with FTZ
 * and DAZ. Columns: a, b, c, then a * b + c, a * b - c, -(a * b) + c, -(a * b) - c. Answers:
 * tests/model/vector_float.py. */
#include "checks/vector_stream.h"

ANSWERS(fma_stream_f32);
ANSWERS(fma_stream_f64);
#define COLUMNS 7

/* The registers of a kernel: a, b, c, t, u, four differences; `r` is the first, `s` 1 or -1. What t and u
 * hold is column `t`. */
#define USED(r, s, t)                                                                           \
        {                                                                                       \
                { r, 0 }, { (r) + (s), 1 }, { (r) + 2 * (s), 2 }, { (r) + 3 * (s), t },         \
                        { (r) + 4 * (s), t }, VECTOR_STREAM_CLEAR((r) + 5 * (s)),               \
                        VECTOR_STREAM_CLEAR((r) + 6 * (s)), VECTOR_STREAM_CLEAR((r) + 7 * (s)), \
                        VECTOR_STREAM_CLEAR((r) + 8 * (s)), VECTOR_STREAM_LAST                  \
        }

static const struct vector_stream_register low[] = USED(0, 1, VECTOR_STREAM_ZERO);
static const struct vector_stream_register high[] = USED(15, -1, VECTOR_STREAM_ZERO);
/* With AVX-512 a difference is taken without touching the result. */
static const struct vector_stream_register first[] = USED(0, 1, 6);
static const struct vector_stream_register second[] = USED(9, 1, 6);
static const struct vector_stream_register third[] = USED(31, -1, 6);

VECTOR_STREAM_PAIR(fma_stream_f32_fma3, low, high);
VECTOR_STREAM_PAIR(fma_stream_f64_fma3, low, high);
VECTOR_STREAM_WIDE(fma_stream_f32_avx512, 0);
VECTOR_STREAM_WIDE(fma_stream_f64_avx512, 0);

#define SINGLE "wrong single precision fused multiply-add in a lane of a vector"
#define DOUBLE "wrong double precision fused multiply-add in a lane of a vector"
#define NARROW_NEEDS (ISA(AVX) | ISA(FMA))

VECTOR_STREAM(fma_stream_f32_fma3, fma_stream_f32, SINGLE, NARROW_NEEDS, 32, COLUMNS, true,
        fma_stream_f32_fma3, NULL);
VECTOR_STREAM(fma_stream_f64_fma3, fma_stream_f64, DOUBLE, NARROW_NEEDS, 32, COLUMNS, true,
        fma_stream_f64_fma3, NULL);
VECTOR_STREAM(fma_stream_f32_avx512, fma_stream_f32, SINGLE, VECTOR_STREAM_AVX512, 64, COLUMNS, true,
        fma_stream_f32_avx512, "fma_stream_f32_fma3");
VECTOR_STREAM(fma_stream_f64_avx512, fma_stream_f64, DOUBLE, VECTOR_STREAM_AVX512, 64, COLUMNS, true,
        fma_stream_f64_avx512, "fma_stream_f64_fma3");
