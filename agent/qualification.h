/* SPDX-License-Identifier: Apache-2.0 */
/* A qualification: host, plan, run, diagnosis, verdict, in this order and each once. `assay qualify` and `assay
 * drill` are qualifications; what differs is in struct qualification_request. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/configuration.h"
#include "agent/host.h"
#include "agent/output.h"
#include "agent/plan.h"
#include "agent/supervisor.h"
#include "agent/verdict.h"

struct qualification_request {
        const struct configuration *configuration; /* duration, checks, regimes, isa, diagnosis, identity */
        const struct cpu_set *cpus;                /* NULL: every online CPU */
        uint64_t seed;
        const uint32_t *failed;     /* plan_request.failed */
        const char *const *history; /* the files of --history, as given, for the report */
        size_t n_history;
        const char *config; /* --config, or NULL */
        enum drill drill;
        int drill_cpu, drill_check;           /* -1: any */
        bool progress;                        /* show it on stderr */
        struct output *report, *observations; /* JSON and NDJSON, or NULL */
};

/* Runs it and prints the report to stdout. Returns the exit status (enum command_exit, or 128 + signal); every
 * error was said on stderr. SIGINT, SIGTERM and SIGHUP end the run early, with its report. */
int qualification_run(const struct qualification_request *request);
