/* SPDX-License-Identifier: Apache-2.0 */
/* Conditional branches right behind the instruction that decides them. Answers: tests/model/branch.py, whose table is
 * pairs of operands, then the ways of all forms for each. */
#include "checks/branch_compare.h"

#include <assert.h>

#include "base/array.h"
#include "checks/answers.h"
#include "checks/branch.h"

ANSWERS(branch_compare);

#define PAIRS 128
#define STEPS (BRANCH_MODES * BRANCH_COMPARE_STEPS)
#define INDEXES (16 * STEPS) /* where the script has the numbers of its pairs */
static_assert(INDEXES + STEPS <= BRANCH_LOG, "it fits");

#define FORM(name, ...) \
        BRANCH_FIELDS(name, (__COUNTER__ - FIRST) * BRANCH_COMPARE_PART, BRANCH_COMPARE_STEPS, 2, 2),
enum { FIRST = __COUNTER__ + 1 };
static const struct check_field fields[] = {
#include "checks/branch_compare.inc"
};
#define FORMS (ARRAY_SIZE(fields) / BRANCH_MODES)
static_assert(FORMS * BRANCH_COMPARE_PART <= BRANCH_LOG, "it fits");

void branch_compare_general_run(void *state);

static void setup(void *memory, const struct check_round *round)
{
        struct branch_state *state = memory;
        uint64_t random = branch_setup(state, round, FORMS * BRANCH_COMPARE_PART);

        for (uint32_t mode = 0; mode < BRANCH_MODES; mode++) {
                uint64_t words[BRANCH_COMPARE_STEPS];

                branch_words(words, BRANCH_COMPARE_STEPS, mode, &random);
                for (uint32_t i = 0; i < BRANCH_COMPARE_STEPS; i++) {
                        uint32_t step = mode * BRANCH_COMPARE_STEPS + i;
                        /* Two of the modes know one pair only: another one each round. */
                        uint8_t index = (uint8_t)((words[i] ^ round->number) % PAIRS);

                        state->script[INDEXES + step] = index;
                        check_copy(state->script + 16 * step,
                                answers_payload(&answers_branch_compare) + 16 * index, 16);
                }
        }
}

static int verify(const void *memory, struct check_mismatch *ret_mismatch)
{
        const uint8_t *ways = answers_payload(&answers_branch_compare) + 16 * PAIRS;
        const struct branch_state *state = memory;
        struct check_compare compare;

        branch_compare_begin(&compare, state);
        for (uint32_t form = 0; form < FORMS; form++) {
                uint8_t expected[2 * STEPS];

                for (uint32_t i = 0; i < STEPS; i++)
                        check_copy(expected + 2 * i,
                                ways + 2 * (FORMS * (state->script[INDEXES + i] % PAIRS) + form), 2);
                branch_compare(&compare, state, form * BRANCH_COMPARE_PART, expected, sizeof(expected));
        }
        return check_compare_end(&compare, ret_mismatch);
}

static const struct answers *const tables[] = { &answers_branch_compare, NULL };

const struct check check_branch_compare_general = {
        .name = "branch_compare_general",
        .detects = "Comparisons and the conditional branches behind them that together go the wrong way.",
        .round_us = 4000,
        .cycle = 64,
        .answers = tables,
        .setup = setup,
        .run = branch_compare_general_run,
        .verify = verify,
        BRANCH_CHECK(FORMS *BRANCH_COMPARE_PART, fields),
};
