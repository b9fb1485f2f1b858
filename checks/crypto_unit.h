/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of the checks of cryptographic units. A block of the table of answers is
 *
 *      input_fixed bytes (keys), input_arrays arrays of `count` elements of 16 bytes (texts, operands),
 *      answer_fixed bytes (key schedules), answer_arrays arrays of `count` elements of 16 bytes
 *
 * A kernel passes over the block again and again; each pass writes all results in the layout of the answers
 * and ors result ^ answer into the differences, one vector for each array. Between blocks the elements of
 * the arrays are rotated too, so that every lane of a wide register sees every operand in `cycle` rounds. */
#pragma once

/* For the kernels; crypto_unit.c asserts that they agree with the structure. */
#define CRYPTO_DIFFERENCE 4864 /* struct crypto_state: each member's offset */
#define CRYPTO_PASSES 5312     /* the last of the differences: counted up */
#define CRYPTO_RESULT 5376
#define CRYPTO_REMAINING 10752 /* counted down */
#define CRYPTO_INPUT 11840
#define CRYPTO_ANSWER 17984
#define CRYPTO_FLAGS_LEFT 0x44 /* ZF and PF: an assembly kernel ends with a comparison of equal numbers */

#ifndef __ASSEMBLER__

#include <stdint.h>

#include "checks/answers.h"
#include "checks/check.h"
#include "checks/registers.h"

#define CRYPTO_DIFFERENCES 7
#define CRYPTO_RESULT_MAX 5376
#define CRYPTO_INPUT_MAX 6144

struct crypto_state {
        struct registers_pair registers;
        uint64_t difference[CRYPTO_DIFFERENCES][8]; /* must be 0 */
        uint64_t passes[8];                         /* the first counts, the others are 0 */
        uint8_t result[CRYPTO_RESULT_MAX];          /* as much as the unit has is output */
        uint64_t remaining;
        uint8_t reserved[56];
        uint8_t stack[1024];
        uint8_t input[CRYPTO_INPUT_MAX] __attribute__((aligned(64)));
        uint8_t answer[CRYPTO_RESULT_MAX];
} __attribute__((aligned(64)));

/* The facts of one check. */
struct crypto_unit {
        const struct answers *table;
        uint32_t blocks;
        uint32_t passes;
        uint32_t input_fixed, input_arrays;
        uint32_t answer_fixed, answer_arrays;
        uint32_t count;     /* elements of an array */
        uint32_t rotations; /* of the arrays, one element each: 1, 2 or 4 */
        uint64_t flags;     /* that the kernel leaves; 0: those of the input */
};

/* The contract of struct check's setup and verify. */
void crypto_setup(
        struct crypto_state *state, const struct check_round *round, const struct crypto_unit *unit);
int crypto_verify(const struct crypto_state *state, const struct crypto_unit *unit,
        struct check_mismatch *ret_mismatch);

/* For kernels in C: the differences start at 0 and take result ^ answer of one array. */
void crypto_begin(struct crypto_state *state);
void crypto_compare(struct crypto_state *state, uint32_t index, uint32_t offset, uint32_t size);

#endif
