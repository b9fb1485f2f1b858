/* SPDX-License-Identifier: Apache-2.0 */
/* Constants that branch_return.c and its kernel share. */
#pragma once

#define BRANCH_RETURN_FUNCTIONS 16
#define BRANCH_RETURN_BACK BRANCH_RETURN_FUNCTIONS /* in the script, behind the functions to call: return */
#define BRANCH_RETURN_PART (BRANCH_LOG / BRANCH_MODES) /* of script and log: a tree of calls, and its end */
#define BRANCH_RETURN_END 0xa5                         /* what the log has after a tree */
