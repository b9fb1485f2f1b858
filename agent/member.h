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
        uint64_t waited_ns;               /* and since it was last asked whether it runs, or answered */
        uint32_t heard;                   /* its slot's answers when it was last asked */
        unsigned answers;                 /* since the last heartbeat */
        uint64_t cpu_ns;                  /* of its processes that have ended */
        unsigned restarts;
        uint64_t restart_ns; /* not before */
        bool done, lost, starved, killed_by_us;
        bool asked;     /* and has not answered yet */
        bool seized;    /* by our ptrace, to stop it */
        bool condemned; /* it has answered often enough: the next answer is its end */
        pid_t tracer;   /* the last ptracer that was seen at one of its processes, 0: none yet */
        bool recorded;  /* its process has recorded its own death */
        bool excused;   /* it has recorded that it could not do something */
        const struct member *reviewed, *reviewer, *crowd; /* NULL: none */
        const struct meetings *meetings;                  /* NULL: it meets nobody */
        uint32_t index;                                   /* of a worker, among those of the run */
};

/* Makes the shared memory. Returns 0 or -errno. */
int member_create(struct member *member, unsigned cpu, uint16_t process);
void member_destroy(struct member *member);

/* Starts its process. Returns 0 or -errno (fork, memory). */
int member_start(struct member *member, const struct supervisor_run *run);

/* What watching one may find.
 *
 * A hang is judged on its CPU clock. But that runs on while a hypervisor has taken the CPU away, where the kernel does not
 * take stolen time off: silence alone proves nothing. So one that is silent for long is asked whether it runs, by
 * HANDLER_DUMP_SIGNAL, and again each time that it has answered and used some more CPU time. Only one that has answered many
 * of them at the same heartbeat, and so ran at as many moments far apart, hangs. Where the signal is not heard (blocked)
 * a stop by ptrace is an answer too: a CPU that is away can do neither. */
enum member_state {
        MEMBER_FINE,
        MEMBER_STARVED, /* it has not got the CPU for long: said once an episode */
        MEMBER_MUTE, /* its CPU clock ran far, but nothing that it was asked is answered: whether it runs nobody knows */
};
enum member_state member_watch(struct member *member, uint64_t now_ns);

/* Without the CPU for so long it is starved. */
#define MEMBER_STARVED_NS UINT64_C(3000000000)

/* To be called when wait4(2) says that its process stopped, with that `status`. Returns true where it hangs and does not
 * hear its signal: its registers are in *ret_death, and it is about to die (SIGKILL). */
bool member_stopped(struct member *member, int status, struct observation_death *ret_death);

/* SIGKILL, which its burial takes for no evidence. */
void member_kill(struct member *member);

/* CPU time of its processes so far. */
uint64_t member_cpu_ns(const struct member *member);

/* The pid of a ptracer of its process, or 0. */
pid_t member_tracer(const struct member *member);
