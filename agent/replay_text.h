/* SPDX-License-Identifier: Apache-2.0 */
/* What `assay replay` says of a round that it ran, in lines below the one that names it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "agent/plan.h"
#include "agent/supervisor.h"

/* What failed first, and what could not run. */
void replay_text_failures(const struct evidence *evidence, FILE *to);

/* On which of the CPUs the round did not run, or not `times` times, or never with what its regime does. Returns true where
 * there is one. */
bool replay_text_missing(const struct evidence *evidence, const struct plan_item *item,
        const struct cpu_set *cpus, uint64_t times, FILE *to);
