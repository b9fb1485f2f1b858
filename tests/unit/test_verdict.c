/* SPDX-License-Identifier: Apache-2.0 */
/* The table of evidence to verdict: made-up evidence, the verdict that it must reach, and that every row of
 * the table is reached by a case. */
#include <stdio.h>

#include "tests/unit/scene.h"

#define ROWS_MAX 64
static unsigned row_hits[ROWS_MAX];

/* ---- evidence, a function each ---- */

static void nothing(void)
{
        scene_host(1, 4, 1);
        memset(scene.tallies, 0, sizeof(scene.tallies));
}

static void incomplete(void)
{
        scene_clean();
        scene.input.complete = false;
}

static void cpu_forbidden(void)
{
        scene_clean();
        cpu_set_add(&scene.plan.forbidden, 15);
}

static void erratum(void)
{
        scene_clean();
        scene_observe(OBSERVATION_ERRATUM, 1, SCENE_STATE, REGIME_QUIET, 4);
}

static void erratum_incomplete(void)
{
        erratum();
        scene.input.complete = false;
}

/* Killed, starved, traced, moved: facts of life. */
static void noise(void)
{
        scene_clean();
        scene_observe(OBSERVATION_KILLED, 1, SCENE_STATE, REGIME_QUIET, 4);
        scene_observe(OBSERVATION_STARVED, 2, SCENE_STATE, REGIME_QUIET, 4);
        scene_observe(OBSERVATION_TRACED, 3, SCENE_STATE, REGIME_QUIET, 4)->tracer = 77;
        scene_observe(OBSERVATION_MOVED, 3, SCENE_STATE, REGIME_QUIET, 5);
}

static void lost(void)
{
        scene_clean();
        scene_observe(OBSERVATION_LOST, 1, SCENE_STATE, REGIME_QUIET, 4);
}

static void failed(void)
{
        scene_clean();
        scene_observe(OBSERVATION_FAILED, 1, SCENE_STATE, REGIME_TIMER, 4)->error = 11;
}

/* What a worker counted and recorded, and what came of the record. */
static void counted_alone(void)
{
        scene_clean();
        scene_tally(3, SCENE_FMA, REGIME_QUIET)->mismatches = 1;
}

static void accusations_lost(void)
{
        scene_clean();
        scene.evidence.dropped = scene.evidence.unheard = 1;
}

static void facts_lost(void)
{
        scene_clean();
        scene.evidence.dropped = 1;
}

/* However many reviewers disagree, and confirm it: without a known answer it stays a vote. */
static void vote_reviewed(void)
{
        scene_voted();
        for (uint32_t number = 20; number < 30; number++) {
                struct observation *o =
                        scene_observe(OBSERVATION_DISAGREE, 3, SCENE_VOTE, REGIME_QUIET, number);

                o->reviewer = 4;
                o->review = REVIEW_CONFIRMED;
        }
}

/* The injector is a tracer: it excuses nothing. */
static void once_traced(void)
{
        scene_once();
        scene.observations[0].tracer = 4711;
        scene_observe(OBSERVATION_TRACED, 5, SCENE_FMA, REGIME_QUIET, 3)->tracer = 4711;
}

static void once_incomplete(void)
{
        scene_once();
        scene.input.complete = false;
        scene_observe(OBSERVATION_FAILED, 1, SCENE_STATE, REGIME_TIMER, 4)->error = 11;
}

/* Several observations of one round are one event. */
static void once_many_records(void)
{
        scene_once();
        scene_observe(OBSERVATION_FRAME, 5, SCENE_FMA, REGIME_QUIET, 4)->in_frame = true;
        scene_observe(OBSERVATION_MISMATCH, 5, SCENE_FMA, REGIME_QUIET, 4);
}

static void once_under_signals(void)
{
        scene_clean();
        scene_observe(OBSERVATION_MISMATCH, 5, SCENE_STATE, REGIME_STORM_ASYNC, 4);
        scene_experiment(EXPERIMENT_WITHOUT, 0, "5", 200, 0);
}

static void once_beside_drill(void)
{
        scene_once();
        for (uint32_t i = 0; i < 4; i++)
                scene_observe(OBSERVATION_MISMATCH, 1, SCENE_FMA, REGIME_QUIET, 100 + i)->synthetic = true;
}

static void twice(void)
{
        scene_once();
        scene_observe(OBSERVATION_MISMATCH, 5, SCENE_FMA, REGIME_QUIET, 77);
}

/* As of a CPU whose every round is wrong: not each finds room. */
static void twice_and_lost(void)
{
        twice();
        scene_tally(5, SCENE_FMA, REGIME_QUIET)->mismatches = 9;
        scene.evidence.dropped = scene.evidence.unheard = 7;
}

static void twice_other_check(void)
{
        scene_once();
        scene_observe(OBSERVATION_CRASH, 5, SCENE_STATE, REGIME_TIMER, 4);
}

static void reproduced(void)
{
        scene_clean();
        scene_observe(OBSERVATION_MISMATCH, 5, SCENE_FMA, REGIME_QUIET, 4);
        scene_observe(OBSERVATION_MISMATCH, 5, SCENE_FMA, REGIME_QUIET, 4)->experiment = EXPERIMENT_SAME;
        scene_experiment(EXPERIMENT_SAME, 0, "5", 200, 1);
        scene_experiment(EXPERIMENT_OTHER, 0, "0,8", 400, 0);
}

static void drill_bit(void)
{
        reproduced();
        for (size_t i = 0; i < scene.evidence.n_observations; i++)
                scene.observations[i].synthetic = true;
}

static void siblings(void)
{
        scene_once(); /* CPUs 5 and 13 are threads of core 1 of package 1 */
        scene_observe(OBSERVATION_MISMATCH, 13, SCENE_FMA, REGIME_QUIET, 9);
}

static void package(void)
{
        scene_clean();
        for (int cpu = 4; cpu < 8; cpu++)
                for (uint32_t n = 0; n < 3; n++)
                        scene_observe(OBSERVATION_MISMATCH, cpu, SCENE_FMA, REGIME_QUIET, n);
}

static void crash_once(void)
{
        scene_clean();
        scene_observe(OBSERVATION_CRASH, 2, SCENE_FMA, REGIME_QUIET, 4);
        scene_experiment(EXPERIMENT_SAME, 0, "2", 200, 0);
        scene_experiment(EXPERIMENT_OTHER, 0, "0,5", 400, 0);
}

static void hang_again(void)
{
        scene_clean();
        scene_observe(OBSERVATION_HANG, 2, SCENE_FMA, REGIME_QUIET, 4);
        scene_observe(OBSERVATION_HANG, 2, SCENE_FMA, REGIME_QUIET, 31);
        scene_experiment(EXPERIMENT_OTHER, 0, "0,5", 400, 0);
}

/* Fails the first observation's round again on the CPUs of a list. */
static void fail_on(enum experiment experiment, const char *cpus)
{
        struct cpu_set set = scene_set(cpus);

        for (int cpu = cpu_set_next(&set, -1); cpu >= 0; cpu = cpu_set_next(&set, cpu)) {
                struct observation *o = &scene.observations[scene.evidence.n_observations++];

                *o = scene.observations[0];
                o->cpu = o->seen_on[0] = cpu;
                o->experiment = experiment;
        }
}

static void crash_everywhere(void)
{
        scene_clean();
        scene_observe(OBSERVATION_CRASH, 2, SCENE_FMA, REGIME_QUIET, 4);
        fail_on(EXPERIMENT_OTHER, "0,3,5");
        scene_experiment(EXPERIMENT_OTHER, 0, "0,3,5", 0, 3);
}

static void answer_bad(void)
{
        scene_clean();
        scene_observe(OBSERVATION_MISMATCH, 2, SCENE_FMA, REGIME_QUIET, 4);
        fail_on(EXPERIMENT_SAME, "2");
        scene_experiment(EXPERIMENT_SAME, 0, "2", 200, 200);
        fail_on(EXPERIMENT_OTHER, "0,3,5");
        scene_experiment(EXPERIMENT_OTHER, 0, "0,3,5", 600, 600);
}

/* The other package gets it right: the answer is not to blame. */
static void answer_good(void)
{
        scene_clean();
        scene_observe(OBSERVATION_MISMATCH, 2, SCENE_FMA, REGIME_QUIET, 4);
        fail_on(EXPERIMENT_SAME, "2");
        scene_experiment(EXPERIMENT_SAME, 0, "2", 200, 200);
        fail_on(EXPERIMENT_OTHER, "0,3");
        scene_experiment(EXPERIMENT_OTHER, 0, "0,3,5", 600, 400);
}

/* All that tried it lie on one package, the other package was not asked. */
static void answer_one_package(void)
{
        scene_clean();
        scene_observe(OBSERVATION_MISMATCH, 2, SCENE_FMA, REGIME_QUIET, 4);
        fail_on(EXPERIMENT_SAME, "2");
        scene_experiment(EXPERIMENT_SAME, 0, "2", 200, 200);
        fail_on(EXPERIMENT_OTHER, "0,3");
        scene_experiment(EXPERIMENT_OTHER, 0, "0,3", 400, 400);
}

static void race(void)
{
        answer_bad();
        scene.experiments[1].same_value = false;
}

static void checksum(void)
{
        twice();
        scene.input.answers_intact = false;
}

static void checksum_then(void)
{
        scene_once();
        scene.observations[0].answers_intact = false;
}

static void kernel(void)
{
        scene_host(1, 4, 1);
        for (int cpu = 0; cpu < 4; cpu++)
                scene_lose(
                        scene_observe(OBSERVATION_MISMATCH, cpu, SCENE_STATE, REGIME_STORM_SELF, 40), NULL);
}

static void kernel_stale(void)
{
        scene_host(1, 4, 1);
        for (int cpu = 0; cpu < 4; cpu++) {
                struct check_round before = { .number = 39, .cpu = (uint16_t)cpu };

                scene_lose(scene_observe(OBSERVATION_MISMATCH, cpu, SCENE_STATE, REGIME_CROWD, 40), &before);
        }
}

/* One CPU alone had the storms: the others prove nothing. */
static void kernel_unequal(void)
{
        scene_host(1, 4, 1);
        scene_lose(scene_observe(OBSERVATION_MISMATCH, 0, SCENE_STATE, REGIME_STORM_SELF, 40), NULL);
        for (unsigned cpu = 1; cpu < 4; cpu++)
                *scene_tally(cpu, SCENE_STATE, REGIME_STORM_SELF) = (struct tally){ 0 };
}

static void kernel_one_cpu_host(void)
{
        scene_host(1, 1, 1);
        for (uint32_t n = 0; n < 12; n++)
                scene_lose(scene_observe(OBSERVATION_MISMATCH, 0, SCENE_STATE, REGIME_STORM_SELF, 40 + n),
                        NULL);
}

static void loses_on_one_core(void)
{
        scene_host(1, 4, 1);
        for (uint32_t n = 0; n < 9; n++) {
                struct check_round other = { .number = 40, .cpu = 2, .process = 1 };

                scene_lose(
                        scene_observe(OBSERVATION_MISMATCH, 2, SCENE_STATE, REGIME_CROWD, 41 + n), &other);
        }
}

static void loses_in_quiet_too(void)
{
        kernel();
        scene_lose(scene_observe(OBSERVATION_MISMATCH, 2, SCENE_STATE, REGIME_QUIET, 41), NULL);
}

/* Bits, not registers, on every CPU, under signals only. */
static void bits_everywhere(void)
{
        scene_host(1, 4, 1);
        for (int cpu = 0; cpu < 4; cpu++)
                scene_observe(OBSERVATION_MISMATCH, cpu, SCENE_STATE, REGIME_TIMER, 40);
}

static void scattered(void)
{
        scene_clean();
        scene_observe(OBSERVATION_MISMATCH, 1, SCENE_FMA, REGIME_QUIET, 40);
        scene_observe(OBSERVATION_MISMATCH, 6, SCENE_FMA, REGIME_QUIET, 11);
}

static void all_erring(void)
{
        scene_host(1, 2, 1);
        for (int cpu = 0; cpu < 2; cpu++)
                for (uint32_t n = 0; n < 2; n++)
                        scene_observe(OBSERVATION_MISMATCH, cpu, SCENE_FMA, REGIME_QUIET, 7 * n);
}

static void one_cpu_once(void)
{
        scene_host(1, 1, 1);
        scene_observe(OBSERVATION_MISMATCH, 0, SCENE_FMA, REGIME_QUIET, 4);
}

static void one_cpu_twice(void)
{
        one_cpu_once();
        scene_observe(OBSERVATION_MISMATCH, 0, SCENE_FMA, REGIME_QUIET, 9);
}

static void one_cpu_control(void)
{
        one_cpu_twice();
        scene_experiment(EXPERIMENT_IMPLEMENTATION, 0, "0", 200, 0);
}

static void one_cpu_control_fails(void)
{
        one_cpu_twice();
        scene_experiment(EXPERIMENT_IMPLEMENTATION, 0, "0", 200, 7);
}

static struct observation *wander(uint32_t number, int a, int b)
{
        struct observation *o = scene_observe(OBSERVATION_MISMATCH, a, SCENE_STATE, REGIME_MIGRATE, number);

        o->seen_on[1] = b;
        return o;
}

static void wandered(void)
{
        scene_clean();
        wander(4, 2, 6);
}

static void wandered_then_reproduced(void)
{
        wandered();
        scene_observe(OBSERVATION_MISMATCH, 6, SCENE_STATE, REGIME_QUIET, 4)->experiment = EXPERIMENT_SAME;
        scene_experiment(EXPERIMENT_SAME, 0, "2,6", 400, 1);
}

static void wandered_thrice(void)
{
        scene_clean();
        wander(4, 2, 6);
        wander(5, 3, 6);
        wander(6, 6, 1);
}

static struct observation *disagree(uint32_t number, int worker, int reviewer)
{
        struct observation *o = scene_observe(OBSERVATION_DISAGREE, worker, SCENE_FMA, REGIME_QUIET, number);

        o->reviewer = reviewer;
        o->review = REVIEW_CONFIRMED;
        return o;
}

static void disagreed(void)
{
        scene_clean();
        disagree(4, 2, 3);
}

/* The reviewer did not find it again. */
static void disagreed_refuted(void)
{
        disagreed();
        scene.observations[0].review = REVIEW_REFUTED;
}

/* It had no second look. */
static void disagreed_unsure(void)
{
        disagreed();
        scene.observations[0].review = REVIEW_NONE;
}

/* The reviewer errs in its own rounds too. */
static void disagreed_reviewer(void)
{
        disagreed();
        scene_observe(OBSERVATION_MISMATCH, 3, SCENE_FMA, REGIME_QUIET, 9);
}

static void disagreed_often(void)
{
        scene_clean();
        disagree(4, 2, 3);
        disagree(5, 2, 3);
        disagree(6, 2, 3);
}

/* A round that CPUs a and b ran together, found wrong by a: the work of either. */
static struct observation *together(uint32_t number, int a, int b)
{
        struct observation *o = scene_observe(OBSERVATION_MISMATCH, a, SCENE_FMA, REGIME_QUIET, number);

        o->unit = CHECK_UNIT_COHERENCE;
        o->seen_on[1] = b;
        o->together[0] = (uint16_t)a;
        o->together[1] = (uint16_t)b;
        o->n_together = 2;
        return o;
}

static void together_two_cpus(void)
{
        scene_host(1, 2, 1);
        together(4, 0, 1);
        scene_experiment(EXPERIMENT_SAME, 0, "0-1", 200, 0);
}

/* Each of them leads some rounds, each sees some of them wrong. */
static void together_two_cpus_often(void)
{
        scene_host(1, 2, 1);
        for (uint32_t n = 0; n < 12; n++)
                together(n, n % 2 ? 1 : 0, n % 2 ? 0 : 1);
}

static void together_two_cpus_known(void)
{
        together_two_cpus_often();
        scene_observe(OBSERVATION_MISMATCH, 1, SCENE_STATE, REGIME_QUIET, 50);
}

static void together_two_cpus_signals(void)
{
        scene_host(1, 2, 1);
        together(4, 0, 1)->regime = REGIME_STORM_ASYNC;
}

/* Its own register image is wrong: no other CPU can have done that. */
static void together_own_register(void)
{
        scene_host(1, 2, 1);
        together(4, 1, 0)->seen_on[1] = -1;
        together(6, 1, 0)->seen_on[1] = -1;
}

static void together_rotated(void)
{
        scene_clean();
        together(4, 2, 5);
        together(5, 5, 3);
        together(6, 0, 5);
}

/* The leader and the partner both say so. */
static void together_said_twice(void)
{
        scene_clean();
        together(4, 2, 5);
        together(4, 5, 2)->round.cpu = 2;
}

/* The one that erred finds its own register wrong; the other, which told first, sees what that did to the lines. */
static void together_said_by_one(void)
{
        scene_clean();
        together(4, 2, 5);
        together(4, 5, 2)->round.cpu = 2;
        scene.observations[1].seen_on[1] = -1;
        together(4, 2, 5);
}

static void together_siblings(void)
{
        scene_clean(); /* CPUs 5 and 13 are threads of one core */
        together(4, 5, 13);
        together(5, 13, 5);
}

/* A sibling was there, but it is the other one that errs with everybody. */
static void together_siblings_rotated(void)
{
        together_siblings();
        together(6, 5, 2);
        together(7, 3, 5);
}

static void together_partners(void)
{
        scene_clean();
        together(4, 2, 6);
        together(4, 2, 6)->experiment = EXPERIMENT_SAME;
        scene_experiment(EXPERIMENT_SAME, 0, "2,6", 200, 1);
        together(7, 6, 0)->experiment = EXPERIMENT_PARTNERS;
        together(8, 3, 6)->experiment = EXPERIMENT_PARTNERS;
        scene_experiment(EXPERIMENT_PARTNERS, 0, "0-3,6", 200, 2);
        scene_experiment(EXPERIMENT_OTHER, 0, "0,3", 200, 0);
}

/* Every group fails: a program at fault, or what joins all CPUs. */
static void together_everywhere(void)
{
        scene_host(1, 4, 1);
        together(4, 0, 1);
        for (int cpu = 2; cpu < 4; cpu++)
                together(4, cpu, 5 - cpu)->experiment = EXPERIMENT_OTHER;
        scene_experiment(EXPERIMENT_OTHER, 0, "2-3", 200, 200)->same_value = false;
}

static void refuted(void)
{
        scene_once();
        scene.observations[0].review = REVIEW_REFUTED;
        scene.observations[0].reviewer = 6;
}

static void no_topology(void)
{
        scene_host(1, 4, 1);
        scene.host.n_cpus = 0;
        scene_observe(OBSERVATION_MISMATCH, 3, SCENE_FMA, REGIME_QUIET, 4);
        scene_observe(OBSERVATION_MISMATCH, 3, SCENE_FMA, REGIME_QUIET, 5);
}

/* Records that name no CPU, no check, no regime accuse nobody. */
static void nonsense(void)
{
        scene_clean();
        scene_observe(OBSERVATION_MISMATCH, 3, SCENE_FMA, REGIME_QUIET, 4)->cpu = -7;
        scene_observe(OBSERVATION_MISMATCH, 3, SCENE_FMA, REGIME_QUIET, 5)->check = 4000;
        scene_observe(OBSERVATION_CRASH, 3, SCENE_FMA, REGIME_QUIET, 6)->regime = (enum regime)99;
}

#define H VERDICT_HARDWARE
static const struct {
        const char *name;
        void (*make)(void);
        enum verdict_class class;
        enum verdict_scope scope;
        const char *cpus;
        bool repeated, synthetic;
        int exit;
} cases[] = {
        { "nothing ran", nothing, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false, false, 4 },
        { "all clean", scene_clean, VERDICT_HEALTHY, SCOPE_NONE, "", false, false, 0 },
        { "clean, incomplete", incomplete, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false, false, 4 },
        { "clean, interrupted after all", scene_interrupted, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false,
                false, 4 },
        { "clean, a CPU forbidden", cpu_forbidden, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false, false, 4 },
        { "an erratum", erratum, VERDICT_ERRATUM, SCOPE_NONE, "", false, false, 0 },
        { "an erratum, incomplete", erratum_incomplete, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false, false,
                4 },
        { "killed, starved, traced, moved", noise, VERDICT_HEALTHY, SCOPE_NONE, "", false, false, 0 },
        { "a CPU lost", lost, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false, false, 4 },
        { "a timer refused", failed, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false, false, 4 },
        { "wrong results without a record", counted_alone, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false,
                false, 4 },
        { "a lost record of wrong results", accusations_lost, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false,
                false, 4 },
        { "a lost record of a fact", facts_lost, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false, false, 4 },
        { "a worker given up", scene_given_up, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false, false, 4 },
        { "votes", scene_voted, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false, false, 4 },
        { "votes that reviewers confirm", vote_reviewed, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false, false,
                4 },
        { "one mismatch", scene_once, H, SCOPE_CPU, "5", false, false, 1 },
        { "one mismatch, traced", once_traced, H, SCOPE_CPU, "5", false, false, 1 },
        { "one mismatch, incomplete", once_incomplete, H, SCOPE_CPU, "5", false, false, 1 },
        { "one event, three records", once_many_records, H, SCOPE_CPU, "5", false, false, 1 },
        { "one bit under signals", once_under_signals, H, SCOPE_CPU, "5", false, false, 1 },
        { "one mismatch beside a drill", once_beside_drill, H, SCOPE_CPU, "5", false, false, 1 },
        { "two mismatches", twice, H, SCOPE_CPU, "5", true, false, 1 },
        { "two mismatches, records lost", twice_and_lost, H, SCOPE_CPU, "5", true, false, 1 },
        { "a mismatch and a crash", twice_other_check, H, SCOPE_CPU, "5", true, false, 1 },
        { "a mismatch that comes back", reproduced, H, SCOPE_CPU, "5", true, false, 1 },
        { "a drill", drill_bit, H, SCOPE_CPU, "5", true, true, 1 },
        { "both threads of a core", siblings, H, SCOPE_CORE, "5,13", true, false, 1 },
        { "one package", package, H, SCOPE_PACKAGE, "4-7", true, false, 1 },
        { "one crash", crash_once, H, SCOPE_CPU, "2", false, false, 1 },
        { "two hangs", hang_again, H, SCOPE_CPU, "2", true, false, 1 },
        { "the same crash everywhere", crash_everywhere, VERDICT_SOFTWARE, SCOPE_NONE, "", false, false, 3 },
        { "a bad answer", answer_bad, VERDICT_ANSWER_SUSPECT, SCOPE_NONE, "", false, false, 3 },
        { "a good answer, a bad package", answer_good, H, SCOPE_PACKAGE, "0,2-3", true, false, 1 },
        { "a package not asked", answer_one_package, H, SCOPE_PACKAGE, "0,2-3", true, false, 1 },
        { "values that differ everywhere", race, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false, false, 4 },
        { "a checksum broken", checksum, VERDICT_ANSWER_SUSPECT, SCOPE_NONE, "", false, false, 3 },
        { "a checksum broken then", checksum_then, VERDICT_ANSWER_SUSPECT, SCOPE_NONE, "", false, false, 3 },
        { "registers zeroed everywhere", kernel, VERDICT_KERNEL, SCOPE_NONE, "", false, false, 3 },
        { "registers stale everywhere", kernel_stale, VERDICT_KERNEL, SCOPE_NONE, "", false, false, 3 },
        { "registers lost, unequal events", kernel_unequal, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false,
                false, 4 },
        { "registers lost, one CPU", kernel_one_cpu_host, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false, false,
                4 },
        { "registers lost on one core of four", loses_on_one_core, H, SCOPE_CPU, "2", true, false, 1 },
        { "registers lost everywhere, in quiet too", loses_in_quiet_too, H, SCOPE_HOST, "0-3", false, false,
                1 },
        { "bits flip everywhere under signals", bits_everywhere, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false,
                false, 4 },
        { "one event each on two packages", scattered, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false, false,
                4 },
        { "every CPU again and again", all_erring, H, SCOPE_HOST, "0-1", false, false, 1 },
        { "one-CPU host, once", one_cpu_once, H, SCOPE_CPU, "0", false, false, 1 },
        { "one-CPU host, twice", one_cpu_twice, H, SCOPE_CPU, "0", false, false, 1 },
        { "one-CPU host, twice, control clean", one_cpu_control, H, SCOPE_CPU, "0", true, false, 1 },
        { "one-CPU host, control fails", one_cpu_control_fails, H, SCOPE_CPU, "0", false, false, 1 },
        { "a round that wandered", wandered, H, SCOPE_HOST, "2,6", false, false, 1 },
        { "a round that wandered, then came back", wandered_then_reproduced, H, SCOPE_CPU, "6", true, false,
                1 },
        { "three rounds that wandered", wandered_thrice, H, SCOPE_CPU, "6", true, false, 1 },
        { "one disagreement", disagreed, H, SCOPE_PACKAGE, "2-3", false, false, 1 },
        { "one disagreement, not found again", disagreed_refuted, H, SCOPE_CPU, "3", false, false, 1 },
        { "one disagreement, no second look", disagreed_unsure, H, SCOPE_PACKAGE, "2-3", false, false, 1 },
        { "a disagreement whose reviewer errs", disagreed_reviewer, H, SCOPE_CPU, "3", true, false, 1 },
        { "three disagreements", disagreed_often, H, SCOPE_PACKAGE, "2-3", false, false, 1 },
        { "two CPUs of two together, once", together_two_cpus, H, SCOPE_HOST, "0-1", false, false, 1 },
        { "two CPUs of two together, often", together_two_cpus_often, H, SCOPE_HOST, "0-1", false, false,
                1 },
        { "two CPUs of two together, one errs alone too", together_two_cpus_known, H, SCOPE_CPU, "1", true,
                false, 1 },
        { "two CPUs of two together, under signals", together_two_cpus_signals, VERDICT_INCONCLUSIVE,
                SCOPE_NONE, "", false, false, 4 },
        { "a party's own register", together_own_register, H, SCOPE_CPU, "1", true, false, 1 },
        { "one CPU with three others", together_rotated, H, SCOPE_CPU, "5", true, false, 1 },
        { "one round, said by both", together_said_twice, H, SCOPE_HOST, "2,5", false, false, 1 },
        { "one round, said by both, of one's own register", together_said_by_one, H, SCOPE_CPU, "5", false,
                false, 1 },
        { "two threads of a core together", together_siblings, H, SCOPE_CORE, "5,13", true, false, 1 },
        { "a thread with its sibling and others", together_siblings_rotated, H, SCOPE_CPU, "5", true, false,
                1 },
        { "partners that tell", together_partners, H, SCOPE_CPU, "6", true, false, 1 },
        { "every group fails", together_everywhere, VERDICT_INCONCLUSIVE, SCOPE_NONE, "", false, false, 4 },
        { "a mismatch refuted", refuted, H, SCOPE_CPU, "5", false, false, 1 },
        { "no topology", no_topology, H, SCOPE_CPU, "3", true, false, 1 },
        { "records of nowhere", nonsense, VERDICT_HEALTHY, SCOPE_NONE, "", false, false, 0 },
};
#undef H

static void reach(size_t i)
{
        struct verdict v, again;
        char cpus[128];

        cases[i].make();
        memset(&v, 0xff, sizeof(v));
        verdict_reach(&scene.input, &v);
        verdict_reach(&scene.input, &again);
        cpu_set_format(&v.cpus, cpus, sizeof(cpus));
        row_hits[v.row]++;
        if (!tap_ok(v.class == cases[i].class && v.scope == cases[i].scope && !strcmp(cpus, cases[i].cpus) &&
                            v.repeated == cases[i].repeated && v.synthetic == cases[i].synthetic &&
                            verdict_exit_status(&v) == cases[i].exit,
                    "%s", cases[i].name))
                printf("# row %zu: %s, scope %s, cpus '%s', repeated %d, synthetic %d, exit %d\n", v.row,
                        verdict_class_name(v.class), verdict_scope_name(v.scope), cpus, v.repeated,
                        v.synthetic, verdict_exit_status(&v));
        printf("# %s %s\n", v.summary, v.ruled_out);
        tap_ok(verdict_agrees(&v, &again) && v.summary[0] && v.advice[0] && !strchr(v.summary, '{') &&
                        v.confidence >= 0 && v.confidence <= 1,
                "%s: the same twice, with sentences", cases[i].name);
}

static void every_row_is_hit(void)
{
        for (size_t row = 0; row < verdict_rows(); row++)
                tap_ok(row_hits[row] > 0, "row %zu of the table is reached", row);
}

static void token(void)
{
        char text[96];

        scene_once();
        verdict_replay_token(&scene.observations[0], text, sizeof(text));
        tap_ok(!strcmp(text, "fma_f64:0x2a:5.0.4"), "a round's token is what replay takes: %s", text);
}

/* However many CPUs say so, a round is one event. */
static void one_event_a_round(void)
{
        struct verdict v;

        together_said_twice();
        verdict_reach(&scene.input, &v);
        tap_ok(v.events == 1 && strstr(v.summary, "CPUs 2,5 ran it together"),
                "a round of several CPUs is one event, and the sentence names them");
}

/* Wrong results without a record are said where they are another CPU's. */
static void unheard(void)
{
        struct verdict v;

        twice_and_lost();
        verdict_reach(&scene.input, &v);
        tap_ok(!strstr(v.summary, "no record") && !v.incomplete,
                "unheard: of a CPU that is accused there is nothing more to say");
        scene_tally(6, SCENE_FMA, REGIME_QUIET)->mismatches = 1;
        verdict_reach(&scene.input, &v);
        tap_ok(v.class == VERDICT_HARDWARE && strstr(v.summary, "no record"),
                "unheard: of another there is");
}

int main(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
                reach(i);
        every_row_is_hit();
        token();
        one_event_a_round();
        unheard();
        return tap_end();
}
