/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/stack.h"

#include <assert.h>

#include "base/array.h"

const struct check_field stack_fields[1] = {
        { "stack word", CHECK_UNIT_STACK, sizeof(struct registers), STACK_MEMORY / 8, 8, 8 },
};

static_assert(
        offsetof(struct stack_state, memory) == sizeof(struct registers_pair), "the output is one piece");

void stack_setup(struct stack_state *state, const struct check_round *round)
{
        /* The last three put pushes across words, across lines and across both. */
        static const uint8_t offsets[8] = { 0, 8, 24, 40, 56, 4, 1, 62 };

        for (uint32_t i = 0; i < ARRAY_SIZE(state->pattern); i++)
                state->pattern[i] = registers_sentinel(round, REGISTERS_ID_MEMORY + i / 8, i % 8);
        for (uint32_t at = 0; at < STACK_MEMORY; at += STACK_PATTERN)
                check_copy(state->memory + at, state->pattern, STACK_PATTERN);
        registers_setup(
                &state->registers, round, state->memory + STACK_TOP - offsets[round->number / 8 % 8]);
}

void stack_begin(struct stack_model *ret_model, const struct stack_state *state)
{
        check_copy(&ret_model->registers, &state->registers.in, sizeof(ret_model->registers));
        for (uint32_t at = 0; at < STACK_MEMORY; at += STACK_PATTERN)
                check_copy(ret_model->memory + at, state->pattern, STACK_PATTERN);
        ret_model->base = (uintptr_t)state->memory;
}

/* to = after + (after - before) * times, in numbers of 64 bits. */
static void extrapolate(void *to, const void *before, const void *after, uint64_t times, size_t size)
{
        for (size_t at = 0; at < size; at += 8) {
                uint64_t a, b;

                __builtin_memcpy(&a, (const uint8_t *)before + at, 8);
                __builtin_memcpy(&b, (const uint8_t *)after + at, 8);
                b += (b - a) * times;
                __builtin_memcpy((uint8_t *)to + at, &b, 8);
        }
}

static void run_block(struct stack_model *model, const struct stack_loop *loop)
{
        uint64_t *general = model->registers.general;

        general[REGISTERS_RCX] = 0;
        loop->pass(model);
        general[loop->sum] += general[REGISTERS_RCX];
}

void stack_run(struct stack_model *model, const struct stack_loop *loop)
{
        static const uint16_t counters[2] = { 0, 1 }; /* words 0 and 1 of %xmm15 in the end */
        struct registers *now = &model->registers;
        uint64_t times = (uint64_t)loop->events * (loop->passes / loop->block);
        struct registers first;

        assert(times >= 3);
        run_block(model, loop);
        check_copy(&first, now, sizeof(first));
        run_block(model, loop);
        extrapolate(now->general, first.general, now->general, times - 3, sizeof(now->general));
        extrapolate(now->mask, first.mask, now->mask, times - 3, sizeof(now->mask));
        extrapolate(now->vector, first.vector, now->vector, times - 3, sizeof(now->vector));
        run_block(model, loop);
        if (loop->counted)
                now->general[loop->sum] += (uint64_t)loop->events * loop->passes * (loop->passes + 1) / 2;
        now->general[REGISTERS_RCX] = 0;
        check_copy(now->vector[15], counters, sizeof(counters));
}

int stack_compare(const struct stack_model *model, const struct stack_state *state,
        struct check_mismatch *ret_mismatch)
{
        struct check_compare compare;

        check_compare_begin(&compare);
        registers_compare(&compare, &model->registers, &state->registers.out);
        check_compare(&compare, sizeof(struct registers), model->memory, state->memory, STACK_MEMORY);
        return check_compare_end(&compare, ret_mismatch);
}
