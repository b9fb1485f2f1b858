/* SPDX-License-Identifier: Apache-2.0 */
/* Trees of calls, up to far beyond what return predictors hold. */
#include "checks/branch_return.h"

#include "base/array.h"
#include "checks/branch.h"

#define DEPTH_MOST 200
#define WORDS 256 /* made at a time, so that patterns change */

void branch_return_general_run(void *state);

/* Whether to call next. Predictable trees go down and up between two depths, the others where the word says. */
static bool goes_down(enum branch_mode mode, uint64_t word, uint32_t depth, bool down)
{
        static const uint8_t lowest[] = { 1, 1, 8 }, highest[] = { 2, DEPTH_MOST, 40 };

        if (depth == 1)
                return true;
        if (mode <= BRANCH_ALTERNATING)
                return down ? depth < highest[mode] : depth <= lowest[mode];
        return depth < DEPTH_MOST && word % 16 >= 7;
}

static void tree_fill(uint8_t *script, enum branch_mode mode, uint64_t *random)
{
        uint64_t words[WORDS];
        uint32_t depth = 1;
        bool down = true;

        for (uint32_t i = 0; i < BRANCH_RETURN_COMMANDS; i++) {
                uint32_t left = BRANCH_RETURN_COMMANDS - i;

                if (i % WORDS == 0)
                        branch_words(words, WORDS, mode, random);
                down = left > depth + 1 && goes_down(mode, words[i % WORDS], depth, down);
                depth = down ? depth + 1 : depth - 1;
                script[i] = (uint8_t)(down ? words[i % WORDS] >> 60 : BRANCH_RETURN_BACK);
        }
        check_clear(script + BRANCH_RETURN_COMMANDS, BRANCH_RETURN_PART - BRANCH_RETURN_COMMANDS);
}

static void setup(void *memory, const struct check_round *round)
{
        struct branch_state *state = memory;
        uint64_t random = branch_setup(state, round, BRANCH_LOG);

        for (uint32_t mode = 0; mode < BRANCH_MODES; mode++)
                tree_fill(state->script + mode * BRANCH_RETURN_PART, mode, &random);
}

/* What the functions write. */
static void tree_log(const uint8_t *script, uint8_t *log)
{
        uint8_t path[DEPTH_MOST + 1];
        uint32_t depth = 0;

        path[0] = *log++ = 0;
        for (uint32_t i = 0; i < BRANCH_RETURN_COMMANDS; i++) {
                if (script[i] < BRANCH_RETURN_BACK) {
                        *log++ = (uint8_t)(BRANCH_RETURN_FUNCTIONS * path[depth] + script[i]);
                        path[++depth] = script[i];
                        *log++ = script[i];
                        continue;
                }
                *log++ = (uint8_t)(BRANCH_RETURN_LEFT + path[depth]);
                if (depth--)
                        *log++ = (uint8_t)(BRANCH_RETURN_FUNCTIONS * path[depth] + path[depth + 1]);
        }
        *log++ = BRANCH_RETURN_END & 0xff;
        *log = BRANCH_RETURN_END >> 8;
}

static int verify(const void *memory, struct check_mismatch *ret_mismatch)
{
        const struct branch_state *state = memory;
        struct check_compare compare;

        branch_compare_begin(&compare, state);
        for (uint32_t mode = 0; mode < BRANCH_MODES; mode++) {
                uint8_t log[BRANCH_RETURN_PART];

                tree_log(state->script + mode * BRANCH_RETURN_PART, log);
                branch_compare(&compare, state, mode * BRANCH_RETURN_PART, log, sizeof(log));
        }
        return check_compare_end(&compare, ret_mismatch);
}

static const struct check_field fields[] = { BRANCH_FIELDS("call or return", 0, BRANCH_RETURN_PART, 1, 1) };

const struct check check_branch_return_general = {
        .name = "branch_return_general",
        .detects = "Calls and returns that go to a wrong place, in trees and at depths that no predictor "
                   "holds.",
        .round_us = 4000,
        .cycle = 8,
        .setup = setup,
        .run = branch_return_general_run,
        .verify = verify,
        BRANCH_CHECK(BRANCH_LOG, fields),
};
