/* SPDX-License-Identifier: Apache-2.0 */
/* One defect in this process's own checks: a child runs the rounds of those checks that execute the mnemonic, in the
 * order of the plan and in quiet, while what the mnemonic computes goes wrong (trap.h, corrupt.h), until one notices. */
#pragma once

#include "tests/faulty/executed.h"

enum mutation_end {
        MUTATION_FAILED, /* the child could not do its work */
        MUTATION_UNHURT, /* nothing went wrong: no value was one of those that do, or nothing was to be spoiled */
        MUTATION_UNSEEN,   /* results were wrong, and no check noticed */
        MUTATION_MISMATCH, /* a check noticed */
        MUTATION_CRASH,    /* a fatal signal within a round */
        MUTATION_HANG,     /* a round did not end */
};
const char *mutation_end_name(enum mutation_end end);

struct mutation {
        enum mutation_end end;
        unsigned check; /* that noticed, or in which it died */
        uint32_t round; /* the how many-th of this check, from 1 */
        uint64_t hits, flips;
        uint64_t place; /* of the first result that went wrong, as the file has it; 0: none */
};

/* How the defect shows itself. */
enum mutation_way {
        MUTATION_CONTROL, /* breakpoints, each for its first hits only, and nothing goes wrong */
        MUTATION_BRIEF, /* each place goes wrong for some time in each round, then no more: a defect that is harder to
                           * notice than one that stays, and takes much less time */
        MUTATION_STEADY, /* always */
};

/* `places` are those of the mnemonic (mutation_places). */
struct mutation_places;
struct mutation mutation_try(const struct executed *executed, struct mutation_places *places, uint64_t seed,
        enum mutation_way way);

/* The places of a mnemonic in the checks' code; NULL: no memory. */
struct mutation_places *mutation_places(const struct code *code, unsigned mnemonic);
void mutation_places_free(struct mutation_places *places);
