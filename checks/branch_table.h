/* SPDX-License-Identifier: Apache-2.0 */
/* Constants that branch_table.c and its kernel share. */
#pragma once

#define BRANCH_TABLE_CASES 64
#define BRANCH_TABLE_BATCH \
        1024 /* bytes of the script, the last of which stands for the end, where an event follows */
#define BRANCH_TABLE_BITS 0x7f    /* of a byte of the script: one in two has no case */
#define BRANCH_TABLE_DEFAULT 0x80 /* what the default adds, so that it writes what no case does */
#define BRANCH_TABLE_END 0xa5
