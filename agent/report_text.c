/* SPDX-License-Identifier: Apache-2.0 */
/* The report for people: the verdict first, then what ran, what did not, and on which host. One screen, also
 * on a host of 512 CPUs and on a terminal of 20 columns. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "agent/report_bisection.h"
#include "agent/report_observation.h"
#include "agent/report_ran.h"
#include "agent/report_skipped.h"
#include "agent/report_table.h"
#include "base/array.h"
#include "base/terminal.h"

#define LIST_MAX 256

/* ---- the verdict ---- */

static const char *paint(const struct report_page *page, enum verdict_class class)
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

static void headline(const struct report_page *page)
{
        const struct verdict *v = page->report->verdict;
        char cpus[LIST_MAX], text[LIST_MAX + 64];

        cpu_set_format(&v->cpus, cpus, sizeof(cpus));
        (void)snprintf(text, sizeof(text), "%s%s%s%s%s%s%s", v->synthetic ? "drill: " : "",
                verdict_class_name(v->class),
                v->class != VERDICT_HARDWARE ? ""
                : v->repeated                ? ", repeated"
                : v->events > 1              ? ", unconfirmed"
                                             : ", once",
                cpus[0] ? ": CPU " : "", cpus, v->scope > SCOPE_CPU ? ", scope " : "",
                v->scope > SCOPE_CPU ? verdict_scope_name(v->scope) : "");
        fputs(paint(page, v->class), page->to);
        report_page_line(page, "verdict   ", text);
        if (page->colour)
                fputs("\033[0m", page->to);
}

/* The bytes that differ, in hexadecimal: where, what was due, what was found, which bits. */
static void differences(const struct report_page *page, const struct observation *o)
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
                report_page_line(page, i ? "          " : "bytes     ", text);
        }
        if (n) {
                char text[64];

                (void)snprintf(text, sizeof(text), "%" PRIu32 " wrong in %" PRIu32 " byte%s",
                        o->mismatch.bits, o->mismatch.bytes, o->mismatch.bytes == 1 ? "" : "s");
                report_page_line(page, "bits      ", text);
        }
}

/* Which instruction of a random program went wrong. */
static void program_lines(const struct report_page *page)
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
        report_page_line(page, "program   ", lines.program);
        for (size_t i = 0; i < ARRAY_SIZE(rest); i++)
                if (rest[i][0])
                        report_page_line(page, labels[i], rest[i]);
}

static void unit_line(const struct report_page *page)
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
        report_page_line(page, "unit      ", text);
}

static void verdict_text(const struct report_page *page)
{
        const struct report *report = page->report;
        const struct verdict *v = report->verdict;
        const struct observation *o =
                v->first == UINT32_MAX ? NULL : &report->input->evidence->observations[v->first];
        char command[REPORT_COMMAND_MAX];

        headline(page);
        report_page_line(page, "because   ", v->summary);
        if (v->ruled_out[0])
                report_page_line(page, "not       ", v->ruled_out);
        if (o) {
                unit_line(page);
                differences(page, o);
                program_lines(page);
                report_replay_command(report, o, command);
                /* Unbroken and alone on its line, so that it can be copied at any width. */
                report_page_line(page, "again     ", "with this command:");
                fprintf(page->to, "%s\n", command);
        }
        if (!o)
                program_lines(page); /* of a vote, which blames nobody */
        report_page_line(page, "advice    ", v->advice);
}

/* ---- the host ---- */

static void host_lines(const struct report_page *page)
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
        struct report_page page = {
                .report = report, .to = to, .width = MAX(width, TERMINAL_WIDTH_MIN), .colour = colour
        };

        errno = 0;
        verdict_text(&page);
        fputc('\n', to);
        report_table(&page);
        report_ran(&page);
        fputc('\n', to);
        host_lines(&page);
        if (fflush(to) == EOF || ferror(to))
                return errno ? -errno : -EIO;
        return 0;
}
