/* SPDX-License-Identifier: Apache-2.0 */
/* Makes instructions compute wrongly: stops a child inside a kernel, steps over one instruction that changes
 * a register, flips one bit of that register, lets the child go on, and sees whether the round is found
 * wrong. */
#pragma once

#include <stdint.h>

#include "checks/check.h"

struct integer_fault_count {
        int injected;
        int noticed; /* a mismatch, a crash, or a run that does not end */
        int crashed; /* of these, the last two */
};

/* Injects `faults` faults into rounds of `check`, one a round; *random chooses moments and bits. Prints the
 * instruction of each fault that was not noticed. */
void integer_fault_inject(
        const struct check *check, int faults, uint64_t *random, struct integer_fault_count *ret_count);

/* The same in batches, until enough are noticed or the most were injected: a share just above the limit needs
 * more to be told from one below it. Returns whether enough were noticed. */
#define INTEGER_FAULT_BATCH 40
#define INTEGER_FAULTS_MAX (5 * INTEGER_FAULT_BATCH)
#define INTEGER_FAULT_PERCENT 95
bool integer_fault_noticed(
        const struct check *check, uint64_t *random, struct integer_fault_count *ret_count);
