/* SPDX-License-Identifier: Apache-2.0 */
/* Tight loops. What they add up is the number of rounds times what a round adds. */
#include "checks/branch_tight.h"

#include <assert.h>

#include "base/array.h"
#include "checks/branch.h"

#define STEPS (BRANCH_MODES * BRANCH_TIGHT_STEPS)
#define PARTS (BRANCH_TIGHT_KINDS * BRANCH_TIGHT_BODIES)
static_assert(PARTS * BRANCH_TIGHT_PART <= BRANCH_LOG, "it fits");

void branch_tight_general_run(void *state);

static void setup(void *memory, const struct check_round *round)
{
        struct branch_state *state = memory;
        uint64_t random = branch_setup(state, round, PARTS * BRANCH_TIGHT_PART);

        for (uint32_t mode = 0; mode < BRANCH_MODES; mode++)
                branch_words((uint64_t *)state->script + mode * BRANCH_TIGHT_STEPS, BRANCH_TIGHT_STEPS, mode,
                        &random);
}

/* What one round of a loop adds. */
static uint32_t sum_of(uint32_t part)
{
        static const uint8_t bodies[BRANCH_TIGHT_BODIES] = { 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32, 48,
                64 };
        uint32_t n = bodies[part % BRANCH_TIGHT_BODIES];

        switch (part / BRANCH_TIGHT_BODIES) {
        case 0:
                return n;
        case 1:
                return 1;
        case 2:
                return n * (uint32_t)BRANCH_TIGHT_CONSTANT;
        default:
                return n * (n + 1) / 2;
        }
}

static int verify(const void *memory, struct check_mismatch *ret_mismatch)
{
        const struct branch_state *state = memory;
        const uint64_t *words = (const uint64_t *)state->script;
        struct check_compare compare;

        branch_compare_begin(&compare, state);
        for (uint32_t part = 0; part < PARTS; part++) {
                uint32_t expected[STEPS];

                for (uint32_t i = 0; i < STEPS; i++)
                        expected[i] = ((uint32_t)(words[i] & BRANCH_TIGHT_COUNT) + 1) * sum_of(part);
                branch_compare(&compare, state, part * BRANCH_TIGHT_PART, expected, sizeof(expected));
        }
        return check_compare_end(&compare, ret_mismatch);
}

/* Elements are the steps of all modes. */
#define LOOP(name)                                                                                        \
        {                                                                                                 \
                name ", step", CHECK_UNIT_BRANCH,                                                         \
                        sizeof(struct registers) + (__COUNTER__ - FIRST) * BRANCH_TIGHT_PART, STEPS, 4, 4 \
        }
#define LOOPS(name)                                                                                         \
        LOOP(name " of 1"), LOOP(name " of 2"), LOOP(name " of 3"), LOOP(name " of 4"), LOOP(name " of 5"), \
                LOOP(name " of 6"), LOOP(name " of 7"), LOOP(name " of 8"), LOOP(name " of 12"),            \
                LOOP(name " of 16"), LOOP(name " of 24"), LOOP(name " of 32"), LOOP(name " of 48"),         \
                LOOP(name " of 64")

enum { FIRST = __COUNTER__ + 1 };
static const struct check_field fields[] = { LOOPS("additions"), LOOPS("jumps"), LOOPS("constants"),
        LOOPS("nested loops") };

const struct check check_branch_tight_general = {
        .name = "branch_tight_general",
        .detects = "Tight loops that run too often, too rarely, or not through all of their body.",
        .round_us = 4000,
        .cycle = 8,
        .setup = setup,
        .run = branch_tight_general_run,
        .verify = verify,
        BRANCH_CHECK(PARTS *BRANCH_TIGHT_PART, fields),
};
