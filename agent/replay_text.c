/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/replay_text.h"

#include <string.h>

#include "base/array.h"

void replay_text_failures(const struct evidence *evidence, FILE *to)
{
        for (size_t i = 0; i < evidence->n_observations; i++) {
                const struct observation *o = &evidence->observations[i];
                struct check_place place;

                if (!observation_is_evidence(o->kind)) {
                        if (o->kind == OBSERVATION_FAILED)
                                fprintf(to, "  could not run: %s\n", strerror(o->error));
                        continue;
                }
                if (observation_is_death(o->kind)) {
                        fprintf(to, "  %s at instruction %#llx\n", observation_kind_name(o->kind),
                                (unsigned long long)o->death.instruction);
                        return;
                }
                check_locate(check_list[o->check], o->mismatch.offset, &place);
                fprintf(to, "  first: %s wrong at output byte %u, %u bits in %u bytes\n", place.name,
                        o->mismatch.offset, o->mismatch.bits, o->mismatch.bytes);
                return;
        }
}

static void say_of_cpus(const struct cpu_set *cpus, const char *before, const char *after, FILE *to)
{
        char list[128];

        if (!cpu_set_count(cpus))
                return;
        cpu_set_format(cpus, list, sizeof(list));
        fprintf(to, "  %s on CPU %s%s\n", before, list, after);
}

static void say_of_fewer(const struct cpu_set *cpus, uint64_t least, uint64_t times, bool together, FILE *to)
{
        char before[96];

        (void)snprintf(before, sizeof(before), "only %llu of %llu rounds were completed",
                (unsigned long long)least, (unsigned long long)times);
        if (cpu_set_count(cpus) > 1)
                (void)snprintf(before, sizeof(before),
                        "fewer than %llu rounds (%llu at the least) were completed",
                        (unsigned long long)times, (unsigned long long)least);
        say_of_cpus(cpus, before,
                together ? ": the CPUs did not come together in time; run it again when they have less to do"
                         : ": run it again when the CPU has less to do",
                to);
}

bool replay_text_missing(const struct evidence *evidence, const struct plan_item *item,
        const struct cpu_set *cpus, uint64_t times, FILE *to)
{
        bool own_events = item->regime == REGIME_STORM_SELF || item->regime == REGIME_MIGRATE;
        struct cpu_set idle = { 0 }, spared = { 0 }, short_of = { 0 };
        uint64_t least = times;

        for (int cpu = cpu_set_next(cpus, -1); cpu >= 0; cpu = cpu_set_next(cpus, cpu)) {
                const struct tally *tally =
                        evidence_tally(evidence, (unsigned)cpu, item->check, (enum regime)item->regime);

                if (!tally || !tally->rounds) {
                        cpu_set_add(&idle, (unsigned)cpu);
                        continue;
                }
                if (tally->rounds < times)
                        cpu_set_add(&short_of, (unsigned)cpu);
                least = MIN(least, tally->rounds);
                if (!tally->covered)
                        cpu_set_add(&spared, (unsigned)cpu);
        }
        say_of_cpus(&idle, "no round was completed", "", to);
        say_of_fewer(&short_of, least, times, check_list[item->check]->parties, to);
        say_of_cpus(&spared, "no event of the regime came into a round",
                own_events && !check_list[item->check]->events ? ": the check has no place for one"
                                                               : ": give more --times",
                to);
        return cpu_set_count(&idle) + cpu_set_count(&short_of) + cpu_set_count(&spared) > 0;
}
