/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/progress.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"

#define PROGRESS_NS (200 * CLOCK_MS)

static struct tally sum_of(const struct tally *tallies, size_t n)
{
        struct tally sum = { 0 };

        for (size_t i = 0; tallies && i < n; i++) {
                sum.rounds += tallies[i].rounds;
                sum.events += tallies[i].events;
                sum.mismatches += tallies[i].mismatches;
        }
        return sum;
}

int progress_begin(struct progress *progress, const struct supervisor_run *run,
        const struct evidence *evidence, uint64_t now_ns)
{
        size_t n = cpu_set_count(run->cpus), i = 0;

        *progress = (struct progress){ .shown_ns = now_ns,
                .events_before = calloc(n + 1, sizeof(*progress->events_before)),
                .before = calloc(n + 1, sizeof(*progress->before)),
                .sums = calloc(n + 1, sizeof(*progress->sums)),
                .cpus = calloc(n + 1, sizeof(*progress->cpus)) };
        if (!progress->events_before || !progress->before || !progress->sums || !progress->cpus)
                return -ENOMEM;
        for (int cpu = -1; run->progress && (cpu = cpu_set_next(run->cpus, cpu)) >= 0; i++) {
                progress->before[i] = evidence_tally(evidence, (unsigned)cpu, 0, REGIME_QUIET);
                progress->sums[i] = sum_of(progress->before[i], evidence->n_checks * REGIME_COUNT);
                progress->events_before[i] = progress->sums[i].events;
        }
        return 0;
}

void progress_end(struct progress *progress)
{
        free(progress->events_before);
        free(progress->before);
        free(progress->sums);
        free(progress->cpus);
}

static void look_at(
        const struct progress *progress, const struct coverage *coverage, size_t i, double seconds)
{
        const struct member *m = &coverage->members[i];
        struct supervisor_cpu *shown = &progress->cpus[i];
        struct slot_current current = m->slot->current; /* a copy: its worker goes on */
        bool sane = check_exists(current.check) && (unsigned)current.regime < REGIME_COUNT;

        shown->cpu = (uint16_t)m->cpu;
        shown->alive = m->pid > 0;
        shown->check = atomic_load(&m->slot->ready) && sane ? (int32_t)current.check : -1;
        shown->regime = sane ? current.regime : REGIME_QUIET;
        shown->rounds = progress->sums[i].rounds + m->slot->rounds;
        shown->events = progress->sums[i].events + m->slot->events;
        shown->mismatches = progress->sums[i].mismatches + m->slot->mismatches;
        shown->events_per_second = (double)(shown->events - progress->events_before[i]) / seconds;
        progress->events_before[i] = shown->events;
}

void progress_show(
        struct progress *progress, const struct coverage *coverage, uint64_t start_ns, uint64_t now_ns)
{
        struct supervisor_progress shown = {
                .elapsed_ns = coverage->run->before_ns + now_ns - start_ns,
                .duration_ns = coverage->run->before_ns + coverage->run->duration_ns,
                .n_cpus = coverage->n_cpus,
                .cpus = progress->cpus,
        };
        double seconds = (double)(now_ns - progress->shown_ns) / 1e9;

        if (!coverage->run->progress || now_ns - progress->shown_ns < PROGRESS_NS)
                return;
        shown.items_done = coverage_done(coverage, progress->before);
        shown.items_all = coverage_all(coverage);
        for (size_t i = 0; i < coverage->n_cpus; i++)
                look_at(progress, coverage, i, seconds);
        coverage->run->progress(&shown, coverage->run->user);
        progress->shown_ns = now_ns;
}
