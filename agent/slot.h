/* SPDX-License-Identifier: Apache-2.0 */
/* The memory that one worker shares with the supervisor: its heartbeat, its ring of observations, its tallies
 * and the states whose outputs another worker may verify. One memfd a worker. The worker and the supervisor
 * map it writable (but for the supervisor's orders), the worker that reviews it read-only, nobody else at all.
 *
 * Invariants: the ring has one writer (the worker, or its signal handler while `in_run`) and one reader (the
 * supervisor); an entry is complete before ring_head counts it. `current` is complete before `in_run` is set,
 * so that a death inside run is attributed to it. */
#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/observation.h"
#include "agent/plan.h"

#define SLOT_RING 16
#define SLOT_RING_FACTS 8 /* of it, that facts may take: they never keep an accusation out */
#define SLOT_ORDERS 4096  /* bytes: the page that a worker maps read-only */

struct slot_current {
        uint32_t check;
        enum regime regime;
        enum stress stress;
        struct check_round round;
        uint32_t item; /* index into the run's items */
};

/* A round whose output another worker is asked to verify. `sequence` is odd while it is on offer; the offering
 * worker leaves the state alone until the reviewer has answered or the offer is withdrawn. */
struct slot_offer {
        _Atomic uint32_t sequence;
        uint32_t check;
        enum regime regime;
        struct check_round round;
        uint32_t state; /* which of the two */
        int32_t found;  /* what the worker's own verify returned */
};

struct slot_answer {
        _Atomic uint32_t sequence; /* of the offer that was answered */
        int32_t found;
};

struct slot {
        /* the supervisor writes: a worker maps this page read-only, so that no wild store of its own sends it home */
        _Alignas(SLOT_ORDERS) _Atomic uint32_t stop;
        _Atomic uint32_t ring_tail;
        _Atomic uint64_t condemned; /* 1 + the heartbeat at which it is to record itself as hung; 0: none */
        /* the worker writes */
        _Alignas(SLOT_ORDERS) _Atomic uint64_t heartbeat;
        _Atomic uint32_t answers; /* how often it heard HANDLER_DUMP_SIGNAL, and was not condemned */
        _Atomic uint32_t in_run;
        _Atomic uint32_t ready;  /* pinned, signals set up: rounds begin */
        _Atomic uint32_t passes; /* whole passes over the items */
        struct slot_current current;
        _Atomic uint32_t ring_head;
        _Atomic uint32_t ring_lost;    /* facts that found no room in the ring */
        _Atomic uint32_t ring_unheard; /* evidence that found none */
        struct slot_offer offer;
        struct slot_answer answer;           /* to the offer of the slot that this worker reviews */
        uint64_t events, rounds, mismatches; /* for the live view */
        uint64_t stressed[STRESS_COUNT];     /* rounds that count, by shape */
        /* the worker writes for its competitor, a futex: 0 rest, else 1 + index of the check to compete with */
        _Atomic uint32_t crowd;
        struct observation ring[SLOT_RING];
        struct tally tallies[PLAN_CHECKS_MAX][REGIME_COUNT];
        _Alignas(4096) uint8_t state[2][CHECK_STATE_MAX];
};

/* Where a worker maps its own slot. Outputs hold pointers into the state (%rsp first of all), so the reviewer sets
 * the round up at the very address that the state has in the worker: a worker and the one that it reviews get
 * different classes of address, and each maps its scratch at the other's. */
#define SLOT_ADDRESS(class) (UINT64_C(0x200000000000) + (class) * UINT64_C(0x10000000))
_Static_assert(sizeof(struct slot) < 0x10000000, "classes do not overlap");

_Static_assert(offsetof(struct slot, heartbeat) == SLOT_ORDERS, "the orders have a page of their own");

/* Appends to the ring; without room for its kind: counts a loss, but for an erratum, of which now and then is enough.
 * No libc: it serves signal handlers too. */
void slot_push(struct slot *slot, const struct observation *observation);
