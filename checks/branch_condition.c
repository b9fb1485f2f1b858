/* SPDX-License-Identifier: Apache-2.0 */
/* The conditional branches on every image of the flags. */
#include "checks/branch_condition.h"

#include "base/array.h"
#include "checks/branch.h"

enum { CF = 1 << 0, PF = 1 << 2, ZF = 1 << 6, SF = 1 << 7, OF = 1 << 11 };
#define IMAGE (REGISTERS_FLAGS_HELD & ~UINT64_C(0x400)) /* all but DF */

void branch_condition_general_run(void *state);

static uint64_t *words(const struct branch_state *state, uint32_t mode)
{
        return (uint64_t *)state->script + mode * BRANCH_CONDITION_STEPS;
}

static void setup(void *memory, const struct check_round *round)
{
        struct branch_state *state = memory;
        uint64_t random = branch_setup(state, round, BRANCH_CONDITION_PARTS * BRANCH_CONDITION_PART);

        for (uint32_t mode = 0; mode < BRANCH_MODES; mode++) {
                branch_words(words(state, mode), BRANCH_CONDITION_STEPS, mode, &random);
                for (uint32_t i = 0; i < BRANCH_CONDITION_STEPS; i++)
                        words(state, mode)[i] &= IMAGE;
        }
}

/* Bit n: condition n as Intel SDM volume 1, appendix B, table B-1 defines it; the odd ones are the opposites. */
static uint16_t conditions(uint64_t flags)
{
        bool less = !(flags & SF) != !(flags & OF);
        const bool truth[8] = { flags & OF, flags & CF, flags & ZF, flags & (CF | ZF), flags & SF,
                flags & PF, less, less || flags & ZF };
        uint16_t taken = 0;

        for (uint32_t i = 0; i < ARRAY_SIZE(truth); i++)
                taken = (uint16_t)(taken | (truth[i] ? 1u : 2u) << 2 * i);
        return taken;
}

static int verify(const void *memory, struct check_mismatch *ret_mismatch)
{
        const struct branch_state *state = memory;
        uint16_t expected[BRANCH_MODES * BRANCH_CONDITION_STEPS];
        struct check_compare compare;

        for (uint32_t i = 0; i < ARRAY_SIZE(expected); i++)
                expected[i] = conditions(words(state, 0)[i]);
        branch_compare_begin(&compare, state);
        for (uint32_t part = 0; part < BRANCH_CONDITION_PARTS; part++)
                branch_compare(&compare, state, part * BRANCH_CONDITION_PART, expected, sizeof(expected));
        return check_compare_end(&compare, ret_mismatch);
}

#define FIELDS(name, part) BRANCH_FIELDS(name, (part)*BRANCH_CONDITION_PART, BRANCH_CONDITION_STEPS, 2, 2)

static const struct check_field fields[] = {
        FIELDS("short forward", 0),
        FIELDS("short back", 1),
        FIELDS("near forward", 2),
        FIELDS("near back", 3),
};

const struct check check_branch_condition_general = {
        .name = "branch_condition_general",
        .detects = "Conditional branches that go the wrong way for the flags that they see.",
        .round_us = 3000,
        .cycle = 8,
        .setup = setup,
        .run = branch_condition_general_run,
        .verify = verify,
        BRANCH_CHECK(BRANCH_CONDITION_PARTS *BRANCH_CONDITION_PART, fields),
};
