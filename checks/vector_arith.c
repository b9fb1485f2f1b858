/* SPDX-License-Identifier: Apache-2.0 */
/* Add, subtract, multiply, divide, square root, minimum, maximum and compare on streams of operands,
 * directed and random, in every rounding with FTZ and DAZ. Columns: a, b, then the answers in the order of
 * vector_arith.inc; the last holds, as bits, all predicates. Answers: tests/model/vector_float.py. */
#include "checks/vector_stream.h"

ANSWERS(vector_arith_f32);
ANSWERS(vector_arith_f64);

/* Differences, in the order of vector_arith.inc. */
#define FIELDS(bytes, lane)                                                                 \
        {                                                                                   \
                VECTOR_STREAM_FIELD(0, "sum", CHECK_UNIT_FMA, bytes, lane),                 \
                        VECTOR_STREAM_FIELD(1, "difference", CHECK_UNIT_FMA, bytes, lane),  \
                        VECTOR_STREAM_FIELD(2, "product", CHECK_UNIT_FMA, bytes, lane),     \
                        VECTOR_STREAM_FIELD(3, "quotient", CHECK_UNIT_FMA, bytes, lane),    \
                        VECTOR_STREAM_FIELD(4, "square root", CHECK_UNIT_FMA, bytes, lane), \
                        VECTOR_STREAM_FIELD(5, "minimum", CHECK_UNIT_FMA, bytes, lane),     \
                        VECTOR_STREAM_FIELD(6, "maximum", CHECK_UNIT_FMA, bytes, lane),     \
                        VECTOR_STREAM_FIELD(7, "comparison", CHECK_UNIT_FMA, bytes, lane)   \
        }

static const struct check_field vector_arith_f32_sse2_fields[] = FIELDS(16, 4);
static const struct check_field vector_arith_f64_sse2_fields[] = FIELDS(16, 8);
static const struct check_field vector_arith_f32_avx_fields[] = FIELDS(32, 4);
static const struct check_field vector_arith_f64_avx_fields[] = FIELDS(32, 8);
static const struct check_field vector_arith_f32_avx512_fields[] = FIELDS(64, 4);
static const struct check_field vector_arith_f64_avx512_fields[] = FIELDS(64, 8);

VECTOR_STREAM_PAIR(vector_arith_f32_sse2, 15);
VECTOR_STREAM_PAIR(vector_arith_f64_sse2, 15);
VECTOR_STREAM_PAIR(vector_arith_f32_avx, 15);
VECTOR_STREAM_PAIR(vector_arith_f64_avx, 15);
VECTOR_STREAM_WIDE(vector_arith_f32_avx512, 12, 0x18);
VECTOR_STREAM_WIDE(vector_arith_f64_avx512, 12, 0x18);

#define SINGLE "Wrong single precision arithmetic, square root or comparison in a lane of a vector."
#define DOUBLE "Wrong double precision arithmetic, square root or comparison in a lane of a vector."
#define LAYOUT .columns = 10, .operands = { 0, 1 }, .n_operands = 2, .n_temporaries = 2, .modes = true

VECTOR_STREAM(vector_arith_f32_sse2, vector_arith_f32, SINGLE, ISA(SSE2), 16, vector_arith_f32_sse2_fields,
        NULL, LAYOUT);
VECTOR_STREAM(vector_arith_f64_sse2, vector_arith_f64, DOUBLE, ISA(SSE2), 16, vector_arith_f64_sse2_fields,
        NULL, LAYOUT);
VECTOR_STREAM(vector_arith_f32_avx, vector_arith_f32, SINGLE, ISA(AVX), 32, vector_arith_f32_avx_fields,
        "vector_arith_f32_sse2", LAYOUT);
VECTOR_STREAM(vector_arith_f64_avx, vector_arith_f64, DOUBLE, ISA(AVX), 32, vector_arith_f64_avx_fields,
        "vector_arith_f64_sse2", LAYOUT);
VECTOR_STREAM(vector_arith_f32_avx512, vector_arith_f32, SINGLE, VECTOR_STREAM_AVX512, 64,
        vector_arith_f32_avx512_fields, "vector_arith_f32_sse2", LAYOUT);
VECTOR_STREAM(vector_arith_f64_avx512, vector_arith_f64, DOUBLE, VECTOR_STREAM_AVX512, 64,
        vector_arith_f64_avx512_fields, "vector_arith_f64_sse2", LAYOUT);
