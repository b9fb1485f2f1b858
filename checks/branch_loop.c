/* SPDX-License-Identifier: Apache-2.0 */
/* The instructions that count or test rcx and branch in one. */
#include "checks/branch_loop.h"

#include "base/array.h"
#include "checks/branch.h"

#define STEPS (BRANCH_MODES * BRANCH_LOOP_STEPS)
#define UPPER 40 /* the bit of the upper half of rcx */

void branch_loop_general_run(void *state);

static void setup(void *memory, const struct check_round *round)
{
        struct branch_state *state = memory;
        uint64_t *words = (uint64_t *)state->script;
        uint64_t random = branch_setup(state, round, BRANCH_LOOP_PARTS * BRANCH_LOOP_PART);

        for (uint32_t mode = 0; mode < BRANCH_MODES; mode++)
                branch_words(words + mode * BRANCH_LOOP_STEPS, BRANCH_LOOP_STEPS, mode, &random);
        /* In every other word long runs of equal bits: loops that end by the flag go on for longer. */
        for (uint32_t i = 1; i < STEPS; i += 2)
                words[i] = (words[i] & 0x1ff) |
                           (words[i] >> 9 & 1 ? words[i] | words[i] >> 8 : words[i] & words[i] >> 8) << 9;
}

static uint16_t entry(uint32_t rounds, uint32_t left)
{
        return (uint16_t)(rounds + (left << 8));
}

static uint16_t plain(uint64_t word)
{
        return entry((word & BRANCH_LOOP_COUNT) + 1, 0);
}

/* Goes on while the next bit above the low eight is `bit`, at most as often as the count says. */
static uint16_t until(uint64_t word, uint32_t bit)
{
        uint32_t count = (word & BRANCH_LOOP_COUNT) + 1, rounds = 1;

        while (rounds < count && (word >> (8 + rounds) & 1) == bit)
                rounds++;
        return entry(rounds, count - rounds);
}

static uint16_t equal(uint64_t word)
{
        return until(word, 0);
}

static uint16_t unequal(uint64_t word)
{
        return until(word, 1);
}

static uint16_t zero_low(uint64_t word)
{
        uint16_t taken = 0;

        for (uint32_t i = 0; i < 16; i++)
                taken = (uint16_t)(taken << 1 | (~word >> i & 1));
        return taken;
}

static uint16_t zero(uint64_t word)
{
        return zero_low(word | word >> UPPER);
}

static int verify(const void *memory, struct check_mismatch *ret_mismatch)
{
        static uint16_t (*const parts[BRANCH_LOOP_PARTS])(
                uint64_t) = { plain, equal, unequal, plain, zero, zero_low };
        const struct branch_state *state = memory;
        const uint64_t *words = (const uint64_t *)state->script;
        struct check_compare compare;

        branch_compare_begin(&compare, state);
        for (uint32_t part = 0; part < BRANCH_LOOP_PARTS; part++) {
                uint16_t expected[STEPS];

                for (uint32_t i = 0; i < STEPS; i++)
                        expected[i] = parts[part](words[i]);
                branch_compare(&compare, state, part * BRANCH_LOOP_PART, expected, sizeof(expected));
        }
        return check_compare_end(&compare, ret_mismatch);
}

#define FIELDS(name, at) BRANCH_FIELDS(name, at, BRANCH_LOOP_STEPS, 2, 2)

static const struct check_field fields[] = {
        FIELDS("loop", BRANCH_LOOP_PLAIN),
        FIELDS("loope", BRANCH_LOOP_EQUAL),
        FIELDS("loopne", BRANCH_LOOP_UNEQUAL),
        FIELDS("loop on ecx", BRANCH_LOOP_SHORT),
        FIELDS("jrcxz", BRANCH_LOOP_ZERO),
        FIELDS("jecxz", BRANCH_LOOP_ZERO_LOW),
};

const struct check check_branch_loop_general = {
        .name = "branch_loop_general",
        .detects = "Loop instructions and branches on rcx that miscount or go the wrong way.",
        .round_us = 4000,
        .cycle = 8,
        .setup = setup,
        .run = branch_loop_general_run,
        .verify = verify,
        BRANCH_CHECK(BRANCH_LOOP_PARTS *BRANCH_LOOP_PART, fields),
};
