/* SPDX-License-Identifier: Apache-2.0 */
/* Add, subtract, multiply, divide, square root, minimum, maximum and compare on streams of operands,
 * directed and random, in every rounding with FTZ and DAZ. Columns: a, b, then the answers in the order of
 * vector_arith.inc; the last holds, as bits, all predicates. Answers: tests/model/vector_float.py. */
#include "checks/vector_stream.h"

ANSWERS(vector_arith_f32);
ANSWERS(vector_arith_f64);
#define COLUMNS 10

/* The registers of a kernel: a, b, t, u, eight differences; `r` is the first, `s` 1 or -1. What t and u hold
 * are columns `t` and `u`. */
#define USED(r, s, t, u)                                                                          \
        {                                                                                         \
                { r, 0 }, { (r) + (s), 1 }, { (r) + 2 * (s), t }, { (r) + 3 * (s), u },           \
                        VECTOR_STREAM_CLEAR((r) + 4 * (s)), VECTOR_STREAM_CLEAR((r) + 5 * (s)),   \
                        VECTOR_STREAM_CLEAR((r) + 6 * (s)), VECTOR_STREAM_CLEAR((r) + 7 * (s)),   \
                        VECTOR_STREAM_CLEAR((r) + 8 * (s)), VECTOR_STREAM_CLEAR((r) + 9 * (s)),   \
                        VECTOR_STREAM_CLEAR((r) + 10 * (s)), VECTOR_STREAM_CLEAR((r) + 11 * (s)), \
                        VECTOR_STREAM_LAST                                                        \
        }

static const struct vector_stream_register low[] = USED(0, 1, VECTOR_STREAM_ZERO, VECTOR_STREAM_ZERO);
static const struct vector_stream_register high[] = USED(15, -1, VECTOR_STREAM_ZERO, VECTOR_STREAM_ZERO);
/* With AVX-512 a difference is taken without touching the result. */
static const struct vector_stream_register first[] = USED(0, 1, 8, 9);
static const struct vector_stream_register second[] = USED(12, 1, 8, 9);
static const struct vector_stream_register third[] = USED(31, -1, 8, 9);

VECTOR_STREAM_PAIR(vector_arith_f32_sse2, low, high);
VECTOR_STREAM_PAIR(vector_arith_f64_sse2, low, high);
VECTOR_STREAM_PAIR(vector_arith_f32_avx, low, high);
VECTOR_STREAM_PAIR(vector_arith_f64_avx, low, high);
VECTOR_STREAM_WIDE(vector_arith_f32_avx512, 0x18);
VECTOR_STREAM_WIDE(vector_arith_f64_avx512, 0x18);

#define SINGLE "wrong single precision arithmetic, square root or comparison in a lane of a vector"
#define DOUBLE "wrong double precision arithmetic, square root or comparison in a lane of a vector"

VECTOR_STREAM(vector_arith_f32_sse2, vector_arith_f32, SINGLE, ISA(SSE2), 16, COLUMNS, true,
        vector_arith_f32_sse2, NULL);
VECTOR_STREAM(vector_arith_f64_sse2, vector_arith_f64, DOUBLE, ISA(SSE2), 16, COLUMNS, true,
        vector_arith_f64_sse2, NULL);
VECTOR_STREAM(vector_arith_f32_avx, vector_arith_f32, SINGLE, ISA(AVX), 32, COLUMNS, true,
        vector_arith_f32_avx, "vector_arith_f32_sse2");
VECTOR_STREAM(vector_arith_f64_avx, vector_arith_f64, DOUBLE, ISA(AVX), 32, COLUMNS, true,
        vector_arith_f64_avx, "vector_arith_f64_sse2");
VECTOR_STREAM(vector_arith_f32_avx512, vector_arith_f32, SINGLE, VECTOR_STREAM_AVX512, 64, COLUMNS, true,
        vector_arith_f32_avx512, "vector_arith_f32_sse2");
VECTOR_STREAM(vector_arith_f64_avx512, vector_arith_f64, DOUBLE, VECTOR_STREAM_AVX512, 64, COLUMNS, true,
        vector_arith_f64_avx512, "vector_arith_f64_sse2");
