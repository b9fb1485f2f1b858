/* SPDX-License-Identifier: Apache-2.0 */
/* Constants that branch_align.c and its kernel share. */
#pragma once

#define BRANCH_ALIGN_STEPS 128 /* of a mode: a word of the script and of each part of the log */
#define BRANCH_ALIGN_BATCH 64  /* steps between two events */
#define BRANCH_ALIGN_PART (8 * BRANCH_MODES * BRANCH_ALIGN_STEPS)
