/* SPDX-License-Identifier: Apache-2.0 */
/* Meetings: how workers come together for a round of several CPUs (checks/party.h). They share memory that the
 * supervisor maps before it starts them, apart from their slots: a wild store there can spoil a round, and nothing else.
 *
 * A worker that has such a round to run (it leads) asks others by a word in their mailbox, which they look at between
 * their own rounds. Those that join sit down at the leader's table; when all have, or enough time has gone by since the
 * first, it says what is played; when all are ready, go. Everybody waits a bounded time and beats meanwhile. Nobody in
 * time: the round is no coverage, and never evidence.
 *
 * Invariants: a process sits at one table at most. A table is laid anew only when every seat is free, so whoever comes
 * back late, stopped in the middle of a round, finds what it left; the leader has another table meanwhile. Words that
 * two change hold the table's sequence, so that a late hand changes nothing. Of two that wait for each other the one
 * that led fewer rounds goes first. */
#pragma once

#include "agent/slot.h"
#include "checks/party.h"

struct cpu_set;
struct host;
struct review;
struct worker;

#define MEETING_TABLES 2 /* of each worker */

/* What a worker shows the others. */
struct meeting_worker {
        _Atomic uint64_t asked;    /* an invitation, or 0 */
        _Atomic uint32_t present;  /* its process runs */
        _Atomic uint32_t finished; /* it has no round of its own to run any more */
        _Atomic uint32_t led;      /* rounds that came about */
        _Atomic uint32_t bell;     /* a futex: rung when what it may wait for changes */
        _Atomic uint32_t asleep;   /* it waits at the bell */
        uint16_t cpu;
        int16_t package, core; /* -1: unknown */
} __attribute__((aligned(128)));

struct meeting_seat {
        _Atomic uint64_t state; /* the table's sequence and how far who sits here has come */
        uint32_t worker;        /* who was asked */
        uint32_t party;         /* of the round; 0: it takes no part */
} __attribute__((aligned(64)));

struct meeting_table {
        _Atomic uint64_t call; /* the sequence and what holds for those at the table */
        struct slot_current now;
        uint16_t cpus[PARTY_MOST]; /* by party */
        struct meeting_seat seats[PARTY_MOST - 1];
        struct party_memory memory;
};

/* Where it all lies: the same addresses in every process of a run. Workers are numbered as the run's CPUs rise. */
struct meetings {
        uint32_t n;
        struct meeting_worker *workers;
        struct meeting_table *tables; /* MEETING_TABLES of each worker */
        size_t size;
};

/* The supervisor's part. Maps it, for these CPUs; `host` says where they lie, or NULL. Returns 0 or -errno. */
int meetings_create(struct meetings *meetings, const struct cpu_set *cpus, const struct host *host);
void meetings_destroy(struct meetings *meetings);
/* A worker's process has ended: its seats are free, its tables closed. `lost`: none will follow it. */
void meetings_bury(const struct meetings *meetings, uint32_t index, bool lost);

/* Whom worker `self` asks in its turn `turn`: three turns ask one other, a sibling, one of another core and one of
 * another package as far as there are, the fourth as many as a round takes. Who is asked moves on with the turns, so
 * that everybody is. Absent workers are left out. `all`: always as many as a round takes. Returns how many. */
unsigned meeting_partners(const struct meetings *meetings, uint32_t self, uint32_t turn, unsigned most,
        bool all, uint32_t ret_partners[PARTY_MOST - 1]);

/* A worker's part. */
struct meeting {
        const struct worker *worker;
        const struct meetings *all; /* NULL: this run has no meetings */
        struct review *review;
        struct meeting_table *table; /* where it sits or leads */
        uint64_t sequence;           /* of the table */
        unsigned seat;               /* of a partner; PARTY_MOST: it leads */
        uint8_t parties;             /* of the round that it leads */
};
void meeting_begin(struct meeting *meeting, const struct worker *worker, struct review *review);

enum meeting_result {
        MEETING_MET,    /* the table is laid: party_shared and the round's parties are set */
        MEETING_NOBODY, /* no partner in time, or none that there is */
        MEETING_YIELD,  /* somebody who goes first asked us: join, then call again */
};
/* Leads: asks partners in for the round *now, until `end_ns` of CLOCK_MONOTONIC. */
enum meeting_result meeting_call(
        struct meeting *meeting, struct slot_current *now, uint32_t turn, uint64_t end_ns);
/* Joins, if somebody asks: true where a round is laid for us in *ret_now, all but its item. */
bool meeting_join(struct meeting *meeting, struct slot_current *ret_now);
/* Set up and ready: waits for the others. False: the round does not take place; the meeting is over. */
bool meeting_start(struct meeting *meeting);
/* After run. The leader waits for the others to leave, and is told whether all have done their part. */
bool meeting_end(struct meeting *meeting);

/* The CPUs of the round at the table, by party. */
void meeting_cpus(const struct meeting *meeting, uint16_t ret_cpus[PARTY_MOST]);

/* True where nobody else is there, or will be: this run has no rounds of several CPUs for this worker any more. */
bool meeting_hopeless(const struct meeting *meeting);

/* True while others may still ask: after a worker's own last round. */
bool meeting_needed(const struct meeting *meeting);
