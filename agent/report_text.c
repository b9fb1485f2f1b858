/* SPDX-License-Identifier: Apache-2.0 */
/* The report for people: the verdict first, then what ran, what did not, and on which host. One screen, also
 * on a host of 512 CPUs and on a terminal of 20 columns. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "agent/report.h"
#include "agent/report_bisection.h"
#include "agent/report_observation.h"
#include "agent/report_skipped.h"
#include "agent/report_table.h"
#include "base/array.h"
#include "base/terminal.h"

#define LIST_MAX 256
#define LINES_SHOWN 6 /* of what did not run */

struct things {
        unsigned checks, regimes, items;
};

struct page {
        const struct report *report;
        FILE *to;
        int width;
        bool colour;
        unsigned lines;     /* of what did not run, so far */
        unsigned n_lacking; /* checks that lack something, and what */
        isa_set missing;
        struct things hidden, chosen; /* that have no line: too many; left out on request */
};

static void say(const struct page *page, const char *label, const char *text)
{
        int column = fprintf(page->to, "%s", label);

        terminal_wrap(page->to, text, column, page->width < 2 * 10 + 20 ? 2 : 10, page->width);
}

/* ---- the verdict ---- */

static const char *paint(const struct page *page, enum verdict_class class)
{
        if (!page->colour)
                return "";
        switch (class) {
        case VERDICT_HEALTHY:
        case VERDICT_ERRATUM:
                return "\033[1;32m";
        case VERDICT_HARDWARE:
                return "\033[1;31m";
        default:
                return "\033[1;33m";
        }
}

static void headline(const struct page *page)
{
        const struct verdict *v = page->report->verdict;
        char cpus[LIST_MAX], text[LIST_MAX + 64];

        cpu_set_format(&v->cpus, cpus, sizeof(cpus));
        (void)snprintf(text, sizeof(text), "%s%s%s%s%s%s%s", v->synthetic ? "drill: " : "",
                verdict_class_name(v->class),
                v->class != VERDICT_HARDWARE ? ""
                : v->repeated                ? ", repeated"
                                             : ", once",
                cpus[0] ? ": CPU " : "", cpus, v->scope > SCOPE_CPU ? ", scope " : "",
                v->scope > SCOPE_CPU ? verdict_scope_name(v->scope) : "");
        fputs(paint(page, v->class), page->to);
        say(page, "verdict   ", text);
        if (page->colour)
                fputs("\033[0m", page->to);
}

/* The bytes that differ, in hexadecimal: where, what was due, what was found, which bits. */
static void differences(const struct page *page, const struct observation *o)
{
        struct report_difference list[CHECK_WINDOW / 8];
        size_t n = report_has_mismatch(o) ? report_differences(o, list) : 0;

        for (size_t i = 0; i < n; i++) {
                const struct report_difference *d = &list[i];
                char text[256];

                (void)snprintf(text, sizeof(text),
                        "+%#06" PRIx32 " %-16s expected %016" PRIx64 " actual %016" PRIx64
                        " xor %016" PRIx64,
                        d->offset, d->place.name, d->expected, d->actual, d->expected ^ d->actual);
                say(page, i ? "          " : "bytes     ", text);
        }
        if (n) {
                char text[64];

                (void)snprintf(text, sizeof(text), "%" PRIu32 " wrong in %" PRIu32 " bytes",
                        o->mismatch.bits, o->mismatch.bytes);
                say(page, "bits      ", text);
        }
}

/* Which instruction of a random program went wrong. */
static void program_lines(const struct page *page)
{
        const struct report *report = page->report;
        const struct bisection *b =
                report_bisection_find(report->bisections, report->n_bisections, report->verdict->first);
        struct report_bisection_lines lines;
        const char *const rest[] = { lines.instruction, lines.before, lines.result };
        static const char *const labels[] = { "          ", "before    ", "result    " };

        if (!b)
                return;
        report_bisection_text(b, &lines);
        say(page, "program   ", lines.program);
        for (size_t i = 0; i < ARRAY_SIZE(rest); i++)
                if (rest[i][0])
                        say(page, labels[i], rest[i]);
}

static void unit_line(const struct page *page)
{
        const struct verdict *v = page->report->verdict;
        char text[160];

        if (v->unit < CHECK_UNIT_COUNT)
                (void)snprintf(text, sizeof(text),
                        "%s%s (%" PRIu64 " of %" PRIu64 " wrong results); confidence %.0f%%",
                        v->unit_events == v->wrong      ? ""
                        : v->unit_events * 2 > v->wrong ? "mostly "
                                                        : "most often ",
                        check_unit_name(v->unit), v->unit_events, v->wrong, v->confidence * 100);
        else
                (void)snprintf(text, sizeof(text), "unknown%s; confidence %.0f%%",
                        v->wrong ? "" : ", as a crash or a hang does not tell", v->confidence * 100);
        say(page, "unit      ", text);
}

static void verdict_text(const struct page *page)
{
        const struct report *report = page->report;
        const struct verdict *v = report->verdict;
        const struct observation *o =
                v->first == UINT32_MAX ? NULL : &report->input->evidence->observations[v->first];
        char command[REPORT_COMMAND_MAX];

        headline(page);
        say(page, "because   ", v->summary);
        if (v->ruled_out[0])
                say(page, "not       ", v->ruled_out);
        if (o) {
                unit_line(page);
                differences(page, o);
                program_lines(page);
                report_replay_command(o, command);
                /* Unbroken and alone on its line, so that it can be copied at any width. */
                say(page, "again     ", "with this command:");
                fprintf(page->to, "%s\n", command);
        }
        if (!o)
                program_lines(page); /* of a vote, which blames nobody */
        say(page, "advice    ", v->advice);
}

/* ---- what ran ---- */

static void when(const struct page *page)
{
        const struct report *report = page->report;
        char time[REPORT_TIME_MAX] = "", asked[32] = "", text[128];

        report_time(report->started_ns, time);
        if (report->duration_ns)
                (void)snprintf(asked, sizeof(asked), " of %.1f", (double)report->duration_ns / 1e9);
        (void)snprintf(text, sizeof(text), "%.10s %.8s UTC; ran %.1f%s s; assay %s", time, time + 11,
                (double)report->outcome->elapsed_ns / 1e9, asked, PACKAGE_VERSION);
        say(page, "started   ", text);
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
static void what_ran(const struct page *page)
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
        say(page, "ran       ", text);
}

/* How many rounds ran under each shape of stress; silent where none was asked for. */
static void what_stressed(const struct page *page)
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
                say(page, "stress    ", text);
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
        struct page *page = user;
        char text[LIST_MAX + 256], cpus[LIST_MAX] = "";

        if (skipped->chosen) {
                count(skipped, &page->chosen);
                return;
        }
        /* What this CPU does not have is one line for all: it must not hide what could have run and did not. */
        if (skipped->missing) {
                page->missing |= skipped->missing;
                page->n_lacking++;
                return;
        }
        if (page->lines++ >= LINES_SHOWN) {
                count(skipped, &page->hidden);
                return;
        }
        if (skipped->cpus)
                cpu_set_format(skipped->cpus, cpus, sizeof(cpus));
        (void)snprintf(text, sizeof(text), "%s%s%s%s%s%s%s: %s", skipped->check ? skipped->check : "",
                skipped->check && skipped->regime ? " " : "", skipped->regime ? skipped->regime : "",
                skipped->stress ? "stress " : "", skipped->stress ? skipped->stress : "",
                cpus[0] ? (skipped->check || skipped->regime ? " on CPU " : "CPU ") : "", cpus,
                skipped->why);
        say(page, "not run   ", text);
}

static void lacking_line(const struct page *page)
{
        char text[ISA_COUNT * 24 + 128];
        size_t used;

        if (!page->n_lacking)
                return;
        used = (size_t)snprintf(text, sizeof(text), "%u check%s: the CPU, the system or --isa lacks",
                page->n_lacking, page->n_lacking == 1 ? "" : "s");
        for (int f = 0; f < ISA_COUNT && used < sizeof(text); f++)
                if (page->missing >> f & 1)
                        used += (size_t)snprintf(
                                text + used, sizeof(text) - used, " %s", isa_name((enum isa_feature)f));
        say(page, "not run   ", text);
}

static void what_did_not(struct page *page)
{
        char things[96], text[128];

        report_skipped_each(page->report, skipped_line, page);
        write_things(&page->hidden, things, sizeof(things));
        if (things[0]) {
                (void)snprintf(text, sizeof(text), "and %s more, see --json", things);
                say(page, "          ", text);
        }
        lacking_line(page);
        write_things(&page->chosen, things, sizeof(things));
        if (things[0]) {
                (void)snprintf(text, sizeof(text), "%s, not asked for", things);
                say(page, "left out  ", text);
        }
}

/* ---- facts: kinds of observations that accuse nobody, and the host ---- */

static void facts(const struct page *page)
{
        const struct evidence *evidence = page->report->input->evidence;

        for (int kind = 0; kind < OBSERVATION_KIND_COUNT; kind++) {
                struct cpu_set cpus = { 0 };
                unsigned n = 0;
                const struct observation *failed = NULL;
                char list[LIST_MAX], text[LIST_MAX + 192];

                for (size_t i = 0; i < evidence->n_observations; i++) {
                        const struct observation *o = &evidence->observations[i];

                        if ((int)o->kind != kind || observation_is_evidence(o->kind))
                                continue;
                        n++;
                        failed = failed || !o->error ? failed : o;
                        if (o->cpu >= 0)
                                cpu_set_add(&cpus, (unsigned)o->cpu);
                }
                if (!n)
                        continue;
                cpu_set_format(&cpus, list, sizeof(list));
                (void)snprintf(text, sizeof(text), "%s %u times on CPU %s%s%s%s%s",
                        observation_kind_name(kind), n, list, failed && failed->step ? ": " : "",
                        failed ? observation_step_text(failed->step) : "", failed ? ": " : "",
                        failed ? strerror(failed->error) : "");
                say(page, "noted     ", text);
        }
        if (evidence->dropped)
                fprintf(page->to, "%-10s%zu observations found no room\n", "noted", evidence->dropped);
}

static void host_lines(const struct page *page)
{
        const struct host *host = page->report->input->host;
        const struct {
                const char *label;
                const struct host_fact *fact;
        } shown[] = {
                { "CPU       ", &host->brand },
                { "model     ", &host->signature },
                { "codename  ", &host->codename },
                { "microcode ", &host->microcode },
                { "hypervisor", &host->hypervisor },
                { "kernel    ", &host->kernel },
                { "boot id   ", &host->boot_id },
                { "host      ", &host->hostname },
                { "machine   ", &host->machine_id },
                { "instance  ", &host->instance_id },
                { "physical  ", &host->physical_host },
        };

        for (size_t i = 0; i < ARRAY_SIZE(shown); i++)
                if (shown[i].fact->value[0]) {
                        fprintf(page->to, "%s%s", shown[i].label,
                                strlen(shown[i].label) > 9 && shown[i].label[9] != ' ' ? " " : "");
                        terminal_wrap(page->to, shown[i].fact->value, 11, 2, page->width);
                }
}

int report_text(const struct report *report, FILE *to, int width, bool colour)
{
        struct page page = {
                .report = report, .to = to, .width = MAX(width, TERMINAL_WIDTH_MIN), .colour = colour
        };

        errno = 0;
        verdict_text(&page);
        fputc('\n', to);
        report_table(report->input, &report->verdict->cpus, to, page.width);
        when(&page);
        what_ran(&page);
        what_stressed(&page);
        what_did_not(&page);
        facts(&page);
        fputc('\n', to);
        host_lines(&page);
        if (fflush(to) == EOF || ferror(to))
                return errno ? -errno : -EIO;
        return 0;
}
