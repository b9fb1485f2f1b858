/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/stack_push.h"

#include "base/array.h"
#include "checks/stack.h"

#define ROTATING 13

void stack_push_run(void *state);

static const uint8_t rotating[ROTATING] = { REGISTERS_RAX, REGISTERS_RDX, REGISTERS_RBX, REGISTERS_RBP,
        REGISTERS_RSI, REGISTERS_RDI, 8, 9, 10, 11, 12, 13, 14 };

static void setup(void *state, const struct check_round *round)
{
        struct stack_state *s = state;

        stack_setup(s, round);
        s->registers.in.general[REGISTERS_RCX] = STACK_PUSH_EVENTS;
}

static void one_pass(struct stack_model *model)
{
        uint64_t *general = model->registers.general;

        model->registers.flags ^= STACK_PUSH_FLAGS ^ STACK_PUSH_FLAGS_WORD;
        general[REGISTERS_RAX] += (uint64_t)STACK_PUSH_BYTE;
        general[REGISTERS_RDX] += (uint64_t)STACK_PUSH_LONG;
        general[REGISTERS_RBX] += (uint64_t)STACK_PUSH_WORD_3 << 48 | (uint64_t)STACK_PUSH_WORD_2 << 32 |
                                  STACK_PUSH_WORD_1 << 16 | STACK_PUSH_WORD_0;
        general[REGISTERS_RSI] += general[REGISTERS_RSP] - 8;
        for (uint32_t i = 0; i < ROTATING; i++)
                stack_model_push(model, general[rotating[i]]);
        for (uint32_t i = ROTATING; i > 0; i--)
                general[rotating[i % ROTATING]] = stack_model_pop(model);
}

/* After so many passes every register is back in its place, and all have gained the same. */
static void pass(struct stack_model *model)
{
        for (uint32_t i = 0; i < ROTATING; i++)
                one_pass(model);
}

static const struct stack_loop loop = {
        .pass = pass,
        .block = ROTATING,
        .passes = STACK_PUSH_PASSES,
        .events = STACK_PUSH_EVENTS,
        .sum = REGISTERS_R15,
        .counted = true,
};

static int verify(const void *state, struct check_mismatch *ret_mismatch)
{
        struct stack_model model;

        stack_begin(&model, state);
        /* The flags turn over with each odd number of passes, and the model runs three blocks, the kernel
         * more. */
        _Static_assert(STACK_PUSH_PASSES * STACK_PUSH_EVENTS % 2 == 1, "an even number leaves the flags");
        _Static_assert(STACK_PUSH_PASSES % ROTATING == 0, "the registers come back to their places");
        stack_run(&model, &loop);
        return stack_compare(&model, state, ret_mismatch);
}

const struct check check_stack_push = {
        .name = "stack_push",
        .family = CHECK_STACK,
        .detects = "Push and pop that lose, change or misplace what they move, in every form and size.",
        .round_us = 1500,
        STACK_CHECK(stack_push_run, setup, verify),
};
