/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/stack_switch.h"

#include "base/array.h"
#include "checks/stack.h"

#define RBX REGISTERS_RBX
#define RSP REGISTERS_RSP
#define RBP REGISTERS_RBP
#define RSI REGISTERS_RSI
#define RDI REGISTERS_RDI

void stack_switch_run(void *state);

static void setup(void *state, const struct check_round *round)
{
        /* Tops of the four other stacks, below that of the first. */
        static const uint32_t below[4] = { 13312, 9216, 5120, 2048 };
        struct stack_state *s = state;

        stack_setup(s, round);
        for (uint32_t i = 0; i < ARRAY_SIZE(below); i++)
                s->registers.in.general[8 + i] = s->registers.in.general[RSP] - below[i];
        s->registers.in.general[REGISTERS_RCX] = STACK_SWITCH_EVENTS;
}

static void visit(struct stack_model *model, unsigned a, unsigned b, unsigned c, unsigned d)
{
        uint64_t *general = model->registers.general;
        const unsigned pushed[4] = { a, b, c, d }, looked[4] = { a, d, b, c };

        for (uint32_t i = 0; i < 4; i++)
                stack_model_push(model, general[pushed[i]]);
        for (uint32_t i = 0; i < 4; i++)
                stack_model_look(model, general[looked[i]]);
        stack_model_look(model, general[RSP]);
        general[REGISTERS_R15] += general[RSP];
        general[RSP] += 32;
}

static void take(struct stack_model *model)
{
        stack_model_look(model, stack_model_pop(model));
}

static void exchange(struct stack_model *model, unsigned a, unsigned b)
{
        uint64_t old = model->registers.general[a];

        model->registers.general[a] = model->registers.general[b];
        model->registers.general[b] = old;
}

/* The exchange of %rsp with register `r` in several instructions, the old %rsp looked at. */
static void move(struct stack_model *model, unsigned r)
{
        stack_model_look(model, model->registers.general[RSP]);
        exchange(model, RSP, r);
}

static void outwards(struct stack_model *model)
{
        uint64_t *general = model->registers.general;

        visit(model, RBX, RSI, RDI, RBP);
        stack_model_push(model, general[RBX]);
        exchange(model, RSP, 8);
        stack_model_push(model, general[RSI]);
        stack_model_push(model, general[RBP]);
        visit(model, RSI, RDI, RBP, 12);
        move(model, 9);
        visit(model, RDI, RBP, 12, 13);
        stack_model_push(model, general[RDI]);
        /* push %r10; pop %rsp leaves its trace below the old stack. */
        stack_model_store(model, general[RSP] - 8, general[10]);
        move(model, 10);
        visit(model, RBP, 12, 13, 14);
        stack_model_push(model, general[12]);
        stack_model_push(model, general[13]);
        move(model, 11);
        visit(model, 12, 13, 14, RBX);
        stack_model_push(model, general[14]);
        general[REGISTERS_RAX] += general[RBP];
        move(model, 9);
        general[RBP] = stack_model_pop(model);
}

static void back(struct stack_model *model)
{
        visit(model, 13, 14, RBX, RSI);
        take(model);
        exchange(model, RSP, 9);
        visit(model, 14, RBX, RSI, RDI);
        take(model);
        exchange(model, RSP, 11);
        visit(model, RBX, RSI, RDI, RBP);
        take(model);
        take(model);
        exchange(model, RSP, 10);
        visit(model, RSI, RDI, RBP, 12);
        take(model);
        exchange(model, RSP, 8);
        visit(model, RDI, RBP, 12, 13);
        take(model);
        exchange(model, 8, 9);
}

static void one_pass(struct stack_model *model)
{
        outwards(model);
        back(model);
}

static const struct stack_loop loop = {
        .pass = one_pass,
        .block = 1,
        .passes = STACK_SWITCH_PASSES,
        .events = STACK_SWITCH_EVENTS,
        .sum = REGISTERS_RAX,
        .counted = true,
};

static int verify(const void *state, struct check_mismatch *ret_mismatch)
{
        struct stack_model model;

        stack_begin(&model, state);
        stack_run(&model, &loop);
        return stack_compare(&model, state, ret_mismatch);
}

const struct check check_stack_switch = {
        .name = "stack_switch",
        .family = CHECK_STACK,
        .detects = "A stack pointer that is wrong after moving from one stack to another.",
        .round_us = 2500,
        STACK_CHECK(stack_switch_run, setup, verify),
};
