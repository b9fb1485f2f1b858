/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/view.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/terminal.h"

#define RED "\033[1;31m"
#define PLAIN "\033[0m"
#define MARGIN 64 /* bytes of the buffer kept for the end of a line */
#define WIDE 60   /* columns that the lines need; narrower ones say less */

struct page {
        const struct view_frame *frame;
        char *text;
        size_t used;
        int column, lines;
};

/* ---- writing ---- */

__attribute__((format(printf, 3, 4))) static void put(struct page *page, bool bad, const char *format, ...)
{
        char piece[256];
        int room = page->frame->width - page->column;
        bool red = bad && page->frame->colour;
        va_list arguments;

        va_start(arguments, format);
        (void)vsnprintf(piece, sizeof(piece), format, arguments);
        va_end(arguments);
        if (room <= 0 || page->used + sizeof(piece) + MARGIN > VIEW_TEXT_MAX)
                return;
        page->column += MIN((int)strlen(piece), room);
        page->used += (size_t)snprintf(page->text + page->used, VIEW_TEXT_MAX - page->used, "%s%.*s%s",
                red ? RED : "", room, piece, red ? PLAIN : "");
}

static void end_line(struct page *page)
{
        if (page->used + 2 > VIEW_TEXT_MAX)
                return;
        page->text[page->used++] = '\n';
        page->text[page->used] = 0;
        page->column = 0;
        page->lines++;
}

/* ---- the CPUs in the order of package, core, number ---- */

struct place {
        uint16_t slot;
        int package, core, cpu;
};

static int compare_places(const void *left, const void *right)
{
        const struct place *a = left, *b = right;

        if (a->package != b->package)
                return a->package < b->package ? -1 : 1;
        if (a->core != b->core)
                return a->core < b->core ? -1 : 1;
        return a->cpu < b->cpu ? -1 : a->cpu > b->cpu;
}

static size_t order_places(const struct view_frame *frame, struct place places[CHECK_CPU_MAX])
{
        size_t n = MIN(frame->progress->n_cpus, (size_t)CHECK_CPU_MAX);

        for (size_t i = 0; i < n; i++) {
                const struct host_cpu *cpu = host_cpu_find(frame->host, frame->progress->cpus[i].cpu);

                places[i] = (struct place){ (uint16_t)i, cpu ? cpu->package : -1,
                        cpu && cpu->core >= 0 ? cpu->core : -1 - frame->progress->cpus[i].cpu,
                        frame->progress->cpus[i].cpu };
        }
        qsort(places, n, sizeof(places[0]), compare_places);
        return n;
}

static size_t count_packages(const struct place *places, size_t n)
{
        size_t packages = n > 0;

        for (size_t i = 1; i < n; i++)
                packages += places[i].package != places[i - 1].package;
        return packages;
}

static char mark_of(const struct supervisor_cpu *cpu)
{
        return cpu->mismatches ? '!' : !cpu->alive ? 'x' : cpu->check < 0 ? '-' : '.';
}

/* ---- the parts of a frame ---- */

static void head(struct page *page)
{
        const struct supervisor_progress *p = page->frame->progress;
        uint64_t bad = 0, done = p->duration_ns ? MIN(p->elapsed_ns * 10 / p->duration_ns, UINT64_C(10)) : 0;
        uint64_t left = p->duration_ns > p->elapsed_ns ? p->duration_ns - p->elapsed_ns : 0;

        for (size_t i = 0; i < p->n_cpus; i++)
                bad += p->cpus[i].mismatches;
        if (page->frame->width >= WIDE)
                put(page, false, "[%.*s%.*s] ", (int)done, "##########", (int)(10 - done), "----------");
        put(page, false, "%" PRIu64 " s left, ", left / 1000000000);
        put(page, bad > 0, "%" PRIu64 " bad", bad);
        put(page, false, ", %zu of %zu items ran", p->items_done, p->items_all);
        end_line(page);
}

static bool any_sensor(const struct page *page, const int *values)
{
        for (size_t i = 0; values && i < page->frame->progress->n_cpus; i++)
                if (values[i] >= 0)
                        return true;
        return false;
}

/* What a sensor shows; blanks on a CPU without one where others have it, nothing where none has or no room is. */
static void sensor(struct page *page, const int *values, size_t slot, const char *format)
{
        char text[32];
        int length;

        if (!any_sensor(page, values))
                return;
        length = snprintf(text, sizeof(text), format, MAX(values[slot], 0));
        if (page->column + length <= page->frame->width)
                put(page, false, "%*s", length, values[slot] >= 0 ? text : "");
}

#define NAME_LEAST 24 /* columns in which every check has a name of its own */
#define NAME_MOST 29
#define OTHERS 41 /* columns of a line beside the name */
#define SENSORS 13

/* The names get what the other columns leave, and sensors go before a name becomes ambiguous. */
static int name_width(const struct page *page)
{
        const struct view_frame *f = page->frame;
        bool sensors = any_sensor(page, f->temperature) || any_sensor(page, f->frequency);
        int room = MAX(f->width - OTHERS - (sensors ? SENSORS : 0), NAME_LEAST);

        return MIN(MIN(room, NAME_MOST), f->width - OTHERS);
}

static void columns(struct page *page)
{
        put(page, false, " CPU  %-*s %-11s %8s %8s %4s", name_width(page), "check", "regime", "rounds",
                "events/s", "bad");
        end_line(page);
}

static void cpu_line(struct page *page, const struct place *place)
{
        const struct view_frame *f = page->frame;
        const struct supervisor_cpu *cpu = &f->progress->cpus[place->slot];
        const char *check = cpu->check < 0 ? "-" : check_list[cpu->check]->name;
        int name = name_width(page);

        put(page, cpu->mismatches > 0, "%4d%c", place->cpu, mark_of(cpu));
        if (f->width < WIDE) {
                put(page, cpu->mismatches > 0, " %" PRIu64 " bad %s", cpu->mismatches, check);
                end_line(page);
                return;
        }
        put(page, false, " %-*.*s %-11s %8" PRIu64 " %8.0f", name, name, check,
                cpu->check < 0 ? "-" : regime_name(cpu->regime), cpu->rounds, cpu->events_per_second);
        put(page, cpu->mismatches > 0, " %4" PRIu64, cpu->mismatches);
        sensor(page, f->temperature, place->slot, " %3dC");
        sensor(page, f->frequency, place->slot, " %4dMHz");
        end_line(page);
}

static void as_lines(struct page *page, const struct place *places, size_t n)
{
        bool several = count_packages(places, n) > 1;

        if (page->frame->width >= WIDE)
                columns(page);
        for (size_t i = 0; i < n; i++) {
                if (several && (i == 0 || places[i].package != places[i - 1].package)) {
                        put(page, false, "package %d", places[i].package);
                        end_line(page);
                }
                cpu_line(page, &places[i]);
        }
}

#define LABEL 5 /* "P7   " */

/* How many cells stand on a line: a cell is its number, its mark and what joins it to its sibling or parts
 * it from the next core; siblings stay together. */
static size_t cells_per_line(const struct view_frame *frame, const struct place *places, size_t n, bool dots)
{
        size_t fit = (size_t)MAX(1, (frame->width - LABEL) / (dots ? 1 : 6)), threads = 1, run = 1;

        for (size_t i = 1; i < n; i++) {
                run = places[i].package == places[i - 1].package && places[i].core == places[i - 1].core
                              ? run + 1
                              : 1;
                threads = MAX(threads, run);
        }
        return fit > threads ? fit - fit % threads : fit;
}

static void as_cells(struct page *page, const struct place *places, size_t n, bool dots)
{
        size_t per_line = cells_per_line(page->frame, places, n, dots), on_line = 0;

        for (size_t i = 0; i < n; i++, on_line++) {
                const struct supervisor_cpu *cpu = &page->frame->progress->cpus[places[i].slot];
                bool fresh = i == 0 || places[i].package != places[i - 1].package;
                bool sibling = !fresh && places[i].core == places[i - 1].core;

                if (i > 0 && (fresh || on_line == per_line)) {
                        end_line(page);
                        on_line = 0;
                }
                if (fresh)
                        put(page, false, "P%-4d", places[i].package);
                else if (on_line == 0)
                        put(page, false, "%*s", LABEL, "");
                if (dots)
                        put(page, cpu->mismatches > 0, "%c", mark_of(cpu));
                else
                        put(page, cpu->mismatches > 0, "%c%4d%c", sibling ? '+' : ' ', places[i].cpu,
                                mark_of(cpu));
        }
        end_line(page);
}

static void as_counts(struct page *page, const struct place *places, size_t n)
{
        for (size_t i = 0; i < n;) {
                size_t first = i, bad = 0, gone = 0;

                for (; i < n && places[i].package == places[first].package; i++) {
                        char mark = mark_of(&page->frame->progress->cpus[places[i].slot]);

                        bad += mark == '!';
                        gone += mark == 'x';
                }
                put(page, false, "P%d %zu CPUs", places[first].package, i - first);
                put(page, bad > 0, " %zu bad", bad);
                put(page, false, " %zu gone", gone);
                end_line(page);
                if (page->lines + 2 > page->frame->height)
                        return;
        }
}

static size_t cell_lines(const struct view_frame *frame, const struct place *places, size_t n, bool dots)
{
        size_t per_line = cells_per_line(frame, places, n, dots), lines = 0, run = 0;

        for (size_t i = 0; i < n; i++) {
                run++;
                if (i + 1 == n || places[i + 1].package != places[i].package) {
                        lines += (run + per_line - 1) / per_line;
                        run = 0;
                }
        }
        return lines;
}

int view_render(const struct view_frame *frame, char text[VIEW_TEXT_MAX])
{
        static struct place places[CHECK_CPU_MAX]; /* too large for a stack */
        struct page page = { .frame = frame, .text = text };
        size_t n = order_places(frame, places), room = (size_t)MAX(frame->height - 2, 1);
        size_t packages = count_packages(places, n), above = (packages > 1 ? packages : 0) + 1;

        text[0] = 0;
        head(&page);
        if (n + above <= room)
                as_lines(&page, places, n);
        else if (cell_lines(frame, places, n, false) <= room)
                as_cells(&page, places, n, false);
        else if (cell_lines(frame, places, n, true) <= room)
                as_cells(&page, places, n, true);
        else
                as_counts(&page, places, n);
        return page.lines;
}

void view_line(const struct supervisor_progress *progress, char *text, size_t size)
{
        uint64_t rounds = 0, bad = 0;
        double events = 0;

        for (size_t i = 0; i < progress->n_cpus; i++) {
                rounds += progress->cpus[i].rounds;
                bad += progress->cpus[i].mismatches;
                events += progress->cpus[i].events_per_second;
        }
        (void)snprintf(text, size,
                "%" PRIu64 " s of %" PRIu64 " s: %zu CPUs, %zu of %zu items ran, %" PRIu64
                " rounds, %.0f events/s, "
                "%" PRIu64 " bad",
                progress->elapsed_ns / 1000000000, progress->duration_ns / 1000000000, progress->n_cpus,
                progress->items_done, progress->items_all, rounds, events, bad);
}

/* ---- on the stream ---- */

static bool can_redraw(FILE *to)
{
        const char *terminal = getenv("TERM");

        return isatty(fileno(to)) && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

void view_begin(struct view *view, const struct host *host, FILE *to)
{
        *view = (struct view){ .to = to, .host = host, .live = can_redraw(to), .next_ns = VIEW_PLAIN_NS };
}

static void plain(struct view *view, const struct supervisor_progress *progress)
{
        char line[256];

        if (progress->elapsed_ns < view->next_ns)
                return;
        view->next_ns = progress->elapsed_ns / VIEW_PLAIN_NS * VIEW_PLAIN_NS + VIEW_PLAIN_NS;
        view_line(progress, line, sizeof(line));
        fprintf(view->to, "%s\n", line);
        (void)fflush(view->to);
}

/* Goes back to the first line of the last picture and clears from there on. */
static void rewind_picture(struct view *view)
{
        if (view->lines)
                fprintf(view->to, "\r\033[%dA\033[J", view->lines);
        view->lines = 0;
}

void view_progress(const struct supervisor_progress *progress, void *user)
{
        static int temperature[CHECK_CPU_MAX], frequency[CHECK_CPU_MAX];
        static char text[VIEW_TEXT_MAX];
        struct view *view = user;
        struct view_frame frame = { .host = view->host, .progress = progress };

        if (!view->live) {
                plain(view, progress);
                return;
        }
        frame.width = terminal_width(view->to);
        frame.height = terminal_height(view->to);
        frame.colour = terminal_colour(view->to);
        if (progress->n_cpus <= (size_t)frame.height) { /* else no line has room for them */
                for (size_t i = 0; i < progress->n_cpus; i++) {
                        temperature[i] = host_temperature(progress->cpus[i].cpu);
                        frequency[i] = host_frequency(progress->cpus[i].cpu);
                }
                frame.temperature = temperature;
                frame.frequency = frequency;
        }
        rewind_picture(view);
        view->lines = view_render(&frame, text);
        (void)fputs(text, view->to);
        (void)fflush(view->to);
}

void view_end(struct view *view)
{
        if (!view->live)
                return;
        rewind_picture(view);
        (void)fflush(view->to);
}
