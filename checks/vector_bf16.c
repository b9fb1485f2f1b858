/* SPDX-License-Identifier: Apache-2.0 */
/* Dot products of bfloat16 and conversions to it. MXCSR takes all its modes and must not matter. Columns and
 * answers: tests/model/vector_bf16.py. */
#include "checks/vector_stream.h"

ANSWERS(vector_bf16);

#define FIELDS(bytes, lane)                                                                       \
        {                                                                                         \
                VECTOR_STREAM_FIELD(0, "dot product", CHECK_UNIT_FMA, bytes, lane),               \
                        VECTOR_STREAM_FIELD(1, "pair to bfloat16", CHECK_UNIT_FMA, bytes, lane),  \
                        VECTOR_STREAM_FIELD(2, "single to bfloat16", CHECK_UNIT_FMA, bytes, lane) \
        }

static const struct check_field vector_bf16_avx512_fields[] = FIELDS(64, 4);

VECTOR_STREAM_PAIR(vector_bf16_avx512, 31);

#define LAYOUT .columns = 7, .operands = { 0, 1, 3, 4 }, .n_operands = 4, .n_temporaries = 2, .modes = true

VECTOR_STREAM(vector_bf16_avx512, vector_bf16,
        "Wrong bfloat16 dot product or conversion in a lane of a vector.",
        VECTOR_STREAM_AVX512 | ISA(AVX512DQ) | ISA(AVX512BF16), 64, vector_bf16_avx512_fields, NULL, LAYOUT);
