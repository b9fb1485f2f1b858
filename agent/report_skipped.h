/* SPDX-License-Identifier: Apache-2.0 */
/* What did not run, and why: the same list for every form of the report, and the command that replays a
 * round. */
#pragma once

#include "agent/report.h"

struct report_skipped {
        const char *what;                    /* "check", "regime", "cpu", "stress", "item" */
        const char *check, *regime, *stress; /* NULL: all */
        const struct cpu_set *cpus;          /* NULL: all of the plan */
        const char *why;
        isa_set missing; /* features that the check lacks */
        bool chosen;     /* left out on request: nothing is incomplete */
};

/* Calls `each` for everything: CPUs that could not be used, checks and regimes that run nowhere, and items
 * of the plan that did not run on every CPU with an event of their regime inside. */
void report_skipped_each(const struct report *report,
        void (*each)(const struct report_skipped *skipped, void *user), void *user);

/* Writes "PROGRAM replay CHECK:SEED:CPU.PROCESS.NUMBER --regime NAME --cpu N [--stress NAME]", for a shell. The program is
 * the report's, quoted where a shell needs that; "assay" where it has none, or one that is too long or not to be shown. */
#define REPORT_PROGRAM_MAX 256
#define REPORT_COMMAND_MAX (224 + REPORT_PROGRAM_MAX)
void report_replay_command(const struct report *report, const struct observation *observation,
        char command[REPORT_COMMAND_MAX]);
