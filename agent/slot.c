/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/slot.h"

void slot_push(struct slot *slot, const struct observation *observation)
{
        bool accuses = observation_is_evidence(observation->kind);
        uint32_t head = atomic_load_explicit(&slot->ring_head, memory_order_relaxed),
                 used = head - atomic_load_explicit(&slot->ring_tail, memory_order_acquire);

        if (used >= (accuses ? SLOT_RING : SLOT_RING_FACTS)) {
                if (observation->kind != OBSERVATION_ERRATUM)
                        atomic_fetch_add(accuses ? &slot->ring_unheard : &slot->ring_lost, 1);
                return;
        }
        check_copy(&slot->ring[head % SLOT_RING], observation, sizeof(*observation));
        atomic_store_explicit(&slot->ring_head, head + 1, memory_order_release);
}
