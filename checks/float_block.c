/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/float_block.h"

#include <assert.h>

#include "base/array.h"

#define PASSES_NS 1000000     /* of run, about, on a slow CPU */
#define SLOW_NS 50            /* of a tuple that takes an assist */
#define FLAGS_AT_END 0x44     /* ZF PF: dec to zero after a test */
#define FLAGS_AT_END_X87 0x54 /* ZF PF AF: inc to zero */
#define TURNS 7               /* the two x87 registers that the kernel uses are st(turn) and st(turn + 1) */

static_assert(FLOAT_DIFFERENCES % FLOAT_GROUP == 0, "the stack is aligned");

/* A step that has no factor in common with the number of blocks of any table leads to other operations
 * first. */
#define BLOCK_STEP 97

static const struct float_block *block_of(const struct float_kind *kind, const struct check_round *round)
{
        const struct answers *table = kind->table;
        size_t size = (size_t)(table->end - table->begin) - ANSWERS_HEADER_SIZE;
        size_t index = (size_t)round->number * BLOCK_STEP % (size / kind->block_size);

        return (const void *)(answers_payload(table) + index * kind->block_size);
}

static uint32_t passes_of(const struct float_kind *kind, const struct float_block *block)
{
        uint32_t pass_ns = block->tuples * kind->operations[block->operation].cost + block->slow * SLOW_NS;

        return MAX(1u, PASSES_NS / pass_ns);
}

/* The registers that loops of checks/float_block.inc want. */
static void setup_loop(
        const struct float_kind *kind, struct float_state *state, const struct float_block *block)
{
        uint64_t *general = state->pair.in.general;

        general[REGISTERS_RAX] = 0;
        general[REGISTERS_RCX] = passes_of(kind, block);
        general[REGISTERS_RDX] = (uintptr_t)kind->loops[block->operation];
        general[REGISTERS_RSI] = general[REGISTERS_R8 + 1] = (uintptr_t)block->cells;
        general[REGISTERS_RDI] = general[REGISTERS_R8 + 3] = (uintptr_t)state->difference;
        general[REGISTERS_R8] = 0;
        general[REGISTERS_R8 + 2] = (uintptr_t)(block->cells + block->tuples * kind->tuple_size);
}

static void setup_x87(
        struct float_state *state, const struct float_block *block, const struct check_round *round)
{
        struct registers *in = &state->pair.in;
        uint32_t turn = round->number % TURNS;

        registers_setup_x87(in, round); /* the kernel wants a full stack */
        in->general[REGISTERS_RBX] = turn;
        in->general[REGISTERS_RBP] = (uintptr_t)in->x87[turn];
        in->general[REGISTERS_R8 + 4] = (uintptr_t)state->scratch;
        in->x87_control = (uint16_t)block->control;
}

void float_block_setup(
        const struct float_kind *kind, struct float_state *state, const struct check_round *round)
{
        const struct float_block *block = block_of(kind, round);

        check_clear(state->scratch, sizeof(state->scratch));
        check_poison(state->difference, 8 * kind->differences);
        registers_setup(&state->pair, round, state->stack + sizeof(state->stack));
        setup_loop(kind, state, block);
        if (kind->unit == FLOAT_X87)
                setup_x87(state, block, round);
        else
                state->pair.in.mxcsr = block->control;
}

/* What the tuple at `cells`, number p of its group, leaves in its registers. */
static void expect_tuple(const struct float_kind *kind, const struct float_operation *operation,
        const uint8_t *cells, uint32_t p, struct registers *expected)
{
        uint32_t first = kind->unit == FLOAT_FMA ? 2 * (p % 4) : 2 * p;

        switch (kind->unit) {
        case FLOAT_F16C:
                check_clear(expected->vector[p], sizeof(expected->vector[p]));
                check_copy(expected->vector[p], cells + kind->answer, 16);
                break;
        case FLOAT_FMA:
                check_clear(expected->vector[first] + 16, 48);
                check_clear(expected->vector[first + 1] + 16, 48);
                __attribute__((fallthrough));
        case FLOAT_SSE:
                check_copy(
                        expected->vector[first], cells + (operation->general_result ? 0 : kind->answer), 8);
                check_copy(expected->vector[first + 1], cells + 8, 8);
                break;
        case FLOAT_X87:
                break;
        }
}

int float_block_verify(
        const struct float_kind *kind, const struct float_state *state, struct check_mismatch *ret_mismatch)
{
        static const uint64_t zeros[FLOAT_DIFFERENCES];
        const uint64_t *general = state->pair.in.general;
        const uint8_t *group = (const uint8_t *)general[REGISTERS_R8 + 2] - FLOAT_GROUP * kind->tuple_size;
        const struct float_block *block = (const void *)((const uint8_t *)general[REGISTERS_R8 + 1] -
                                                         offsetof(struct float_block, cells));
        struct check_compare compare;
        struct registers expected;

        check_copy(&expected, &state->pair.in, sizeof(expected));
        expected.general[REGISTERS_R8] = expected.general[REGISTERS_RCX];
        expected.general[REGISTERS_RCX] = 0;
        expected.flags = kind->unit == FLOAT_X87 ? FLAGS_AT_END_X87 : FLAGS_AT_END;
        for (uint32_t p = 0; p < FLOAT_GROUP; p++)
                expect_tuple(kind, &kind->operations[block->operation], group + p * kind->tuple_size, p,
                        &expected);
        check_compare_begin(&compare);
        registers_compare(&compare, &expected, &state->pair.out);
        check_compare(&compare, sizeof(struct registers), zeros, state->difference, 8 * kind->differences);
        return check_compare_end(&compare, ret_mismatch);
}
