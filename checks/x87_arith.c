/* SPDX-License-Identifier: Apache-2.0 */
/* x87 arithmetic: in the four rounding modes, with the precision control at 24, 53 and 64 bits. */
#include "checks/float_block.h"

#define TUPLES 88
#define MODES 12
#define TUPLE_SIZE 48

ANSWERS(x87_arith);

void x87_arith_run(void *state);
extern const void *const x87_arith_loops[];

static const struct float_operation operations[] = {
        { .cost = 20 }, /* fadd */
        { .cost = 20 }, /* fsub fsubr */
        { .cost = 30 }, /* fmul */
        { .cost = 30 }, /* fdiv fdivr */
        { .cost = 60 }, /* fsqrt */
        { .cost = 12 }, /* fabs fchs */
        { .cost = 25 }, /* frndint */
        { .cost = 60 }, /* fscale */
        { .cost = 40 }, /* fprem fprem1 */
        { .cost = 25 }, /* fxtract */
        { .cost = 90 }, /* fistp fbstp fstp */
        { .cost = 15 }, /* fild fbld fld */
        { .cost = 25 }, /* fcomip fucomip */
};

static const struct float_kind x87_arith_kind = {
        .unit = FLOAT_X87,
        .table = &answers_x87_arith,
        .loops = x87_arith_loops,
        .operations = operations,
        .block_size = sizeof(struct float_block) + TUPLES * TUPLE_SIZE,
        .tuple_size = TUPLE_SIZE,
        .answer = 32,
        .differences = 2 * TUPLES,
};

FLOAT_CHECK(x87_arith, 2 * TUPLES, x87_arith_run, ISA(FPU) | ISA(CMOV) | ISA(SSE2),
        ARRAY_SIZE(operations) * MODES,
        "Wrong results of x87 arithmetic, rounding, remainder, scaling, comparison, integer or decimal "
        "conversion.");
