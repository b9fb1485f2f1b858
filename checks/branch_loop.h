/* SPDX-License-Identifier: Apache-2.0 */
/* Constants that branch_loop.c and its kernel share. */
#pragma once

#define BRANCH_LOOP_STEPS 256 /* of a mode: a word of the script, and an entry of each part of the log */
#define BRANCH_LOOP_BATCH 64  /* steps between two events */
#define BRANCH_LOOP_COUNT 15  /* the bits of a word that say how often, from 1 */

/* The parts of the log: two bytes a step. Of the loops: rounds, and 256 times what is left of them. Of the branches
 * on a register that is zero: whether they were taken, the first one highest. */
#define BRANCH_LOOP_PART (2 * BRANCH_MODES * BRANCH_LOOP_STEPS)
#define BRANCH_LOOP_PLAIN 0
#define BRANCH_LOOP_EQUAL BRANCH_LOOP_PART
#define BRANCH_LOOP_UNEQUAL (2 * BRANCH_LOOP_PART)
#define BRANCH_LOOP_SHORT (3 * BRANCH_LOOP_PART)
#define BRANCH_LOOP_ZERO (4 * BRANCH_LOOP_PART)
#define BRANCH_LOOP_ZERO_LOW (5 * BRANCH_LOOP_PART)
#define BRANCH_LOOP_PARTS 6
