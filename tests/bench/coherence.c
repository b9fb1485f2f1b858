/* SPDX-License-Identifier: Apache-2.0 */
/* What the checked rounds of two CPUs reach of bare loops that do nothing else: turns a microsecond of a line that goes
 * from one to the other and back (coherence_pingpong, against a loop that waits for its turn and passes it on with lock
 * xadd), and locked instructions a microsecond on words that both change (coherence_add, against lock xadd alone). Whole
 * rounds are timed, from the loading of the registers to the last line copied. The two take turns, and the best of many
 * counts, so that a busy machine changes the ratio little. */
#include <sched.h>
#include <stdio.h>

#include "base/array.h"
#include "checks/coherence.h"
#include "tests/checks/group.h"

#define TURNS 40
#define ROUNDS 24
#define ADD_INSTRUCTIONS 16 /* locked ones of a pass of coherence_add */

static const struct coherence_state *state_of(const void *state)
{
        return state;
}

/* Both begin together, as the parties of a checked round do. */
static void begin(const struct coherence_state *state)
{
        volatile uint64_t *other = &party_shared->line[state->next].phase;

        *(volatile uint64_t *)&party_shared->line[state->party].phase = 1;
        while (!*other)
                ;
}

/* Waits for its turn without a pause, and passes it on. */
static void bare_pingpong(const struct check *check, void *argument, const struct check_round *round)
{
        const struct coherence_state *state = state_of(argument);
        volatile uint64_t *word = (volatile uint64_t *)(uintptr_t)state->lines; /* NOLINT */
        uint64_t turn = state->party;

        (void)check, (void)round;
        begin(state);
        for (uint64_t i = 0; i < state->passes; i++, turn += state->parties) {
                while (*word != turn)
                        ;
                __asm__ volatile("lock xaddq %0, %1" : "+r"((uint64_t){ 1 }), "+m"(*word) : : "memory");
        }
        party_shared->line[state->party].fate = PARTY_DONE;
}

static void bare_add(const struct check *check, void *argument, const struct check_round *round)
{
        const struct coherence_state *state = state_of(argument);
        volatile uint64_t *word = (volatile uint64_t *)(uintptr_t)state->lines; /* NOLINT */

        (void)check, (void)round;
        begin(state);
        for (uint64_t i = 0; i < ADD_INSTRUCTIONS * state->passes; i++)
                __asm__ volatile("lock xaddq %0, %1" : "+r"((uint64_t){ 1 }), "+m"(*word) : : "memory");
        party_shared->line[state->party].fate = PARTY_DONE;
}

static const struct {
        const char *check, *what;
        uint32_t operations; /* of a pass */
        void (*bare)(const struct check *check, void *state, const struct check_round *round);
} benches[] = {
        { "coherence_pingpong", "turns", 1, bare_pingpong },
        { "coherence_add", "locked instructions", ADD_INSTRUCTIONS, bare_add },
};

static uint64_t best_ns;

/* A round takes as long as the slower of the two. */
static bool each(const struct check_round *round, const struct group_result *results, void *user)
{
        (void)round, (void)user;
        if (results[0].fate == PARTY_DONE && results[1].fate == PARTY_DONE)
                best_ns = MIN(best_ns, MAX(results[0].run_ns, results[1].run_ns));
        return true;
}

static uint64_t measure(const struct check *check, uint64_t seed,
        void (*run)(const struct check *check, void *state, const struct check_round *round))
{
        struct group group = { .check = check,
                .features = isa_read(),
                .seed = seed,
                .parties = 2,
                .rounds = ROUNDS,
                .run = run,
                .each = each };

        best_ns = UINT64_MAX;
        (void)group_run(&group);
        return best_ns;
}

static uint64_t passes_of(const struct check *check)
{
        static struct coherence_state state;

        if (check_prepare(check) < 0)
                return 0;
        check->setup(&state, &(struct check_round){ 0 });
        return state.passes;
}

int main(void)
{
        cpu_set_t allowed;

        if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0 || CPU_COUNT(&allowed) < 2) {
                printf("this process may use one CPU only\n");
                return 0;
        }
        for (size_t i = 0; i < ARRAY_SIZE(benches); i++) {
                const struct check *check = check_find(benches[i].check);
                double operations = 2.0 * (double)passes_of(check) * benches[i].operations;
                uint64_t checked = UINT64_MAX, bare = UINT64_MAX;

                for (uint64_t turn = 0; turn < TURNS; turn++) {
                        bare = MIN(bare, measure(check, turn, benches[i].bare));
                        checked = MIN(checked, measure(check, turn, NULL));
                }
                printf("%-20s %8.2f of %8.2f %s/us: %.3f of the bare loop, aim 0.5\n", check->name,
                        operations * 1e3 / (double)checked, operations * 1e3 / (double)bare, benches[i].what,
                        (double)bare / (double)checked);
        }
        return 0;
}
