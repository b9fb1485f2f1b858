/* SPDX-License-Identifier: Apache-2.0 */
/* Constants that branch_condition.c and its kernel share. */
#pragma once

#define BRANCH_CONDITION_STEPS 512 /* of a mode: a word of the script and an entry of each part of the log */
#define BRANCH_CONDITION_BATCH 64  /* steps between two events */

/* The parts of the log: sixteen bits a step. Bit n is whether condition n was taken, as the opcodes count them. */
#define BRANCH_CONDITION_PART (2 * BRANCH_MODES * BRANCH_CONDITION_STEPS)
#define BRANCH_CONDITION_SHORT_FORWARD 0
#define BRANCH_CONDITION_SHORT_BACK BRANCH_CONDITION_PART
#define BRANCH_CONDITION_NEAR_FORWARD (2 * BRANCH_CONDITION_PART)
#define BRANCH_CONDITION_NEAR_BACK (3 * BRANCH_CONDITION_PART)
#define BRANCH_CONDITION_PARTS 4
