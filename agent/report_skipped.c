/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/report_skipped.h"

#include <stdio.h>
#include <string.h>

#include "agent/verdict_missed.h"

static void skipped_cpus(
        const struct plan *plan, void (*each)(const struct report_skipped *, void *), void *user)
{
        struct report_skipped one = { .what = "cpu" };

        one.cpus = &plan->offline;
        one.why = plan_skip_text(PLAN_SKIP_OFFLINE);
        if (cpu_set_next(one.cpus, -1) >= 0)
                each(&one, user);
        one.cpus = &plan->forbidden;
        one.why = plan_skip_text(PLAN_SKIP_CPUSET);
        if (cpu_set_next(one.cpus, -1) >= 0)
                each(&one, user);
}

static void skipped_checks(
        const struct plan *plan, void (*each)(const struct report_skipped *, void *), void *user)
{
        for (size_t c = 0; check_list[c] && c < PLAN_CHECKS_MAX; c++) {
                struct report_skipped one = {
                        .what = "check",
                        .check = check_list[c]->name,
                        .why = plan_skip_text(plan->check_skip[c]),
                        .missing = plan->check_missing[c],
                        .chosen = plan->check_skip[c] == PLAN_SKIP_CHOICE,
                };

                if (plan->check_skip[c] != PLAN_RUNS)
                        each(&one, user);
        }
        for (unsigned r = 0; r < REGIME_COUNT; r++) {
                struct report_skipped one = {
                        .what = "regime",
                        .regime = regime_name((enum regime)r),
                        .why = plan_skip_text(plan->regime_skip[r]),
                        .chosen = plan->regime_skip[r] == PLAN_SKIP_CHOICE,
                };

                if (plan->regime_skip[r] != PLAN_RUNS)
                        each(&one, user);
        }
}

/* A shape that was asked for and that no round ran under. Where nothing could run, that is no matter of time. */
static void skipped_stress(
        const struct report *report, void (*each)(const struct report_skipped *, void *), void *user)
{
        const struct evidence *evidence = report->input->evidence;
        const struct plan *plan = report->input->plan;

        if (!plan->n_items || cpu_set_next(&plan->cpus, -1) < 0)
                return;
        for (int s = 0; s < STRESS_COUNT; s++) {
                struct report_skipped one = { .what = "stress",
                        .stress = stress_name((enum stress)s),
                        .why = missed_text(report->input->interrupted ? MISSED_INTERRUPTED : MISSED_TIME) };
                uint64_t rounds = 0;

                for (size_t slot = 0; slot < evidence->n_cpus; slot++)
                        rounds += evidence->stressed[slot][s];
                if (report->request->stress >> s & 1 && !rounds)
                        each(&one, user);
        }
}

static void skipped_items(
        const struct verdict_input *input, void (*each)(const struct report_skipped *, void *), void *user)
{
        const struct plan *plan = input->plan;

        for (size_t i = 0; i < plan->n_items; i++) {
                struct cpu_set cpus[MISSED_COUNT];
                struct report_skipped one = {
                        .what = "item",
                        .check = check_list[plan->items[i].check]->name,
                        .regime = regime_name((enum regime)plan->items[i].regime),
                };

                if (!missed_find(input, &plan->items[i], cpus))
                        continue;
                for (unsigned why = 0; why < MISSED_COUNT; why++) {
                        one.cpus = &cpus[why];
                        one.why = missed_text((enum missed)why);
                        if (cpu_set_next(one.cpus, -1) >= 0)
                                each(&one, user);
                }
        }
}

void report_skipped_each(const struct report *report,
        void (*each)(const struct report_skipped *skipped, void *user), void *user)
{
        skipped_cpus(report->input->plan, each, user);
        skipped_checks(report->input->plan, each, user);
        skipped_stress(report, each, user);
        skipped_items(report->input, each, user);
}

/* As its user called it, so that the line can be copied. */
static const char *program_quote(const char *name, const char **ret_program)
{
        static const char plain[] =
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+-,:@%";

        *ret_program = "assay";
        if (!name || !*name || strlen(name) >= REPORT_PROGRAM_MAX - 2)
                return "";
        for (const char *c = name; *c; c++)
                if (*c < ' ' || *c > '~' || *c == '\'')
                        return "";
        *ret_program = name;
        return name[strspn(name, plain)] ? "'" : "";
}

void report_replay_command(
        const struct report *report, const struct observation *observation, char command[REPORT_COMMAND_MAX])
{
        const char *program, *quote = program_quote(report->program, &program);
        struct cpu_set cpus = { 0 };
        char token[128], list[32];

        verdict_replay_token(observation, token, sizeof(token));
        cpu_set_add(&cpus, (unsigned)observation->cpu);
        for (uint32_t i = 0; i < observation->n_together; i++)
                cpu_set_add(&cpus, observation->together[i]);
        cpu_set_format(&cpus, list, sizeof(list));
        (void)snprintf(command, REPORT_COMMAND_MAX, "%s%s%s replay %s --regime %s --cpu %s%s%s", quote,
                program, quote, token, regime_name(observation->regime), list,
                observation->stress ? " --stress " : "",
                observation->stress ? stress_name(observation->stress) : "");
}
