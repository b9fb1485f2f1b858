/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/verdict_blame.h"

#include <string.h>

#include "base/array.h"

struct blame_place blame_place(const struct host *host, unsigned cpu)
{
        for (size_t i = 0; host && i < host->n_cpus; i++) {
                const struct host_cpu *c = &host->cpus[i];

                if (c->cpu == (int)cpu && c->core >= 0)
                        return (struct blame_place){ MAX(c->package, 0), c->core };
        }
        return (struct blame_place){ 0, -1 - (int)cpu };
}

bool blame_same_core(const struct host *host, unsigned a, unsigned b)
{
        struct blame_place x = blame_place(host, a), y = blame_place(host, b);

        return a == b || (x.package == y.package && x.core == y.core);
}

static bool well_formed(const struct verdict_input *input, const struct observation *o)
{
        return o->cpu >= 0 && o->cpu < CHECK_CPU_MAX && (unsigned)o->regime < REGIME_COUNT &&
               (unsigned)o->kind < OBSERVATION_KIND_COUNT && o->check < input->evidence->n_checks;
}

/* Deaths and saved frames need no answers' table; what was compared counts only if the answer was known. */
static bool is_vote(const struct observation *o)
{
        return !o->known && (o->kind == OBSERVATION_MISMATCH || o->kind == OBSERVATION_DISAGREE);
}

bool blame_counts(const struct blame *blame, const struct verdict_input *input, const struct observation *o)
{
        return well_formed(input, o) && observation_is_evidence(o->kind) && !is_vote(o) &&
               o->synthetic == blame->synthetic;
}

static bool same_event(const struct observation *a, const struct observation *b)
{
        bool together = a->n_together && b->n_together; /* several of them may say so */

        return a->experiment == EXPERIMENT_NONE && b->experiment == EXPERIMENT_NONE &&
               (a->cpu == b->cpu || together) && a->check == b->check && a->round.seed == b->round.seed &&
               a->round.number == b->round.number && a->round.cpu == b->round.cpu &&
               a->round.process == b->round.process;
}

static void candidates(const struct observation *o, struct cpu_set *ret_set)
{
        *ret_set = (struct cpu_set){ 0 };
        for (size_t i = 0; i < ARRAY_SIZE(o->seen_on); i++)
                if (o->seen_on[i] >= 0 && o->seen_on[i] < CHECK_CPU_MAX)
                        cpu_set_add(ret_set, (unsigned)o->seen_on[i]);
        if (cpu_set_next(ret_set, -1) < 0)
                cpu_set_add(ret_set, (unsigned)o->cpu);
        if (o->kind != OBSERVATION_DISAGREE || o->reviewer < 0 || o->reviewer >= CHECK_CPU_MAX)
                return;
        if (o->review == REVIEW_REFUTED) /* it did not find it again: it was the one that erred */
                *ret_set = (struct cpu_set){ 0 };
        cpu_set_add(ret_set, (unsigned)o->reviewer);
}

static void survey(const struct verdict_input *input, struct blame *blame)
{
        bool real = false, drill = false;

        for (size_t i = 0; i < input->evidence->n_observations; i++) {
                const struct observation *o = &input->evidence->observations[i];

                if (!well_formed(input, o) || !observation_is_evidence(o->kind))
                        continue;
                if (is_vote(o))
                        blame->votes = true;
                else if (o->synthetic)
                        drill = true;
                else
                        real = true;
        }
        blame->synthetic = drill && !real;
}

/* True where `a` accuses some of those that `b` accuses, and nobody else. */
static bool tells_more(const struct observation *a, const struct observation *b)
{
        struct cpu_set few, many;

        candidates(a, &few);
        candidates(b, &many);
        for (size_t i = 0; i < ARRAY_SIZE(few.word); i++)
                if (few.word[i] & ~many.word[i])
                        return false;
        return cpu_set_count(&few) < cpu_set_count(&many);
}

/* Of several that tell of one event the one that tells most stands for it, whichever came first. */
static void find_events(const struct verdict_input *input, struct blame *blame)
{
        const struct observation *all = input->evidence->observations;
        size_t n = MIN(input->evidence->n_observations, EVIDENCE_MAX);
        uint64_t keys[EVIDENCE_MAX]; /* observations are large: they are only looked at where keys agree */
        uint16_t first[EVIDENCE_MAX],
                stands[EVIDENCE_MAX]; /* of its event; for the event that it is first of */

        for (size_t i = 0; i < n; i++) {
                size_t j = 0;

                keys[i] = 0;
                if (!blame_counts(blame, input, &all[i]))
                        continue;
                keys[i] = check_round_hash(&all[i].round, all[i].check) | 1;
                while (j < i && (keys[j] != keys[i] || !same_event(&all[j], &all[i])))
                        j++;
                first[i] = j < i ? first[j] : (uint16_t)i;
                if (j == i || tells_more(&all[i], &all[stands[first[i]]]))
                        stands[first[i]] = (uint16_t)i;
        }
        for (size_t i = 0; i < n; i++)
                if (keys[i])
                        blame->event[stands[first[i]]] = true;
}

/* First those that accuse one CPU alone. */
static void accuse_single(const struct verdict_input *input, struct blame *blame)
{
        for (size_t i = 0; i < EVIDENCE_MAX; i++) {
                struct cpu_set who;
                int cpu;

                if (!blame->event[i])
                        continue;
                if (!blame->all++)
                        blame->first = (uint32_t)i;
                candidates(&input->evidence->observations[i], &who);
                cpu = cpu_set_next(&who, -1);
                if (cpu_set_count(&who) == 1) {
                        cpu_set_add(&blame->cpus, (unsigned)cpu);
                        blame->events[cpu]++;
                        continue;
                }
                for (; cpu >= 0; cpu = cpu_set_next(&who, cpu))
                        blame->shared[cpu]++;
        }
}

/* Of several candidates none of which is accused alone, the one that is in more such events than any other, if it is
 * in two at least. A tie stays one: where worker and reviewer contradict each other, either may err, and a reviewer
 * that errs in copying or setting up errs each time. */
static int most_often(const struct blame *blame, const struct cpu_set *who)
{
        uint32_t most = 1;
        int found = -1;

        for (int cpu = cpu_set_next(who, -1); cpu >= 0; cpu = cpu_set_next(who, cpu)) {
                uint32_t n = blame->shared[cpu];

                if (n == most && found >= 0)
                        found = -1;
                if (n > most) {
                        most = n;
                        found = cpu;
                }
        }
        return found;
}

static bool on_one_core(const struct verdict_input *input, const struct cpu_set *who)
{
        int first = cpu_set_next(who, -1);

        for (int cpu = first; cpu >= 0; cpu = cpu_set_next(who, cpu))
                if (!blame_same_core(input->host, (unsigned)first, (unsigned)cpu))
                        return false;
        return true;
}

static void add_all(struct cpu_set *to, const struct cpu_set *from)
{
        for (size_t i = 0; i < ARRAY_SIZE(to->word); i++)
                to->word[i] |= from->word[i];
}

static void accuse_one_of(const struct verdict_input *input, struct blame *blame,
        const struct cpu_set *alone, const struct cpu_set *who)
{
        struct cpu_set both = { 0 };
        int cpu;

        for (size_t i = 0; i < ARRAY_SIZE(who->word); i++)
                both.word[i] = who->word[i] & alone->word[i];
        if (cpu_set_count(&both) > 1)
                return; /* each of them is accused already */
        cpu = cpu_set_count(&both) ? cpu_set_next(&both, -1) : most_often(blame, who);
        if (cpu >= 0) {
                cpu_set_add(&blame->cpus, (unsigned)cpu);
                blame->events[cpu]++;
                return;
        }
        if (on_one_core(input, who)) { /* whichever thread it was, it is this core */
                add_all(&blame->cpus, who);
                blame->events[cpu_set_next(who, -1)]++;
                return;
        }
        blame->ambiguous = true;
}

/* Nobody is accused alone: everybody who may have been it. */
static void accuse_all(const struct verdict_input *input, struct blame *blame)
{
        for (size_t i = 0; i < EVIDENCE_MAX; i++) {
                struct cpu_set who;

                if (!blame->event[i])
                        continue;
                candidates(&input->evidence->observations[i], &who);
                add_all(&blame->cpus, &who);
        }
}

void blame_find(const struct verdict_input *input, struct blame *ret_blame)
{
        struct cpu_set alone;

        *ret_blame = (struct blame){ .first = UINT32_MAX };
        survey(input, ret_blame);
        find_events(input, ret_blame);
        accuse_single(input, ret_blame);
        alone = ret_blame->cpus;
        for (size_t i = 0; i < EVIDENCE_MAX; i++) {
                struct cpu_set who;

                if (!ret_blame->event[i])
                        continue;
                candidates(&input->evidence->observations[i], &who);
                if (cpu_set_count(&who) > 1)
                        accuse_one_of(input, ret_blame, &alone, &who);
        }
        ret_blame->ambiguous &= cpu_set_next(&ret_blame->cpus, -1) < 0;
        if (ret_blame->ambiguous)
                accuse_all(input, ret_blame);
}
