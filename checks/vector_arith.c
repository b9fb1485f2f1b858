/* SPDX-License-Identifier: Apache-2.0 */
/* Add, subtract, multiply, divide, square root, minimum, maximum and compare on streams of operands,
 * directed and random, in every rounding with FTZ and DAZ. Columns: a, b, then the answers in the order of
 * vector_arith.inc; the last holds, as bits, all predicates. Answers: tests/model/vector_float.py. */
#include "checks/vector_stream.h"

ANSWERS(vector_arith_f32);
ANSWERS(vector_arith_f64);
#define COLUMNS 10

#define ZERO(r)                       \
        {                             \
                r, VECTOR_STREAM_ZERO \
        }

/* The registers of a kernel: a, b, t, u and the first difference, which go up, or down. */
#define UP(a, t, u)                                                                                       \
        {                                                                                                 \
                { (a), 0 }, { (a) + 1, 1 }, { (a) + 2, t }, { (a) + 3, u }, ZERO((a) + 4), ZERO((a) + 5), \
                        ZERO((a) + 6), ZERO((a) + 7), ZERO((a) + 8), ZERO((a) + 9), ZERO((a) + 10),       \
                        ZERO((a) + 11),                                                                   \
                {                                                                                         \
                        0, VECTOR_STREAM_END                                                              \
                }                                                                                         \
        }
#define DOWN(a, t, u)                                                                                   \
        {                                                                                               \
                { (a), 0 }, { (a)-1, 1 }, { (a)-2, t }, { (a)-3, u }, ZERO((a)-4), ZERO((a)-5),         \
                        ZERO((a)-6), ZERO((a)-7), ZERO((a)-8), ZERO((a)-9), ZERO((a)-10), ZERO((a)-11), \
                {                                                                                       \
                        0, VECTOR_STREAM_END                                                            \
                }                                                                                       \
        }

static const struct vector_stream_register low[] = UP(0, VECTOR_STREAM_ZERO, VECTOR_STREAM_ZERO);
static const struct vector_stream_register high[] = DOWN(15, VECTOR_STREAM_ZERO, VECTOR_STREAM_ZERO);
/* With AVX-512 a difference is taken without touching the result. */
static const struct vector_stream_register first[] = UP(0, 8, 9);
static const struct vector_stream_register second[] = UP(12, 8, 9);
static const struct vector_stream_register third[] = DOWN(31, 8, 9);

#define DECLARE(name) void name(void *state)
#define NARROW(name)                                           \
        DECLARE(name##_low);                                   \
        DECLARE(name##_high);                                  \
        static const struct vector_stream_kernel name[] = {    \
                { .run = { name##_low }, .registers = low },   \
                { .run = { name##_high }, .registers = high }, \
        }
#define WIDE(name)                                                                        \
        DECLARE(name##_plain);                                                            \
        DECLARE(name##_masked);                                                           \
        DECLARE(name##_rn);                                                               \
        DECLARE(name##_rd);                                                               \
        DECLARE(name##_ru);                                                               \
        DECLARE(name##_rz);                                                               \
        static const struct vector_stream_kernel name[] = {                               \
                { .run = { name##_plain }, .registers = first, .cleared_masks = 0x18 },   \
                { .run = { name##_masked }, .registers = second, .cleared_masks = 0x18 }, \
                { .run = { name##_rn, name##_rd, name##_ru, name##_rz },                  \
                        .registers = third,                                               \
                        .embedded = true,                                                 \
                        .cleared_masks = 0x18 },                                          \
        }

NARROW(vector_arith_f32_sse2);
NARROW(vector_arith_f64_sse2);
NARROW(vector_arith_f32_avx);
NARROW(vector_arith_f64_avx);
WIDE(vector_arith_f32_avx512);
WIDE(vector_arith_f64_avx512);

#define SINGLE "wrong single precision arithmetic, square root or comparison in a lane of a vector"
#define DOUBLE "wrong double precision arithmetic, square root or comparison in a lane of a vector"
#define WIDE_NEEDS (ISA(AVX512F) | ISA(AVX512BW))

VECTOR_STREAM(vector_arith_f32_sse2, vector_arith_f32, SINGLE, ISA(SSE2), 16, COLUMNS, true,
        vector_arith_f32_sse2, NULL);
VECTOR_STREAM(vector_arith_f64_sse2, vector_arith_f64, DOUBLE, ISA(SSE2), 16, COLUMNS, true,
        vector_arith_f64_sse2, NULL);
VECTOR_STREAM(vector_arith_f32_avx, vector_arith_f32, SINGLE, ISA(AVX), 32, COLUMNS, true,
        vector_arith_f32_avx, "vector_arith_f32_sse2");
VECTOR_STREAM(vector_arith_f64_avx, vector_arith_f64, DOUBLE, ISA(AVX), 32, COLUMNS, true,
        vector_arith_f64_avx, "vector_arith_f64_sse2");
VECTOR_STREAM(vector_arith_f32_avx512, vector_arith_f32, SINGLE, WIDE_NEEDS, 64, COLUMNS, true,
        vector_arith_f32_avx512, "vector_arith_f32_sse2");
VECTOR_STREAM(vector_arith_f64_avx512, vector_arith_f64, DOUBLE, WIDE_NEEDS, 64, COLUMNS, true,
        vector_arith_f64_avx512, "vector_arith_f64_sse2");
