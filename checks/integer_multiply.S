/* SPDX-License-Identifier: Apache-2.0 */
#define WORDS 4
#define LINES "checks/integer_multiply.inc"
#include "checks/integer.inc"

FUNCTION integer_multiply_run
        INTEGER_ENTER 22
#include "checks/integer_roles_fixed.inc"
        INTEGER_LEAVE
END integer_multiply_run
