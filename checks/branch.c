/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/branch.h"

#include <assert.h>

#include "base/random.h"

#define FLAGS_LEFT 0x44 /* ZF PF: every kernel ends with a comparison of equal numbers */

static_assert(
        offsetof(struct branch_state, log) == sizeof(struct registers_pair), "the output is one piece");

static uint32_t period_of(enum branch_mode mode)
{
        static const uint8_t periods[BRANCH_MODES] = { 1, 1, 2, 3, 7, 32, 1, 1 };

        return periods[mode];
}

void branch_words(uint64_t *words, uint32_t count, enum branch_mode mode, uint64_t *random)
{
        uint64_t base[32];

        for (uint32_t i = 0; i < period_of(mode); i++)
                base[i] = random_next(random);
        if (mode <= BRANCH_ALWAYS)
                base[0] = mode == BRANCH_ALWAYS ? ~UINT64_C(0) : 0;
        base[1] = mode == BRANCH_ALTERNATING ? ~base[0] : base[1];
        for (uint32_t i = 0, place = 0; i < count; i++) {
                uint64_t draw = random_next(random);
                bool drawn = mode == BRANCH_RANDOM || (mode == BRANCH_MOSTLY && draw % 8 == 0);

                words[i] = drawn ? random_mix(draw) : base[place];
                place = place + 1 < period_of(mode) ? place + 1 : 0;
        }
}

uint64_t branch_setup(struct branch_state *state, const struct check_round *round, uint32_t size)
{
        uint64_t *general = state->registers.in.general;

        registers_setup(&state->registers, round, state->stack + sizeof(state->stack));
        check_poison(state->log, size);
        general[REGISTERS_RSI] = (uintptr_t)state->script;
        general[REGISTERS_RDI] = (uintptr_t)state->log;
        return check_round_hash(round, 12);
}

void branch_compare_begin(struct check_compare *compare, const struct branch_state *state)
{
        struct registers expected;

        check_copy(&expected, &state->registers.in, sizeof(expected));
        expected.flags = FLAGS_LEFT;
        check_compare_begin(compare);
        registers_compare(compare, &expected, &state->registers.out);
}

void branch_compare(struct check_compare *compare, const struct branch_state *state, uint32_t at,
        const void *expected, uint32_t size)
{
        check_compare(compare, sizeof(struct registers) + at, expected, state->log + at, size);
}
