/* SPDX-License-Identifier: Apache-2.0 */
/* The integer kernels that every x86-64 CPU runs (but lahf and sahf). */
#define WORDS 4
#include "checks/integer.inc"

#define LINES "checks/integer_multiply.inc"
FUNCTION integer_multiply_run
        INTEGER_ENTER
#include "checks/integer_roles_fixed.inc"
        INTEGER_LEAVE
END integer_multiply_run
#undef LINES

#undef WORDS
#define WORDS 16
#define LINES "checks/integer_divide.inc"
FUNCTION integer_divide_run
        INTEGER_ENTER
#include "checks/integer_roles_fixed.inc"
        INTEGER_LEAVE
END integer_divide_run
#undef LINES
#undef WORDS
#define WORDS 4

#define LINES "checks/integer_add.inc"
FUNCTION integer_add_run
        INTEGER_ENTER
#include "checks/integer_roles_free.inc"
        INTEGER_LEAVE
END integer_add_run
#undef LINES

#define LINES "checks/integer_logic.inc"
FUNCTION integer_logic_run
        INTEGER_ENTER
#include "checks/integer_roles_free.inc"
        INTEGER_LEAVE
END integer_logic_run
#undef LINES

#define LINES "checks/integer_condition.inc"
FUNCTION integer_condition_run
        INTEGER_ENTER
#include "checks/integer_roles_free.inc"
        INTEGER_LEAVE
END integer_condition_run
#undef LINES

#define LINES "checks/integer_extend.inc"
FUNCTION integer_extend_run
        INTEGER_ENTER
#include "checks/integer_roles_free.inc"
        INTEGER_LEAVE
END integer_extend_run
#undef LINES

#define LINES "checks/integer_move.inc"
FUNCTION integer_move_run
        INTEGER_ENTER
#include "checks/integer_roles_fixed.inc"
        INTEGER_LEAVE
END integer_move_run
#undef LINES

#define LINES "checks/integer_flags_lahf.inc"
FUNCTION integer_flags_lahf_run
        INTEGER_ENTER
#include "checks/integer_roles_fixed.inc"
        INTEGER_LEAVE
END integer_flags_lahf_run
#undef LINES

#define LINES "checks/integer_shift.inc"
FUNCTION integer_shift_run
        INTEGER_ENTER
#include "checks/integer_roles_fixed.inc"
        INTEGER_LEAVE
END integer_shift_run
#undef LINES

#define LINES "checks/integer_rotate.inc"
FUNCTION integer_rotate_run
        INTEGER_ENTER
#include "checks/integer_roles_fixed.inc"
        INTEGER_LEAVE
END integer_rotate_run
#undef LINES

#define LINES "checks/integer_bits.inc"
FUNCTION integer_bits_run
        INTEGER_ENTER
#include "checks/integer_roles_free.inc"
        INTEGER_LEAVE
END integer_bits_run
#undef LINES
