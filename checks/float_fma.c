/* SPDX-License-Identifier: Apache-2.0 */
/* Scalar fused multiply-add: the twelve forms of FMA3 in single and double precision. */
#include "checks/float_block.h"

#define TUPLES 64
#define MODES 16
#define TUPLE_SIZE 32

ANSWERS(float_fma_fma3);

void float_fma3_run(void *state);
extern const void *const float_fma3_loops[];

static const struct float_operation operations[] = {
        { .cost = 2 }, /* ss: 132, 213, 231, each with madd, msub, nmadd, nmsub */
        { .cost = 2 },
        { .cost = 2 },
        { .cost = 2 }, /* sd */
        { .cost = 2 },
        { .cost = 2 },
};

static const struct float_kind float_fma_fma3_kind = {
        .unit = FLOAT_FMA,
        .table = &answers_float_fma_fma3,
        .loops = float_fma3_loops,
        .operations = operations,
        .block_size = sizeof(struct float_block) + TUPLES * TUPLE_SIZE,
        .tuple_size = TUPLE_SIZE,
        .answer = 24,
        .differences = TUPLES,
};

FLOAT_CHECK(float_fma_fma3, TUPLES, float_fma3_run, ISA(FMA) | ISA(AVX), ARRAY_SIZE(operations) * MODES,
        "Wrong results of scalar fused multiply-add in any of its forms.");
