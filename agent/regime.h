/* SPDX-License-Identifier: Apache-2.0 */
/* Regimes: what happens to a worker while a check runs. A regime is armed before a series of rounds and disarmed
 * after it; its events are counted by the handlers, the kernels' event points, or getrusage. */
#pragma once

#include "agent/worker.h"

/* Arms `regime` for `check` on the worker's CPU. Returns 0, or -errno where the system refuses. */
int regime_arm(const struct worker *worker, enum regime regime, const struct check *check);
void regime_disarm(const struct worker *worker, enum regime regime);

/* Calls check->run(state) with what the regime does around it, and returns how many of the regime's own events
 * happened inside. */
uint64_t regime_run(const struct worker *worker, enum regime regime, const struct check *check, void *state);

/* After a round in storm-async: adapts the timer so that run keeps about 30% of the CPU. `run_ns` is what the
 * round took, `quiet_ns` what it takes undisturbed. A round of several CPUs is shorter where a storm keeps them from the
 * same lines: `together` says that the timer is slowed only, or it would end where nothing else gets done. */
void regime_adapt(uint64_t run_ns, uint64_t quiet_ns, bool together);

/* How many events a series of rounds waits for, and its time limit. Timer and crowd: two, but of a check that several CPUs
 * run one, as most of their time they are parties of each other's rounds or wait. */
uint32_t regime_events_wanted(enum regime regime, const struct check *check);
#define REGIME_SERIES_NS UINT64_C(300000000)

/* The CPUs that the last round in `migrate` landed on: writes up to 4, -1 where unused. */
void regime_landed(int32_t seen_on[4]);
