/* SPDX-License-Identifier: Apache-2.0 */
/* Jump tables. */
#include "checks/branch_table.h"

#include "base/array.h"
#include "checks/branch.h"

#define WORDS (BRANCH_LOG / BRANCH_MODES / 8) /* of a mode */

void branch_table_general_run(void *state);

static void setup(void *memory, const struct check_round *round)
{
        struct branch_state *state = memory;
        uint64_t *words = (uint64_t *)state->script, random = branch_setup(state, round, BRANCH_LOG);

        for (uint32_t mode = 0; mode < BRANCH_MODES; mode++)
                branch_words(words + mode * WORDS, WORDS, mode, &random);
        for (uint32_t i = 0; i < BRANCH_MODES * WORDS; i++)
                words[i] &= UINT64_C(0x0101010101010101) * BRANCH_TABLE_BITS;
}

/* The log of a batch. */
static void batch_log(const uint8_t *script, uint8_t *log)
{
        for (uint32_t i = 0; i < BRANCH_TABLE_BATCH; i++)
                log[i] = (uint8_t)(script[i] + (script[i] < BRANCH_TABLE_CASES ? 0 : BRANCH_TABLE_DEFAULT));
        log[BRANCH_TABLE_BATCH - 1] = BRANCH_TABLE_END;
}

static int verify(const void *memory, struct check_mismatch *ret_mismatch)
{
        const struct branch_state *state = memory;
        struct check_compare compare;

        branch_compare_begin(&compare, state);
        for (uint32_t at = 0; at < BRANCH_LOG; at += BRANCH_TABLE_BATCH) {
                uint8_t log[BRANCH_TABLE_BATCH];

                batch_log(state->script + at, log);
                branch_compare(&compare, state, at, log, sizeof(log));
        }
        return check_compare_end(&compare, ret_mismatch);
}

static const struct check_field fields[] = { BRANCH_FIELDS("case", 0, BRANCH_LOG / BRANCH_MODES, 1, 1) };

const struct check check_branch_table_general = {
        .name = "branch_table_general",
        .detects = "Jumps through a table that go to a wrong case, or past the test whether there is one.",
        .round_us = 4000,
        .cycle = 8,
        .setup = setup,
        .run = branch_table_general_run,
        .verify = verify,
        BRANCH_CHECK(BRANCH_LOG, fields),
};
