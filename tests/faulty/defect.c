/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/defect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/plan.h"
#include "base/array.h"
#include "checks/check.h"
#include "tests/faulty/defect_report.h"

#define SEEDS 20
#define CHECKS_TEXT_MAX 190 /* of one --checks: agent/configuration.h */
#define CONTROL_LEAST_MS 500
#define CONTROL_MOST_MS 32000
#define WHOLE_MS 15000 /* the quick profile's own */
#define LIMIT_S 180

/* How long a run is, and how the defect shows itself in it. */
static const struct step {
        enum tracer_way way;
        unsigned duration_ms;
} steps[] = {
        { TRACER_BRIEF, 500 },
        { TRACER_BRIEF, 5000 },
        { TRACER_STEADY, 10000 },
};

struct attempt {
        const struct defect_setting *setting;
        unsigned mnemonic;
        uint16_t checks[PLAN_CHECKS_MAX]; /* that execute it, in the order of the schedule */
        size_t n_checks;
        char text[CHECKS_TEXT_MAX];    /* those of the next run */
        struct tracer_outcome outcome; /* of the last run */
        struct defect_report report;
};

const char *defect_end_name(enum defect_end end)
{
        static const char *const names[] = { "error", "unexecuted", "hidden", "unnoticed", "noticed",
                "disturbed" };

        return names[end];
}

/* ---- which checks ---- */

static void choose_checks(struct attempt *a)
{
        const struct defect_setting *s = a->setting;

        for (uint16_t c = 0; check_list[c]; c++)
                if (!check_list[c]->voted && executed_rounds(s->executed, c) &&
                        executed_mnemonic(s->executed, c, a->mnemonic))
                        a->checks[a->n_checks++] = c;
        /* Few move: the schedule nearly has the list's order. */
        for (size_t i = 1; i < a->n_checks; i++)
                for (size_t j = i; j > 0 && timeline_place(s->timeline, a->checks[j]) <
                                                    timeline_place(s->timeline, a->checks[j - 1]);
                        j--) {
                        uint16_t other = a->checks[j];

                        a->checks[j] = a->checks[j - 1];
                        a->checks[j - 1] = other;
                }
}

/* Takes as many of them from `first` on as one --checks takes; returns the first one left. */
static size_t name_checks(struct attempt *a, size_t first)
{
        size_t used = 0;

        for (; first < a->n_checks; first++) {
                const char *name = check_list[a->checks[first]]->name;

                if (used + strlen(name) + 2 > CHECKS_TEXT_MAX)
                        break;
                used += (size_t)snprintf(
                        a->text + used, CHECKS_TEXT_MAX - used, "%s%s", used ? "," : "", name);
        }
        return first;
}

/* ---- one run ---- */

static int run(struct attempt *a, uint64_t seed, enum tracer_way way, unsigned duration_ms)
{
        const struct defect_setting *s = a->setting;
        char cpus[32], duration[16], path[] = "/tmp/assay-defect-XXXXXX";
        int fd = mkstemp(path), r;

        if (fd < 0)
                return -1;
        (void)close(fd);
        if (s->other_cpu < 0)
                (void)snprintf(cpus, sizeof(cpus), "%d", s->cpu);
        else
                (void)snprintf(cpus, sizeof(cpus), "%d,%d", s->cpu, s->other_cpu);
        (void)snprintf(duration, sizeof(duration), "%ums", duration_ms);
        const char *const arguments[] = { "--profile", "quick", "--checks", a->text, "--regimes", "quiet",
                "--cpus", cpus, "--duration", duration, "--seed", "1", "--no-progress", "--json", path,
                NULL };
        const struct tracer_request request = { .assay = s->assay,
                .arguments = arguments,
                .cpu = s->cpu,
                .mnemonic = a->mnemonic,
                .seed = seed,
                .way = way,
                .limit_s = LIMIT_S };

        r = tracer_run(&request, &a->outcome);
        if (r == 0)
                r = defect_report_read(path, &a->report);
        (void)unlink(path);
        return r;
}

/* The run that noticed, again, with the same breakpoints, and nothing goes wrong. What did not come to an end gets more
 * time. */
static bool control(struct attempt *a)
{
        for (unsigned duration_ms = CONTROL_LEAST_MS; duration_ms <= CONTROL_MOST_MS; duration_ms *= 4) {
                if (run(a, a->setting->seed, TRACER_CONTROL, duration_ms) < 0 || a->report.evidence)
                        return false;
                if (a->outcome.status == 0)
                        return true;
        }
        return false;
}

/* ---- what was noticed ---- */

/* The ordinal of the round that was noticed; where nothing went wrong in it, of the last one before in that check. */
static uint32_t ordinal_of(const struct tracer_outcome *outcome, uint32_t check, uint32_t number)
{
        uint32_t ordinal = 1;

        for (unsigned i = 0; i < outcome->n_rounds; i++) {
                if (outcome->rounds[i].check != check)
                        continue;
                if (outcome->rounds[i].number == number)
                        return outcome->rounds[i].ordinal;
                ordinal = outcome->rounds[i].ordinal;
        }
        return ordinal;
}

static uint32_t check_index(const char *name)
{
        uint32_t i = 0;

        while (check_list[i] && strcmp(check_list[i]->name, name) != 0)
                i++;
        return i;
}

static void take(const struct attempt *a, struct defect *defect)
{
        const struct defect_report *report = &a->report;
        uint32_t check = check_index(report->check);

        defect->exit_status = a->outcome.status;
        (void)snprintf(defect->class, sizeof(defect->class), "%s", report->class);
        if (!report->evidence)
                return;
        defect->end = DEFECT_NOTICED;
        defect->right_cpu = a->outcome.status == 1 && report->n_cpus == 1 && report->cpu == a->setting->cpu;
        (void)snprintf(defect->kind, sizeof(defect->kind), "%s", report->kind);
        (void)snprintf(defect->check, sizeof(defect->check), "%s", report->check);
        defect->ordinal = ordinal_of(&a->outcome, check, report->number);
        defect->planned_s = timeline_when(a->setting->timeline, check, defect->ordinal);
}

/* One run after the other through all the checks, until one notices. Returns false where the program could not be run. */
static bool search(struct attempt *a, const struct step *step, struct defect *defect)
{
        for (size_t first = 0, next; first < a->n_checks && defect->end != DEFECT_NOTICED; first = next) {
                next = name_checks(a, first);
                if (run(a, defect->seed, step->way, step->duration_ms) < 0)
                        return false;
                defect->hits += a->outcome.hits;
                defect->flips += a->outcome.flips;
                defect->steady = step->way == TRACER_STEADY;
                take(a, defect);
        }
        return true;
}

/* What was noticed, but not pinned on one CPU: where two CPUs contradict each other, other checks may tell which of them
 * is wrong. So the whole list runs for the profile's whole time, as it would have. */
static void settle(struct attempt *a, struct defect *defect)
{
        struct defect first = *defect;
        char text[CHECKS_TEXT_MAX];
        int r;

        memcpy(text, a->text, sizeof(text));
        (void)snprintf(a->text, sizeof(a->text), "*");
        r = run(a, defect->seed, TRACER_BRIEF, WHOLE_MS);
        memcpy(a->text, text, sizeof(text));
        if (r < 0)
                return;
        take(a, defect);
        first.right_cpu = defect->right_cpu;
        first.exit_status = defect->exit_status;
        (void)snprintf(first.class, sizeof(first.class), "%s", defect->class);
        *defect = first;
}

/* With one seed. The longer ways are for a defect that has shown itself, or whose place was never come to. */
static struct defect try_seed(struct attempt *a, uint64_t seed)
{
        struct defect defect = { .end = DEFECT_UNNOTICED, .seed = seed, .planned_s = -1 };

        for (size_t i = 0; i < ARRAY_SIZE(steps) && defect.end == DEFECT_UNNOTICED; i++) {
                if (!search(a, &steps[i], &defect))
                        defect.end = DEFECT_ERROR;
                else if (defect.end != DEFECT_NOTICED && !defect.flips && (defect.hits || i))
                        defect.end = DEFECT_HIDDEN;
        }
        if (defect.end == DEFECT_NOTICED && !defect.right_cpu)
                settle(a, &defect);
        return defect;
}

static struct defect try_seeds(struct attempt *a)
{
        struct defect defect = { .end = DEFECT_UNEXECUTED, .planned_s = -1 };

        for (unsigned i = 0; i < SEEDS && a->n_checks; i++) {
                defect = try_seed(a, a->setting->seed + i);
                if (defect.end != DEFECT_HIDDEN)
                        break;
        }
        return defect;
}

struct defect defect_try(const struct defect_setting *setting, unsigned mnemonic)
{
        struct attempt *a = calloc(1, sizeof(*a));
        struct defect defect = { .end = DEFECT_ERROR, .planned_s = -1 };

        if (!a)
                return defect;
        a->setting = setting;
        a->mnemonic = mnemonic;
        choose_checks(a);
        defect = try_seeds(a);
        if (defect.end == DEFECT_NOTICED && setting->control && !control(a))
                defect.end = DEFECT_DISTURBED;
        free(a);
        return defect;
}
