/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/stack_redzone.h"

#include "base/array.h"
#include "checks/stack.h"

void stack_redzone_run(void *state);

static const uint8_t words[] = {
#define WORD(name, number) number,
        STACK_REDZONE_WORDS(WORD)
#undef WORD
};

static void setup(void *state, const struct check_round *round)
{
        struct stack_state *s = state;

        stack_setup(s, round);
        s->registers.in.general[REGISTERS_RCX] = STACK_REDZONE_EVENTS;
}

/* The word at -8 * `word` from %rsp. */
static uint64_t zone_load(const struct stack_model *model, uint32_t word)
{
        return stack_model_load(model, model->registers.general[REGISTERS_RSP] - 8 * word);
}

static void put(struct stack_model *model, bool upwards)
{
        const uint64_t *general = model->registers.general;
        uint32_t count = ARRAY_SIZE(words);

        for (uint32_t i = 0; i < count; i++)
                stack_model_store(model, general[REGISTERS_RSP] - 8 * (upwards ? count - i : i + 1),
                        general[words[i]]);
}

static void read_again(struct stack_model *model)
{
        for (uint32_t i = 0; i < STACK_REDZONE_READS; i++)
                for (uint32_t word = 1; word <= ARRAY_SIZE(words); word++)
                        stack_model_look(model, zone_load(model, word));
}

static void pops(struct stack_model *model)
{
        const uint64_t *general = model->registers.general;

        stack_model_push(model, general[8]);
        stack_model_push(model, general[9]);
        stack_model_push(model, general[10]);
        for (uint32_t popped = 1; popped <= 3; popped++) {
                stack_model_look(model, stack_model_pop(model));
                for (uint32_t word = popped; word > 0; word--)
                        stack_model_look(model, zone_load(model, word));
        }
}

static void one_pass(struct stack_model *model)
{
        put(model, false);
        read_again(model);
        put(model, true);
        read_again(model);
        pops(model);
        model->registers.general[REGISTERS_RCX] = 0; /* counted down by the last reads */
        model->registers.general[REGISTERS_R15] += model->registers.general[REGISTERS_RSP];
}

static const struct stack_loop loop = {
        .pass = one_pass,
        .block = 1,
        .passes = STACK_REDZONE_PASSES,
        .events = STACK_REDZONE_EVENTS,
        .sum = REGISTERS_RAX,
        .counted = false,
};

static int verify(const void *state, struct check_mismatch *ret_mismatch)
{
        struct stack_model model;

        stack_begin(&model, state);
        stack_run(&model, &loop);
        return stack_compare(&model, state, ret_mismatch);
}

const struct check check_stack_redzone = {
        .name = "stack_redzone",
        .family = CHECK_STACK,
        .detects = "Bytes below the stack pointer that change, by themselves or when a signal arrives.",
        .round_us = 2500,
        STACK_CHECK(stack_redzone_run, setup, verify),
};
