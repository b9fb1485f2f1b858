/* SPDX-License-Identifier: Apache-2.0 */
/* What holds of a verdict whatever the evidence: who may be named, which unit, and what is said of a debugger. */
#include <stdio.h>

#include "tests/unit/scene.h"

/* A sentinel that differs in a few bits only may be a flip; it must not pass for the kernel's. */
static void flips_are_no_reverts(void)
{
        struct verdict v;
        unsigned wrong = 0;

        for (unsigned bit = 0; bit < 512; bit++) {
                struct observation *o;

                scene_host(1, 4, 1);
                o = scene_observe(OBSERVATION_MISMATCH, 1, SCENE_STATE, REGIME_TIMER, 40);
                scene_lose(o, &o->round);
                o->mismatch.actual[bit / 8] ^= (uint8_t)(1u << bit % 8);
                verdict_reach(&scene.input, &v);
                wrong += v.class != VERDICT_HARDWARE || !cpu_set_has(&v.cpus, 1) ||
                         cpu_set_count(&v.cpus) != 1;
        }
        tap_ok(!wrong, "each bit of a vector register flipped under signals accuses its CPU alone");
}

/* Whatever random evidence says, a CPU that no record names is never blamed. */
static void innocent_never_named(void)
{
        uint64_t seed = tap_seed(20261122);
        unsigned wrong = 0;
        struct verdict v;

        for (unsigned run = 0; run < 300; run++) {
                struct cpu_set named = { 0 };

                scene_host(1 + (int)(random_next(&seed) % 2), 4, 1 + (int)(random_next(&seed) % 2));
                for (uint64_t n = random_next(&seed) % 8; n; n--) {
                        int cpu = (int)(random_next(&seed) % scene.evidence.n_cpus);
                        int other = (int)(random_next(&seed) % scene.evidence.n_cpus);
                        struct observation *o =
                                scene_observe((enum observation_kind)(random_next(&seed) % 12), cpu,
                                        random_next(&seed) % SCENE_CHECKS,
                                        (enum regime)(random_next(&seed) % REGIME_COUNT),
                                        (uint32_t)(random_next(&seed) % 4));

                        if (!observation_is_evidence(o->kind))
                                continue;
                        if (random_next(&seed) % 4 == 0)
                                o->seen_on[1] = other;
                        if (o->kind == OBSERVATION_DISAGREE)
                                o->reviewer = other;
                        cpu_set_add(&named, (unsigned)cpu);
                        cpu_set_add(&named, (unsigned)other);
                }
                verdict_reach(&scene.input, &v);
                for (size_t w = 0; w < ARRAY_SIZE(named.word); w++)
                        wrong += (v.cpus.word[w] & ~named.word[w]) != 0;
                wrong += v.class == VERDICT_HARDWARE && cpu_set_next(&v.cpus, -1) < 0;
        }
        tap_ok(!wrong,
                "300 random heaps of evidence: nobody blamed who is not named, hardware names somebody");
}

/* Where a debugger was at the CPU's worker it is said, and not that nothing else explains what came out wrong. */
static void debugger_is_said(void)
{
        static const struct {
                const char *what;
                enum observation_kind kind;
                int traced; /* the CPU where a debugger was; -1: none */
                bool said;
        } events[] = {
                { "a mismatch", OBSERVATION_MISMATCH, -1, false },
                { "a mismatch, a debugger there", OBSERVATION_MISMATCH, 5, true },
                { "a mismatch, a debugger elsewhere", OBSERVATION_MISMATCH, 1, false },
                { "a crash", OBSERVATION_CRASH, -1, false },
                { "a crash, a debugger there", OBSERVATION_CRASH, 5, true },
        };

        for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
                struct verdict v;

                scene_clean();
                scene_observe(events[i].kind, 5, SCENE_FMA, REGIME_QUIET, 4);
                if (events[i].traced >= 0)
                        scene_observe(OBSERVATION_TRACED, events[i].traced, SCENE_FMA, REGIME_QUIET, 9);
                verdict_reach(&scene.input, &v);
                tap_ok(v.class == VERDICT_HARDWARE && !strstr(v.summary, "debugger") == !events[i].said &&
                                !strstr(v.summary, "nothing else explains it") == events[i].said,
                        "%s: %s", events[i].what, v.summary);
        }
}

/* A unit is named by wrong results, never by the place of a death. */
static void units(void)
{
        struct verdict v;

        scene_host(1, 4, 1);
        scene_observe(OBSERVATION_CRASH, 2, SCENE_FMA, REGIME_QUIET, 4);
        scene_observe(OBSERVATION_HANG, 2, SCENE_FMA, REGIME_QUIET, 5);
        verdict_reach(&scene.input, &v);
        tap_ok(v.unit == CHECK_UNIT_COUNT && v.wrong == 0, "units: a crash and a hang name none");
        for (uint32_t number = 6; number < 9; number++)
                scene_observe(OBSERVATION_MISMATCH, 2, SCENE_FMA, REGIME_QUIET, number);
        scene_observe(OBSERVATION_MISMATCH, 2, SCENE_STATE, REGIME_QUIET, 9);
        verdict_reach(&scene.input, &v);
        tap_ok(v.unit == CHECK_UNIT_FMA && v.unit_events == 3 && v.wrong == 4,
                "units: the one that is most often wrong, %d of %d", (int)v.unit_events, (int)v.wrong);
}

int main(void)
{
        flips_are_no_reverts();
        innocent_never_named();
        debugger_is_said();
        units();
        return tap_end();
}
