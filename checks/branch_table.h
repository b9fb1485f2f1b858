/* SPDX-License-Identifier: Apache-2.0 */
/* Constants that branch_table.c and its kernel share. */
#pragma once

#define BRANCH_TABLE_CASES 64
#define BRANCH_TABLE_BATCH 1024 /* bytes of the script between two events */
#define BRANCH_TABLE_BITS 0x7f  /* of a byte of the script: one in two has no case */
