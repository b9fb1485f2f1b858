/* SPDX-License-Identifier: Apache-2.0 */
/* Made-up hosts, evidence and experiments for tests of the verdict and the reports: a host of packages x
 * cores x threads on which every CPU ran every check in every regime, and what the test adds. Static, one at
 * a time. */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "agent/verdict.h"
#include "base/array.h"
#include "base/random.h"
#include "tests/tap.h"

enum { SCENE_STATE, SCENE_FMA, SCENE_FMA_OTHER, SCENE_VOTE, SCENE_CHECKS };

static const struct check_field scene_fields[] = {
        { "product", CHECK_UNIT_FMA, 0, 64, 64, 8 },
};
static const struct check_erratum scene_erratum = {
        .name = "fictional-rsp",
        .published = "https://example.org/errata",
        .means = "On every model that was made up here %rsp is told late.",
        .advice = "Nothing to do: nobody asks.",
};
static const struct check scene_state = {
        .name = "state_hold",
        .detects = "registers that lose their value",
        .family = CHECK_STATE,
        .output_size = sizeof(struct registers),
        .registers = true,
        .events = true,
        .cycle = 1,
        .round_us = 500,
        .erratum = &scene_erratum,
};
static const struct check scene_fma = {
        .name = "fma_f64",
        .detects = "wrong products",
        .family = CHECK_VECTOR,
        .output_size = 4096,
        .cycle = 1,
        .round_us = 500,
        .other = "fma_f64_scalar",
        .fields = scene_fields,
        .n_fields = 1,
};
static const struct check scene_fma_other = {
        .name = "fma_f64_scalar",
        .detects = "wrong products",
        .family = CHECK_VECTOR,
        .output_size = 4096,
        .cycle = 1,
        .round_us = 500,
        .fields = scene_fields,
        .n_fields = 1,
};
static const struct check scene_vote = {
        .name = "program_random",
        .detects = "wrong results",
        .family = CHECK_PROGRAM,
        .output_size = 64,
        .cycle = 1,
        .round_us = 500,
        .voted = true,
};
const struct check *const check_list[] = { &scene_state, &scene_fma, &scene_fma_other, &scene_vote, NULL };

#define SCENE_CPUS_MAX 512
static struct {
        struct host host;
        struct host_cpu host_cpus[SCENE_CPUS_MAX];
        struct plan plan;
        struct evidence evidence;
        struct observation observations[64];
        struct tally tallies[SCENE_CPUS_MAX * SCENE_CHECKS * REGIME_COUNT];
        uint16_t cpus[SCENE_CPUS_MAX];
        uint64_t cpu_ns[SCENE_CPUS_MAX];
        uint64_t stressed[SCENE_CPUS_MAX][STRESS_COUNT];
        struct verdict_experiment experiments[VERDICT_EXPERIMENTS_MAX];
        struct verdict_input input;
} scene;

static inline struct cpu_set scene_set(const char *list)
{
        struct cpu_set set = { 0 };

        if (list && cpu_set_parse(list, &set) < 0)
                abort();
        return set;
}

/* Numbers as Linux does: the first threads of all cores, then the second. */
static inline void scene_host(int packages, int cores, int threads)
{
        int n = packages * cores * threads;

        memset(&scene, 0, sizeof(scene));
        for (int cpu = 0; cpu < n; cpu++) {
                int core = cpu % (packages * cores);

                scene.host_cpus[cpu] = (struct host_cpu){ .cpu = cpu,
                        .package = core / cores,
                        .die = 0,
                        .core = core % cores,
                        .numa = core / cores,
                        .l3 = core / cores,
                        .online = true };
                cpu_set_add(&scene.plan.cpus, (unsigned)cpu);
                scene.cpus[cpu] = (uint16_t)cpu;
                scene.cpu_ns[cpu] = 1500000000;
                scene.stressed[cpu][STRESS_NONE] = 7000;
                scene.stressed[cpu][STRESS_BURSTS] = 3000;
                for (size_t t = 0; t < SCENE_CHECKS * REGIME_COUNT; t++)
                        scene.tallies[(size_t)cpu * SCENE_CHECKS * REGIME_COUNT + t] = (struct tally){
                                .rounds = 1000, .events = t % REGIME_COUNT ? 5000 : 0, .covered = 900
                        };
        }
        scene.host.cpus = scene.host_cpus;
        scene.host.n_cpus = (size_t)n;
        scene.host.online = scene.host.allowed = scene.plan.cpus;
        scene.evidence = (struct evidence){ .observations = scene.observations,
                .tallies = scene.tallies,
                .n_checks = SCENE_CHECKS,
                .n_cpus = (size_t)n,
                .cpus = scene.cpus,
                .cpu_ns = scene.cpu_ns,
                .stressed = scene.stressed };
        scene.input = (struct verdict_input){ .host = &scene.host,
                .plan = &scene.plan,
                .evidence = &scene.evidence,
                .experiments = scene.experiments,
                .answers_intact = true,
                .complete = true };
}

/* Adds an observation of one wrong bit in product 3 lane 2 (or r9), which a test then changes. */
static inline struct observation *scene_observe(
        enum observation_kind kind, int cpu, unsigned check, enum regime regime, uint32_t number)
{
        struct observation *o = &scene.observations[scene.evidence.n_observations++];

        *o = (struct observation){ .time_ns = 1700000000000000000 + number,
                .kind = kind,
                .cpu = cpu,
                .check = check,
                .sequence = scene.evidence.n_observations,
                .regime = regime,
                .round = { .seed = 42, .number = number, .cpu = (uint16_t)cpu },
                .seen_on = { cpu, -1, -1, -1 },
                .known = check != SCENE_VOTE,
                .answers_intact = true,
                .reviewer = -1,
                .unit = check == SCENE_STATE ? CHECK_UNIT_GENERAL : CHECK_UNIT_FMA };
        o->mismatch =
                (struct check_mismatch){ .offset = check == SCENE_STATE ? 73 : 209, .bytes = 1, .bits = 1 };
        o->mismatch.window = o->mismatch.offset / CHECK_WINDOW * CHECK_WINDOW;
        memset(o->mismatch.expected, 0x5a, CHECK_WINDOW);
        memset(o->mismatch.actual, 0x5a, CHECK_WINDOW);
        o->mismatch.actual[o->mismatch.offset % CHECK_WINDOW] ^= 4;
        if (kind == OBSERVATION_CRASH || kind == OBSERVATION_HANG) {
                o->death.instruction = 0x401234;
                if (kind == OBSERVATION_CRASH) {
                        o->death.signal = 11;
                        o->death.code = 1;
                        o->death.address = 0xdead0008;
                } else {
                        o->unit = CHECK_UNIT_COUNT;
                }
                memset(&o->mismatch, 0, sizeof(o->mismatch));
        }
        return o;
}

/* Makes the wrong value of a state_hold observation that of another round: of all of zmm9, or zeros. */
static inline void scene_lose(struct observation *o, const struct check_round *from)
{
        o->mismatch = (struct check_mismatch){ .offset = REGISTERS_VECTOR + 9 * 64,
                .bytes = 64,
                .bits = 100,
                .window = REGISTERS_VECTOR + 9 * 64 };
        o->unit = CHECK_UNIT_XMM;
        for (unsigned lane = 0; lane < 8; lane++) {
                uint64_t want = registers_sentinel(&o->round, REGISTERS_ID_VECTOR + 9, lane);
                uint64_t have = from ? registers_sentinel(from, REGISTERS_ID_VECTOR + 9, lane) : 0;

                memcpy(o->mismatch.expected + 8 * lane, &want, 8);
                memcpy(o->mismatch.actual + 8 * lane, &have, 8);
        }
}

static inline struct verdict_experiment *scene_experiment(
        enum experiment experiment, uint32_t subject, const char *cpus, uint64_t rounds, uint64_t failures)
{
        struct verdict_experiment *x = &scene.experiments[scene.input.n_experiments++];

        *x = (struct verdict_experiment){ .experiment = experiment,
                .subject = subject,
                .cpus = scene_set(cpus),
                .regime = scene.observations[subject].regime,
                .rounds = rounds,
                .failures = failures,
                .same_value = failures > 0,
                .ran = true };
        return x;
}

static inline struct tally *scene_tally(unsigned cpu, unsigned check, enum regime regime)
{
        return evidence_tally(&scene.evidence, cpu, check, regime);
}

/* ---- what several tests begin with ---- */

static inline void scene_clean(void)
{
        scene_host(2, 4, 2);
}

static inline void scene_interrupted(void)
{
        scene_clean();
        scene.input.interrupted = true;
}

static inline void scene_given_up(void)
{
        scene_clean();
        scene_observe(OBSERVATION_KILLED, 1, SCENE_STATE, REGIME_QUIET, 4);
        scene_observe(OBSERVATION_FAILED, 1, SCENE_STATE, REGIME_QUIET, 4)->step = STEP_AGAIN;
}

static inline void scene_voted(void)
{
        scene_clean();
        scene_observe(OBSERVATION_MISMATCH, 3, SCENE_VOTE, REGIME_QUIET, 4);
        scene_observe(OBSERVATION_MISMATCH, 3, SCENE_VOTE, REGIME_QUIET, 9);
        scene_observe(OBSERVATION_MISMATCH, 3, SCENE_VOTE, REGIME_QUIET, 12);
}

static inline void scene_once(void)
{
        scene_clean();
        scene_observe(OBSERVATION_MISMATCH, 5, SCENE_FMA, REGIME_QUIET, 4);
        scene_experiment(EXPERIMENT_SAME, 0, "5", 200, 0);
        scene_experiment(EXPERIMENT_OTHER, 0, "0,8", 400, 0);
}
