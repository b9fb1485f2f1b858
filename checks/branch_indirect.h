/* SPDX-License-Identifier: Apache-2.0 */
/* Constants that branch_indirect.c and its kernel share. */
#pragma once

#define BRANCH_INDIRECT_PART (BRANCH_LOG / BRANCH_MODES) /* of a mode, in script and log */
#define BRANCH_INDIRECT_BATCH 1024 /* bytes that end with a stop, where an event follows */

/* Ids: blocks, of which kinds 3 and 4 of six call a leaf before they go on; leaves; the stop. */
#define BRANCH_INDIRECT_KINDS 6
#define BRANCH_INDIRECT_CALLS 3
#define BRANCH_INDIRECT_BLOCKS 240
#define BRANCH_INDIRECT_LEAVES 15
#define BRANCH_INDIRECT_STOP 255
