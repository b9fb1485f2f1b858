/* SPDX-License-Identifier: Apache-2.0 */
/* A member of a supervisor's run: one worker (or its competitor), the memory it shares with us, its process, and
 * what we know of its life. The functions here start, watch and bury one; supervisor.c decides for all. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "agent/slot.h"
#include "agent/supervisor.h"
#include "agent/worker.h"

struct member {
        unsigned cpu;
        uint16_t process; /* 0 worker, 1 its competitor */
        unsigned class;   /* of the address of its slot in its process: SLOT_ADDRESS */
        int memfd;
        struct slot *slot;                /* our mapping of it */
        pid_t pid;                        /* 0: no process now */
        clockid_t clock;                  /* its CPU clock */
        uint64_t heartbeat, beat_wall_ns; /* the last heartbeat, and CLOCK_MONOTONIC when it was seen */
        uint64_t watched_cpu_ns;          /* its CPU clock when it was last watched */
        uint64_t silent_ns;               /* of its CPU time since the last heartbeat */
        uint64_t cpu_ns;                  /* of its processes that have ended */
        uint64_t asked_ns;                /* CLOCK_MONOTONIC when it was asked for its registers; 0: not */
        unsigned restarts;
        uint64_t restart_ns; /* not before */
        bool done, lost, starved, killed_by_us;
        pid_t tracer;  /* the last ptracer that was seen at one of its processes, 0: none yet */
        bool recorded; /* its process has recorded its own death */
        bool excused;  /* it has recorded that it could not do something */
        const struct member *reviewed, *reviewer, *crowd; /* NULL: none */
        const struct meetings *meetings;                  /* NULL: it meets nobody */
        uint32_t index;                                   /* of a worker, among those of the run */
};

/* Makes the shared memory. Returns 0 or -errno. */
int member_create(struct member *member, unsigned cpu, uint16_t process);
void member_destroy(struct member *member);

/* Starts its process. Returns 0 or -errno (fork, memory). */
int member_start(struct member *member, const struct supervisor_run *run);

/* What watching one may find. */
enum member_state {
        MEMBER_FINE,
        MEMBER_STARVED, /* it has not got the CPU for long: said once an episode */
        MEMBER_HANGS,   /* its CPU clock ran far without a heartbeat: its registers were asked for */
};
enum member_state member_watch(struct member *member, uint64_t now_ns);

/* Without the CPU for so long it is starved. */
#define MEMBER_STARVED_NS UINT64_C(3000000000)

/* Ends one that hangs and did not answer: registers by ptrace into *ret_death, then SIGKILL. Returns false where it died
 * before that by itself, or of others: whoever reaps it learns of what. */
bool member_put_down(struct member *member, struct observation_death *ret_death);

/* CPU time of its processes so far. */
uint64_t member_cpu_ns(const struct member *member);

/* The pid of a ptracer of its process, or 0. */
pid_t member_tracer(const struct member *member);
