/* SPDX-License-Identifier: Apache-2.0 */
/* Integer addition, subtraction, saturation, logic, shifts, minimum, maximum and average in lanes, on
 * random, directed and toggling operands. Columns: a, b, then the answers in the order of
 * vector_integer.inc. Answers: tests/model/vector_integer.py. */
#include "checks/vector_stream.h"

ANSWERS(vector_integer);

/* Groups, in the order of vector_integer.inc. */
#define FIELDS(bytes, lane)                                                                               \
        {                                                                                                 \
                VECTOR_STREAM_FIELD(0, "sums", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),                   \
                        VECTOR_STREAM_FIELD(1, "differences", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),    \
                        VECTOR_STREAM_FIELD(2, "saturated sums", CHECK_UNIT_VECTOR_INTEGER, bytes, lane), \
                        VECTOR_STREAM_FIELD(3, "logic", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),          \
                        VECTOR_STREAM_FIELD(4, "shifts", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),         \
                        VECTOR_STREAM_FIELD(                                                              \
                                5, "minima and maxima", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),          \
                        VECTOR_STREAM_FIELD(6, "averages", CHECK_UNIT_VECTOR_INTEGER, bytes, lane)        \
        }

static const struct check_field vector_integer_sse2_fields[] = FIELDS(16, 8);
static const struct check_field vector_integer_avx2_fields[] = FIELDS(32, 8);
static const struct check_field vector_integer_avx512_fields[] = FIELDS(64, 8);

VECTOR_STREAM_PAIR(vector_integer_sse2, 15);
VECTOR_STREAM_PAIR(vector_integer_avx2, 15);
VECTOR_STREAM_PAIR(vector_integer_avx512, 31);

#define DETECTS "Wrong integer sum, shift, logic, minimum or average in a lane of a vector."
#define LAYOUT .columns = 9, .operands = { 0, 1 }, .n_operands = 2, .n_temporaries = 3

VECTOR_STREAM(vector_integer_sse2, vector_integer, DETECTS, ISA(SSE2), 16, vector_integer_sse2_fields, NULL,
        LAYOUT);
VECTOR_STREAM(vector_integer_avx2, vector_integer, DETECTS, ISA(AVX) | ISA(AVX2), 32,
        vector_integer_avx2_fields, "vector_integer_sse2", LAYOUT);
VECTOR_STREAM(vector_integer_avx512, vector_integer, DETECTS, VECTOR_STREAM_AVX512, 64,
        vector_integer_avx512_fields, "vector_integer_sse2", LAYOUT);
