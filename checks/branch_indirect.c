/* SPDX-License-Identifier: Apache-2.0 */
/* Indirect jumps and calls, and returns to pushed addresses, to targets that the script chooses. */
#include "checks/branch_indirect.h"

#include "base/array.h"
#include "base/random.h"
#include "checks/branch.h"

#define WORDS 256 /* made at a time, so that patterns change */

void branch_indirect_general_run(void *state);

static bool calls(uint32_t id)
{
        uint32_t kind = id % BRANCH_INDIRECT_KINDS;

        return kind == BRANCH_INDIRECT_CALLS || kind == BRANCH_INDIRECT_CALLS + 1;
}

/* Blocks, with the leaf that each calls and the block again, up to the stop. */
static void batch_fill(uint8_t *batch, enum branch_mode mode, uint64_t *random)
{
        uint64_t words[WORDS];
        uint32_t at = 0, last = BRANCH_INDIRECT_BATCH - 1;

        for (uint32_t i = 0; at < last; i++) {
                uint64_t word, id;

                if (i % WORDS == 0)
                        branch_words(words, WORDS, mode, random);
                word = words[i % WORDS];
                id = (word >> 32) * BRANCH_INDIRECT_BLOCKS >> 32; /* a fraction of them */
                if (calls((uint32_t)id) && at + 3 > last)
                        id = 0;
                batch[at++] = (uint8_t)id;
                if (calls((uint32_t)id)) {
                        uint64_t leaf = (word & UINT32_MAX) * BRANCH_INDIRECT_LEAVES >> 32;

                        batch[at++] = (uint8_t)(BRANCH_INDIRECT_BLOCKS + leaf);
                        batch[at++] = (uint8_t)id;
                }
        }
        batch[last] = BRANCH_INDIRECT_STOP;
}

static void setup(void *memory, const struct check_round *round)
{
        struct branch_state *state = memory;
        uint64_t random = branch_setup(state, round, BRANCH_LOG);

        for (uint32_t at = 0; at < BRANCH_LOG; at += BRANCH_INDIRECT_BATCH)
                batch_fill(state->script + at, at / BRANCH_INDIRECT_PART, &random);
}

static int verify(const void *memory, struct check_mismatch *ret_mismatch)
{
        const struct branch_state *state = memory;
        struct check_compare compare;

        branch_compare_begin(&compare, state);
        branch_compare(&compare, state, 0, state->script, BRANCH_LOG);
        return check_compare_end(&compare, ret_mismatch);
}

static const struct check_field fields[] = { BRANCH_FIELDS("target", 0, BRANCH_INDIRECT_PART, 1, 1) };

const struct check check_branch_indirect_general = {
        .name = "branch_indirect_general",
        .detects = "Indirect jumps, calls and returns that go to a wrong target.",
        .round_us = 4000,
        .cycle = 8,
        .setup = setup,
        .run = branch_indirect_general_run,
        .verify = verify,
        BRANCH_CHECK(BRANCH_LOG, fields),
};
