/* SPDX-License-Identifier: Apache-2.0 */
/* The worker: one process pinned to one logical CPU that runs rounds and compares. Everything here is compiled
 * -mgeneral-regs-only and keeps to the rules of a process whose CPU may be broken: its loop allocates nothing,
 * logs nothing, takes no lock; it speaks through its slot alone. */
#pragma once

#include "agent/slot.h"
#include "agent/supervisor.h"

struct worker {
        const struct supervisor_run *run;
        struct slot *slot;                   /* its own, at the address of its class */
        uint8_t (*scratch)[CHECK_STATE_MAX]; /* two states, at the address of the reviewed slot's; or NULL */
        const struct slot *reviewed;         /* the slot whose offers it answers, or NULL */
        const struct slot *reviewer;         /* the slot whose worker answers ours, or NULL */
        int reviewed_cpu, reviewer_cpu;
        uint32_t n_checks;               /* of check_list: what a neighbour may speak of */
        const struct meetings *meetings; /* where it meets others, or NULL: the run has no such rounds */
        uint32_t index;                  /* of this worker there */
        struct slot *crowd; /* a competitor: the slot of the worker that it competes with; else NULL */
        unsigned cpu;
        uint16_t process;      /* 0 the worker, 1 its competitor */
        uint32_t first_item;   /* where a restarted worker goes on */
        uint32_t first_number; /* of its rounds: a restarted worker never repeats one */
};

/* The body of a worker's process, just forked: never returns. Exit statuses below. */
_Noreturn void worker_main(const struct worker *worker);

enum worker_exit {
        WORKER_DONE = 0,      /* told to stop, or everything ran once */
        WORKER_RECORDED = 70, /* a fatal signal or a hang, recorded in the ring if there was room */
        WORKER_LOST = 71,     /* its CPU cannot be had any more, recorded in the ring */
        WORKER_FAILED = 72,   /* it could not begin, recorded in the ring */
        WORKER_UNMAPPED = 73, /* it could not even map its ring: there was no memory */
        WORKER_KILLED = 74,   /* a fatal signal from outside, recorded likewise */
};
