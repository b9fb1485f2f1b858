/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/stack_call.h"

#include "base/array.h"
#include "checks/stack.h"

void stack_call_run(void *state);

/* The kernel's labels: what a call must have pushed. */
#define PLACES(X)                                                                                   \
        X(return_down)                                                                              \
        X(return_left)                                                                              \
        X(return_right)                                                                             \
        X(leaf)                                                                                     \
        X(return_skip)                                                                              \
        X(return_1)                                                                                 \
        X(return_8)                                                                                 \
        X(return_16)                                                                                \
        X(return_17)                                                                                \
        X(return_32) X(return_64) X(return_100) X(return_register) X(return_memory) X(return_clean) \
                X(return_never) X(landing) X(return_skipped) X(return_jump) X(return_tree)
#define DECLARE(name) extern const char stack_call_##name[] __attribute__((visibility("hidden")));
PLACES(DECLARE)
#define PLACE(name) ((uint64_t)(uintptr_t)stack_call_##name)

static void setup(void *state, const struct check_round *round)
{
        struct stack_state *s = state;

        stack_setup(s, round);
        s->registers.in.general[REGISTERS_RCX] = STACK_CALL_EVENTS;
}

static void look(struct stack_model *model, int32_t displacement)
{
        stack_model_look(
                model, stack_model_load(model, model->registers.general[REGISTERS_RSP] + displacement));
}

static void down(struct stack_model *model, uint64_t to)
{
        uint64_t *general = model->registers.general;

        stack_model_push(model, to);
        look(model, 0);
        if (general[REGISTERS_RCX]) {
                general[REGISTERS_RCX]--;
                stack_model_push(model, general[12]);
                general[REGISTERS_RSP] -= STACK_CALL_FRAME - 8;
                down(model, PLACE(return_down));
                look(model, -8);
                look(model, STACK_CALL_FRAME - 8);
                general[REGISTERS_RSP] += STACK_CALL_FRAME;
                general[REGISTERS_RCX]++;
        }
        general[REGISTERS_RBX] += general[REGISTERS_RCX];
        (void)stack_model_pop(model);
}

static void tree(struct stack_model *model, uint64_t to)
{
        uint64_t *general = model->registers.general;

        stack_model_push(model, to);
        look(model, 0);
        if (general[REGISTERS_RCX]) {
                general[REGISTERS_RCX]--;
                tree(model, PLACE(return_left));
                tree(model, PLACE(return_right));
                general[REGISTERS_RCX]++;
        }
        general[REGISTERS_RSI]++;
        (void)stack_model_pop(model);
}

static void depths(struct stack_model *model)
{
        const struct {
                uint32_t depth;
                uint64_t to;
        } calls[] = { { 1, PLACE(return_1) }, { 8, PLACE(return_8) }, { 16, PLACE(return_16) },
                { 17, PLACE(return_17) }, { 32, PLACE(return_32) }, { 64, PLACE(return_64) },
                { 100, PLACE(return_100) } };
        uint64_t *general = model->registers.general;

        for (uint32_t i = 0; i < ARRAY_SIZE(calls); i++) {
                general[REGISTERS_RCX] = calls[i].depth;
                down(model, calls[i].to);
                look(model, -8);
                general[14] += general[REGISTERS_RCX];
        }
        general[REGISTERS_RCX] = STACK_CALL_LEVELS;
        tree(model, PLACE(return_tree));
        general[14] += general[REGISTERS_RCX];
}

/* Calls stack_call_leaf, which looks at the return address and returns. */
static void leaf(struct stack_model *model, uint64_t to)
{
        stack_model_push(model, to);
        look(model, 0);
        (void)stack_model_pop(model);
}

/* Register 8 or 9 is about to hold another place: the old one goes into a sum. */
static void hold(struct stack_model *model, unsigned r, uint64_t place)
{
        model->registers.general[REGISTERS_RDI] += model->registers.general[r];
        model->registers.general[r] = place;
}

static void indirect(struct stack_model *model)
{
        uint64_t *general = model->registers.general;

        hold(model, 8, PLACE(leaf));
        leaf(model, PLACE(return_register));
        stack_model_push(model, general[8]);
        leaf(model, PLACE(return_memory));
        hold(model, 9, stack_model_pop(model));
        for (unsigned r = 10; r <= 12; r++)
                stack_model_push(model, general[r]);
        stack_model_push(model, PLACE(return_clean));
        look(model, 0);
        look(model, 8);
        look(model, 24);
        general[REGISTERS_RSP] += 32;
        general[13] += general[REGISTERS_RSP];
}

static void unbalanced(struct stack_model *model)
{
        uint64_t *general = model->registers.general;

        stack_model_push(model, PLACE(return_never));
        hold(model, 9, stack_model_pop(model));
        hold(model, 8, PLACE(landing));
        stack_model_push(model, general[8]);
        general[REGISTERS_RSP] += 8;
        general[13] += general[REGISTERS_RSP];
        stack_model_push(model, PLACE(return_skipped));
        look(model, 0);
        stack_model_push(model, PLACE(return_skip));
        look(model, 0);
        general[REGISTERS_RSP] += 16;
        stack_model_push(model, PLACE(return_jump));
        hold(model, 9, stack_model_pop(model));
}

static void one_pass(struct stack_model *model)
{
        depths(model);
        indirect(model);
        unbalanced(model);
        model->registers.general[REGISTERS_R15]++;
}

static const struct stack_loop loop = {
        .pass = one_pass,
        .block = 1,
        .passes = STACK_CALL_PASSES,
        .events = STACK_CALL_EVENTS,
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

const struct check check_stack_call = {
        .name = "stack_call",
        .family = CHECK_STACK,
        .detects = "Calls and returns that store, predict or follow a wrong address, at any depth.",
        .round_us = 2500,
        STACK_CHECK(stack_call_run, setup, verify),
};
