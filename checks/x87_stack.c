/* SPDX-License-Identifier: Apache-2.0 */
/* The x87 register stack: every value through every physical register, by exchanges, copies, turns of the
 * stack, loads and stores. */
#include "checks/x87_stack.h"

#include "base/array.h"
#include "checks/registers.h"

#define PASSES 8192       /* a multiple of 8: the stack ends where it began */
#define FLAGS_AT_END 0x44 /* ZF PF: dec to zero after a logical operation */

struct x87_stack_state {
        struct registers_pair pair;
        uint64_t difference[X87_STACK_COPIES][2]; /* of the copies of st(1) to st(7) */
        uint8_t scratch[32];
        uint8_t stack[512] __attribute__((aligned(16)));
};

void x87_stack_run(void *state);

static void x87_stack_setup(void *argument, const struct check_round *round)
{
        struct x87_stack_state *state = argument;
        struct registers *in = &state->pair.in;

        registers_setup(&state->pair, round, state->stack + sizeof(state->stack));
        registers_setup_x87(in, round); /* these are what moves: never empty */
        check_poison(state->difference, sizeof(state->difference));
        check_clear(state->scratch, sizeof(state->scratch));
        in->general[REGISTERS_RBP] = (uintptr_t)in->x87;
        in->general[REGISTERS_RDI] = (uintptr_t)state->difference;
        in->general[REGISTERS_R8 + 4] = (uintptr_t)state->scratch;
        in->general[REGISTERS_RCX] = PASSES;
        in->general[REGISTERS_R8] = 0;
}

static int x87_stack_verify(const void *argument, struct check_mismatch *ret_mismatch)
{
        static const uint64_t zeros[X87_STACK_COPIES][2];
        const struct x87_stack_state *state = argument;
        struct check_compare compare;
        struct registers expected;

        check_copy(&expected, &state->pair.in, sizeof(expected));
        expected.general[REGISTERS_RAX] = 0;
        expected.general[REGISTERS_RCX] = 0;
        expected.general[REGISTERS_R8] = PASSES;
        expected.flags = FLAGS_AT_END;
        check_compare_begin(&compare);
        registers_compare(&compare, &expected, &state->pair.out);
        check_compare(&compare, sizeof(struct registers), zeros, state->difference, sizeof(zeros));
        return check_compare_end(&compare, ret_mismatch);
}

static const struct check_field x87_stack_fields[] = {
        { "copy of st(1) to st(7), difference", CHECK_UNIT_X87, sizeof(struct registers), X87_STACK_COPIES,
                16, 8 },
};

const struct check check_x87_stack = {
        .name = "x87_stack",
        .detects = "An x87 register that is lost, changed or mistaken for another while the register stack "
                   "turns.",
        .family = CHECK_INTEGER,
        .needs = ISA(FPU) | ISA(SSE2),
        .state_size = sizeof(struct x87_stack_state),
        .output_offset = offsetof(struct x87_stack_state, pair.out),
        .output_size = sizeof(struct registers) + sizeof(((struct x87_stack_state *)0)->difference),
        .round_us = 5000,
        .cycle = 8,
        .events = true,
        .registers = true,
        .fields = x87_stack_fields,
        .n_fields = ARRAY_SIZE(x87_stack_fields),
        .setup = x87_stack_setup,
        .run = x87_stack_run,
        .verify = x87_stack_verify,
};
