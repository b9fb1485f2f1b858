/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of x87 that x87_arith has not: operands in memory, pops, conditions, the status word, constants, stores that
 * keep, faults of the stack, tags and environment. Four modes: each rounding, the precision control at 24, 53, 64. */
#include "checks/float_block.h"

#define TUPLES 32
#define MODES 4
#define TUPLE_SIZE 48

ANSWERS(x87_forms);

void x87_forms_run(void *state);
extern const void *const x87_forms_loops[];

static const struct float_operation operations[] = {
        { .cost = 30 },  /* faddp fmulp fsubp fsubrp fdivp fdivrp, and to st(1) */
        { .cost = 30 },  /* the same with binary32 in memory, fcom fcomp */
        { .cost = 30 },  /* binary64 */
        { .cost = 35 },  /* 16 bits: fiadd ... ficomp */
        { .cost = 35 },  /* 32 bits */
        { .cost = 30 },  /* fcom fcomp fcompp fucom fucomp fucompp ftst fxam */
        { .cost = 30 },  /* fcmov */
        { .cost = 25 },  /* fcomi fucomi */
        { .cost = 20 },  /* fist fisttp fst */
        { .cost = 20 },  /* fld1 ... fldz */
        { .cost = 250 }, /* faults, tags, fnsave frstor fnstenv fnclex */
};

static const struct float_kind x87_forms_kind = {
        .unit = FLOAT_X87,
        .table = &answers_x87_forms,
        .loops = x87_forms_loops,
        .operations = operations,
        .block_size = sizeof(struct float_block) + TUPLES * TUPLE_SIZE,
        .tuple_size = TUPLE_SIZE,
        .answer = 32,
        .differences = 2 * TUPLES,
};

FLOAT_CHECK(x87_forms, 2 * TUPLES, x87_forms_run, ISA(FPU) | ISA(CMOV) | ISA(SSE2) | ISA(SSE3),
        ARRAY_SIZE(operations) * MODES,
        "Wrong results of x87 with operands in memory, conditions, constants, status, tags or an empty "
        "stack.");
