/* SPDX-License-Identifier: Apache-2.0 */
/* Conversions between integers and floating point of both precisions, in every rounding with FTZ and DAZ.
 * Columns and answers: tests/model/vector_convert.py. */
#include "checks/vector_stream.h"

ANSWERS(vector_convert);
#define COLUMNS 11

/* The registers of a kernel: x, i, three temporaries that end at 0, four differences (AVX-512: seven); `r`
 * is the first, `s` 1 or -1. */
#define CLEAR(r) VECTOR_STREAM_CLEAR(r)
#define CLEAR4(r, s) CLEAR(r), CLEAR((r) + (s)), CLEAR((r) + 2 * (s)), CLEAR((r) + 3 * (s))
#define USED(r, s)                                                                                        \
        { r, 0 }, { (r) + (s), 1 }, CLEAR4((r) + 2 * (s), s), CLEAR((r) + 6 * (s)), CLEAR((r) + 7 * (s)), \
                CLEAR((r) + 8 * (s))

static const struct vector_stream_register low[] = { USED(0, 1), VECTOR_STREAM_LAST };
static const struct vector_stream_register high[] = { USED(15, -1), VECTOR_STREAM_LAST };
static const struct vector_stream_register first[] = { USED(0, 1), CLEAR(9), CLEAR(10), CLEAR(11),
        VECTOR_STREAM_LAST };
static const struct vector_stream_register third[] = { USED(31, -1), CLEAR(22), CLEAR(21), CLEAR(20),
        VECTOR_STREAM_LAST };

VECTOR_STREAM_PAIR(vector_convert_sse2, low, high);
VECTOR_STREAM_PAIR(vector_convert_avx, low, high);

void vector_convert_avx512_plain(void *state);
void vector_convert_avx512_rn(void *state);
void vector_convert_avx512_rd(void *state);
void vector_convert_avx512_ru(void *state);
void vector_convert_avx512_rz(void *state);
static const struct vector_stream_kernel vector_convert_avx512[] = {
        { .run = { vector_convert_avx512_plain }, .registers = first },
        { .run = { vector_convert_avx512_rn, vector_convert_avx512_rd, vector_convert_avx512_ru,
                  vector_convert_avx512_rz },
                .registers = third,
                .embedded = true },
};

#define DETECTS "wrong conversion between integers and floating point in a lane of a vector"

VECTOR_STREAM(vector_convert_sse2, vector_convert, DETECTS, ISA(SSE2), 16, COLUMNS, true,
        vector_convert_sse2, NULL);
VECTOR_STREAM(vector_convert_avx, vector_convert, DETECTS, ISA(AVX), 32, COLUMNS, true, vector_convert_avx,
        "vector_convert_sse2");
VECTOR_STREAM(vector_convert_avx512, vector_convert, DETECTS, VECTOR_STREAM_AVX512 | ISA(AVX512DQ), 64,
        COLUMNS, true, vector_convert_avx512, "vector_convert_sse2");
