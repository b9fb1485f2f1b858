/* SPDX-License-Identifier: Apache-2.0 */
/* `assay drill`: makes one worker deceive the rest of the program, at the place where a real fault would strike:
 * the output, between run and verify. Every record of such a run says `synthetic`. */
#pragma once

#include <stdint.h>

#include "agent/worker.h"

/* Spoils the output of this round, crashes, or hangs, if the run's drill says so for this CPU, check and number
 * of events. Does nothing in a run without a drill. */
void drill_spoil(const struct worker *worker, const struct slot_current *now, uint64_t events, void *state);
