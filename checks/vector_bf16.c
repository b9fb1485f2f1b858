/* SPDX-License-Identifier: Apache-2.0 */
/* Dot products of bfloat16 and conversions to it. MXCSR takes all its modes and must not matter. Columns and
 * answers: tests/model/vector_bf16.py. */
#include "checks/vector_stream.h"

ANSWERS(vector_bf16);
#define COLUMNS 7

/* The registers of a kernel: x, y, a, b, t, u, three differences; `r` is the first, `s` 1 or -1. */
#define USED(r, s)                                                                      \
        { r, 0 }, { (r) + (s), 1 }, { (r) + 2 * (s), 3 }, { (r) + 3 * (s), 4 },         \
                VECTOR_STREAM_CLEAR((r) + 4 * (s)), { (r) + 5 * (s), 6 },               \
                VECTOR_STREAM_CLEAR((r) + 6 * (s)), VECTOR_STREAM_CLEAR((r) + 7 * (s)), \
                VECTOR_STREAM_CLEAR((r) + 8 * (s))

static const struct vector_stream_register low[] = { USED(0, 1), VECTOR_STREAM_LAST };
static const struct vector_stream_register high[] = { USED(31, -1), VECTOR_STREAM_LAST };

VECTOR_STREAM_PAIR(vector_bf16_avx512, low, high);

VECTOR_STREAM(vector_bf16_avx512, vector_bf16,
        "wrong bfloat16 dot product or conversion in a lane of a vector",
        VECTOR_STREAM_AVX512 | ISA(AVX512DQ) | ISA(AVX512BF16), 64, COLUMNS, true, vector_bf16_avx512, NULL);
