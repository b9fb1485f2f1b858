/* SPDX-License-Identifier: Apache-2.0 */
/* When the schedule of `assay qualify --profile quick` runs what: the program runs once, untraced, and the tallies
 * of one CPU's worker (agent/slot.h) are read every two milliseconds. Times count from that worker's first round, and are those of
 * this host as it is now: on a busy one they are longer. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timeline_sample {
        double seconds;
        uint32_t check;
        uint32_t rounds; /* of this check in quiet, so far */
};

struct timeline {
        struct timeline_sample *samples;
        size_t n;
};

/* Runs the program for `duration_s`. Returns 0 or a negative errno (-ENODATA: the worker was never seen). */
int timeline_measure(const char *assay, int cpu, unsigned duration_s, struct timeline *ret_timeline);
void timeline_free(struct timeline *timeline);

/* When the `ordinal`-th round (from 1) of a check in quiet was over: seconds, or a negative number where the schedule had
 * not come to it. */
double timeline_when(const struct timeline *timeline, uint32_t check, uint32_t ordinal);

/* The place of a check in the order in which the schedule comes to it, in quiet: SIZE_MAX where it does not. */
size_t timeline_place(const struct timeline *timeline, uint32_t check);
