/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of the integer checks. A kernel is a list of lines. A line is one instruction form, applied to
 * every operand tuple of a block; what it leaves is folded into three accumulators:
 *
 *      value  = rotate(value, 1) ^ destination         (the whole 64 bits of the register)
 *      second = rotate(second, 1) ^ second destination (or the source, which must be unchanged)
 *      flags  = rotate(flags, 1) ^ (flags & those that the manual defines)
 *
 * The fold is invertible in the accumulator and a block has as many tuples as a word has bits: a wrong bit
 * is never folded onto itself. After each line the accumulators are stored, and their differences from the
 * known answers are or-ed into memory, because the passes over the block repeat: each with other registers
 * in the roles of destination, source, accumulators, pointer and counter. The general registers that have no
 * role hold sentinels, which are compared when the roles change.
 *
 * The table of answers holds, for each block and line, the three accumulators (tests/model/integer.py). */
#pragma once

/* For the kernels; integer_unit.c asserts that they agree with the structures. */
#define INTEGER_TUPLES 64
#define INTEGER_BLOCKS 16
#define INTEGER_LINES 64  /* at most */
#define INTEGER_WORDS 16  /* of a tuple, at most */
#define INTEGER_HELD 4864 /* struct integer_state: each member's offset */
#define INTEGER_PASSES 4872
#define INTEGER_RECORDS 4880
#define INTEGER_RECORD_SIZE 48
#define INTEGER_EXPECTED 7952
#define INTEGER_EXPECTED_SIZE 24
#define INTEGER_REMAINING 9488
#define INTEGER_STACK_TOP 10560
#define INTEGER_OPERANDS 10560
#define INTEGER_FLAGS_LEFT 0x44 /* ZF and PF: every kernel ends with a comparison of equal numbers */

#ifndef __ASSEMBLER__

#include <stdint.h>

#include "checks/answers.h"
#include "checks/check.h"
#include "checks/registers.h"

struct integer_accumulators {
        uint64_t value, second, flags;
};

/* One line's part of the output. */
struct integer_record {
        struct integer_accumulators last;       /* after the last pass */
        struct integer_accumulators difference; /* of all passes: must be 0 */
};

/* Only the first n_lines records are output. */
struct integer_state {
        struct registers_pair registers;
        uint64_t held;   /* differences of the registers without a role: must be 0 */
        uint64_t passes; /* how many were made; the kernel also counts `remaining` down */
        struct integer_record records[INTEGER_LINES];
        struct integer_accumulators expected[INTEGER_LINES];
        uint64_t remaining;
        uint8_t reserved[40];
        uint8_t stack[1024];
        uint64_t operands[INTEGER_TUPLES * INTEGER_WORDS];
} __attribute__((aligned(64)));

/* The facts of one check. */
struct integer_unit {
        const struct answers *operands, *expected;
        uint32_t words; /* of a tuple */
        uint32_t n_lines;
        uint32_t repeats; /* of the kernel's list of roles */
        uint32_t roles;   /* passes in a repeat */
        uint64_t flags;   /* that the kernel leaves; 0: those of the input */
};

/* The contract of struct check's setup and verify. */
void integer_setup(
        struct integer_state *state, const struct check_round *round, const struct integer_unit *unit);
int integer_verify(const struct integer_state *state, const struct integer_unit *unit,
        struct check_mismatch *ret_mismatch);

#define INTEGER_OUTPUT_SIZE(n_lines) \
        (uint32_t)(sizeof(struct registers) + 16 + (n_lines) * sizeof(struct integer_record))

/* The fields of the words before the records, and of record `index`: lanes 0 to 2 are the accumulators
 * value, second and flags of the last pass, lanes 3 to 5 their differences in all passes. */
#define INTEGER_FIELD_HELD                                                             \
        {                                                                              \
                "idle register", CHECK_UNIT_GENERAL, sizeof(struct registers), 1, 8, 8 \
        }
#define INTEGER_FIELD_PASSES                                                        \
        {                                                                           \
                "passes", CHECK_UNIT_INTEGER, sizeof(struct registers) + 8, 1, 8, 8 \
        }
#define INTEGER_FIELD(index, line)                                                                  \
        {                                                                                           \
                line, CHECK_UNIT_INTEGER,                                                           \
                        sizeof(struct registers) + 16 + (index) * sizeof(struct integer_record), 1, \
                        sizeof(struct integer_record), 8                                            \
        }

#endif
