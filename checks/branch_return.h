/* SPDX-License-Identifier: Apache-2.0 */
/* Constants that branch_return.c and its kernel share. */
#pragma once

#define BRANCH_RETURN_FUNCTIONS 16
#define BRANCH_RETURN_BACK BRANCH_RETURN_FUNCTIONS /* in the script, behind the functions to call: return */
#define BRANCH_RETURN_PART (BRANCH_LOG / BRANCH_MODES) /* of script and log: a tree of calls, and its end */
#define BRANCH_RETURN_CALLS 1023 /* of a tree: four bytes of the log each, and four more */
#define BRANCH_RETURN_COMMANDS (2 * BRANCH_RETURN_CALLS + 1)
#define BRANCH_RETURN_LEFT 0xe0  /* what a function adds to its number where it ends */
#define BRANCH_RETURN_END 0x5aa5 /* what the log has after a tree */
