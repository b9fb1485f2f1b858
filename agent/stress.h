/* SPDX-License-Identifier: Apache-2.0 */
/* Stress: what a worker does with its CPU's power right before a round (enum stress). It runs in workers. */
#pragma once

#include "agent/observation.h"

/* The shape of slice `turn` of the shapes in `set` (bit s: shape s): each comes in its turn. STRESS_NONE where the set
 * is empty. */
enum stress stress_choose(uint32_t set, uint64_t turn);

/* Idles and burns as the shape wants it before round `number` of CPU `cpu`: at most 5 ms. */
void stress_before(enum stress stress, unsigned cpu, uint32_t number);
