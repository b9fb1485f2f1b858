/* SPDX-License-Identifier: Apache-2.0 */
/* The worker that is broken: its breakpoints, and what happens at them. For tracer.c. */
#pragma once

#include "tests/faulty/tracer.h"

struct tracer_worker;

/* A worker that is stopped before its first round: plants the breakpoints. NULL where it cannot be read. */
struct tracer_worker *tracer_worker_begin(
        pid_t pid, const struct tracer_request *request, struct tracer_outcome *outcome);
void tracer_worker_end(struct tracer_worker *worker);

enum tracer_hit {
        TRACER_NOT_OURS, /* another SIGTRAP: to be delivered */
        TRACER_GOES_ON,  /* a breakpoint: the worker runs again */
        TRACER_GONE,     /* it ended meanwhile */
};
/* The worker has stopped with SIGTRAP. */
enum tracer_hit tracer_worker_hit(struct tracer_worker *worker);
