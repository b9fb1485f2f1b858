/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/progress.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"

#define PROGRESS_NS (200 * CLOCK_MS)

int progress_begin(struct progress *progress, size_t n_cpus, uint64_t now_ns)
{
        *progress = (struct progress){ .shown_ns = now_ns,
                .events_before = calloc(n_cpus + 1, sizeof(*progress->events_before)),
                .cpus = calloc(n_cpus + 1, sizeof(*progress->cpus)) };
        return progress->events_before && progress->cpus ? 0 : -ENOMEM;
}

void progress_end(struct progress *progress)
{
        free(progress->events_before);
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
        shown->rounds = m->slot->rounds;
        shown->events = m->slot->events;
        shown->mismatches = m->slot->mismatches;
        shown->events_per_second = (double)(shown->events - progress->events_before[i]) / seconds;
        progress->events_before[i] = shown->events;
}

void progress_show(
        struct progress *progress, const struct coverage *coverage, uint64_t start_ns, uint64_t now_ns)
{
        struct supervisor_progress shown = {
                .elapsed_ns = now_ns - start_ns,
                .duration_ns = coverage->run->duration_ns,
                .n_cpus = coverage->n_cpus,
                .cpus = progress->cpus,
        };
        double seconds = (double)(now_ns - progress->shown_ns) / 1e9;

        if (!coverage->run->progress || now_ns - progress->shown_ns < PROGRESS_NS)
                return;
        shown.items_done = coverage_done(coverage);
        shown.items_all = coverage_all(coverage);
        for (size_t i = 0; i < coverage->n_cpus; i++)
                look_at(progress, coverage, i, seconds);
        coverage->run->progress(&shown, coverage->run->user);
        progress->shown_ns = now_ns;
}
