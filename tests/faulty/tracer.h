/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a real `assay qualify` under ptrace in which one CPU is broken: every worker of that CPU, from its birth on,
 * stops at each occurrence of one mnemonic in the code that it executes (the program's own and the libraries' that
 * checks call), and what the instruction computed goes wrong as corrupt.h decides. All other processes run untouched: the
 * supervisor is traced only to hear of its children, and every child but the worker is let go before it does anything.
 *
 * Stopped, a worker's CPU clock stands still. What a stop itself costs does count there, so while a round has not
 * stopped longer than a healthy one would the tracer moves the heartbeat on: no hang comes from the tracer.
 *
 * Single steps and breakpoints see no instruction that the kernel executes for the worker. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum tracer_way {
        TRACER_CONTROL, /* the same breakpoints, each for its first hits only; nothing goes wrong */
        TRACER_BRIEF, /* each place goes wrong for its first hits of a round, then computes rightly until the next round:
                         * a defect that is harder to notice than one that stays */
        TRACER_STEADY, /* always */
};

struct tracer_request {
        const char *assay;
        const char *const *arguments; /* of qualify, ends in NULL */
        int cpu;                      /* the broken one */
        unsigned mnemonic;
        uint64_t seed;
        enum tracer_way way;
        bool votes_only;  /* it shows only where programs vote, and where those are bisected */
        unsigned limit_s; /* of the whole run; then everything is killed */
};

/* A round in which results went wrong. */
struct tracer_round {
        uint32_t check;
        uint32_t number;  /* of struct check_round */
        uint32_t ordinal; /* the how many-th round of this check on this CPU in this run, from 1 */
};
#define TRACER_ROUNDS_MAX 4096

struct tracer_outcome {
        int status;       /* of exit; -1: it was killed, or ran out of time */
        unsigned workers; /* of the broken CPU that were seen */
        uint64_t hits, flips;
        struct tracer_round rounds[TRACER_ROUNDS_MAX]; /* the first of them */
        unsigned n_rounds;
};

/* Returns 0, or a negative errno where the program could not be run or traced. */
int tracer_run(const struct tracer_request *request, struct tracer_outcome *ret_outcome);
