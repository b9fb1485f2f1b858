/* SPDX-License-Identifier: Apache-2.0 */
/* Scalar floating point: a check of this kind runs one block of its table a round. A block is one operation
 * in one mode of the control register on a list of operand tuples; the kernel computes them again and again,
 * compares each result with the answer that lies beside its operands by integer means, and gathers what
 * differs, tuple by tuple.
 *
 * A table (tests/model/scalar.py) is blocks of equal size: a header, then the tuples. A tuple is cells,
 * operands first, the answer last. */
#pragma once

/* The tuples of a group are unrolled, each in registers (and, for some operations, a variant) of its own. */
#define FLOAT_GROUP 8

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "checks/answers.h"
#include "checks/registers.h"

#define FLOAT_DIFFERENCES 192 /* of 8 bytes, at most in a block */
#define FLOAT_STACK 1024

struct float_block {
        uint32_t operation; /* index into struct float_kind's operations */
        uint32_t control;   /* mxcsr, or the x87 control word */
        uint32_t slow;      /* tuples with a denormal, which many CPUs take an assist for */
        uint32_t tuples;    /* a multiple of FLOAT_GROUP */
        uint8_t cells[];
};

struct float_operation {
        uint16_t cost;       /* of a tuple, about, in ns, where it is not slow */
        bool general_result; /* in a general register: the first operand's register still holds it at the end
                              */
};

enum float_unit {
        FLOAT_SSE,  /* tuple p of a group in xmm[2p] and xmm[2p+1], 64 bits of each */
        FLOAT_FMA,  /* in xmm[2(p%4)] and xmm[2(p%4)+1], whose bits from 128 on become zero */
        FLOAT_F16C, /* in xmm[p], 128 bits, the rest zero */
        FLOAT_X87,  /* in x87 registers that are filled again at the end */
};

struct float_kind {
        enum float_unit unit;
        const struct answers *table;
        const void *const *loops; /* of the kernel, by operation */
        const struct float_operation *operations;
        uint32_t block_size;  /* bytes, header and tuples */
        uint32_t tuple_size;  /* bytes */
        uint32_t answer;      /* offset of the answer in a tuple */
        uint32_t differences; /* of 8 bytes, in a block */
};

struct float_state {
        struct registers_pair pair;
        uint64_t difference[FLOAT_DIFFERENCES]; /* answer ^ result, over all passes */
        uint8_t scratch[64];
        uint8_t stack[FLOAT_STACK];
};

void float_block_setup(
        const struct float_kind *kind, struct float_state *state, const struct check_round *round);
int float_block_verify(
        const struct float_kind *kind, const struct float_state *state, struct check_mismatch *ret_mismatch);

/* Defines the check `name`, whose kind is `name`_kind and whose table has its name; `n` differences in a
 * block. */
#define FLOAT_CHECK(name_, n, run_, needs_, cycle_, detects_)                                       \
        static void name_##_setup(void *state, const struct check_round *round)                     \
        {                                                                                           \
                float_block_setup(&name_##_kind, state, round);                                     \
        }                                                                                           \
        static int name_##_verify(const void *state, struct check_mismatch *ret_mismatch)           \
        {                                                                                           \
                return float_block_verify(&name_##_kind, state, ret_mismatch);                      \
        }                                                                                           \
        static const struct answers *const name_##_answers[] = { &answers_##name_, NULL };          \
        static const struct check_field name_##_fields[] = {                                        \
                { "result difference", CHECK_UNIT_FLOAT, sizeof(struct registers), 1, 8 * (n), 8 }, \
        };                                                                                          \
        const struct check check_##name_ = {                                                        \
                .name = #name_,                                                                     \
                .detects = detects_,                                                                \
                .family = CHECK_INTEGER,                                                            \
                .needs = needs_,                                                                    \
                .state_size = sizeof(struct float_state),                                           \
                .output_offset = offsetof(struct float_state, pair.out),                            \
                .output_size = sizeof(struct registers) + 8 * (n),                                  \
                .round_us = 5000,                                                                   \
                .cycle = cycle_,                                                                    \
                .answers = name_##_answers,                                                         \
                .events = true,                                                                     \
                .registers = true,                                                                  \
                .fields = name_##_fields,                                                           \
                .n_fields = ARRAY_SIZE(name_##_fields),                                             \
                .setup = name_##_setup,                                                             \
                .run = run_,                                                                        \
                .verify = name_##_verify,                                                           \
        }

#endif
