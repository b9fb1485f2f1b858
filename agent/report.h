/* SPDX-License-Identifier: Apache-2.0 */
/* Reports: the same content for people (text) and for programs (JSON `assay.report/1`, NDJSON observations).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "agent/host.h"
#include "agent/plan.h"
#include "agent/supervisor.h"
#include "agent/verdict.h"

struct report {
        const struct verdict_input *input;
        const struct verdict *verdict;
        const struct supervisor_outcome *outcome;
        const struct plan_request *request;
        const char *isa_level; /* as --isa said, "native" else */
        uint64_t started_ns;   /* CLOCK_REALTIME */
        int exit_status;
};

/* One screen of text. `width` columns (at least 20), `colour` where the terminal has it. Returns 0 or -errno
 * of the first write that failed. */
int report_text(const struct report *report, FILE *to, int width, bool colour);

/* The JSON object, one line and a newline. Returns 0 or -errno. */
int report_json(const struct report *report, FILE *to);

/* An observation as one NDJSON line, and back (what `assay replay REPORT` reads). */
int report_observation(const struct observation *observation, FILE *to);
