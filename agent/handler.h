/* SPDX-License-Identifier: Apache-2.0 */
/* The worker's signal handlers. They run on a stack of their own, in the middle of kernels whose registers
 * (%rsp and fs base included) hold sentinels: so they use no libc and no thread-local storage. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/slot.h"

#define HANDLER_EVENT_SIGNAL SIGUSR2 /* timer, storms */
/* The supervisor asks whether we run: counted in the slot's answers. Where it has condemned us at the very heartbeat that
 * we are still at, we record ourselves as hung and end. */
#define HANDLER_DUMP_SIGNAL SIGUSR1

/* What the handlers share with the worker's loop. One a process. */
struct handler_state {
        struct slot *slot;
        int process, supervisor;   /* pids: ours, and whose word we take */
        const struct check *check; /* that runs, for `frame` */
        void *check_state;
        struct observation *scratch; /* an observation with all but the finding filled in */
        volatile uint64_t events;    /* inside run, in this round */
        volatile bool in_run;
        volatile bool frame_failed; /* a FRAME observation was pushed in this round */
        bool two_stacks;            /* storm-async: the other stack is used next, SS_AUTODISARM */
        bool drop;                  /* and its pages are dropped first */
        bool overrun;               /* timer: ask timer_getoverrun, use much stack */
        bool rearm;           /* storm-async: the timer is one-shot and armed again at the handler's end */
        int timer;            /* the kernel's id of the timer */
        uint64_t interval_ns; /* storm-async: to a round's first signal, fitted from round to round */
        uint64_t round_interval_ns; /* and from signal to signal in the running one */
        bool stepping;              /* step: a trap is the regime's, and not a death */
        uint32_t steps_left; /* step: 0 clears the trap flag (again, where a kernel restores it by popf) */
        uint8_t *stack[2];
        size_t stack_size;
};
extern struct handler_state handler_state;

/* Maps the two alternate stacks, sets the handlers and the alternate stack. Returns 0 or -errno. */
int handler_setup(struct slot *slot);

/* Arms the alternate stack in the form that the regime wants. Returns 0 or -errno. */
int handler_stack(bool two_stacks);
