/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/verdict_missed.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "agent/host_report.h"
#include "base/array.h"

static const char *const texts[] = {
        [MISSED_DIED] = "its worker crashed or hung in it",
        [MISSED_KILLED] = "its worker was killed in it from outside",
        [MISSED_REFUSED] = "the system refused what it needs",
        [MISSED_EVENTS] = "it ran, but no event of the regime happened inside",
        [MISSED_MOVED] = "it ran, but perhaps on another CPU",
        [MISSED_UNMET] = "no other CPU took part in time",
        [MISSED_LOST] = "the CPU was lost: offline, or out of the cpuset",
        [MISSED_INTERRUPTED] = "the run was interrupted before it",
        [MISSED_ELSEWHERE] = "its worker died in other items, and did not come to it",
        [MISSED_STARVED] = "other work took the CPU, and the time ran out",
        [MISSED_TIME] = "the duration was too short",
};

const char *missed_text(enum missed why)
{
        assert(why < ARRAY_SIZE(texts));
        return texts[why];
}

/* A worker that could not begin runs nothing; any other failure is that of an item. */
static bool before_all(const struct observation *o)
{
        return o->step == STEP_START || o->step == STEP_PIN || o->step == STEP_SIGNALS;
}

/* What an observation may hinder: the item that it was made in, and everything on its CPU. */
static void learn(
        const struct observation *o, const struct plan_item *item, struct cpu_set hindered[MISSED_COUNT])
{
        bool here = o->check == item->check && (unsigned)o->regime == item->regime;
        enum missed why;

        switch (o->kind) {
        case OBSERVATION_CRASH:
        case OBSERVATION_HANG:
                why = here ? MISSED_DIED : MISSED_ELSEWHERE;
                break;
        case OBSERVATION_KILLED:
                why = here ? MISSED_KILLED : MISSED_ELSEWHERE;
                break;
        case OBSERVATION_FAILED:
                if (o->step == STEP_AGAIN || (!here && !before_all(o)))
                        return; /* of one that is given up its deaths tell */
                why = MISSED_REFUSED;
                break;
        case OBSERVATION_LOST:
                why = MISSED_LOST;
                break;
        case OBSERVATION_STARVED:
                why = MISSED_STARVED;
                break;
        default:
                return;
        }
        cpu_set_add(&hindered[why], (unsigned)o->cpu);
}

static bool counts(const struct observation *o)
{
        return o->experiment == EXPERIMENT_NONE && o->cpu >= 0 && o->cpu < CHECK_CPU_MAX;
}

bool missed_find(const struct verdict_input *input, const struct plan_item *item,
        struct cpu_set ret_cpus[MISSED_COUNT])
{
        const struct evidence *evidence = input->evidence;
        struct cpu_set hindered[MISSED_COUNT] = { 0 }, missed = { 0 };

        memset(ret_cpus, 0, MISSED_COUNT * sizeof(*ret_cpus));
        for (int cpu = -1; (cpu = cpu_set_next(&input->plan->cpus, cpu)) >= 0;) {
                const struct tally *t =
                        evidence_tally(evidence, (unsigned)cpu, item->check, (enum regime)item->regime);

                if (t && t->covered)
                        continue;
                cpu_set_add(&missed, (unsigned)cpu);
                if (t && t->rounds)
                        cpu_set_add(&hindered[MISSED_EVENTS], (unsigned)cpu);
                if (t && t->void_rounds)
                        cpu_set_add(&hindered[MISSED_MOVED], (unsigned)cpu);
                if (t && t->unmet)
                        cpu_set_add(&hindered[MISSED_UNMET], (unsigned)cpu);
        }
        if (cpu_set_next(&missed, -1) < 0)
                return false;
        for (size_t i = 0; i < evidence->n_observations; i++)
                if (counts(&evidence->observations[i]))
                        learn(&evidence->observations[i], item, hindered);
        if (input->interrupted)
                hindered[MISSED_INTERRUPTED] = missed;
        hindered[MISSED_TIME] = missed;
        for (int cpu = -1; (cpu = cpu_set_next(&missed, cpu)) >= 0;)
                for (unsigned why = 0; why < MISSED_COUNT; why++)
                        if (cpu_set_has(&hindered[why], (unsigned)cpu)) {
                                cpu_set_add(&ret_cpus[why], (unsigned)cpu);
                                break;
                        }
        return true;
}

/* ---- advice ---- */

/* Reasons that are no item's. */
enum { HINDERED_OFFLINE = MISSED_COUNT, HINDERED_CPUSET };

/* Bit r: reason r hindered something. */
static uint32_t hindrances(const struct verdict_input *input)
{
        const struct plan *plan = input->plan;
        const struct evidence *evidence = input->evidence;
        struct cpu_set cpus[MISSED_COUNT];
        uint32_t all = (uint32_t)input->interrupted << MISSED_INTERRUPTED |
                       (uint32_t)(cpu_set_next(&plan->offline, -1) >= 0) << HINDERED_OFFLINE |
                       (uint32_t)(cpu_set_next(&plan->forbidden, -1) >= 0) << HINDERED_CPUSET;

        for (size_t i = 0; i < plan->n_items; i++) {
                if (!missed_find(input, &plan->items[i], cpus))
                        continue;
                for (unsigned why = 0; why < MISSED_COUNT; why++)
                        all |= (uint32_t)(cpu_set_next(&cpus[why], -1) >= 0) << why;
        }
        for (size_t i = 0; i < evidence->n_observations; i++) {
                const struct observation *o = &evidence->observations[i];

                if (counts(o))
                        all |= (uint32_t)(o->kind == OBSERVATION_FAILED && o->step != STEP_AGAIN)
                                       << MISSED_REFUSED |
                               (uint32_t)(o->kind == OBSERVATION_LOST) << MISSED_LOST |
                               (uint32_t)(o->kind == OBSERVATION_KILLED) << MISSED_KILLED |
                               (uint32_t)(o->kind == OBSERVATION_STARVED) << MISSED_STARVED;
        }
        if (input->interrupted) /* nobody knows whether the time would have been enough */
                all &= ~(1U << MISSED_TIME | 1U << MISSED_EVENTS | 1U << MISSED_STARVED | 1U << MISSED_UNMET);
        return all;
}

static bool skips(const struct plan *plan, enum plan_skip skip)
{
        bool any = false;

        for (size_t i = 0; check_list[i] && i < PLAN_CHECKS_MAX; i++)
                any |= plan->check_skip[i] == skip;
        for (unsigned regime = 0; regime < REGIME_COUNT; regime++)
                any |= plan->regime_skip[regime] == skip;
        return any;
}

void missed_all(const struct plan *plan, char *text, size_t size)
{
        static const enum plan_skip reasons[] = { PLAN_SKIP_ONE_CPU, PLAN_SKIP_EVENTS, PLAN_SKIP_TOGETHER };
        size_t used = 0;

        text[0] = 0;
        for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
                if (skips(plan, reasons[i]) && used < size)
                        used += (size_t)snprintf(text + used, size - used, "%s%s", used ? "; " : "",
                                plan_skip_text(reasons[i]));
}

static void unplanned(const struct plan *plan, char text[VERDICT_SENTENCE_MAX])
{
        bool place = skips(plan, PLAN_SKIP_EVENTS) || skips(plan, PLAN_SKIP_TOGETHER);
        bool alone = skips(plan, PLAN_SKIP_ONE_CPU), lacks = plan_missing(plan);
        char lacking[256], why[320];

        if (cpu_set_next(&plan->cpus, -1) < 0) {
                (void)snprintf(text, VERDICT_SENTENCE_MAX,
                        "No CPU that was asked for can be used: bring it online, start assay where its "
                        "cpuset and affinity allow it, or choose others with --cpus.");
                return;
        }
        host_features_text(plan_missing(plan), lacking, sizeof(lacking));
        missed_all(plan, why, sizeof(why));
        (void)snprintf(text, VERDICT_SENTENCE_MAX,
                "No check that was asked for can run: %s%s%s%s. Choose others (--checks%s%s%s); "
                "'assay list' says what each needs.",
                lacks ? "the CPU, the system or --isa lacks " : "", lacking, lacks && *why ? "; " : "", why,
                lacks ? ", --isa" : "", place || alone ? ", --regimes" : "", alone ? ", --cpus" : "");
}

/* Nothing hindered what was planned: what was asked for by its name could not be planned. */
static void denied(const struct plan *plan, char text[VERDICT_SENTENCE_MAX])
{
        size_t used = 0;

        for (unsigned regime = 0; regime < REGIME_COUNT && used < VERDICT_SENTENCE_MAX; regime++) {
                enum plan_skip skip = plan->regime_skip[regime];

                if (skip != PLAN_RUNS && skip != PLAN_SKIP_CHOICE)
                        used += (size_t)snprintf(text + used, VERDICT_SENTENCE_MAX - used, "%s %s",
                                used ? "," : "Leave out of --regimes what cannot run here:",
                                regime_name((enum regime)regime));
        }
        if (used < VERDICT_SENTENCE_MAX)
                (void)snprintf(
                        text + used, VERDICT_SENTENCE_MAX - used, used ? "." : "Qualify again for longer.");
}

void missed_advice(const struct verdict_input *input, char text[VERDICT_SENTENCE_MAX])
{
        static const struct {
                uint32_t reasons;
                const char *clause;
        } clauses[] = {
                { 1U << HINDERED_OFFLINE | 1U << MISSED_LOST, "keep every CPU online and in the cpuset" },
                { 1U << HINDERED_CPUSET, "allow every CPU (cpuset, affinity), or choose with --cpus" },
                { 1U << MISSED_REFUSED, "allow what the system refused" },
                { 1U << MISSED_KILLED, "find out who killed a worker (the memory limit?)" },
                { 1U << MISSED_MOVED, "let nothing move the workers" },
                { 1U << MISSED_INTERRUPTED, "let it run to its end" },
                { 1U << MISSED_STARVED | 1U << MISSED_UNMET, "leave the CPUs to assay" },
                { 1U << MISSED_TIME | 1U << MISSED_EVENTS | 1U << MISSED_STARVED | 1U << MISSED_UNMET,
                        "give more time with --duration" },
        };
        uint32_t reasons = hindrances(input);
        size_t used = 0;

        if (!input->plan->n_items) {
                unplanned(input->plan, text);
                return;
        }
        for (size_t i = 0; i < ARRAY_SIZE(clauses); i++)
                if (reasons & clauses[i].reasons)
                        used += (size_t)snprintf(text + used, VERDICT_SENTENCE_MAX - used, "%s%s",
                                used ? "; " : "To have everything run: ", clauses[i].clause);
        if (used)
                (void)snprintf(text + used, VERDICT_SENTENCE_MAX - used, ".");
        else
                denied(input->plan, text);
}
