/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/diagnosis.h"

#include <stdio.h>
#include <string.h>

#include "agent/verdict_blame.h"
#include "base/array.h"
#include "base/random.h"
#include "checks/answers.h"

#define ROUNDS 100                    /* of an experiment that repeats one round, on each CPU */
#define ROUNDS_NS UINT64_C(250000000) /* and no longer than this */
#define SERIES_NS UINT64_C(300000000) /* of one that runs many rounds */
#define OTHERS_MOST 4

/* ---- what to do next: pure ---- */

/* The order in which they are made: what decides most comes first. */
static const enum experiment order[] = { EXPERIMENT_SAME, EXPERIMENT_NEIGHBOURS, EXPERIMENT_PARTNERS,
        EXPERIMENT_OTHER, EXPERIMENT_WITHOUT, EXPERIMENT_SIBLING, EXPERIMENT_IMPLEMENTATION,
        EXPERIMENT_PRESENT };

static bool came_back(const struct diagnosis_state *state)
{
        return state->failures[EXPERIMENT_SAME] || state->failures[EXPERIMENT_NEIGHBOURS];
}

/* What is worth its time even where nothing has come back: whether it fails elsewhere, and on a single core,
 * which no other can contradict, whether the other implementation is right. */
static bool worth_it(const struct diagnosis_state *state, enum experiment experiment)
{
        switch (experiment) {
        case EXPERIMENT_SAME:
        case EXPERIMENT_OTHER:
                return true;
        case EXPERIMENT_NEIGHBOURS:
                return !state->failures[EXPERIMENT_SAME];
        case EXPERIMENT_IMPLEMENTATION:
                return state->alone || came_back(state);
        default:
                return came_back(state);
        }
}

static uint64_t time_limit(const struct diagnosis_state *state)
{
        return came_back(state) ? state->limit_ns : MIN(state->limit_ns, DIAGNOSIS_QUICK_NS);
}

enum experiment diagnosis_next(const struct diagnosis_state *state)
{
        if (state->spent_ns >= time_limit(state))
                return EXPERIMENT_NONE;
        for (size_t i = 0; i < ARRAY_SIZE(order); i++)
                if (state->possible[order[i]] && !state->done[order[i]] && worth_it(state, order[i]))
                        return order[i];
        return EXPERIMENT_NONE;
}

const char *diagnosis_why_not(const struct diagnosis_state *state, enum experiment experiment)
{
        if (!state->possible[experiment])
                switch (experiment) {
                case EXPERIMENT_SIBLING:
                        return "the core has no other thread that may be used";
                case EXPERIMENT_OTHER:
                        return "no other core may be used";
                case EXPERIMENT_PARTNERS:
                        return "no CPU of another core may take part";
                case EXPERIMENT_WITHOUT:
                        return "it was quiet already";
                case EXPERIMENT_PRESENT:
                        return "the regime drops no pages";
                case EXPERIMENT_IMPLEMENTATION:
                        return "the check has no other implementation here";
                default:
                        return "the CPU cannot be used any more";
                }
        return worth_it(state, experiment) ? "the time was up" : "it could not teach anything more";
}

size_t diagnosis_subjects(const struct evidence *evidence, uint32_t ret_subjects[DIAGNOSIS_SUBJECTS_MAX])
{
        struct cpu_set seen = { 0 };
        size_t n = 0;

        for (uint32_t i = 0; i < evidence->n_observations && n < DIAGNOSIS_SUBJECTS_MAX; i++) {
                const struct observation *o = &evidence->observations[i];

                if (!observation_is_evidence(o->kind) || o->experiment != EXPERIMENT_NONE || o->cpu < 0 ||
                        o->cpu >= CHECK_CPU_MAX || o->check >= evidence->n_checks ||
                        cpu_set_has(&seen, (unsigned)o->cpu))
                        continue;
                cpu_set_add(&seen, (unsigned)o->cpu);
                ret_subjects[n++] = i;
        }
        return n;
}

/* Every CPU that may have made the observation, and all that it takes to run its round again. */
static void suspects(const struct observation *o, struct cpu_set *ret_cpus)
{
        *ret_cpus = (struct cpu_set){ 0 };
        cpu_set_add(ret_cpus, (unsigned)o->cpu);
        for (uint32_t i = 0; i < o->n_together; i++)
                cpu_set_add(ret_cpus, o->together[i]);
        for (size_t i = 0; i < ARRAY_SIZE(o->seen_on); i++)
                if (o->seen_on[i] >= 0 && o->seen_on[i] < CHECK_CPU_MAX)
                        cpu_set_add(ret_cpus, (unsigned)o->seen_on[i]);
        if (o->kind == OBSERVATION_DISAGREE && o->reviewer >= 0 && o->reviewer < CHECK_CPU_MAX)
                cpu_set_add(ret_cpus, (unsigned)o->reviewer);
}

static bool near_any(const struct host *host, const struct cpu_set *set, unsigned cpu)
{
        for (int c = cpu_set_next(set, -1); c >= 0; c = cpu_set_next(set, c))
                if (blame_same_core(host, (unsigned)c, cpu))
                        return true;
        return false;
}

static bool has_evidence(const struct evidence *evidence, int cpu)
{
        for (size_t i = 0; i < evidence->n_observations; i++)
                if (evidence->observations[i].cpu == cpu &&
                        observation_is_evidence(evidence->observations[i].kind))
                        return true;
        return false;
}

static bool package_taken(const struct host *host, const struct cpu_set *set, unsigned cpu)
{
        for (int c = cpu_set_next(set, -1); c >= 0; c = cpu_set_next(set, c))
                if (blame_place(host, (unsigned)c).package == blame_place(host, cpu).package)
                        return true;
        return false;
}

/* In four passes: a CPU of each package that showed nothing, of each package, more that showed nothing,
 * more. */
static void pick_others(const struct host *host, const struct plan *plan, const struct evidence *evidence,
        const struct cpu_set *suspected, struct cpu_set *ret_cpus)
{
        for (unsigned pass = 0; pass < 4; pass++)
                for (int cpu = cpu_set_next(&plan->cpus, -1);
                        cpu >= 0 && cpu_set_count(ret_cpus) < OTHERS_MOST;
                        cpu = cpu_set_next(&plan->cpus, cpu)) {
                        if (cpu_set_has(ret_cpus, (unsigned)cpu) || near_any(host, suspected, (unsigned)cpu))
                                continue;
                        if (pass < 2 && package_taken(host, ret_cpus, (unsigned)cpu))
                                continue;
                        if (pass % 2 || !has_evidence(evidence, cpu))
                                cpu_set_add(ret_cpus, (unsigned)cpu);
                }
}

/* The suspects that may be used, or the threads beside them. */
static void pick_near(const struct host *host, const struct plan *plan, const struct cpu_set *suspected,
        bool siblings, struct cpu_set *ret_cpus)
{
        for (int cpu = cpu_set_next(&plan->cpus, -1); cpu >= 0; cpu = cpu_set_next(&plan->cpus, cpu)) {
                bool suspect = cpu_set_has(suspected, (unsigned)cpu);

                if (siblings ? !suspect && near_any(host, suspected, (unsigned)cpu) : suspect)
                        cpu_set_add(ret_cpus, (unsigned)cpu);
        }
}

void diagnosis_cpus(const struct host *host, const struct plan *plan, const struct evidence *evidence,
        const struct observation *subject, enum experiment experiment, struct cpu_set *ret_cpus)
{
        struct cpu_set suspected, near = { 0 };

        suspects(subject, &suspected);
        *ret_cpus = (struct cpu_set){ 0 };
        if (experiment != EXPERIMENT_OTHER)
                pick_near(host, plan, &suspected, experiment == EXPERIMENT_SIBLING, &near);
        if (experiment == EXPERIMENT_OTHER || experiment == EXPERIMENT_PARTNERS)
                pick_others(host, plan, evidence, &suspected, ret_cpus);
        if (experiment == EXPERIMENT_PARTNERS && (!subject->n_together || !cpu_set_count(ret_cpus)))
                return;
        for (size_t i = 0; i < ARRAY_SIZE(near.word); i++)
                ret_cpus->word[i] |= near.word[i];
        if (subject->n_together && cpu_set_count(ret_cpus) < 2) /* one alone has nobody to meet */
                *ret_cpus = (struct cpu_set){ 0 };
}

/* ---- the runner ---- */

struct diagnosis {
        const struct host *host;
        const struct plan *plan;
        const struct supervisor_run *base;
        struct evidence *evidence;
        struct verdict_experiment *experiments;
        size_t n_experiments;
        uint64_t spent_ns, limit_ns;
};

static int check_index(const char *name)
{
        for (int i = 0; name && check_list[i]; i++)
                if (strcmp(check_list[i]->name, name) == 0)
                        return i;
        return -1;
}

/* The other implementation of a check, where this host can run it. */
static int other_check(const struct diagnosis *d, uint32_t check)
{
        int other = check_index(check_list[check]->other);

        return other >= 0 && (check_list[other]->needs & ~d->base->features) == 0 ? other : -1;
}

static bool is_storm(enum regime regime)
{
        return regime == REGIME_STORM_SELF || regime == REGIME_STORM_ASYNC;
}

/* A round that may have run on several CPUs is run on each of them, and so not sent wandering again. */
static enum regime regime_of(const struct observation *subject, enum experiment experiment, unsigned check)
{
        if (experiment == EXPERIMENT_WITHOUT || subject->regime == REGIME_MIGRATE ||
                (subject->regime == REGIME_STORM_SELF && !check_list[check]->events))
                return REGIME_QUIET;
        return subject->regime;
}

/* Compares what an experiment observed with its subject: the same wrong bytes, every time. */
static bool same_value(const struct evidence *evidence, size_t from, const struct observation *subject)
{
        for (size_t i = from; i < evidence->n_observations; i++) {
                const struct observation *o = &evidence->observations[i];

                if (observation_is_evidence(o->kind) &&
                        (o->kind != subject->kind || o->mismatch.offset != subject->mismatch.offset ||
                                o->mismatch.bits != subject->mismatch.bits ||
                                memcmp(o->mismatch.actual, subject->mismatch.actual, CHECK_WINDOW) != 0))
                        return false;
        }
        return true;
}

static struct verdict_experiment *new_experiment(
        struct diagnosis *d, enum experiment experiment, uint32_t subject)
{
        struct verdict_experiment *x;

        if (d->n_experiments >= VERDICT_EXPERIMENTS_MAX)
                return NULL;
        x = &d->experiments[d->n_experiments++];
        *x = (struct verdict_experiment){ .experiment = experiment, .subject = subject };
        return x;
}

/* Runs one experiment; returns its failures. */
static uint64_t make(struct diagnosis *d, enum experiment experiment, uint32_t index)
{
        struct observation subject = d->evidence->observations[index]; /* a run may move the array */
        size_t before = d->evidence->n_observations, unheard = d->evidence->unheard;
        struct supervisor_run run = *d->base;
        struct supervisor_outcome outcome = { 0 };
        bool series = experiment == EXPERIMENT_NEIGHBOURS || experiment == EXPERIMENT_IMPLEMENTATION ||
                      experiment == EXPERIMENT_PARTNERS;
        unsigned check = experiment == EXPERIMENT_IMPLEMENTATION ? (unsigned)other_check(d, subject.check)
                                                                 : subject.check;
        struct plan_item item = { .check = (uint16_t)check, .first = true };
        struct verdict_experiment *x = new_experiment(d, experiment, index);
        int r;

        if (!x)
                return 0;
        diagnosis_cpus(d->host, d->plan, d->evidence, &subject, experiment, &x->cpus);
        x->regime = regime_of(&subject, experiment, check);
        item.regime = (uint8_t)x->regime;
        run.items = &item;
        run.n_items = 1;
        run.cpus = &x->cpus;
        run.experiment = experiment;
        run.stress = 1U << subject.stress;
        run.once = false;
        run.progress = NULL; /* its times are not those of the whole run */
        run.duration_ns = MIN(series ? SERIES_NS : ROUNDS_NS, d->limit_ns - MIN(d->spent_ns, d->limit_ns));
        run.stop_at_evidence =
                series && experiment != EXPERIMENT_PARTNERS; /* there, who fails with whom tells */
        run.stack_present = experiment == EXPERIMENT_PRESENT;
        if (series)
                run.seed = random_mix(run.seed + experiment);
        run.round = series ? NULL : &subject.round;
        run.times = series ? 0 : ROUNDS;
        r = supervisor_run(&run, d->evidence, &outcome);
        if (r < 0) {
                (void)snprintf(x->why, sizeof(x->why), "it could not be run: %s", strerror(-r));
                return 0;
        }
        x->ran = true;
        x->rounds = outcome.rounds;
        /* A worker that fails every round outruns its ring: what found no room there were failures too. */
        x->failures = outcome.failures;
        if (outcome.failures)
                x->failures += d->evidence->unheard - unheard;
        x->same_value = outcome.failures && same_value(d->evidence, before, &subject);
        d->spent_ns += outcome.elapsed_ns;
        return x->failures;
}

static void begin(
        const struct diagnosis *d, const struct observation *subject, struct diagnosis_state *state)
{
        *state = (struct diagnosis_state){ .regime = subject->regime };
        for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
                struct cpu_set cpus;

                diagnosis_cpus(d->host, d->plan, d->evidence, subject, order[i], &cpus);
                state->possible[order[i]] = cpu_set_next(&cpus, -1) >= 0;
        }
        state->alone = !state->possible[EXPERIMENT_OTHER];
        state->possible[EXPERIMENT_WITHOUT] &= subject->regime != REGIME_QUIET;
        state->possible[EXPERIMENT_PRESENT] &= is_storm(subject->regime);
        state->possible[EXPERIMENT_IMPLEMENTATION] &= other_check(d, subject->check) >= 0;
}

static void diagnose(struct diagnosis *d, uint32_t index)
{
        bool together = d->evidence->observations[index].n_together;
        struct diagnosis_state state;
        enum experiment next;

        begin(d, &d->evidence->observations[index], &state);
        for (;;) {
                state.spent_ns = d->spent_ns;
                state.limit_ns = d->base->interrupted && *d->base->interrupted ? 0 : d->limit_ns;
                next = diagnosis_next(&state);
                if (next == EXPERIMENT_NONE)
                        break;
                state.failures[next] = make(d, next, index);
                state.done[next] = true;
        }
        for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
                bool known = state.done[order[i]] || (order[i] == EXPERIMENT_PARTNERS && !together);
                struct verdict_experiment *x = known ? NULL : new_experiment(d, order[i], index);

                if (x)
                        (void)snprintf(x->why, sizeof(x->why), "%s", diagnosis_why_not(&state, order[i]));
        }
}

void diagnosis_run(const struct host *host, const struct plan *plan, const struct supervisor_run *run,
        uint64_t limit_ns, struct evidence *evidence,
        struct verdict_experiment experiments[VERDICT_EXPERIMENTS_MAX], size_t *ret_n_experiments,
        bool *ret_answers_intact)
{
        struct diagnosis d = { .host = host,
                .plan = plan,
                .base = run,
                .evidence = evidence,
                .experiments = experiments,
                .limit_ns = limit_ns };
        uint32_t subjects[DIAGNOSIS_SUBJECTS_MAX];
        size_t n = diagnosis_subjects(evidence, subjects);

        for (size_t i = 0; i < n; i++)
                diagnose(&d, subjects[i]);
        *ret_n_experiments = d.n_experiments;
        *ret_answers_intact = answers_verify_all(NULL) == 0;
}
