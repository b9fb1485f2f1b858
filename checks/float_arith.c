/* SPDX-License-Identifier: Apache-2.0 */
/* Scalar SSE2: arithmetic and comparisons in every rounding mode with and without flush to zero and
 * denormals as zeros. */
#include "checks/float_block.h"

#define TUPLES 64
#define MODES 16
#define TUPLE_SIZE 24

ANSWERS(float_arith_sse2);

void float_sse2_run(void *state);
extern const void *const float_arith_loops[];

static const struct float_operation operations[] = {
        { .cost = 2 }, /* addss addsd */
        { .cost = 2 },
        { .cost = 2 }, /* subss subsd */
        { .cost = 2 },
        { .cost = 2 }, /* mulss mulsd */
        { .cost = 2 },
        { .cost = 4 }, /* divss divsd */
        { .cost = 5 },
        { .cost = 4 }, /* sqrtss sqrtsd */
        { .cost = 6 },
        { .cost = 2 }, /* minss maxss, minsd maxsd */
        { .cost = 2 },
        { .cost = 2 }, /* cmpss cmpsd, a predicate in each tuple of a group */
        { .cost = 2 },
        { .cost = 5, .general_result = true }, /* comiss ucomiss, comisd ucomisd */
        { .cost = 5, .general_result = true },
};

static const struct float_kind float_arith_sse2_kind = {
        .unit = FLOAT_SSE,
        .table = &answers_float_arith_sse2,
        .loops = float_arith_loops,
        .operations = operations,
        .block_size = sizeof(struct float_block) + TUPLES * TUPLE_SIZE,
        .tuple_size = TUPLE_SIZE,
        .answer = 16,
        .differences = TUPLES,
};

FLOAT_CHECK(float_arith_sse2, TUPLES, float_sse2_run, ISA(SSE2), ARRAY_SIZE(operations) * MODES,
        "Wrong results of scalar SSE2 add, subtract, multiply, divide, square root, minimum, maximum or "
        "compare.");
