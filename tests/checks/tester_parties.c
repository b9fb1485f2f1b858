/* SPDX-License-Identifier: Apache-2.0 */
/* The rules about rounds of several CPUs, tested: a right check, in which each party counts to the same number, and
 * wrong ones. */
#include <stdatomic.h>
#include <time.h>

#include "base/array.h"
#include "checks/party.h"
#include "tests/checks/contract_rules.h"
#include "tests/tap.h"

#define TURNS_MOST (1 << 26) /* nobody comes */
#define COUNTS 1000
#define STUBBORN_S 2 /* of computing: longer than the rule allows */

struct counting_state {
        uint64_t parties, party;
        uint64_t count, fate; /* output */
};

static _Atomic uint64_t *counter(void)
{
        return (_Atomic uint64_t *)(void *)party_shared->data;
}

static void counting_share(struct party_memory *memory, const struct check_round *round)
{
        (void)round;
        check_clear(memory, sizeof(*memory));
}

static void counting_setup(void *argument, const struct check_round *round)
{
        struct counting_state *state = argument;

        if (!round->parties)
                counting_share(party_shared, round);
        state->parties = MAX(round->parties, 1);
        state->party = round->party;
        check_poison(&state->count, sizeof(state->count) + sizeof(state->fate));
}

/* Waits until all have counted. */
static bool all_counted(const struct counting_state *state)
{
        for (uint32_t turn = 0; turn < TURNS_MOST; turn++)
                if (atomic_load(counter()) == state->parties * COUNTS)
                        return true;
        return false;
}

static void say(struct counting_state *state, uint64_t fate)
{
        state->fate = fate;
        party_shared->line[state->party].fate = fate;
}

static void counting_run(void *argument)
{
        struct counting_state *state = argument;

        for (unsigned i = 0; i < COUNTS; i++)
                atomic_fetch_add(counter(), 1);
        if (!all_counted(state)) {
                say(state, PARTY_LEFT);
                return;
        }
        state->count = atomic_load(counter());
        say(state, PARTY_DONE);
}

static int counting_verify(const void *argument, struct check_mismatch *ret_mismatch)
{
        const struct counting_state *state = argument;
        uint64_t expected[2] = { state->parties * COUNTS, PARTY_DONE };
        struct check_compare compare;

        if (state->fate == PARTY_LEFT) { /* it has no count */
                check_poison(&expected[0], sizeof(expected[0]));
                expected[1] = PARTY_LEFT;
        }
        check_compare_begin(&compare);
        check_compare(&compare, 0, expected, &state->count, sizeof(expected));
        return check_compare_end(&compare, ret_mismatch);
}

static const struct check_field counting_fields[] = {
        { .name = "count", .unit = CHECK_UNIT_COHERENCE, .count = 1, .stride = 8, .lane = 8 },
        { .name = "fate", .unit = CHECK_UNIT_COHERENCE, .offset = 8, .count = 1, .stride = 8, .lane = 8 },
};

static const struct check counting = {
        .name = "tester_counting",
        .detects = "A counter that several CPUs add to.",
        .family = CHECK_COHERENCE,
        .needs = ISA(SSE2),
        .state_size = sizeof(struct counting_state),
        .output_offset = offsetof(struct counting_state, count),
        .output_size = 2 * sizeof(uint64_t),
        .round_us = 1000,
        .cycle = 4,
        .parties = 2,
        .fields = counting_fields,
        .n_fields = ARRAY_SIZE(counting_fields),
        .prepare = party_prepare,
        .share = counting_share,
        .setup = counting_setup,
        .run = counting_run,
        .verify = counting_verify,
};

/* Plain additions: some are lost. Who waits for all of them gives up, so it does not wait. */
static void run_unlocked(void *argument)
{
        struct counting_state *state = argument;
        volatile uint64_t *plain = (volatile uint64_t *)(void *)party_shared->data;

        for (unsigned i = 0; i < 100 * COUNTS; i++)
                *plain += 1;
        state->count = *plain / 100;
        say(state, PARTY_DONE);
}

static void run_alone(void *argument)
{
        struct counting_state *state = argument;

        state->count = state->parties * COUNTS;
        say(state, PARTY_DONE);
}

static void run_without_fate(void *argument)
{
        struct counting_state *state = argument;

        counting_run(state);
        say(state, PARTY_RUNS);
}

static void run_ashamed(void *argument)
{
        struct counting_state *state = argument;

        counting_run(state);
        if (state->fate == PARTY_LEFT)
                state->count = atomic_load(counter());
}

static void run_stubborn(void *argument)
{
        clock_t begin = clock();

        while (clock() - begin < STUBBORN_S * CLOCKS_PER_SEC)
                ;
        say(argument, PARTY_LEFT);
}

#define TOGETHER "several CPUs find it right together"
#define DESERTED "a party that nobody meets gives up"
#define LIMITS "limits and names"

static const struct {
        const char *what, *rule;
        uint32_t parties; /* 0: 2 */
        bool unshared;
        void (*run)(void *state);
} wrongs[] = {
        { "a count that is not locked", TOGETHER, .run = run_unlocked },
        { "a party that says nothing of its fate", TOGETHER, .run = run_without_fate },
        { "a party that waits for others for long", DESERTED, .run = run_stubborn },
        { "a party that does not notice that it is alone", DESERTED, .run = run_alone },
        { "a party that is found wrong because it is alone", DESERTED, .run = run_ashamed },
        { "parties of one", LIMITS, .parties = 1 },
        { "more parties than there may be", LIMITS, .parties = PARTY_MOST + 1 },
        { "parties that share nothing", LIMITS, .unshared = true },
};

int main(void)
{
        struct contract contract = { .check = &counting, .features = isa_read(), .seed = tap_seed(0x7e57) };

        for (const struct contract_rule *rule = contract_rules; rule->name; rule++) {
                bool kept = contract_apply(rule, &contract);

                tap_ok(kept, "the right check of several CPUs keeps: %s%s%s", rule->name, kept ? "" : ": ",
                        contract.why);
        }
        for (size_t i = 0; i < ARRAY_SIZE(wrongs); i++) {
                struct check check = counting;

                check.parties = wrongs[i].parties ? wrongs[i].parties : check.parties;
                check.share = wrongs[i].unshared ? NULL : check.share;
                check.run = wrongs[i].run ? wrongs[i].run : check.run;
                contract.check = &check;
                tap_ok(!contract_apply(contract_rule_find(wrongs[i].rule), &contract), "rejected: %s (%s)",
                        wrongs[i].what, contract.why);
        }
        return tap_end();
}
