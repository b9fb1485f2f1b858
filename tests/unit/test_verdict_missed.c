/* SPDX-License-Identifier: Apache-2.0 */
/* What did not run and why, the advice that follows, and the sentences of a run that was cut short. */
#include <stdio.h>

#include "agent/verdict_missed.h"
#include "tests/unit/scene.h"

static enum missed why_missed(unsigned cpu)
{
        struct cpu_set cpus[MISSED_COUNT];
        enum missed found = MISSED_COUNT;
        unsigned sets = 0;

        (void)missed_find(&scene.input, &scene.plan.items[0], cpus);
        for (unsigned why = 0; why < MISSED_COUNT; why++)
                if (cpu_set_has(&cpus[why], cpu)) {
                        found = (enum missed)why;
                        sets++;
                }
        return sets > 1 ? MISSED_COUNT : found;
}

/* A host of 8 CPUs of which no odd one ran the only item of the plan. */
static void missing_half(void)
{
        scene_host(1, 8, 1);
        scene.plan.n_items = 1;
        scene.plan.items[0] = (struct plan_item){ .check = SCENE_FMA, .regime = REGIME_TIMER };
        for (unsigned cpu = 1; cpu < 8; cpu += 2)
                *scene_tally(cpu, SCENE_FMA, REGIME_TIMER) = (struct tally){ 0 };
        scene.input.complete = false;
}

static bool advises(const char *clause)
{
        struct verdict v;

        verdict_reach(&scene.input, &v);
        return strstr(v.advice, clause) != NULL;
}

static void missed_reasons(void)
{
        missing_half();
        scene_tally(1, SCENE_FMA, REGIME_TIMER)->rounds = 3;
        scene_observe(OBSERVATION_KILLED, 3, SCENE_FMA, REGIME_TIMER, 4);
        scene_observe(OBSERVATION_LOST, 5, SCENE_STATE, REGIME_QUIET, 4);
        scene_observe(OBSERVATION_HANG, 7, SCENE_FMA, REGIME_QUIET, 4);
        tap_ok(why_missed(0) == MISSED_COUNT && why_missed(1) == MISSED_EVENTS &&
                        why_missed(3) == MISSED_KILLED && why_missed(5) == MISSED_LOST &&
                        why_missed(7) == MISSED_ELSEWHERE,
                "missed: no event, killed, lost, a death in another item");
        scene.observations[2].regime = REGIME_TIMER;
        tap_ok(why_missed(7) == MISSED_DIED, "missed: a hang in the item itself");
        scene.observations[2].experiment = EXPERIMENT_SAME;
        tap_ok(why_missed(7) == MISSED_TIME, "missed: what an experiment saw is no reason");
        scene.observations[1].kind = OBSERVATION_FAILED;
        scene.observations[1].step = STEP_REGIME;
        tap_ok(why_missed(5) == MISSED_TIME, "missed: a failure of another item is no reason");
        scene.observations[1].step = STEP_START;
        tap_ok(why_missed(5) == MISSED_REFUSED, "missed: a worker that could not start runs nothing");
        scene.observations[1].kind = OBSERVATION_STARVED;
        tap_ok(why_missed(5) == MISSED_STARVED, "missed: a CPU that other work took");
        scene.observations[1].kind = OBSERVATION_FAILED;
        scene.observations[1].step = STEP_AGAIN;
        tap_ok(why_missed(5) == MISSED_TIME, "missed: of a worker that is given up its deaths tell");
        scene_tally(5, SCENE_FMA, REGIME_TIMER)->unmet = 7;
        tap_ok(why_missed(5) == MISSED_UNMET, "missed: rounds that found no partner");
}

static void missed_advises(void)
{
        missing_half();
        tap_ok(advises("--duration") && !advises("run to its end"), "advice: more time");
        scene.input.interrupted = true;
        tap_ok(why_missed(1) == MISSED_INTERRUPTED && advises("run to its end") && !advises("--duration"),
                "advice: an interrupted run needs no more time");
        missing_half();
        scene_tally(5, SCENE_FMA, REGIME_TIMER)->unmet = 7;
        tap_ok(advises("leave the CPUs to assay; give more time with --duration."),
                "advice: partners need their CPUs, and more time is asked for once");
        scene_clean();
        scene.input.complete = false;
        scene.plan.n_items = 1;
        scene_observe(OBSERVATION_STARVED, 2, SCENE_STATE, REGIME_QUIET, 4);
        tap_ok(advises("leave the CPUs to assay"), "advice: a worker that starved after everything had run");
        scene_given_up();
        scene.plan.n_items = 1;
        tap_ok(advises("who killed a worker") && !advises("refused"), "advice: a worker that is given up");
        missing_half();
        scene.plan.n_items = 0;
        scene.plan.regime_skip[REGIME_MIGRATE] = PLAN_SKIP_ONE_CPU;
        tap_ok(advises("No check that was asked for can run: it needs two CPUs that may be used. Choose "
                       "others "
                       "(--checks, --regimes, --cpus);"),
                "advice: no check can run on one CPU");
        scene.plan.regime_skip[REGIME_MIGRATE] = PLAN_SKIP_CHOICE;
        scene.plan.check_skip[SCENE_VOTE] = PLAN_SKIP_FEATURE;
        scene.plan.check_missing[SCENE_VOTE] = ISA(AVX512F);
        tap_ok(advises("lacks avx512f. Choose others (--checks, --isa);"),
                "advice: no check can run for a feature");
        scene_clean();
        scene.input.complete = false;
        scene.plan.regime_skip[REGIME_MIGRATE] = PLAN_SKIP_ONE_CPU;
        scene.plan.n_items = 1;
        tap_ok(advises("Leave out of --regimes what cannot run here: migrate."),
                "advice: a regime that cannot run");
        scene.plan.n_items = 0;
        scene.plan.cpus = (struct cpu_set){ 0 };
        tap_ok(advises("No CPU that was asked for") && !advises("--duration"), "advice: no CPU");
}

/* Everything ran, and then somebody pressed Ctrl-C: nothing is missing but the rest of the time. */
static void cut_short(void)
{
        struct verdict v;

        scene_interrupted();
        verdict_reach(&scene.input, &v);
        tap_ok(strstr(v.summary, "everything planned ran, but the run was interrupted") &&
                        !strstr(v.summary, "not everything") && v.incomplete &&
                        strcmp(v.advice, "Let it run to its end.") == 0,
                "interrupted after everything ran: %s", v.summary);
        scene_once();
        scene.input.interrupted = true;
        verdict_reach(&scene.input, &v);
        tap_ok(strstr(v.summary, "It was interrupted.") && !strstr(v.summary, "Not everything"),
                "a fault, interrupted after everything ran: %s", v.summary);
        scene_voted();
        scene.input.interrupted = true;
        verdict_reach(&scene.input, &v);
        tap_ok(strstr(v.summary, "disagree") && strstr(v.summary, "It was interrupted."),
                "a vote, interrupted after everything ran: %s", v.summary);
}

int main(void)
{
        missed_reasons();
        missed_advises();
        cut_short();
        return tap_end();
}
