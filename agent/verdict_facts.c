/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/verdict_facts.h"

#include <string.h>

#include "base/array.h"

/* Events on one of two cores, none on the other: chance does that in less than 1 of 100 cases (2 to the -7).
 */
#define CONCENTRATED_EVENTS 8
/* Equal exposure, equal events: within this factor. CPUs of a busy host are never exactly equal. */
#define EQUAL_FACTOR 4

/* Rounds and events of one CPU in the checks and regimes in which anything failed. */
struct exposure {
        uint64_t covered, events, quiet;
};

struct survey {
        const struct verdict_input *input;
        struct verdict_facts *facts;
        struct cpu_set exposed;                           /* CPUs that compared anything, or failed */
        uint32_t failing[PLAN_CHECKS_MAX];                /* by check: bit r, it fails in regime r */
        uint64_t whole, deaths, counted, quiet, together; /* observations that count, by kind */
};

static void say(struct survey *s, enum verdict_fact fact, bool yes)
{
        if (yes)
                s->facts->yes |= fact;
}

static bool is_image(const struct observation *o)
{
        return o->in_frame || (check_list[o->check]->registers && o->mismatch.offset < REGISTERS_SIZE);
}

static void look_at(struct survey *s, const struct observation *o, uint32_t *units)
{
        bool death = observation_is_death(o->kind);
        enum verdict_origin origin = ORIGIN_UNKNOWN;

        s->counted++;
        s->deaths += death;
        s->together += o->n_together && o->seen_on[1] >= 0;
        s->quiet += o->regime == REGIME_QUIET && o->experiment != EXPERIMENT_IMPLEMENTATION;
        s->failing[o->check] |= 1U << o->regime;
        cpu_set_add(&s->exposed, (unsigned)o->cpu);
        if (death)
                return; /* where it died says nothing of the unit that erred */
        if (o->unit < CHECK_UNIT_COUNT)
                units[o->unit]++;
        origin = verdict_origin_of(o, is_image(o), &s->input->plan->cpus);
        s->facts->wrong++;
        s->whole += origin != ORIGIN_UNKNOWN;
        if (s->facts->origin == ORIGIN_UNKNOWN)
                s->facts->origin = origin;
        if (o->kind == OBSERVATION_MISMATCH && o->known && !o->answers_intact)
                say(s, FACT_ANSWERS_BROKEN, true);
}

static void look_at_all(struct survey *s)
{
        uint32_t units[CHECK_UNIT_COUNT] = { 0 };
        unsigned most = 0;

        for (size_t i = 0; i < s->input->evidence->n_observations; i++) {
                const struct observation *o = &s->input->evidence->observations[i];

                if (o->kind == OBSERVATION_ERRATUM)
                        say(s, FACT_ERRATUM, true);
                if (blame_counts(&s->facts->blame, s->input, o) && o->check < PLAN_CHECKS_MAX)
                        look_at(s, o, units);
        }
        for (unsigned unit = 0; unit < CHECK_UNIT_COUNT; unit++)
                if (units[unit] > most) {
                        most = units[unit];
                        s->facts->unit = unit;
                        s->facts->unit_events = most;
                }
}

static struct exposure exposure_of(const struct survey *s, size_t slot)
{
        const struct evidence *evidence = s->input->evidence;
        struct exposure e = { 0 };

        for (size_t check = 0; check < MIN(evidence->n_checks, PLAN_CHECKS_MAX); check++) {
                const struct tally *tally =
                        &evidence->tallies[(slot * evidence->n_checks + check) * REGIME_COUNT];

                if (!s->failing[check])
                        continue;
                e.quiet += tally[REGIME_QUIET].covered;
                for (unsigned regime = 0; regime < REGIME_COUNT; regime++)
                        if (s->failing[check] >> regime & 1) {
                                e.covered += tally[regime].covered;
                                e.events += tally[regime].events;
                        }
        }
        return e;
}

static bool compared_anything(const struct evidence *evidence, size_t slot)
{
        for (size_t i = 0; i < evidence->n_checks * REGIME_COUNT; i++)
                if (evidence->tallies[slot * evidence->n_checks * REGIME_COUNT + i].rounds)
                        return true;
        return false;
}

static const struct observation *subject_of(const struct survey *s, const struct verdict_experiment *x)
{
        const struct evidence *evidence = s->input->evidence;

        return x->ran && x->rounds + x->failures && x->subject < evidence->n_observations &&
                               blame_counts(&s->facts->blame, s->input, &evidence->observations[x->subject])
                       ? &evidence->observations[x->subject]
                       : NULL;
}

/* A program at fault dies of the same thing everywhere (the workers' code lies at the same addresses); two bad CPUs
 * do not. */
static bool died_alike(const struct observation *a, const struct observation *b)
{
        bool deaths = observation_is_death(a->kind) && observation_is_death(b->kind);

        if (!deaths)
                return true;
        if (a->kind != b->kind)
                return false;
        return a->kind == OBSERVATION_HANG ||
               (a->death.signal == b->death.signal && a->death.instruction == b->death.instruction);
}

/* True where every CPU that ran the subject's round elsewhere failed it, and died of the same where it died. */
static bool fails_everywhere(
        const struct survey *s, const struct verdict_experiment *x, const struct observation *subject)
{
        const struct evidence *evidence = s->input->evidence;
        struct cpu_set clean = x->cpus;

        if (!x->failures)
                return false;
        for (size_t i = 0; i < evidence->n_observations; i++) {
                const struct observation *o = &evidence->observations[i];

                if (o->experiment != x->experiment || o->check != subject->check || o->cpu < 0 ||
                        o->round.number != subject->round.number || !observation_is_evidence(o->kind))
                        continue;
                if (!died_alike(o, subject))
                        return false;
                cpu_set_remove(&clean, (unsigned)o->cpu);
        }
        return cpu_set_next(&clean, -1) < 0 || x->failures >= x->rounds;
}

static bool spans_packages(const struct survey *s, const struct cpu_set *tried, int also)
{
        const struct host *host = s->input->host;

        for (int cpu = cpu_set_next(&s->exposed, -1); cpu >= 0; cpu = cpu_set_next(&s->exposed, cpu)) {
                int package = blame_place(host, (unsigned)cpu).package;
                bool found = also >= 0 && blame_place(host, (unsigned)also).package == package;

                for (int c = cpu_set_next(tried, -1); c >= 0 && !found; c = cpu_set_next(tried, c))
                        found = blame_place(host, (unsigned)c).package == package;
                if (!found)
                        return false;
        }
        return true;
}

static void learn_from_experiments(struct survey *s)
{
        size_t others = 0, shared = 0, controls = 0, controls_clean = 0, values = 0, same = 0;

        for (size_t i = 0; i < s->input->n_experiments; i++) {
                const struct verdict_experiment *x = &s->input->experiments[i];
                const struct observation *subject = subject_of(s, x);

                if (!subject)
                        continue;
                if (x->experiment == EXPERIMENT_OTHER) {
                        others++;
                        shared +=
                                fails_everywhere(s, x, subject) && spans_packages(s, &x->cpus, subject->cpu);
                        say(s, FACT_CLEAN_ELSEWHERE, !x->failures);
                }
                if (x->experiment == EXPERIMENT_IMPLEMENTATION) {
                        controls++;
                        controls_clean += !x->failures;
                }
                if (x->experiment == EXPERIMENT_SAME || x->experiment == EXPERIMENT_OTHER) {
                        values++;
                        same += x->failures && x->failures >= x->rounds && x->same_value;
                }
                if (x->experiment == EXPERIMENT_WITHOUT)
                        say(s, FACT_QUIET_CLEAN, !x->failures);
        }
        say(s, FACT_SHARED, others && shared == others);
        say(s, FACT_SAME_VALUE, values && same == values);
        say(s, FACT_CONTROL_CLEAN, controls && controls_clean == controls);
}

/* What the tallies say: who was exposed, equally or not, and whether those who did not fail were. */
static void learn_from_tallies(struct survey *s)
{
        const struct evidence *evidence = s->input->evidence;
        const struct cpu_set *accused = &s->facts->blame.cpus;
        uint64_t least = UINT64_MAX, most = 0, blamed = 0, clean = 0;
        bool quiet = false;

        for (size_t slot = 0; slot < evidence->n_cpus; slot++) {
                unsigned cpu = evidence->cpus[slot];
                struct exposure e = exposure_of(s, slot);

                if (compared_anything(evidence, slot)) {
                        cpu_set_add(&s->exposed, cpu);
                        say(s, FACT_RAN, true);
                }
                least = MIN(least, e.events);
                most = MAX(most, e.events);
                quiet |= cpu_set_has(accused, cpu) && e.quiet;
                if (cpu_set_has(accused, cpu))
                        blamed = MAX(blamed, e.covered);
                else
                        clean = MAX(clean, e.covered);
        }
        say(s, FACT_EQUAL_EVENTS, least && least != UINT64_MAX && least * EQUAL_FACTOR >= most);
        say(s, FACT_QUIET_CLEAN, quiet);
        say(s, FACT_CLEAN_ELSEWHERE, clean && clean * EQUAL_FACTOR >= blamed);
}

static uint64_t events_of_core(const struct survey *s, unsigned cpu)
{
        const struct blame *blame = &s->facts->blame;
        uint64_t events = 0;

        for (int c = cpu_set_next(&blame->cpus, -1); c >= 0; c = cpu_set_next(&blame->cpus, c))
                if (blame_same_core(s->input->host, cpu, (unsigned)c))
                        events += blame->events[c];
        return events;
}

/* Where the accused lie: how many cores and packages they span, and what of the tested CPUs is left. */
static void learn_places(struct survey *s)
{
        const struct host *host = s->input->host;
        const struct cpu_set *accused = &s->facts->blame.cpus;
        int first = cpu_set_next(accused, -1);
        bool cores = false, packages = false, beyond = false;
        uint64_t most = 0, all = 0;

        for (int cpu = first; cpu >= 0; cpu = cpu_set_next(accused, cpu)) {
                uint64_t here = events_of_core(s, (unsigned)cpu);

                cores |= !blame_same_core(host, (unsigned)cpu, (unsigned)first);
                packages |= blame_place(host, (unsigned)cpu).package !=
                            blame_place(host, (unsigned)first).package;
                most = MAX(most, here);
                all += s->facts->blame.events[cpu];
        }
        for (int cpu = cpu_set_next(&s->exposed, -1); cpu >= 0 && first >= 0;
                cpu = cpu_set_next(&s->exposed, cpu)) {
                bool own = false;

                for (int c = first; c >= 0 && !own; c = cpu_set_next(accused, c))
                        own = blame_same_core(host, (unsigned)cpu, (unsigned)c);
                beyond |= !own;
        }
        unsigned n_accused = cpu_set_count(accused), n_exposed = cpu_set_count(&s->exposed);
        bool everywhere = cores && !beyond;

        say(s, FACT_ALL, everywhere);
        say(s, FACT_MOST, cores && n_accused * 4 >= n_exposed * 3);
        say(s, FACT_ONE_CORE, first >= 0 && !cores && !beyond);
        say(s, FACT_TWICE, most >= 2);
        say(s, FACT_CONCENTRATED, most >= CONCENTRATED_EVENTS && most == all);
        say(s, FACT_SCATTERED, cores && most < 2 && (packages || everywhere));
        s->facts->scope = first < 0                ? SCOPE_NONE
                          : packages || everywhere ? SCOPE_HOST
                          : cores                  ? SCOPE_PACKAGE
                          : n_accused > 1          ? SCOPE_CORE
                                                   : SCOPE_CPU;
}

static bool names(const struct evidence *evidence, unsigned cpu)
{
        for (size_t i = 0; i < evidence->n_observations; i++)
                if (evidence->observations[i].cpu == (int)cpu &&
                        observation_is_evidence(evidence->observations[i].kind))
                        return true;
        return false;
}

/* A worker counts what is wrong and records it; the record may find no room, or make no sense. Of a CPU that is accused
 * anyway it makes no difference. */
static bool anything_unheard(const struct survey *s)
{
        const struct evidence *evidence = s->input->evidence;
        size_t tallies = evidence->n_checks * REGIME_COUNT;

        for (size_t slot = 0; slot < evidence->n_cpus; slot++) {
                uint64_t mismatches = 0;

                for (size_t i = 0; i < tallies; i++)
                        mismatches |= evidence->tallies[slot * tallies + i].mismatches;
                if (mismatches && !names(evidence, evidence->cpus[slot]))
                        return true;
        }
        return evidence->unheard && !(s->facts->yes & FACT_EVIDENCE);
}

static bool all_ran(const struct verdict_input *input)
{
        const struct plan *plan = input->plan;

        if (!input->complete || cpu_set_count(&plan->offline) || cpu_set_count(&plan->forbidden) ||
                input->evidence->dropped > input->evidence->unheard)
                return false;
        for (size_t i = 0; i < input->evidence->n_observations; i++) {
                const struct observation *o = &input->evidence->observations[i];

                if (o->experiment == EXPERIMENT_NONE &&
                        (o->kind == OBSERVATION_FAILED || o->kind == OBSERVATION_LOST))
                        return false;
        }
        return true;
}

void verdict_facts_find(const struct verdict_input *input, struct verdict_facts *ret_facts)
{
        struct survey s = { .input = input, .facts = ret_facts };

        memset(ret_facts, 0, sizeof(*ret_facts));
        ret_facts->unit = CHECK_UNIT_COUNT;
        blame_find(input, &ret_facts->blame);
        say(&s, FACT_EVIDENCE, ret_facts->blame.all > 0);
        say(&s, FACT_VOTES, ret_facts->blame.votes);
        say(&s, FACT_AMBIGUOUS, ret_facts->blame.ambiguous);
        say(&s, FACT_ANSWERS_BROKEN, !input->answers_intact);
        say(&s, FACT_UNHEARD, anything_unheard(&s));
        say(&s, input->interrupted ? FACT_CUT_SHORT : FACT_COMPLETE, all_ran(input));
        look_at_all(&s);
        learn_from_tallies(&s);
        learn_from_experiments(&s);
        learn_places(&s);
        say(&s, FACT_DEATHS, s.counted && s.deaths == s.counted);
        say(&s, FACT_TOGETHER, s.counted && s.together == s.counted);
        say(&s, FACT_WHOLE, ret_facts->wrong && s.whole * 2 >= ret_facts->wrong);
        say(&s, FACT_QUIET_FAILS, s.quiet);
        if (s.quiet)
                ret_facts->yes &= ~(uint32_t)FACT_QUIET_CLEAN;
}
