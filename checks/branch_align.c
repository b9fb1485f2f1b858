/* SPDX-License-Identifier: Apache-2.0 */
/* Branches at every offset in a line, across lines and pages. */
#include "checks/branch_align.h"

#include "base/array.h"
#include "checks/branch.h"

void branch_align_general_run(void *state);

static void setup(void *memory, const struct check_round *round)
{
        struct branch_state *state = memory;
        uint64_t random = branch_setup(state, round, 2 * BRANCH_ALIGN_PART);

        for (uint32_t mode = 0; mode < BRANCH_MODES; mode++)
                branch_words((uint64_t *)state->script + mode * BRANCH_ALIGN_STEPS, BRANCH_ALIGN_STEPS, mode,
                        &random);
}

static int verify(const void *memory, struct check_mismatch *ret_mismatch)
{
        const struct branch_state *state = memory;
        struct check_compare compare;

        branch_compare_begin(&compare, state);
        branch_compare(&compare, state, 0, state->script, BRANCH_ALIGN_PART);
        branch_compare(&compare, state, BRANCH_ALIGN_PART, state->script, BRANCH_ALIGN_PART);
        return check_compare_end(&compare, ret_mismatch);
}

/* Lane n: the branches at offsets 8 * (7 - n) to 8 * (7 - n) + 7, the first one highest. */
static const struct check_field fields[] = {
        BRANCH_FIELDS("short", 0, BRANCH_ALIGN_STEPS, 8, 1),
        BRANCH_FIELDS("near", BRANCH_ALIGN_PART, BRANCH_ALIGN_STEPS, 8, 1),
};

const struct check check_branch_align_general = {
        .name = "branch_align_general",
        .detects = "Branches that go the wrong way where they lie across lines or pages, or anywhere in a "
                   "line.",
        .round_us = 3000,
        .cycle = 8,
        .setup = setup,
        .run = branch_align_general_run,
        .verify = verify,
        BRANCH_CHECK(2 * BRANCH_ALIGN_PART, fields),
};
