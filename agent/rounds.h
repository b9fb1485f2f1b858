/* SPDX-License-Identifier: Apache-2.0 */
/* One round after another: set up, run in its regime, verified, and what is to be said of it said. Runs in workers. */
#pragma once

#include "agent/meeting.h"
#include "agent/review.h"
#include "agent/worker.h"

/* What a worker keeps from one round to the next. Too large for a stack. */
struct rounds {
        const struct worker *worker;
        struct slot *slot;
        struct observation record; /* the next observation: what is known of the running round */
        struct review review;
        struct meeting meeting;
        uint32_t calls;                     /* rounds of several CPUs that this worker led or would have */
        uint32_t which;                     /* state in use */
        uint64_t quiet_ns[PLAN_CHECKS_MAX]; /* what a round takes undisturbed */
        uint64_t errata;                    /* rounds that showed one */
        bool moved;                         /* a MOVED observation was made for this worker */
};

/* To be called once, before the signal handlers are set. */
void rounds_begin(struct rounds *rounds, const struct worker *worker);

/* Runs one round; returns the events of its regime that happened inside. A round of several CPUs that does not come
 * about is counted as such. */
uint64_t rounds_run(struct rounds *rounds, const struct slot_current *now, struct tally *tally);

/* Runs one round aside, to learn what it takes undisturbed: now->regime is REGIME_QUIET, and nothing else is armed. It is
 * no coverage, but a mismatch counts as any other. */
void rounds_time(struct rounds *rounds, const struct slot_current *now);

/* Does what others ask for between rounds: reviews, and rounds that they lead. */
void rounds_answer(struct rounds *rounds);

/* Says that the series of rounds in *now could not be made ready: FAILED, with a positive errno. */
void rounds_refused(
        struct rounds *rounds, const struct slot_current *now, int error, enum observation_step step);

/* Says why this worker ends, and ends it. `error` is a positive errno. */
_Noreturn void rounds_fail(struct rounds *rounds, int error, enum observation_step step,
        enum worker_exit status, enum observation_kind kind);
