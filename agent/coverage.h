/* SPDX-License-Identifier: Apache-2.0 */
/* How far a run has come: what of its items has run on which of its CPUs, read from the workers' tallies. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "agent/member.h"
#include "agent/supervisor.h"

struct coverage {
        const struct supervisor_run *run;
        const struct member *members; /* the workers, one a CPU */
        size_t n_cpus;
};

/* (CPU, item) pairs: those that have run with an event of their regime inside, and all. `before`: the tallies of earlier
 * runs, which count too, by CPU and each [check][regime], an entry NULL where there are none; or NULL. */
size_t coverage_done(const struct coverage *coverage, const struct tally *const *before);
size_t coverage_all(const struct coverage *coverage);

/* Every check has run in quiet, and families 1 to 3 in every regime, on every CPU. */
bool coverage_core(const struct coverage *coverage);

/* Every worker has begun. */
bool coverage_ready(const struct coverage *coverage);
