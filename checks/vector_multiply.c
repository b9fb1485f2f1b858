/* SPDX-License-Identifier: Apache-2.0 */
/* Integer multiplication in lanes of 8, 16, 32 and 64 bits, on random, directed and toggling operands.
 * Columns: a, b, then the answers in the order of vector_multiply.inc. Answers:
 * tests/model/vector_multiply.py. */
#include "checks/vector_stream.h"

ANSWERS(vector_multiply);

/* Products, in the order of vector_multiply.inc. SSE2 has the first five, all but AVX-512 the first nine. */
#define FIELDS_5(bytes, lane)                                                                               \
        {                                                                                                   \
                VECTOR_STREAM_FIELD(0, "product: low words", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),       \
                        VECTOR_STREAM_FIELD(                                                                \
                                1, "product: high words", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),          \
                        VECTOR_STREAM_FIELD(                                                                \
                                2, "product: high unsigned words", CHECK_UNIT_VECTOR_INTEGER, bytes, lane), \
                        VECTOR_STREAM_FIELD(3, "product: unsigned doublewords", CHECK_UNIT_VECTOR_INTEGER,  \
                                bytes, lane),                                                               \
                        VECTOR_STREAM_FIELD(                                                                \
                                4, "product: added words", CHECK_UNIT_VECTOR_INTEGER, bytes, lane)          \
        }

#define FIELDS_9(bytes, lane)                                                                               \
        {                                                                                                   \
                VECTOR_STREAM_FIELD(0, "product: low words", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),       \
                        VECTOR_STREAM_FIELD(                                                                \
                                1, "product: high words", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),          \
                        VECTOR_STREAM_FIELD(                                                                \
                                2, "product: high unsigned words", CHECK_UNIT_VECTOR_INTEGER, bytes, lane), \
                        VECTOR_STREAM_FIELD(3, "product: unsigned doublewords", CHECK_UNIT_VECTOR_INTEGER,  \
                                bytes, lane),                                                               \
                        VECTOR_STREAM_FIELD(                                                                \
                                4, "product: added words", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),         \
                        VECTOR_STREAM_FIELD(                                                                \
                                5, "product: rounded words", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),       \
                        VECTOR_STREAM_FIELD(                                                                \
                                6, "product: added bytes", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),         \
                        VECTOR_STREAM_FIELD(                                                                \
                                7, "product: low doublewords", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),     \
                        VECTOR_STREAM_FIELD(                                                                \
                                8, "product: doublewords", CHECK_UNIT_VECTOR_INTEGER, bytes, lane)          \
        }

#define FIELDS_10(bytes, lane)                                                                              \
        {                                                                                                   \
                VECTOR_STREAM_FIELD(0, "product: low words", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),       \
                        VECTOR_STREAM_FIELD(                                                                \
                                1, "product: high words", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),          \
                        VECTOR_STREAM_FIELD(                                                                \
                                2, "product: high unsigned words", CHECK_UNIT_VECTOR_INTEGER, bytes, lane), \
                        VECTOR_STREAM_FIELD(3, "product: unsigned doublewords", CHECK_UNIT_VECTOR_INTEGER,  \
                                bytes, lane),                                                               \
                        VECTOR_STREAM_FIELD(                                                                \
                                4, "product: added words", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),         \
                        VECTOR_STREAM_FIELD(                                                                \
                                5, "product: rounded words", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),       \
                        VECTOR_STREAM_FIELD(                                                                \
                                6, "product: added bytes", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),         \
                        VECTOR_STREAM_FIELD(                                                                \
                                7, "product: low doublewords", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),     \
                        VECTOR_STREAM_FIELD(                                                                \
                                8, "product: doublewords", CHECK_UNIT_VECTOR_INTEGER, bytes, lane),         \
                        VECTOR_STREAM_FIELD(                                                                \
                                9, "product: low quadwords", CHECK_UNIT_VECTOR_INTEGER, bytes, lane)        \
        }

static const struct check_field vector_multiply_sse2_fields[] = FIELDS_5(16, 8);
static const struct check_field vector_multiply_sse41_fields[] = FIELDS_9(16, 8);
static const struct check_field vector_multiply_avx2_fields[] = FIELDS_9(32, 8);
static const struct check_field vector_multiply_avx512_fields[] = FIELDS_10(64, 8);

VECTOR_STREAM_PAIR(vector_multiply_sse2, 15);
VECTOR_STREAM_PAIR(vector_multiply_sse41, 15);
VECTOR_STREAM_PAIR(vector_multiply_avx2, 15);
VECTOR_STREAM_PAIR(vector_multiply_avx512, 31);

#define DETECTS "Wrong integer product in a lane of a vector."
#define LAYOUT .columns = 12, .operands = { 0, 1 }, .n_operands = 2, .n_temporaries = 2

VECTOR_STREAM(vector_multiply_sse2, vector_multiply, DETECTS, ISA(SSE2), 16, vector_multiply_sse2_fields,
        NULL, LAYOUT);
VECTOR_STREAM(vector_multiply_sse41, vector_multiply, DETECTS, ISA(SSSE3) | ISA(SSE41), 16,
        vector_multiply_sse41_fields, "vector_multiply_sse2", LAYOUT);
VECTOR_STREAM(vector_multiply_avx2, vector_multiply, DETECTS, ISA(AVX) | ISA(AVX2), 32,
        vector_multiply_avx2_fields, "vector_multiply_sse41", LAYOUT);
VECTOR_STREAM(vector_multiply_avx512, vector_multiply, DETECTS, VECTOR_STREAM_AVX512 | ISA(AVX512DQ), 64,
        vector_multiply_avx512_fields, "vector_multiply_sse41", LAYOUT);
