/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state.h"

#include <assert.h>
#include <ucontext.h>

static_assert(
        offsetof(struct state, stack) - offsetof(struct state, own) == STATE_OWN_SIZE, "state.inc agrees");
static_assert(offsetof(struct state, saved) == STATE_TOP, "");
static_assert(offsetof(struct state, cursor) - offsetof(struct state, saved) == STATE_CURSOR, "");
static_assert(offsetof(struct state, mask) - offsetof(struct state, saved) == STATE_MASK, "");
static_assert(offsetof(struct state, table) - offsetof(struct state, saved) == STATE_TABLE, "");
static_assert(offsetof(struct state, own) == 2 * sizeof(struct registers), "own follows the registers");

#define LOW UINT64_C(0xffffffff)
#define SHORT_SPINS 1

uint32_t state_setup(struct state *state, const struct check_round *round, uint32_t steps, uint32_t spins)
{
        uint64_t *general = state->pair.in.general;

        registers_setup(&state->pair, round, state->stack + sizeof(state->stack));
        if (round->number % 5 == 4) {
                steps = 1;
                spins = SHORT_SPINS;
        }
        general[REGISTERS_RCX] &= ~LOW;
        general[REGISTERS_RSI] = (general[REGISTERS_RSI] & ~LOW) | spins;
        general[REGISTERS_RDI] = (general[REGISTERS_RDI] & ~LOW) | steps;
        check_poison(&state->own, sizeof(state->own));
        check_clear(state->stack, sizeof(state->stack));
        check_clear(state->saved, sizeof(state->saved));
        state->cursor = STATE_TABLE;
        state->between = 0;
        return steps;
}

uint32_t state_steps(const struct state *state)
{
        return (uint32_t)state->pair.in.general[REGISTERS_RDI];
}

uint32_t state_spins(const struct state *state)
{
        return (uint32_t)state->pair.in.general[REGISTERS_RSI];
}

void state_expect(const struct state *state, uint32_t factor, struct registers *ret_expected)
{
        const uint64_t *in = state->pair.in.general;
        uint64_t turns = (uint64_t)state_steps(state) * factor;

        check_copy(ret_expected, &state->pair.in, sizeof(*ret_expected));
        ret_expected->general[REGISTERS_RCX] = in[REGISTERS_RCX] + turns * (in[REGISTERS_RSI] & ~LOW);
        ret_expected->general[REGISTERS_RDX] = in[REGISTERS_RDX] + turns * state_spins(state);
        ret_expected->general[REGISTERS_RDI] = in[REGISTERS_RDI] - state_steps(state);
}

int state_verify_differences(const struct state *state, const struct registers *expected, uint32_t count,
        struct check_mismatch *ret_mismatch)
{
        static const uint64_t zeros[16];
        struct check_compare compare;

        check_compare_begin(&compare);
        registers_compare(&compare, expected, &state->pair.out);
        check_compare(&compare, sizeof(*expected), zeros, state->own.difference, count * sizeof(zeros[0]));
        return check_compare_end(&compare, ret_mismatch);
}

/* %rcx + %rdx grows by %rsi with every step and is one less between the two instructions that count. */
static int frame_counters(
        const struct state *state, const greg_t *general, struct check_mismatch *ret_mismatch)
{
        const uint64_t *in = state->pair.in.general;
        uint64_t done = in[REGISTERS_RDI] - (uint64_t)general[REG_RDI];
        uint64_t sum = in[REGISTERS_RCX] + in[REGISTERS_RDX] + (done + 1) * in[REGISTERS_RSI];
        bool between = (uint64_t)general[REG_RIP] == state->between;
        uint64_t want = sum - (uint64_t)general[REG_RCX] - between, have = (uint64_t)general[REG_RDX];
        uint64_t left = in[REGISTERS_RDI] - (done < state_steps(state) ? done : 0);
        struct check_compare compare;

        check_compare_begin(&compare);
        check_compare(&compare, 8 * REGISTERS_RDX, &want, &have, 8);
        check_compare(&compare, 8 * REGISTERS_RDI, &left, &general[REG_RDI], 8);
        return check_compare_end(&compare, ret_mismatch);
}

int state_frame(const void *state, const struct check_frame *frame, struct check_mismatch *ret_mismatch)
{
        const uint32_t counters = 1u << REGISTERS_RCX | 1u << REGISTERS_RDX | 1u << REGISTERS_RDI;
        const struct state *held = state;
        const ucontext_t *context = frame->ucontext;

        if (!(frame->skip_general & counters) &&
                frame_counters(held, context->uc_mcontext.gregs, ret_mismatch))
                return 1;
        return registers_frame(&held->pair, frame, counters, ret_mismatch);
}
