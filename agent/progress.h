/* SPDX-License-Identifier: Apache-2.0 */
/* What a run shows of itself while it goes on: a live view is called about five times a second. */
#pragma once

#include "agent/coverage.h"

struct progress {
        uint64_t shown_ns;           /* CLOCK_MONOTONIC, when it was called last */
        uint64_t *events_before;     /* then, by CPU */
        const struct tally **before; /* of the runs before this one, by CPU: see coverage_done */
        struct tally *sums;          /* of these tallies, by CPU */
        struct supervisor_cpu *cpus;
};

/* For the CPUs of `run`, from now on; what is in *evidence ran before. Returns 0 or -ENOMEM; progress_end in both
 * cases. */
int progress_begin(struct progress *progress, const struct supervisor_run *run,
        const struct evidence *evidence, uint64_t now_ns);
void progress_end(struct progress *progress);

/* Calls run->progress, if there is one and it is time. `start_ns` is when the run began. */
void progress_show(
        struct progress *progress, const struct coverage *coverage, uint64_t start_ns, uint64_t now_ns);
