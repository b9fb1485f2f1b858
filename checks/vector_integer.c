/* SPDX-License-Identifier: Apache-2.0 */
/* Integer addition, subtraction, saturation, logic, shifts, minimum, maximum and average in lanes, on
 * random, directed and toggling operands. Columns: a, b, then the answers in the order of
 * vector_integer.inc. Answers: tests/model/vector_integer.py. */
#include "checks/vector_stream.h"

ANSWERS(vector_integer);
#define COLUMNS 9

/* The registers of a kernel: a, b, three temporaries and seven differences, which end at 0; `r` is the
 * first, `s` 1 or -1. */
#define CLEAR5(r, s)                                                                                \
        VECTOR_STREAM_CLEAR(r), VECTOR_STREAM_CLEAR((r) + (s)), VECTOR_STREAM_CLEAR((r) + 2 * (s)), \
                VECTOR_STREAM_CLEAR((r) + 3 * (s)), VECTOR_STREAM_CLEAR((r) + 4 * (s))
#define USED(r, s) { r, 0 }, { (r) + (s), 1 }, CLEAR5((r) + 2 * (s), s), CLEAR5((r) + 7 * (s), s)

static const struct vector_stream_register low[] = { USED(0, 1), VECTOR_STREAM_LAST };
static const struct vector_stream_register high[] = { USED(15, -1), VECTOR_STREAM_LAST };
static const struct vector_stream_register upper[] = { USED(31, -1), VECTOR_STREAM_LAST };

VECTOR_STREAM_PAIR(vector_integer_sse2, low, high);
VECTOR_STREAM_PAIR(vector_integer_avx2, low, high);
VECTOR_STREAM_PAIR(vector_integer_avx512, low, upper);

#define DETECTS "wrong integer sum, shift, logic, minimum or average in a lane of a vector"

VECTOR_STREAM(vector_integer_sse2, vector_integer, DETECTS, ISA(SSE2), 16, COLUMNS, false,
        vector_integer_sse2, NULL);
VECTOR_STREAM(vector_integer_avx2, vector_integer, DETECTS, ISA(AVX) | ISA(AVX2), 32, COLUMNS, false,
        vector_integer_avx2, "vector_integer_sse2");
VECTOR_STREAM(vector_integer_avx512, vector_integer, DETECTS, VECTOR_STREAM_AVX512, 64, COLUMNS, false,
        vector_integer_avx512, "vector_integer_sse2");
