/* SPDX-License-Identifier: Apache-2.0 */
/* Verification by another CPU: a worker offers outputs of its rounds, its neighbour in the ring of workers sets the
 * same round up, copies the output and verifies it; where no answer is known it runs the round and compares outputs. A
 * share of the rounds that were right, and every mismatch. A core that compares badly is so not its own judge. */
#pragma once

#include <stdbool.h>

#include "agent/worker.h"

struct review {
        const struct worker *worker;
        uint32_t offered;  /* sequence of our last offer */
        uint32_t answered; /* sequence of the last offer that we answered */
};
void review_begin(struct review *review, const struct worker *worker);

/* Answers the neighbour's offer, if there is a new one. Where it had found its output right and we do not, pushes
 * an observation DISAGREE that accuses its CPU. */
void review_answer(struct review *review);

/* Offers the mismatch in slot->state[which] and waits for the answer, at most 100 ms. */
enum observation_review review_mismatch(
        struct review *review, const struct slot_current *now, uint32_t which);

/* After a round that was right: counts an answer that has come, and offers one round in sixteen. Returns true where
 * slot->state[which] was offered: it must stay as it is, the next round uses the other one. */
bool review_share(
        struct review *review, const struct slot_current *now, uint32_t which, struct tally *tally);
