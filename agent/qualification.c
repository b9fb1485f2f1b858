/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/qualification.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/arguments.h"
#include "agent/command.h"
#include "agent/diagnosis.h"
#include "agent/host_report.h"
#include "agent/view.h"
#include "agent/report.h"
#include "agent/report_write.h"
#include "agent/settlement.h"
#include "agent/verdict_missed.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/terminal.h"
#include "checks/answers.h"

struct qualification {
        const struct qualification_request *request;
        struct host host;
        struct plan_request wanted;
        struct plan plan;
        struct evidence evidence;
        struct supervisor_run run;
        struct supervisor_outcome outcome;
        struct verdict_experiment experiments[VERDICT_EXPERIMENTS_MAX];
        struct verdict_input input;
        struct bisection bisections[DIAGNOSIS_SUBJECTS_MAX];
        size_t n_bisections;
        struct verdict verdict;
        struct view view;
        uint64_t started_ns;
        bool cut_short; /* the run could not go on after the diagnosis */
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
        interrupted = signal;
}

static void catch_interrupts(void)
{
        struct sigaction action = { .sa_handler = on_interrupt }, before;

        interrupted = 0;
        (void)sigaction(SIGINT, &action, NULL);
        (void)sigaction(SIGTERM, &action, NULL);
        if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) /* else nohup(1) */
                (void)sigaction(SIGHUP, &action, NULL);
}

/* ---- the plan ---- */

/* What this host has not, and what the level takes away. */
static void complain_of_features(const struct qualification *q)
{
        isa_set missing = plan_missing(&q->plan), lacks = missing & ~q->host.features,
                left_out = missing & q->host.features;
        char names[256];

        host_features_text(lacks, names, sizeof(names));
        if (lacks)
                fprintf(stderr, ": the CPU or the system lacks %s", names);
        host_features_text(left_out, names, sizeof(names));
        if (left_out)
                fprintf(stderr, "%s the level %s (--isa, or isa of the configuration) leaves out %s",
                        lacks ? ", and" : ":", q->request->configuration->isa_level, names);
}

static int complain_of_plan(const struct qualification *q, int error)
{
        char cpus[256], why[320];

        if (error == -ENXIO) {
                cpu_set_format(&q->plan.forbidden, cpus, sizeof(cpus));
                fprintf(stderr, "assay: none of the CPUs can be used%s%s%s; nothing was tested.\n",
                        *cpus ? ": the cpuset or affinity of this process excludes " : "", cpus,
                        *cpus ? " (start it where they are allowed)" : "");
                return COMMAND_INCOMPLETE;
        }
        fprintf(stderr, "assay: none of these checks can run");
        complain_of_features(q);
        missed_all(&q->plan, why, sizeof(why));
        if (*why)
                fprintf(stderr, "%s %s", plan_missing(&q->plan) ? ";" : ":", why);
        fprintf(stderr, "; nothing was tested. 'assay list' says what each needs.\n");
        return COMMAND_INCOMPLETE;
}

static int make_plan(struct qualification *q)
{
        const struct configuration *c = q->request->configuration;
        struct arguments_error error;
        int r;

        if (q->request->cpus && arguments_cpus_exist(q->request->cpus, &q->host, &error) < 0)
                return arguments_complain("--cpus", &error);
        q->wanted = (struct plan_request){
                .online = q->host.online,
                .allowed = q->host.allowed,
                .cpus = q->request->cpus,
                .features = q->host.features & c->isa,
                .checks = *c->checks ? c->checks : NULL,
                .regimes = c->regimes,
                .stress = c->stress,
                .failed = q->request->failed,
                .seed = q->request->seed,
        };
        r = plan_build(&q->wanted, &q->plan);
        return r < 0 ? complain_of_plan(q, r) : COMMAND_OK;
}

/* ---- running ---- */

/* A regime that was asked for by its name, and that cannot run here. */
static bool regime_denied(const struct qualification *q)
{
        uint32_t all = (1U << REGIME_COUNT) - 1, asked = q->request->configuration->regimes & all;

        for (int r = 0; r < REGIME_COUNT && asked != all; r++)
                if (asked >> r & 1 && q->plan.regime_skip[r] != PLAN_RUNS)
                        return true;
        return false;
}

/* Everything planned ran on every CPU of the plan, and the plan left nothing out that it should have had. */
static bool everything_ran(const struct qualification *q)
{
        if (regime_denied(q) || cpu_set_count(&q->plan.forbidden) || cpu_set_count(&q->plan.offline))
                return false;
        for (int cpu = cpu_set_next(&q->plan.cpus, -1); cpu >= 0; cpu = cpu_set_next(&q->plan.cpus, cpu))
                for (size_t i = 0; i < q->plan.n_items; i++) {
                        const struct plan_item *item = &q->plan.items[i];
                        const struct tally *tally =
                                evidence_tally(&q->evidence, (unsigned)cpu, item->check, item->regime);

                        if (!tally || !tally->covered)
                                return false;
                }
        return true;
}

/* How many CPUs have evidence against them: a CPU more than before is worth another diagnosis. */
static unsigned accused(const struct evidence *evidence)
{
        struct cpu_set cpus = { { 0 } };

        for (size_t i = 0; i < evidence->n_observations; i++) {
                const struct observation *o = &evidence->observations[i];

                if (observation_is_evidence(o->kind) && o->experiment == EXPERIMENT_NONE && o->cpu >= 0 &&
                        o->cpu < CHECK_CPU_MAX)
                        cpu_set_add(&cpus, (unsigned)o->cpu);
        }
        return cpu_set_count(&cpus);
}

static void diagnose(struct qualification *q)
{
        diagnosis_run(&q->host, &q->plan, &q->run, q->request->configuration->diagnosis_ns, &q->evidence,
                q->experiments, &q->input.n_experiments, &q->input.answers_intact);
        settlement_run(&q->host, &q->plan, &q->run, &q->evidence, q->bisections, &q->n_bisections);
}

/* What is known already stays, also where the rest cannot be run. */
static void run_rest(struct qualification *q)
{
        struct supervisor_outcome rest = { 0 };
        int r = supervisor_run(&q->run, &q->evidence, &rest);

        if (r < 0)
                fprintf(stderr,
                        "assay: the run could not go on after the first failure: %s; the report says what "
                        "was found.\n",
                        strerror(-r));
        q->cut_short = r < 0;
        q->outcome.elapsed_ns += rest.elapsed_ns;
        q->outcome.rounds += rest.rounds;
        q->outcome.failures += rest.failures;
        q->outcome.interrupted |= rest.interrupted;
        q->outcome.starved |= rest.starved;
}

/* Up to the first evidence; then the diagnosis; then the rest of the time. */
static int run_plan(struct qualification *q)
{
        uint64_t duration_ns = q->request->configuration->duration_ns;
        unsigned known;
        int r;

        q->run.stop_at_evidence = true;
        r = supervisor_run(&q->run, &q->evidence, &q->outcome);
        if (r < 0)
                return r;
        q->run.stop_at_evidence = false;
        known = accused(&q->evidence);
        if (known == 0)
                return 0;
        diagnose(q);
        if (q->outcome.elapsed_ns < duration_ns && !interrupted) {
                q->run.before_ns = q->outcome.elapsed_ns;
                q->run.duration_ns = duration_ns - q->run.before_ns;
                run_rest(q);
                if (accused(&q->evidence) > known && !interrupted)
                        diagnose(q);
        }
        return 0;
}

/* ---- the verdict ---- */

static void pin(int cpu)
{
        if (cpu >= 0)
                (void)cpu_set_bind_one((unsigned)cpu);
}

/* On two CPUs, of which both must reach the same: the one that judges may be the one that errs. */
static void judge(struct qualification *q)
{
        struct verdict second;
        struct cpu_set before;
        bool known = cpu_set_bound(&before) == 0;
        int first_cpu = cpu_set_next(&q->host.allowed, -1);
        int second_cpu = cpu_set_next(&q->host.allowed, first_cpu);

        q->input.host = &q->host;
        q->input.plan = &q->plan;
        q->input.evidence = &q->evidence;
        q->input.experiments = q->experiments;
        q->input.complete = everything_ran(q) && !q->cut_short && !q->outcome.starved;
        q->input.interrupted = q->outcome.interrupted;
        pin(first_cpu);
        verdict_reach(&q->input, &q->verdict);
        pin(second_cpu);
        verdict_reach(&q->input, &second);
        if (known)
                (void)cpu_set_bind(&before);
        if (verdict_agrees(&q->verdict, &second))
                return;
        q->verdict = (struct verdict){ .class = VERDICT_INCONCLUSIVE,
                .synthetic = q->verdict.synthetic,
                .incomplete = true,
                .unit = CHECK_UNIT_COUNT,
                .first = UINT32_MAX,
                .row = SIZE_MAX };
        (void)snprintf(q->verdict.summary, sizeof(q->verdict.summary),
                "CPU %d and CPU %d reach different verdicts from the same evidence: one of them is wrong.",
                first_cpu, second_cpu);
}

/* ---- reporting ---- */

static int exit_status(const struct qualification *q)
{
        int status = verdict_exit_status(&q->verdict);

        if (interrupted && status != COMMAND_FAULT && status != COMMAND_NOT_HARDWARE)
                return 128 + (int)interrupted;
        return status;
}

static int write_reports(const struct qualification *q, int status)
{
        struct report report = {
                .input = &q->input,
                .verdict = &q->verdict,
                .outcome = &q->outcome,
                .request = &q->wanted,
                .program = program_invocation_name,
                .isa_level = q->request->configuration->isa_level,
                .profile = q->request->configuration->profile,
                .nice = q->request->configuration->nice,
                .history = q->request->history,
                .n_history = q->request->n_history,
                .config = q->request->config,
                .duration_ns = q->request->configuration->duration_ns,
                .bisections = q->bisections,
                .n_bisections = q->n_bisections,
                .drill = q->request->drill,
                .started_ns = q->started_ns,
                .exit_status = status,
        };

        return report_write(&report, q->request->report, q->request->observations) ? status
                                                                                   : command_failed(status);
}

static void prepare_run(struct qualification *q)
{
        const struct qualification_request *request = q->request;

        q->run = (struct supervisor_run){
                .items = q->plan.items,
                .n_items = q->plan.n_items,
                .cpus = &q->plan.cpus,
                .host = &q->host,
                .hop_cpus = &q->plan.cpus,
                .features = q->wanted.features,
                .seed = request->seed,
                .stress = request->configuration->stress,
                .nice = request->configuration->nice,
                .duration_ns = request->configuration->duration_ns,
                .drill = request->drill,
                .drill_cpu = request->drill_cpu,
                .drill_check = request->drill_check,
                .interrupted = &interrupted,
        };
        if (!request->progress)
                return;
        view_begin(&q->view, &q->host, stderr);
        q->run.progress = view_progress;
        q->run.user = &q->view;
}

static int qualify(struct qualification *q)
{
        struct host_source source = { .root = "",
                .identity_command = q->request->configuration->identity_command };
        char broken[ANSWERS_SENTENCE_MAX];
        int r;

        q->started_ns = clock_ns(CLOCK_REALTIME);
        if (answers_verify_all(broken) < 0) {
                fprintf(stderr, "assay: %s; nothing was tested. Install assay again.\n", broken);
                return COMMAND_ERROR;
        }
        q->input.answers_intact = true;
        r = host_read(&source, &q->host);
        if (r < 0) {
                fprintf(stderr, "assay: the CPUs of this host cannot be read: %s.\n", strerror(-r));
                return COMMAND_ERROR;
        }
        if (q->host.identity_failure[0])
                fprintf(stderr, "assay: %s.\n", q->host.identity_failure);
        r = make_plan(q);
        if (r == COMMAND_INCOMPLETE) {
                judge(q);
                return write_reports(q, r);
        }
        if (r != COMMAND_OK)
                return r;
        prepare_run(q);
        catch_interrupts();
        r = run_plan(q);
        if (q->run.progress)
                view_end(&q->view);
        if (r < 0) {
                fprintf(stderr,
                        "assay: no worker could be started: %s. Raise the limits on processes and memory "
                        "(ulimit -u, -v, -n, -f) and run again.\n",
                        strerror(-r));
                return COMMAND_ERROR;
        }
        judge(q);
        return write_reports(q, exit_status(q));
}

int qualification_run(const struct qualification_request *request)
{
        AUTO_FREE struct qualification *q = calloc(1, sizeof(*q)); /* the plan alone is large */
        int status;

        if (!q) {
                fprintf(stderr, "assay: there is not enough memory to begin.\n");
                return COMMAND_ERROR;
        }
        q->request = request;
        status = qualify(q);
        evidence_free(&q->evidence);
        host_free(&q->host);
        return status;
}
