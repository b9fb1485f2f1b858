/* SPDX-License-Identifier: Apache-2.0 */
/* Integer multiplication in lanes of 8, 16, 32 and 64 bits, on random, directed and toggling operands.
 * Columns: a, b, then the answers in the order of vector_multiply.inc. Answers:
 * tests/model/vector_multiply.py. */
#include "checks/vector_stream.h"

ANSWERS(vector_multiply);
#define COLUMNS 12

/* The registers of a kernel: a, b, t, u, n differences; `r` is the first, `s` 1 or -1. What t and u hold are
 * columns `t` and `u`. */
#define USED(r, s, t, u)                                  \
        { r, 0 }, { (r) + (s), 1 }, { (r) + 2 * (s), t }, \
        {                                                 \
                (r) + 3 * (s), u                          \
        }
#define CLEAR3(r, s) \
        VECTOR_STREAM_CLEAR(r), VECTOR_STREAM_CLEAR((r) + (s)), VECTOR_STREAM_CLEAR((r) + 2 * (s))
#define CLEAR9(r, s) CLEAR3(r, s), CLEAR3((r) + 3 * (s), s), CLEAR3((r) + 6 * (s), s)
#define ZERO VECTOR_STREAM_ZERO

static const struct vector_stream_register sse2_low[] = { USED(0, 1, ZERO, ZERO), CLEAR3(4, 1),
        VECTOR_STREAM_CLEAR(7), VECTOR_STREAM_CLEAR(8), VECTOR_STREAM_LAST };
static const struct vector_stream_register sse2_high[] = { USED(15, -1, ZERO, ZERO), CLEAR3(11, -1),
        VECTOR_STREAM_CLEAR(8), VECTOR_STREAM_CLEAR(7), VECTOR_STREAM_LAST };
static const struct vector_stream_register low[] = { USED(0, 1, ZERO, ZERO), CLEAR9(4, 1),
        VECTOR_STREAM_LAST };
static const struct vector_stream_register high[] = { USED(15, -1, ZERO, ZERO), CLEAR9(11, -1),
        VECTOR_STREAM_LAST };
/* With AVX-512 a difference is taken without touching the result. */
static const struct vector_stream_register wide_low[] = { USED(0, 1, 10, 11), CLEAR9(4, 1),
        VECTOR_STREAM_CLEAR(13), VECTOR_STREAM_LAST };
static const struct vector_stream_register wide_high[] = { USED(31, -1, 10, 11), CLEAR9(27, -1),
        VECTOR_STREAM_CLEAR(18), VECTOR_STREAM_LAST };

VECTOR_STREAM_PAIR(vector_multiply_sse2, sse2_low, sse2_high);
VECTOR_STREAM_PAIR(vector_multiply_sse41, low, high);
VECTOR_STREAM_PAIR(vector_multiply_avx2, low, high);
VECTOR_STREAM_PAIR(vector_multiply_avx512, wide_low, wide_high);

#define DETECTS "wrong integer product in a lane of a vector"

VECTOR_STREAM(vector_multiply_sse2, vector_multiply, DETECTS, ISA(SSE2), 16, COLUMNS, false,
        vector_multiply_sse2, NULL);
VECTOR_STREAM(vector_multiply_sse41, vector_multiply, DETECTS, ISA(SSSE3) | ISA(SSE41), 16, COLUMNS, false,
        vector_multiply_sse41, "vector_multiply_sse2");
VECTOR_STREAM(vector_multiply_avx2, vector_multiply, DETECTS, ISA(AVX) | ISA(AVX2), 32, COLUMNS, false,
        vector_multiply_avx2, "vector_multiply_sse41");
VECTOR_STREAM(vector_multiply_avx512, vector_multiply, DETECTS, VECTOR_STREAM_AVX512 | ISA(AVX512DQ), 64,
        COLUMNS, false, vector_multiply_avx512, "vector_multiply_sse41");
