/* SPDX-License-Identifier: Apache-2.0 */
/* How workers wait for each other in meetings. Who waits turns first, for on a host that is not busy the other is there
 * at once; then it sleeps until its bell is rung. So on a busy one the two get their CPUs at the same time: who has slept is
 * let in when the other, who runs just then, rings. Whoever changes what another waits for rings. */
#pragma once

#include "agent/meeting.h"

struct meeting_wait {
        const struct meeting *meeting;
        uint64_t end_ns;
        uint32_t turns;
        uint32_t bell; /* at the last look: what has changed since then rang */
        bool seated;
};
/* For others to come, until `end_ns` of CLOCK_MONOTONIC; and at the table, for so long. */
struct meeting_wait meeting_wait_until(const struct meeting *meeting, uint64_t end_ns);
struct meeting_wait meeting_wait_seated(const struct meeting *meeting, uint64_t ns);

/* One turn of a wait; between two of them the caller looks whether it is over. False when time is up or the run ends.
 * Who waits beats, and answers those who wait for its review. */
bool meeting_wait_on(struct meeting_wait *wait);

/* Rings: what worker `index` waits for may have come. */
void meeting_ring(const struct meeting *meeting, uint32_t index);
/* Rings for the leader of our table, or, where we lead, for all who sit there. */
void meeting_ring_table(const struct meeting *meeting);
