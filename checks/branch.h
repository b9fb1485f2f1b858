/* SPDX-License-Identifier: Apache-2.0 */
/* Control flow that copies: a script says which way each branch shall go, and every way that is taken is written to a
 * log, so that one wrong way is one wrong entry, which says where it happened. What the log must hold is the
 * script itself, or what a few lines of C or the table of conditions make of it.
 *
 * A script is made in eight ways, from what every predictor foresees to what none does (branch_words). */
#pragma once

#define BRANCH_LOG 32768
#define BRANCH_MODES 8

#define BRANCH_BEYOND 4096

#ifndef __ASSEMBLER__

#include "checks/check.h"
#include "checks/registers.h"

struct branch_state {
        struct registers_pair registers;
        uint8_t log[BRANCH_LOG];       /* output, as far as the check has it */
        uint8_t beyond[BRANCH_BEYOND]; /* a wrong way may write a longer log: not over the script */
        uint8_t script[BRANCH_LOG];
        uint8_t stack[8192];
} __attribute__((aligned(CHECK_ALIGN)));

enum branch_mode {
        BRANCH_NEVER,       /* zeros */
        BRANCH_ALWAYS,      /* ones */
        BRANCH_ALTERNATING, /* a word and its complement in turn */
        BRANCH_PERIOD_3,    /* random words, which repeat after as many */
        BRANCH_PERIOD_7,
        BRANCH_PERIOD_32,
        BRANCH_MOSTLY, /* seven of eight times the same word */
        BRANCH_RANDOM,
};

/* Makes `count` words in this mode. */
void branch_words(uint64_t *words, uint32_t count, enum branch_mode mode, uint64_t *random);

/* Fills the registers, puts the script into rsi and the log into rdi, poisons `size` bytes of the log. Returns the
 * seed of the round's script. */
uint64_t branch_setup(struct branch_state *state, const struct check_round *round, uint32_t size);

/* Begins the comparison: the registers, which are those of `in`, and the flags, which the kernels leave equal. */
void branch_compare_begin(struct check_compare *compare, const struct branch_state *state);
/* Compares `size` bytes at `at` of the log. */
void branch_compare(struct check_compare *compare, const struct branch_state *state, uint32_t at,
        const void *expected, uint32_t size);

/* Fields of the part of the log from `at` on: for each mode `elements` of `stride` bytes, with lanes of `lane`. */
#define BRANCH_FIELD(name, at, mode, elements, stride, lane)                                               \
        {                                                                                                  \
                name, CHECK_UNIT_BRANCH, sizeof(struct registers) + (at) + (mode) * (elements) * (stride), \
                        elements, stride, lane                                                             \
        }
#define BRANCH_FIELDS(name, at, elements, stride, lane)                            \
        BRANCH_FIELD(name ", never", at, 0, elements, stride, lane),               \
                BRANCH_FIELD(name ", always", at, 1, elements, stride, lane),      \
                BRANCH_FIELD(name ", alternating", at, 2, elements, stride, lane), \
                BRANCH_FIELD(name ", period 3", at, 3, elements, stride, lane),    \
                BRANCH_FIELD(name ", period 7", at, 4, elements, stride, lane),    \
                BRANCH_FIELD(name ", period 32", at, 5, elements, stride, lane),   \
                BRANCH_FIELD(name ", mostly", at, 6, elements, stride, lane),      \
                BRANCH_FIELD(name ", random", at, 7, elements, stride, lane)

/* The rows of struct check that all of them have alike. */
#define BRANCH_CHECK(size, table)                                                                    \
        .family = CHECK_BRANCH, .state_size = sizeof(struct branch_state),                           \
        .output_offset = sizeof(struct registers), .output_size = sizeof(struct registers) + (size), \
        .events = true, .registers = true, .fields = (table), .n_fields = ARRAY_SIZE(table)

#endif
