/* SPDX-License-Identifier: Apache-2.0 */
/* An observation as JSON: an element of `observations` in assay.report/1, a line of NDJSON. */
#pragma once

#include <jansson.h>

#include "agent/observation.h"

/* Eight bytes of a mismatch that differ. Numbers as the CPU reads them: little-endian. */
struct report_difference {
        uint32_t offset; /* from the start of the output, or of the register image for FRAME */
        uint64_t expected, actual;
        struct check_place place;
};
/* Lists what differs within the window; at most CHECK_WINDOW / 8. Returns how many. */
size_t report_differences(
        const struct observation *observation, struct report_difference ret_differences[CHECK_WINDOW / 8]);

/* True for kinds whose `mismatch` means something. */
bool report_has_mismatch(const struct observation *observation);

/* Owned by the caller; NULL: no memory, or a check that does not exist. */
json_t *report_observation_json(const struct observation *observation);

/* "0x2a", as all 64-bit numbers are written: a JSON number may not hold them. */
json_t *report_hex(uint64_t number);

/* "2026-11-22T05:26:41.123Z" for nanoseconds of CLOCK_REALTIME. */
#define REPORT_TIME_MAX 32
void report_time(uint64_t time_ns, char text[REPORT_TIME_MAX]);

/* A report that lacks what there was no memory for is worse than none: jansson leaves a member out without a word.
 * Returns 0, or -ENOMEM where any of its allocations failed since report_memory_begin. */
void report_memory_begin(void);
int report_memory_end(void);
