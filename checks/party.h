/* SPDX-License-Identifier: Apache-2.0 */
/* Rounds of several CPUs. A check whose `parties` is not 0 is run by as many processes at once, each pinned to a CPU
 * of its own: the parties of the round. Their states are their own; what they share is one struct party_memory.
 *
 * A round of them is: the first party calls share(memory, round) and nobody else; then every party, with `party` and
 * `parties` of the round set, calls setup, run and verify as it would alone. Everybody's run must end, also where
 * another party dies, is stopped or never comes: it waits a bounded number of turns, then gives up. What became of it
 * stands in line[party].fate when it returns. verify holds for each of them, so its output says what became of it too:
 * of a party that LEFT it compares what must be so wherever it left, above all its registers, for a party that none of
 * the others met may be one that lost its way. Whoever is DONE has seen every other party finish all that it writes to `data`.
 *
 * Alone (parties is 0) a check is the only party of its round, and setup shares by itself. So everything that runs
 * checks one by one runs these too. */
#pragma once

#define PARTY_MOST 4

#define PARTY_LINE 128 /* two lines of the cache: the second may be prefetched with the first */
#define PARTY_PHASE 0
#define PARTY_PULSE 8
#define PARTY_FATE 16
#define PARTY_GAVE_UP 0
#define PARTY_DATA 1024 /* where the data lies in struct party_memory */
#define PARTY_DATA_SIZE 4096

#define PARTY_RUNS 0
#define PARTY_DONE 1 /* the output is complete */
#define PARTY_LEFT 2 /* another party did not answer for long: what they share proves nothing */
#define PARTY_STALLED \
        4 /* all parties run and wait for each other for good: something that was stored did not arrive */

#ifndef __ASSEMBLER__

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "checks/check.h"

struct party_line {
        uint64_t phase; /* barriers that the party has come to */
        uint64_t
                pulse; /* changes while the party waits: the waits that it has behind it, and turns in all of them */
        uint64_t fate; /* PARTY_* above, by its run */
        uint8_t reserved[PARTY_LINE - 24];
};

struct party_memory {
        uint64_t gave_up; /* not 0: somebody left, and nobody need wait any more */
        uint8_t reserved[PARTY_LINE - 8];
        struct party_line line[PARTY_MOST];
        uint8_t more_reserved[PARTY_DATA - (1 + PARTY_MOST) * PARTY_LINE];
        uint8_t data[PARTY_DATA_SIZE];
} __attribute__((aligned(4096)));

static_assert(offsetof(struct party_memory, line) == PARTY_LINE && sizeof(struct party_line) == PARTY_LINE &&
                      offsetof(struct party_memory, data) == PARTY_DATA,
        "as the kernels have it");

/* The memory of the rounds of this process: set before setup, by whoever brings the parties together. */
extern struct party_memory *party_shared;

/* struct check's `prepare`: a memory for rounds alone, where nobody has set one. It is shared with the children of
 * this process. Returns 0 or -errno. */
int party_prepare(void);

#endif
