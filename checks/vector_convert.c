/* SPDX-License-Identifier: Apache-2.0 */
/* Conversions between integers and floating point of both precisions, in every rounding with FTZ and DAZ.
 * Columns and answers: tests/model/vector_convert.py. */
#include "checks/vector_stream.h"

ANSWERS(vector_convert);

#define FIELDS_4(bytes, lane)                                                                          \
        {                                                                                              \
                VECTOR_STREAM_FIELD(0, "conversion: single and integer", CHECK_UNIT_FMA, bytes, lane), \
                        VECTOR_STREAM_FIELD(                                                           \
                                1, "conversion: widened low half", CHECK_UNIT_FMA, bytes, lane),       \
                        VECTOR_STREAM_FIELD(                                                           \
                                2, "conversion: widened high half", CHECK_UNIT_FMA, bytes, lane),      \
                        VECTOR_STREAM_FIELD(3, "conversion: narrowed", CHECK_UNIT_FMA, bytes, lane)    \
        }

#define FIELDS_7(bytes, lane)                                                                          \
        {                                                                                              \
                VECTOR_STREAM_FIELD(0, "conversion: single and integer", CHECK_UNIT_FMA, bytes, lane), \
                        VECTOR_STREAM_FIELD(                                                           \
                                1, "conversion: widened low half", CHECK_UNIT_FMA, bytes, lane),       \
                        VECTOR_STREAM_FIELD(                                                           \
                                2, "conversion: widened high half", CHECK_UNIT_FMA, bytes, lane),      \
                        VECTOR_STREAM_FIELD(3, "conversion: narrowed", CHECK_UNIT_FMA, bytes, lane),   \
                        VECTOR_STREAM_FIELD(4, "conversion: unsigned", CHECK_UNIT_FMA, bytes, lane),   \
                        VECTOR_STREAM_FIELD(                                                           \
                                5, "conversion: 64 bits low half", CHECK_UNIT_FMA, bytes, lane),       \
                        VECTOR_STREAM_FIELD(                                                           \
                                6, "conversion: 64 bits high half", CHECK_UNIT_FMA, bytes, lane)       \
        }

static const struct check_field vector_convert_sse2_fields[] = FIELDS_4(16, 4);
static const struct check_field vector_convert_avx_fields[] = FIELDS_4(32, 4);
static const struct check_field vector_convert_avx512_fields[] = FIELDS_7(64, 4);

VECTOR_STREAM_PAIR(vector_convert_sse2, 15);
VECTOR_STREAM_PAIR(vector_convert_avx, 15);

void vector_convert_avx512_plain(void *state);
void vector_convert_avx512_rn(void *state);
void vector_convert_avx512_rd(void *state);
void vector_convert_avx512_ru(void *state);
void vector_convert_avx512_rz(void *state);
static const struct vector_stream_kernel vector_convert_avx512[] = {
        { .run = { vector_convert_avx512_plain }, .first = 0, .step = 1 },
        { .run = { vector_convert_avx512_rn, vector_convert_avx512_rd, vector_convert_avx512_ru,
                  vector_convert_avx512_rz },
                .first = 31,
                .step = -1,
                .embedded = true },
};

#define DETECTS "Wrong conversion between integers and floating point in a lane of a vector."
#define LAYOUT .columns = 11, .operands = { 0, 1 }, .n_operands = 2, .n_temporaries = 3, .modes = true

VECTOR_STREAM(vector_convert_sse2, vector_convert, DETECTS, ISA(SSE2), 16, vector_convert_sse2_fields, NULL,
        LAYOUT);
VECTOR_STREAM(vector_convert_avx, vector_convert, DETECTS, ISA(AVX), 32, vector_convert_avx_fields,
        "vector_convert_sse2", LAYOUT);
VECTOR_STREAM(vector_convert_avx512, vector_convert, DETECTS, VECTOR_STREAM_AVX512 | ISA(AVX512DQ), 64,
        vector_convert_avx512_fields, "vector_convert_sse2", LAYOUT);
