/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/integer_unit.h"

#include <assert.h>

static_assert(offsetof(struct integer_state, held) == INTEGER_HELD, "integer_unit.h agrees with itself");
static_assert(offsetof(struct integer_state, passes) == INTEGER_PASSES, "");
static_assert(offsetof(struct integer_state, records) == INTEGER_RECORDS, "");
static_assert(sizeof(struct integer_record) == INTEGER_RECORD_SIZE, "");
static_assert(offsetof(struct integer_state, expected) == INTEGER_EXPECTED, "");
static_assert(sizeof(struct integer_accumulators) == INTEGER_EXPECTED_SIZE, "");
static_assert(offsetof(struct integer_state, remaining) == INTEGER_REMAINING, "");
static_assert(offsetof(struct integer_state, operands) == INTEGER_OPERANDS, "");
static_assert(INTEGER_STACK_TOP == INTEGER_OPERANDS, "the stack ends where the operands begin");

void integer_setup(
        struct integer_state *state, const struct check_round *round, const struct integer_unit *unit)
{
        uint32_t block = round->number % INTEGER_BLOCKS;
        uint32_t operands_size = INTEGER_TUPLES * unit->words * 8;
        uint32_t expected_size = unit->n_lines * INTEGER_EXPECTED_SIZE;

        registers_setup(&state->registers, round, state->stack + sizeof(state->stack));
        check_poison(&state->held, INTEGER_EXPECTED - INTEGER_HELD);
        check_copy(state->expected, answers_payload(unit->expected) + (size_t)block * expected_size,
                expected_size);
        check_copy(state->operands, answers_payload(unit->operands) + (size_t)block * operands_size,
                operands_size);
        state->remaining = unit->repeats;
}

int integer_verify(const struct integer_state *state, const struct integer_unit *unit,
        struct check_mismatch *ret_mismatch)
{
        const struct {
                uint64_t held, passes;
        } counts = { 0, (uint64_t)unit->repeats * unit->roles };
        uint32_t at = sizeof(struct registers) + sizeof(counts);
        struct registers expected;
        struct check_compare compare;

        check_compare_begin(&compare);
        check_copy(&expected, &state->registers.in, sizeof(expected));
        if (unit->flags)
                expected.flags = unit->flags;
        registers_compare(&compare, &expected, &state->registers.out);
        check_compare(&compare, sizeof(struct registers), &counts, &state->held, sizeof(counts));
        for (uint32_t i = 0; i < unit->n_lines; i++, at += INTEGER_RECORD_SIZE) {
                struct integer_record record = { .last = state->expected[i] };

                check_compare(&compare, at, &record, &state->records[i], sizeof(record));
        }
        return check_compare_end(&compare, ret_mismatch);
}
