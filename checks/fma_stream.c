/* SPDX-License-Identifier: Apache-2.0 */
/* All forms of fused multiply-add on streams of operands, directed and random, in every rounding with FTZ
 * and DAZ. Columns: a, b, c, then a * b + c, a * b - c, -(a * b) + c, -(a * b) - c. Answers:
 * tests/model/vector_float.py. */
#include "checks/vector_stream.h"

ANSWERS(fma_stream_f32);
ANSWERS(fma_stream_f64);

#define FIELDS(bytes, lane)                                                            \
        {                                                                              \
                VECTOR_STREAM_FIELD(0, "fmadd", CHECK_UNIT_FMA, bytes, lane),          \
                        VECTOR_STREAM_FIELD(1, "fmsub", CHECK_UNIT_FMA, bytes, lane),  \
                        VECTOR_STREAM_FIELD(2, "fnmadd", CHECK_UNIT_FMA, bytes, lane), \
                        VECTOR_STREAM_FIELD(3, "fnmsub", CHECK_UNIT_FMA, bytes, lane)  \
        }

static const struct check_field fma_stream_f32_fma3_fields[] = FIELDS(32, 4);
static const struct check_field fma_stream_f64_fma3_fields[] = FIELDS(32, 8);
static const struct check_field fma_stream_f32_avx512_fields[] = FIELDS(64, 4);
static const struct check_field fma_stream_f64_avx512_fields[] = FIELDS(64, 8);

VECTOR_STREAM_PAIR(fma_stream_f32_fma3, 15);
VECTOR_STREAM_PAIR(fma_stream_f64_fma3, 15);
VECTOR_STREAM_WIDE(fma_stream_f32_avx512, 9, 0);
VECTOR_STREAM_WIDE(fma_stream_f64_avx512, 9, 0);

#define SINGLE "Wrong single precision fused multiply-add in a lane of a vector."
#define DOUBLE "Wrong double precision fused multiply-add in a lane of a vector."
#define NARROW (ISA(AVX) | ISA(FMA))
#define LAYOUT .columns = 7, .operands = { 0, 1, 2 }, .n_operands = 3, .n_temporaries = 2, .modes = true

VECTOR_STREAM(
        fma_stream_f32_fma3, fma_stream_f32, SINGLE, NARROW, 32, fma_stream_f32_fma3_fields, NULL, LAYOUT);
VECTOR_STREAM(
        fma_stream_f64_fma3, fma_stream_f64, DOUBLE, NARROW, 32, fma_stream_f64_fma3_fields, NULL, LAYOUT);
VECTOR_STREAM(fma_stream_f32_avx512, fma_stream_f32, SINGLE, VECTOR_STREAM_AVX512, 64,
        fma_stream_f32_avx512_fields, "fma_stream_f32_fma3", LAYOUT);
VECTOR_STREAM(fma_stream_f64_avx512, fma_stream_f64, DOUBLE, VECTOR_STREAM_AVX512, 64,
        fma_stream_f64_avx512_fields, "fma_stream_f64_fma3", LAYOUT);
