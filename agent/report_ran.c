/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/report_ran.h"

#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "agent/errata.h"
#include "agent/report_observation.h"
#include "agent/report_skipped.h"
#include "base/array.h"

#define LIST_MAX 256
#define LINES_SHOWN 6 /* of what did not run */

struct things {
        unsigned checks, regimes, items;
};

/* What did not run, as far as it has been gone through. */
struct missing {
        const struct report_page *page;
        unsigned lines;
        unsigned n_lacking; /* checks that lack something, and what */
        isa_set features;
        struct things hidden, chosen; /* that have no line: too many; left out on request */
};

static void when(const struct report_page *page)
{
        const struct report *report = page->report;
        char time[REPORT_TIME_MAX] = "", asked[32] = "", text[128];

        report_time(report->started_ns, time);
        if (report->duration_ns)
                (void)snprintf(asked, sizeof(asked), " of %.1f", (double)report->duration_ns / 1e9);
        (void)snprintf(text, sizeof(text), "%.10s %.8s UTC; ran %.1f%s s; assay %s", time, time + 11,
                (double)report->outcome->elapsed_ns / 1e9, asked, PACKAGE_VERSION);
        report_page_line(page, "started   ", text);
}

/* On how many CPUs an item ran. */
static unsigned item_ran(const struct evidence *evidence, const struct plan_item *item)
{
        unsigned n = 0;

        for (size_t slot = 0; slot < evidence->n_cpus; slot++)
                n += evidence->tallies[(slot * evidence->n_checks + item->check) * REGIME_COUNT +
                                       item->regime]
                             .covered > 0;
        return n;
}

/* How many of the planned items ran, and the regimes that did. */
static void what_ran(const struct report_page *page)
{
        const struct verdict_input *input = page->report->input;
        unsigned n_planned = (unsigned)input->plan->n_items * cpu_set_count(&input->plan->cpus);
        bool ran[PLAN_CHECKS_MAX] = { false };
        uint32_t regimes = 0;
        unsigned n_ran = 0, n_checks = 0;
        char text[LIST_MAX];
        size_t used;

        for (size_t i = 0; i < input->plan->n_items; i++) {
                const struct plan_item *item = &input->plan->items[i];
                unsigned n = item_ran(input->evidence, item);

                if (!n)
                        continue;
                n_ran += n;
                n_checks += !ran[item->check];
                ran[item->check] = true;
                regimes |= 1U << item->regime;
        }
        used = (size_t)snprintf(text, sizeof(text),
                "%u of %u items (an item is a check in a regime on a CPU), of %u check%s%s", n_ran,
                n_planned, n_checks, n_checks == 1 ? "" : "s", regimes ? " in" : "");
        for (unsigned r = 0; r < REGIME_COUNT; r++)
                if (regimes >> r & 1 && used < sizeof(text))
                        used += (size_t)snprintf(
                                text + used, sizeof(text) - used, " %s", regime_name((enum regime)r));
        if (used < sizeof(text))
                (void)snprintf(
                        text + used, sizeof(text) - used, "; seed %#" PRIx64, page->report->request->seed);
        report_page_line(page, "ran       ", text);
}

/* How many rounds ran under each shape of stress; silent where none was asked for. */
static void what_stressed(const struct report_page *page)
{
        const struct evidence *evidence = page->report->input->evidence;
        char text[LIST_MAX] = "";
        size_t used = 0;

        for (int s = STRESS_NONE + 1; s < STRESS_COUNT; s++) {
                uint64_t rounds = 0;

                for (size_t slot = 0; slot < evidence->n_cpus; slot++)
                        rounds += evidence->stressed[slot][s];
                if (rounds)
                        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %" PRIu64,
                                used ? ", " : "rounds under stress: ", stress_name((enum stress)s), rounds);
        }
        if (used)
                report_page_line(page, "stress    ", text);
}

/* ---- what did not ---- */

static void count(const struct report_skipped *skipped, struct things *things)
{
        things->checks += skipped->check && !skipped->regime;
        things->regimes += skipped->regime && !skipped->check;
        if (skipped->check && skipped->regime)
                things->items += cpu_set_count(skipped->cpus);
}

/* "94 checks and 6 regimes"; "" where there is none. */
static void write_things(const struct things *things, char *text, size_t size)
{
        const struct {
                unsigned n;
                const char *name;
        } parts[] = { { things->checks, "check" }, { things->regimes, "regime" },
                { things->items, "item" } };
        size_t used = 0;

        text[0] = 0;
        for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
                if (parts[i].n && used < size)
                        used += (size_t)snprintf(text + used, size - used, "%s%u %s%s", used ? " and " : "",
                                parts[i].n, parts[i].name, parts[i].n == 1 ? "" : "s");
}

static void skipped_line(const struct report_skipped *skipped, void *user)
{
        struct missing *missing = user;
        char text[LIST_MAX + 256], cpus[LIST_MAX] = "";

        if (skipped->chosen) {
                count(skipped, &missing->chosen);
                return;
        }
        /* What this CPU does not have is one line for all: it must not hide what could have run and did not. */
        if (skipped->missing) {
                missing->features |= skipped->missing;
                missing->n_lacking++;
                return;
        }
        if (missing->lines++ >= LINES_SHOWN) {
                count(skipped, &missing->hidden);
                return;
        }
        if (skipped->cpus)
                cpu_set_format(skipped->cpus, cpus, sizeof(cpus));
        (void)snprintf(text, sizeof(text), "%s%s%s%s%s%s%s: %s", skipped->check ? skipped->check : "",
                skipped->check && skipped->regime ? " " : "", skipped->regime ? skipped->regime : "",
                skipped->stress ? "stress " : "", skipped->stress ? skipped->stress : "",
                cpus[0] ? (skipped->check || skipped->regime ? " on CPU " : "CPU ") : "", cpus,
                skipped->why);
        report_page_line(missing->page, "not run   ", text);
}

static void lacking_line(const struct missing *missing)
{
        char text[ISA_COUNT * 24 + 128];
        size_t used;

        if (!missing->n_lacking)
                return;
        used = (size_t)snprintf(text, sizeof(text), "%u check%s: the CPU, the system or --isa lacks",
                missing->n_lacking, missing->n_lacking == 1 ? "" : "s");
        for (int f = 0; f < ISA_COUNT && used < sizeof(text); f++)
                if (missing->features >> f & 1)
                        used += (size_t)snprintf(
                                text + used, sizeof(text) - used, " %s", isa_name((enum isa_feature)f));
        report_page_line(missing->page, "not run   ", text);
}

static void what_did_not(const struct report_page *page)
{
        struct missing missing = { .page = page };
        char things[96], text[128];

        report_skipped_each(page->report, skipped_line, &missing);
        write_things(&missing.hidden, things, sizeof(things));
        if (things[0]) {
                (void)snprintf(text, sizeof(text), "and %s more, see --json", things);
                report_page_line(page, "          ", text);
        }
        lacking_line(&missing);
        write_things(&missing.chosen, things, sizeof(things));
        if (things[0]) {
                (void)snprintf(text, sizeof(text), "%s, not asked for", things);
                report_page_line(page, "left out  ", text);
        }
}

/* ---- facts: kinds of observations that accuse nobody ---- */

static void errata(const struct report_page *page)
{
        struct errata_seen seen[ERRATA_MAX];
        size_t n = errata_find(page->report->input->evidence, seen);
        bool told = page->report->verdict->class == VERDICT_ERRATUM; /* the advice is that about them */

        for (size_t i = 0; i < n; i++) {
                const struct check_erratum *e = seen[i].check->erratum;
                char cpus[LIST_MAX], text[1024];

                cpu_set_format(&seen[i].cpus, cpus, sizeof(cpus));
                (void)snprintf(text, sizeof(text), "%s, seen by %s on CPU %s. %s Published at %s.%s%s",
                        e->name, seen[i].check->name, cpus, e->means, e->published, told ? "" : " ",
                        told ? "" : e->advice);
                report_page_line(page, "erratum   ", text);
        }
}

static void facts(const struct report_page *page)
{
        const struct evidence *evidence = page->report->input->evidence;

        for (int kind = 0; kind < OBSERVATION_KIND_COUNT; kind++) {
                struct cpu_set cpus = { 0 };
                unsigned n = 0;
                const struct observation *failed = NULL;
                char list[LIST_MAX], text[LIST_MAX + 192];

                for (size_t i = 0; i < evidence->n_observations; i++) {
                        const struct observation *o = &evidence->observations[i];

                        if ((int)o->kind != kind || observation_is_evidence(o->kind) ||
                                o->kind == OBSERVATION_ERRATUM)
                                continue;
                        n++;
                        failed = failed || !o->error ? failed : o;
                        if (o->cpu >= 0)
                                cpu_set_add(&cpus, (unsigned)o->cpu);
                }
                if (!n)
                        continue;
                cpu_set_format(&cpus, list, sizeof(list));
                (void)snprintf(text, sizeof(text), "%s %u time%s on CPU %s%s%s%s%s",
                        observation_kind_name(kind), n, n == 1 ? "" : "s", list,
                        failed && failed->step ? ": " : "",
                        failed ? observation_step_text(failed->step) : "", failed ? ": " : "",
                        failed ? strerror(failed->error) : "");
                report_page_line(page, "noted     ", text);
        }
        if (evidence->dropped)
                fprintf(page->to, "%-10s%zu observations found no room\n", "noted", evidence->dropped);
}

void report_ran(const struct report_page *page)
{
        when(page);
        what_ran(page);
        what_stressed(page);
        what_did_not(page);
        errata(page);
        facts(page);
}
