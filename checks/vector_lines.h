/* SPDX-License-Identifier: Apache-2.0 */
/* Checks that are lists of vector instructions. A line is one form of one instruction, applied to each of 64
 * tuples of operands. What it leaves, and the operands after it, are folded into an accumulator as wide as the
 * kernel's registers:
 *
 *      v = rotate(v) ^ result; v = rotate(v) ^ a; v = rotate(v) ^ b
 *
 * where rotate turns each 64-bit lane left by one. 3 is odd, so the fold never brings the results of two tuples
 * onto each other: one wrong bit in one or in many of them is a wrong bit of v. After the last tuple v is compared
 * with its answer, and the difference is or-ed into the line's record, which must end as 0.
 *
 * A list (checks/NAME.inc and what it includes) holds lines, includes, conditions on WIDTH, and definitions of
 *   W       z, y, x, or m for MMX: the width of the registers A, B, D and T; WIDTH is its bytes
 *   KIND    which operands: one of VECTOR_LINES_INTEGER, _SINGLE, _DOUBLE, _HALF
 *   TUPLES  how many of them
 * and is read three times: by the assembler (vector_lines.inc says what each kind of line does), by C, for the
 * names of the records, and by tests/model/vector_lines.py, which computes the answers from the same text. */
#pragma once

/* The table of operands: VECTOR_LINES_BLOCKS blocks, each a group of 67 rows of 64 bytes for every kind. Of tuple
 * i, a is row i, b row i + 1, c row i + 2, the mask k the second and the general operand x the third quadword of
 * row i + 3. A kind is the offset of its rows. */
#define VECTOR_LINES_INTEGER 0
#define VECTOR_LINES_SINGLE 4288
#define VECTOR_LINES_DOUBLE 8576
#define VECTOR_LINES_HALF 12864
#define VECTOR_LINES_BLOCK 17152
#define VECTOR_LINES_BLOCKS 8
#define VECTOR_LINES_BASE 2048 /* of gathers, from the block on: their indexes reach so far to either side */

#define VECTOR_LINES_MAX 768  /* in a list */
#define VECTOR_LINES_EVENT 32 /* lines between two KERNEL_EVENTs: 5 to 20 microseconds; a power of two */
#define VECTOR_LINES_SLOT 256 /* bytes that a line may write */
#define VECTOR_LINES_SLOTS 4  /* places where they lie */

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define WIDTH JOIN(WIDTH_, W)
#define WIDTH_m 16 /* the answers of MMX are as wide as those of SSE */
#define WIDTH_x 16
#define WIDTH_y 32
#define WIDTH_z 64

#ifndef __ASSEMBLER__

#include "checks/answers.h"
#include "checks/check.h"
#include "checks/registers.h"

/* What a kernel computes in, and so leaves cleared at its end. */
enum vector_lines_registers {
        VECTOR_LINES_LEGACY, /* xmm0 to 15: the upper parts stay */
        VECTOR_LINES_VEX,    /* xmm0 to 15: the upper parts are cleared */
        VECTOR_LINES_EVEX,   /* 16 to 31, and masks */
        VECTOR_LINES_MMX,
};

/* The facts of one check. */
struct vector_lines {
        const struct answers *answers; /* for each block, in the order of the list, WIDTH bytes a line */
        uint32_t level;                /* bytes of the accumulator and of a record: 16, 32 or 64 */
        uint32_t n_lines;
        uint32_t n_blocks; /* of operands and answers, at most VECTOR_LINES_BLOCKS */
        uint32_t passes;   /* of the list in a round */
        enum vector_lines_registers registers;
        void (*run[2])(void *state); /* with the first and with the second assignment of registers */
};

struct vector_lines_state {
        struct registers_pair pair;
        uint8_t records[VECTOR_LINES_MAX * 64];
        const struct vector_lines *lines;
        uint32_t assignment; /* of registers */
        uint8_t memory[4096 + 3 * VECTOR_LINES_SLOT +
                       64]; /* where slots lie: in some rounds across two pages */
        uint8_t stack[1024] __attribute__((aligned(64)));
};

/* The table of operands: tests/model/lines_operands.py. */
extern const struct answers vector_lines_operands;

/* The parts of a check, for its setup, run and verify. */
void vector_lines_setup(
        struct vector_lines_state *state, const struct check_round *round, const struct vector_lines *lines);
void vector_lines_run(void *state);
int vector_lines_verify(const void *state, struct check_mismatch *ret_mismatch);

#endif
