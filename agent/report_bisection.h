/* SPDX-License-Identifier: Apache-2.0 */
/* A bisected program in reports. */
#pragma once

#include <jansson.h>

#include "agent/bisection.h"

/* The bisection of observation `subject`, else the first that names an instruction, else the
 * first; NULL where there is none. */
const struct bisection *report_bisection_find(
        const struct bisection *bisections, size_t n, uint32_t subject);

/* The lines of the text report: "program", "instruction", "before", "result", each "" where there is nothing to say. */
#define REPORT_BISECTION_LINE_MAX 1024
struct report_bisection_lines {
        char program[REPORT_BISECTION_LINE_MAX], instruction[REPORT_BISECTION_LINE_MAX],
                before[REPORT_BISECTION_LINE_MAX], result[REPORT_BISECTION_LINE_MAX];
};
void report_bisection_text(const struct bisection *bisection, struct report_bisection_lines *ret_lines);

/* An element of `bisections` in assay.report/1; `sequence` is that of the observation. Owned by the caller; NULL: no
 * memory. */
json_t *report_bisection_json(const struct bisection *bisection, uint64_t sequence);
