/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/stack_enter.h"

#include "base/array.h"
#include "checks/stack.h"

void stack_enter_run(void *state);

/* The kernel's labels: what a call must have pushed. */
extern const char stack_enter_return_down[] __attribute__((visibility("hidden")));
extern const char stack_enter_return_run[] __attribute__((visibility("hidden")));

static void setup(void *state, const struct check_round *round)
{
        struct stack_state *s = state;

        stack_setup(s, round);
        s->registers.in.general[REGISTERS_RCX] = STACK_ENTER_EVENTS;
}

static void see(struct stack_model *model)
{
        uint64_t *general = model->registers.general;

        general[REGISTERS_RBX] += general[REGISTERS_RSP];
        general[REGISTERS_RSI] += general[REGISTERS_RBP];
}

/* Intel SDM volume 2, ENTER, the operation. */
static void enter(struct stack_model *model, uint32_t size, uint32_t level)
{
        uint64_t *general = model->registers.general;
        uint64_t frame;

        stack_model_push(model, general[REGISTERS_RBP]);
        frame = general[REGISTERS_RSP];
        for (uint32_t i = 1; i < level; i++) {
                general[REGISTERS_RBP] -= 8;
                stack_model_push(model, stack_model_load(model, general[REGISTERS_RBP]));
        }
        if (level)
                stack_model_push(model, frame);
        general[REGISTERS_RBP] = frame;
        general[REGISTERS_RSP] -= size;
        see(model);
}

static void leave(struct stack_model *model)
{
        uint64_t *general = model->registers.general;

        see(model);
        general[REGISTERS_RSP] = general[REGISTERS_RBP];
        general[REGISTERS_RBP] = stack_model_pop(model);
}

/* Follows `frames` frame pointers outwards. */
static void walk(struct stack_model *model, uint32_t frames)
{
        stack_model_look(model, model->registers.general[REGISTERS_RBP]);
        while (frames--)
                stack_model_look(model, stack_model_load(model, model->registers.general[REGISTERS_RDX]));
}

static void down(struct stack_model *model, const void *to)
{
        uint64_t *general = model->registers.general;

        stack_model_push(model, (uintptr_t)to);
        stack_model_look(model, (uintptr_t)to);
        stack_model_push(model, general[REGISTERS_RBP]);
        general[REGISTERS_RBP] = general[REGISTERS_RSP];
        general[REGISTERS_RSP] -= STACK_ENTER_LOCALS;
        stack_model_store(model, general[REGISTERS_RBP] - 8, general[REGISTERS_RCX]);
        if (general[REGISTERS_RCX]) {
                general[REGISTERS_RCX]--;
                down(model, stack_enter_return_down);
                stack_model_look(model, stack_model_load(model, general[REGISTERS_RBP] - 8));
                general[REGISTERS_RCX]++;
        } else {
                walk(model, STACK_ENTER_DEPTH + 1);
        }
        see(model);
        general[REGISTERS_RSP] += STACK_ENTER_LOCALS;
        general[REGISTERS_RBP] = stack_model_pop(model);
        (void)stack_model_pop(model);
}

static const struct frame {
        uint16_t size, level;
} frames[] = {
#define FRAME(size, level) { size, level },
        STACK_ENTER_FRAMES(FRAME)
#undef FRAME
};

static void one_pass(struct stack_model *model)
{
        uint64_t *general = model->registers.general;

        for (uint32_t i = 0; i < ARRAY_SIZE(frames); i++)
                enter(model, frames[i].size, frames[i].level);
        walk(model, ARRAY_SIZE(frames));
        for (uint32_t entry = 1; entry <= 31; entry++)
                stack_model_look(model, stack_model_load(model, general[REGISTERS_RBP] - 8 * entry));
        general[REGISTERS_RCX] = STACK_ENTER_DEPTH;
        down(model, stack_enter_return_run);
        general[14] += general[REGISTERS_RCX];
        for (uint32_t i = 0; i < ARRAY_SIZE(frames); i++)
                leave(model);
        see(model);
        general[REGISTERS_R15]++;
}

static const struct stack_loop loop = {
        .pass = one_pass,
        .block = 1,
        .passes = STACK_ENTER_PASSES,
        .events = STACK_ENTER_EVENTS,
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

const struct check check_stack_enter = {
        .name = "stack_enter",
        .family = CHECK_STACK,
        .detects = "Enter and leave of all levels, and chains of frame pointers that lead to a wrong frame.",
        .round_us = 2500,
        STACK_CHECK(stack_enter_run, setup, verify),
};
