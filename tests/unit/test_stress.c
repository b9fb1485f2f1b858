/* SPDX-License-Identifier: Apache-2.0 */
/* The shapes of stress: each of a set comes in its turn, and none of them goes on for longer than a round may be kept
 * waiting. */
#include "agent/stress.h"

#include "base/clock.h"
#include "checks/registers.h"
#include "tests/tap.h"

#define ROUNDS 60
#define MOST_NS (1000 * CLOCK_MS) /* far above the 5 ms that it promises: the machine may be busy */

static void test_turns(void)
{
        uint32_t set = 1u << STRESS_NONE | 1u << STRESS_BURSTS | 1u << STRESS_MIXED;
        static const enum stress expected[] = { STRESS_NONE, STRESS_BURSTS, STRESS_MIXED, STRESS_NONE };
        bool good = true;

        for (uint64_t turn = 0; turn < 4; turn++)
                good = good && stress_choose(set, turn) == expected[turn];
        tap_ok(good, "each shape of a set comes in its turn");
        tap_ok(stress_choose(0, 7) == STRESS_NONE, "an empty set is no stress");
        tap_ok(stress_choose(1u << STRESS_NOISE, 1000001) == STRESS_NOISE,
                "a set of one is always that one");
}

/* The CPU time of a shape, and the longest of its turns on the wall clock. */
static uint64_t cpu_ns(enum stress stress, uint64_t *ret_longest_ns)
{
        uint64_t begin = clock_ns(CLOCK_THREAD_CPUTIME_ID);

        *ret_longest_ns = 0;
        for (uint32_t number = 0; number < ROUNDS; number++) {
                uint64_t start = clock_ns(CLOCK_MONOTONIC), spent;

                stress_before(stress, number, number); /* a CPU of its own each: by lot some of them are noise */
                spent = clock_ns(CLOCK_MONOTONIC) - start;
                if (spent > *ret_longest_ns)
                        *ret_longest_ns = spent;
        }
        return clock_ns(CLOCK_THREAD_CPUTIME_ID) - begin;
}

static void test_shapes(void)
{
        uint64_t longest_ns, none_ns = cpu_ns(STRESS_NONE, &longest_ns);

        for (enum stress s = STRESS_STEADY; s < STRESS_COUNT; s++) {
                uint64_t spent_ns = cpu_ns(s, &longest_ns);

                tap_ok(spent_ns > 10 * none_ns && spent_ns > CLOCK_MS / 2, "%s burns", stress_name(s));
                tap_ok(longest_ns < MOST_NS, "%s ends", stress_name(s));
        }
}

int main(void)
{
        registers_use(isa_read());
        test_turns();
        test_shapes();
        return tap_end();
}
