/* SPDX-License-Identifier: Apache-2.0 */
/* The differential diagnosis: which experiment comes next, on which CPUs, and (with a supervisor of the
 * test's own, on which made-up CPUs fail) which verdicts the experiments lead to. */
#include "agent/diagnosis.h"

#include "tests/unit/scene.h"

/* ---- a supervisor whose CPUs fail as the test says ---- */

static bool (*fails)(int cpu, unsigned check, enum regime regime, bool same_round);
static uint64_t clock_now_ns, runs;

int supervisor_run(
        const struct supervisor_run *run, struct evidence *evidence, struct supervisor_outcome *ret_outcome)
{
        struct supervisor_outcome outcome = { .elapsed_ns = 100000000, .complete = true };

        runs++;
        for (int cpu = cpu_set_next(run->cpus, -1); cpu >= 0; cpu = cpu_set_next(run->cpus, cpu)) {
                outcome.rounds += run->times ? run->times : 50;
                if (!fails(cpu, run->items[0].check, (enum regime)run->items[0].regime, run->round != NULL))
                        continue;
                outcome.failures += run->times ? run->times : 1;
                struct observation o = scene.observations[0];
                o.cpu = o.seen_on[0] = cpu;
                o.seen_on[1] = -1;
                if (o.n_together) { /* it met the next one of the run */
                        int next = cpu_set_next(run->cpus, cpu);

                        o.together[0] = (uint16_t)cpu;
                        o.together[1] = (uint16_t)(next >= 0 ? next : cpu_set_next(run->cpus, -1));
                        o.seen_on[1] = o.together[1];
                }
                o.check = run->items[0].check;
                o.regime = (enum regime)run->items[0].regime;
                o.experiment = run->experiment;
                evidence->observations[evidence->n_observations++] = o;
        }
        clock_now_ns += outcome.elapsed_ns;
        *ret_outcome = outcome;
        return 0;
}

static struct verdict diagnose(void)
{
        struct supervisor_run run = { .features = ~UINT64_C(0), .seed = 42 };
        struct verdict verdict;

        clock_now_ns = runs = 0;
        diagnosis_run(&scene.host, &scene.plan, &run, DIAGNOSIS_LIMIT_NS, &scene.evidence, scene.experiments,
                &scene.input.n_experiments, &scene.input.answers_intact);
        verdict_reach(&scene.input, &verdict);
        return verdict;
}

static const struct verdict_experiment *made(enum experiment experiment)
{
        for (size_t i = 0; i < scene.input.n_experiments; i++)
                if (scene.experiments[i].experiment == experiment)
                        return &scene.experiments[i];
        return NULL;
}

static bool never(int cpu, unsigned check, enum regime regime, bool same_round)
{
        (void)cpu, (void)check, (void)regime, (void)same_round;
        return false;
}

static bool on_five(int cpu, unsigned check, enum regime regime, bool same_round)
{
        (void)check, (void)regime, (void)same_round;
        return cpu == 5;
}

static bool this_round_anywhere(int cpu, unsigned check, enum regime regime, bool same_round)
{
        (void)cpu, (void)check, (void)regime;
        return same_round;
}

static bool under_signals(int cpu, unsigned check, enum regime regime, bool same_round)
{
        (void)cpu, (void)check, (void)same_round;
        return regime != REGIME_QUIET;
}

static void nothing_comes_back(void)
{
        struct verdict v;

        scene_host(2, 4, 2);
        scene_observe(OBSERVATION_MISMATCH, 5, SCENE_FMA, REGIME_QUIET, 4);
        fails = never;
        v = diagnose();
        tap_ok(v.class == VERDICT_HARDWARE && !v.repeated && cpu_set_has(&v.cpus, 5) &&
                        cpu_set_count(&v.cpus) == 1,
                "nothing comes back: hardware, once, that CPU");
        tap_ok(clock_now_ns <= DIAGNOSIS_QUICK_NS && runs == 3, "and it was quick: %llu experiments",
                (unsigned long long)runs);
        tap_ok(made(EXPERIMENT_SAME)->ran && made(EXPERIMENT_OTHER)->ran && !made(EXPERIMENT_PRESENT)->ran &&
                        made(EXPERIMENT_PRESENT)->why[0],
                "what was not tried says why: %s", made(EXPERIMENT_PRESENT)->why);
}

static void comes_back(void)
{
        struct verdict v;

        scene_host(2, 4, 2);
        scene_observe(OBSERVATION_MISMATCH, 5, SCENE_FMA, REGIME_TIMER, 4);
        fails = on_five;
        v = diagnose();
        tap_ok(v.class == VERDICT_HARDWARE && v.repeated && cpu_set_has(&v.cpus, 5) &&
                        cpu_set_count(&v.cpus) == 1,
                "it comes back on its CPU alone: hardware, repeated");
        tap_ok(made(EXPERIMENT_WITHOUT)->failures && made(EXPERIMENT_SIBLING)->ran &&
                        !made(EXPERIMENT_SIBLING)->failures && made(EXPERIMENT_IMPLEMENTATION)->ran,
                "it was tried in quiet, on the sibling and with the other implementation");
}

static void wrong_answer(void)
{
        scene_host(2, 4, 2);
        scene_observe(OBSERVATION_MISMATCH, 5, SCENE_FMA, REGIME_QUIET, 4);
        fails = this_round_anywhere;
        tap_ok(diagnose().class == VERDICT_ANSWER_SUSPECT,
                "the round fails on all packages alike: the answer");
}

static void lost_registers(void)
{
        scene_host(2, 4, 1);
        for (int cpu = 0; cpu < 8; cpu++)
                scene_lose(
                        scene_observe(OBSERVATION_MISMATCH, cpu, SCENE_STATE, REGIME_STORM_SELF, 40), NULL);
        fails = under_signals;
        tap_ok(diagnose().class == VERDICT_KERNEL,
                "whole registers lost on every CPU, never in quiet: the kernel");
        tap_ok(made(EXPERIMENT_PRESENT)->ran && clock_now_ns <= DIAGNOSIS_LIMIT_NS + 1000000000,
                "a storm was repeated with its pages present, within the limit");
}

static void wanderer(void)
{
        struct verdict v;

        scene_host(2, 4, 1);
        scene_observe(OBSERVATION_MISMATCH, 2, SCENE_STATE, REGIME_MIGRATE, 40)->seen_on[1] = 5;
        fails = on_five;
        v = diagnose();
        tap_ok(cpu_set_has(&v.cpus, 5) && cpu_set_count(&v.cpus) == 1 && v.repeated,
                "a round that wandered is run on each of its CPUs: the one where it fails is blamed");
}

/* A round of several CPUs fails where CPU 5 takes part: each CPU of a run meets the next. */
static bool with_five(int cpu, unsigned check, enum regime regime, bool same_round)
{
        (void)check, (void)regime, (void)same_round;
        return cpu == 5;
}

static struct observation *together(int a, int b)
{
        struct observation *o = scene_observe(OBSERVATION_MISMATCH, a, SCENE_FMA, REGIME_QUIET, 4);

        o->seen_on[1] = b;
        o->together[0] = (uint16_t)a;
        o->together[1] = (uint16_t)b;
        o->n_together = 2;
        return o;
}

static void partners_tell(void)
{
        struct verdict v;

        scene_host(2, 4, 1);
        together(2, 5);
        fails = with_five;
        v = diagnose();
        tap_ok(v.class == VERDICT_HARDWARE && v.repeated && cpu_set_has(&v.cpus, 5) &&
                        cpu_set_count(&v.cpus) == 1,
                "of two CPUs that fail together the one is blamed that fails with others too");
        tap_ok(made(EXPERIMENT_PARTNERS)->ran && cpu_set_has(&made(EXPERIMENT_PARTNERS)->cpus, 2) &&
                        cpu_set_has(&made(EXPERIMENT_PARTNERS)->cpus, 5) &&
                        cpu_set_count(&made(EXPERIMENT_PARTNERS)->cpus) == 6,
                "both met four others");
        scene_host(1, 2, 1);
        together(0, 1);
        fails = never;
        v = diagnose();
        tap_ok(v.class == VERDICT_HARDWARE && !v.repeated && cpu_set_count(&v.cpus) == 2 &&
                        !made(EXPERIMENT_PARTNERS)->ran && !made(EXPERIMENT_OTHER)->ran,
                "two CPUs are all there are: nothing tells which, and the experiments say why: %s",
                made(EXPERIMENT_PARTNERS)->why);
        scene_host(2, 4, 1);
        scene_observe(OBSERVATION_MISMATCH, 5, SCENE_FMA, REGIME_QUIET, 4);
        (void)diagnose();
        tap_ok(!made(EXPERIMENT_PARTNERS), "a round of one CPU has no partners to speak of");
}

static void which_together(void)
{
        static const struct {
                const char *what;
                int packages, cores, threads;
                enum experiment experiment;
                const char *cpus;
        } cases[] = {
                { "the same two", 2, 4, 1, EXPERIMENT_SAME, "2,5" },
                { "two or more others", 2, 4, 1, EXPERIMENT_OTHER, "0-1,3-4" },
                { "the same and others", 2, 4, 1, EXPERIMENT_PARTNERS, "0-5" },
                { "their siblings", 2, 4, 2, EXPERIMENT_SIBLING, "10,13" },
        };
        struct cpu_set cpus;
        char text[64];

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                scene_host(cases[i].packages, cases[i].cores, cases[i].threads);
                together(2, 5);
                diagnosis_cpus(&scene.host, &scene.plan, &scene.evidence, &scene.observations[0],
                        cases[i].experiment, &cpus);
                cpu_set_format(&cpus, text, sizeof(text));
                tap_ok(!strcmp(text, cases[i].cpus), "together, %s: %s", cases[i].what, text);
        }
        scene_host(1, 3, 1);
        together(0, 1);
        diagnosis_cpus(
                &scene.host, &scene.plan, &scene.evidence, &scene.observations[0], EXPERIMENT_OTHER, &cpus);
        tap_ok(cpu_set_count(&cpus) == 0, "together: one other CPU alone has nobody to meet");
        diagnosis_cpus(&scene.host, &scene.plan, &scene.evidence, &scene.observations[0],
                EXPERIMENT_PARTNERS, &cpus);
        tap_ok(cpu_set_count(&cpus) == 3, "together: but both can meet it");
}

static void which_cpus(void)
{
        static const struct {
                const char *what;
                int packages, cores, threads;
                enum experiment experiment;
                const char *cpus;
        } cases[] = {
                { "the same CPU", 2, 4, 2, EXPERIMENT_SAME, "5" },
                { "its sibling", 2, 4, 2, EXPERIMENT_SIBLING, "13" },
                { "no sibling", 2, 4, 1, EXPERIMENT_SIBLING, "" },
                { "others, both packages first", 2, 4, 2, EXPERIMENT_OTHER, "0-2,4" },
                { "others of 512", 8, 32, 2, EXPERIMENT_OTHER, "0,32,64,96" },
                { "others of two", 1, 6, 1, EXPERIMENT_OTHER, "0-3" },
        };
        struct cpu_set cpus;
        char text[64];

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                scene_host(cases[i].packages, cases[i].cores, cases[i].threads);
                scene_observe(OBSERVATION_MISMATCH, 5, SCENE_FMA, REGIME_QUIET, 4);
                diagnosis_cpus(&scene.host, &scene.plan, &scene.evidence, &scene.observations[0],
                        cases[i].experiment, &cpus);
                cpu_set_format(&cpus, text, sizeof(text));
                tap_ok(!strcmp(text, cases[i].cpus), "%s: %s", cases[i].what, text);
        }
}

static void what_next(void)
{
        static const struct {
                const char *what;
                uint64_t same, neighbours; /* failures of the experiments done */
                bool done_same, done_neighbours, done_other, alone, together;
                uint64_t spent_ms;
                enum experiment next;
        } cases[] = {
                { "first the same round", 0, 0, false, false, false, false, false, 0, EXPERIMENT_SAME },
                { "then its neighbours", 0, 0, true, false, false, false, false, 100,
                        EXPERIMENT_NEIGHBOURS },
                { "not if the round itself fails", 3, 0, true, false, false, false, false, 100,
                        EXPERIMENT_OTHER },
                { "then others", 0, 0, true, true, false, false, false, 400, EXPERIMENT_OTHER },
                { "then nothing", 0, 0, true, true, true, false, false, 500, EXPERIMENT_NONE },
                { "alone, the control", 0, 0, true, true, true, true, false, 500,
                        EXPERIMENT_IMPLEMENTATION },
                { "if it came back, quiet", 1, 0, true, true, true, false, false, 500, EXPERIMENT_WITHOUT },
                { "nothing came back, time is up", 0, 0, true, true, false, false, false, 1600,
                        EXPERIMENT_NONE },
                { "it came back, time is not up", 0, 9, true, true, false, false, false, 1600,
                        EXPERIMENT_OTHER },
                { "the whole time is up", 5, 9, true, true, false, false, false, 20000, EXPERIMENT_NONE },
                { "of several CPUs, who fails with whom", 5, 0, true, false, false, false, true, 100,
                        EXPERIMENT_PARTNERS },
                { "not if it did not come back", 0, 0, true, true, true, false, true, 100, EXPERIMENT_NONE },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                struct diagnosis_state state = { .regime = REGIME_TIMER,
                        .alone = cases[i].alone,
                        .spent_ns = cases[i].spent_ms * 1000000,
                        .limit_ns = DIAGNOSIS_LIMIT_NS };

                memset(state.possible, 1, sizeof(state.possible));
                state.possible[EXPERIMENT_PARTNERS] = cases[i].together;
                state.done[EXPERIMENT_SAME] = cases[i].done_same;
                state.done[EXPERIMENT_NEIGHBOURS] = cases[i].done_neighbours;
                state.done[EXPERIMENT_OTHER] = cases[i].done_other;
                state.failures[EXPERIMENT_SAME] = cases[i].same;
                state.failures[EXPERIMENT_NEIGHBOURS] = cases[i].neighbours;
                tap_ok(diagnosis_next(&state) == cases[i].next, "%s", cases[i].what);
        }
}

static void subjects(void)
{
        uint32_t found[DIAGNOSIS_SUBJECTS_MAX];

        scene_host(2, 4, 1);
        scene_observe(OBSERVATION_KILLED, 1, SCENE_FMA, REGIME_QUIET, 4);
        scene_observe(OBSERVATION_MISMATCH, 2, SCENE_FMA, REGIME_QUIET, 4);
        scene_observe(OBSERVATION_CRASH, 2, SCENE_FMA, REGIME_QUIET, 5);
        scene_observe(OBSERVATION_HANG, 3, SCENE_FMA, REGIME_QUIET, 5);
        tap_ok(diagnosis_subjects(&scene.evidence, found) == 2 && found[0] == 1 && found[1] == 3,
                "the first evidence of each CPU is a subject, facts are not");
}

int main(void)
{
        what_next();
        which_cpus();
        which_together();
        subjects();
        nothing_comes_back();
        comes_back();
        wrong_answer();
        lost_registers();
        wanderer();
        partners_tell();
        return tap_end();
}
