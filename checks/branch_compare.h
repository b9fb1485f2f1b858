/* SPDX-License-Identifier: Apache-2.0 */
/* Constants that branch_compare.c and its kernel share. */
#pragma once

#define BRANCH_COMPARE_STEPS \
        96 /* of a mode: a pair of operands, and an entry of each form's part of the log */
#define BRANCH_COMPARE_BATCH 32 /* steps between two events */
#define BRANCH_COMPARE_PART (2 * BRANCH_MODES * BRANCH_COMPARE_STEPS)
#define BRANCH_COMPARE_BYTE 0x35
