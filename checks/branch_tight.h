/* SPDX-License-Identifier: Apache-2.0 */
/* Constants that branch_tight.c and its kernel share. */
#pragma once

#define BRANCH_TIGHT_STEPS 16 /* of a mode: a word of the script, and an entry of each part of the log */
#define BRANCH_TIGHT_BATCH 4  /* steps between two events */
#define BRANCH_TIGHT_COUNT 31 /* the bits of a word that say how often a loop runs, from 1 */
#define BRANCH_TIGHT_PART (4 * BRANCH_MODES * BRANCH_TIGHT_STEPS)

/* The loops: of additions, of jumps to the next instruction, of long constants, nested. Loop n of a kind has a body of
 * n + 1 of these. */
#define BRANCH_TIGHT_BODIES 14
#define BRANCH_TIGHT_KINDS 4
#define BRANCH_TIGHT_CONSTANT 0x1234567890
