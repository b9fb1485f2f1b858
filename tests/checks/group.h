/* SPDX-License-Identifier: Apache-2.0 */
/* Runs rounds of several CPUs without the program around them: a process for each party, pinned to the allowed CPUs
 * in turn. Where there are more parties than CPUs, a signal makes each give its CPU up many times a millisecond, and
 * waits have no end, and a round is short. For the contract, for faults put into what they share, and for the benchmark. */
#pragma once

#include "checks/party.h"

struct group_result {
        uint64_t fate; /* PARTY_* */
        int found;     /* of verify */
        uint64_t run_ns;
        struct check_mismatch mismatch;
};

struct group {
        const struct check *check;
        isa_set features;
        uint64_t seed;
        unsigned parties; /* 1: with `parties` of the round 1, as its only party */
        uint32_t rounds;
        bool again; /* set each party's round up again before verify, and keep nothing but the output */
        /* Optional, in a process of its own beside the parties, again and again while a round runs. */
        void (*disturb)(struct party_memory *memory, const struct check_round *round);
        /* Optional, in the party's process: instead of check->run. */
        void (*run)(const struct check *check, void *state, const struct check_round *round);
        /* Optional: with each round's results, of every party; false ends. */
        bool (*each)(const struct check_round *round, const struct group_result *results, void *user);
        void *user;
};

/* Runs them. Returns how many rounds all parties finished (DONE) and found right. */
uint32_t group_run(const struct group *group);
