/* SPDX-License-Identifier: Apache-2.0 */
/* Which instructions the checks cover: for each mnemonic, the checks that execute it and compare what it gave. The table
 * is made in the build, from the machine code of the checks (covered_table.c), and is the same on every CPU; what of it
 * holds on one is decided here, by that CPU's features. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checks/check.h"
#include "checks/isa.h"

/* A check executes an instruction where the CPU has what the check needs and all of `needs`, unless it has all of
 * `unless` (0: nothing), because then another path is taken. */
struct covered_claim {
        isa_set needs, unless;
        uint16_t check;     /* an index of check_list */
        bool compiler_made; /* the instruction is a compiler's choice: another one may choose another */
};

/* A mnemonic is on a CPU where the CPU has all features of one of its forms. */
#define COVERED_FORMS_MAX 4
struct covered_instruction {
        const char *name;         /* as libZydis spells it */
        enum check_family family; /* instruction_family */
        const char *excluded;     /* why no check shall cover it (instruction_excluded), or NULL */
        uint16_t n_forms, n_claims;
        isa_set forms[COVERED_FORMS_MAX];
        const struct covered_claim *claims;
};

/* Every mnemonic of instruction_forms that some CPU has or that is excluded, by name. */
extern const struct covered_instruction covered_instructions[];
extern const size_t covered_count;

enum covered_standing {
        COVERED_ABSENT,   /* the CPU does not have it */
        COVERED_EXCLUDED, /* ->excluded says why */
        COVERED_KNOWN,    /* a check with known answers finds it wrong */
        COVERED_VOTED,    /* only checks that CPUs vote on do */
        COVERED_NONE,
};
enum covered_standing covered_standing(const struct covered_instruction *instruction, isa_set features);

/* True where a CPU with these features runs the claim's check, and in it the instruction. */
bool covered_holds(const struct covered_claim *claim, isa_set features);

/* The checks that execute the instruction on a CPU with these features, each once; those of its own family come first.
 * Writes up to `max` and returns how many there are. */
size_t covered_checks(const struct covered_instruction *instruction, isa_set features,
        const struct check **ret_checks, size_t max);

/* How many instructions of a family a CPU has, and how they stand; all but `excluded` add up to `instructions`.
 * `family` 0: of all families. */
struct covered_totals {
        unsigned instructions, known, voted, none, excluded;
};
struct covered_totals covered_total(enum check_family family, isa_set features);

/* The part that known answers cover, in tenths of a percent, rounded down; 1000 of no instructions. */
unsigned covered_permille(const struct covered_totals *totals);
