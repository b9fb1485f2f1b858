/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/report_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/terminal.h"

#define CPUS_SHOWN 16   /* more CPUs than these are summed up by package */
#define ACCUSED_SHOWN 8 /* and of those that something accuses, so many have a line of their own */
#define WIDE 72         /* columns that the table needs */

struct table {
        const struct verdict_input *input;
        const struct cpu_set *accused;
        FILE *to;
        int width;
};

struct sum {
        uint64_t rounds, covered, failures, ns;
        uint64_t events[REGIME_COUNT];
};

static struct sum sum_slot(const struct verdict_input *input, size_t slot)
{
        const struct evidence *evidence = input->evidence;
        struct sum sum = { .ns = evidence->cpu_ns[slot] };

        for (size_t c = 0; c < evidence->n_checks; c++)
                for (unsigned r = 0; r < REGIME_COUNT; r++) {
                        const struct tally *t =
                                &evidence->tallies[(slot * evidence->n_checks + c) * REGIME_COUNT + r];

                        sum.rounds += t->rounds;
                        sum.covered += t->covered;
                        sum.events[r] += t->events;
                }
        for (size_t i = 0; i < evidence->n_observations; i++)
                sum.failures += evidence->observations[i].cpu == evidence->cpus[slot] &&
                                evidence->observations[i].experiment == EXPERIMENT_NONE &&
                                observation_is_evidence(evidence->observations[i].kind);
        return sum;
}

static void add(struct sum *to, const struct sum *from)
{
        to->rounds += from->rounds;
        to->covered += from->covered;
        to->failures += from->failures;
        to->ns += from->ns;
        for (unsigned r = 0; r < REGIME_COUNT; r++)
                to->events[r] += from->events[r];
}

/* A number in at most five columns: 99999, 123k, 12.3M. */
static void shorten(uint64_t number, char text[16])
{
        static const char units[] = "kMGTPE";
        double value = (double)number;
        size_t unit = 0;

        if (number < 100000) {
                (void)snprintf(text, 16, "%" PRIu64, number);
                return;
        }
        for (value /= 1000; value >= 1000; value /= 1000)
                unit++;
        (void)snprintf(text, 16, value < 100 ? "%.1f%c" : "%.0f%c", value, units[unit]);
}

static void table_head(const struct table *table)
{
        if (table->width >= WIDE)
                fprintf(table->to, "%-16s %6s %7s %5s %5s %5s %5s %5s %5s %4s\n", "CPU", "rounds", "seconds",
                        "timer", "self", "async", "step", "crowd", "hops", "bad");
}

static void table_row(const struct table *table, const char *name, const struct sum *sum)
{
        char rounds[16], events[REGIME_COUNT][16];

        shorten(sum->rounds, rounds);
        for (unsigned r = 0; r < REGIME_COUNT; r++)
                shorten(sum->events[r], events[r]);
        if (table->width >= WIDE) {
                fprintf(table->to, "%-16s %6s %7.1f %5s %5s %5s %5s %5s %5s %4" PRIu64 "\n", name, rounds,
                        (double)sum->ns / 1e9, events[REGIME_TIMER], events[REGIME_STORM_SELF],
                        events[REGIME_STORM_ASYNC], events[REGIME_STEP], events[REGIME_CROWD],
                        events[REGIME_MIGRATE], sum->failures);
                return;
        }
        char text[128];

        (void)snprintf(text, sizeof(text), "%s rounds, %.1f s, %" PRIu64 " bad", rounds,
                (double)sum->ns / 1e9, sum->failures);
        (void)fprintf(table->to, "%s ", name);
        terminal_wrap(table->to, text, (int)strlen(name) + 1, 2, table->width);
}

static int package_of(const struct verdict_input *input, size_t slot)
{
        const struct host_cpu *cpu = host_cpu_find(input->host, input->evidence->cpus[slot]);

        return cpu ? cpu->package : -1;
}

static void one_cpu(const struct table *table, size_t slot, const struct sum *sum)
{
        const struct verdict_input *input = table->input;
        const struct host_cpu *place = host_cpu_find(input->host, input->evidence->cpus[slot]);
        char name[48];

        if (place && place->package >= 0 && place->core >= 0 && table->width >= WIDE)
                (void)snprintf(
                        name, sizeof(name), "%d (%d, core %d)", place->cpu, place->package, place->core);
        else
                (void)snprintf(name, sizeof(name), "CPU %u", input->evidence->cpus[slot]);
        table_row(table, name, sum);
}

/* Many CPUs: a line for each package, and one for each CPU that is accused (as far as they fit). */
static void packages(const struct table *table)
{
        const struct verdict_input *input = table->input;
        int last = -1;
        size_t shown = 0;

        for (size_t slot = 0; slot < input->evidence->n_cpus; slot++)
                last = MAX(last, package_of(input, slot));
        for (int package = -1; package <= last; package++) {
                struct sum all = { 0 };
                size_t n = 0;
                char name[48];

                for (size_t slot = 0; slot < input->evidence->n_cpus; slot++)
                        if (package_of(input, slot) == package) {
                                struct sum sum = sum_slot(input, slot);

                                add(&all, &sum);
                                n++;
                        }
                (void)snprintf(name, sizeof(name), "package %d: %zu", package, n);
                if (n)
                        table_row(table, name, &all);
        }
        for (size_t slot = 0; slot < input->evidence->n_cpus; slot++) {
                struct sum sum = sum_slot(input, slot);

                if ((sum.failures || cpu_set_has(table->accused, input->evidence->cpus[slot])) &&
                        shown++ < ACCUSED_SHOWN)
                        one_cpu(table, slot, &sum);
        }
}

/* The columns, and of what is counted the four that are easily mixed up. */
static void legend(const struct report_page *page)
{
        if (page->width >= WIDE)
                report_page_line(page, "columns   ",
                        "rounds compared; seconds of CPU time; how often inside rounds a signal came "
                        "(timer, "
                        "self and async: the storms), a trap (step), a switch (crowd) or a move (hops); "
                        "bad: "
                        "observations against that CPU. What accuses no CPU is noted below.");
        if (page->report->verdict->events)
                report_page_line(page, "counts    ",
                        "an event is a round that failed, or a failure in an experiment; it may leave "
                        "several "
                        "observations, of which bad leaves out those of experiments, and wrong results "
                        "those "
                        "of crashes, hangs and votes.");
}

void report_table(const struct report_page *page)
{
        const struct verdict_input *input = page->report->input;
        const struct table of_page = { input, &page->report->verdict->cpus, page->to, page->width },
                           *table = &of_page;

        if (!input->evidence->n_cpus)
                return;
        table_head(table);
        if (input->evidence->n_cpus > CPUS_SHOWN)
                packages(table);
        for (size_t slot = 0; slot < input->evidence->n_cpus && input->evidence->n_cpus <= CPUS_SHOWN;
                slot++) {
                struct sum sum = sum_slot(input, slot);

                one_cpu(table, slot, &sum);
        }
        legend(page);
}
