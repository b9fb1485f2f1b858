/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/slot.h"

void slot_push(struct slot *slot, const struct observation *observation)
{
        uint32_t head = atomic_load_explicit(&slot->ring_head, memory_order_relaxed);

        if (head - atomic_load_explicit(&slot->ring_tail, memory_order_acquire) >= SLOT_RING) {
                atomic_fetch_add(&slot->ring_lost, 1);
                return;
        }
        check_copy(&slot->ring[head % SLOT_RING], observation, sizeof(*observation));
        atomic_store_explicit(&slot->ring_head, head + 1, memory_order_release);
}
