/* SPDX-License-Identifier: Apache-2.0 */
/* The integer kernels of later extensions: POPCNT, LZCNT, MOVBE, BMI1, BMI2. */
#define WORDS 4
#include "checks/integer.inc"

#define LINES "checks/integer_multiply_bmi2.inc"
FUNCTION integer_multiply_bmi2_run
        INTEGER_ENTER
#include "checks/integer_roles_fixed.inc"
        INTEGER_LEAVE
END integer_multiply_bmi2_run
#undef LINES

#define LINES "checks/integer_bits_popcnt.inc"
FUNCTION integer_bits_popcnt_run
        INTEGER_ENTER
#include "checks/integer_roles_free.inc"
        INTEGER_LEAVE
END integer_bits_popcnt_run
#undef LINES

#define LINES "checks/integer_bits_lzcnt.inc"
FUNCTION integer_bits_lzcnt_run
        INTEGER_ENTER
#include "checks/integer_roles_free.inc"
        INTEGER_LEAVE
END integer_bits_lzcnt_run
#undef LINES

#define LINES "checks/integer_bits_bmi1.inc"
FUNCTION integer_bits_bmi1_run
        INTEGER_ENTER
#include "checks/integer_roles_free.inc"
        INTEGER_LEAVE
END integer_bits_bmi1_run
#undef LINES

#define LINES "checks/integer_bits_bmi2.inc"
FUNCTION integer_bits_bmi2_run
        INTEGER_ENTER
#include "checks/integer_roles_free.inc"
        INTEGER_LEAVE
END integer_bits_bmi2_run
#undef LINES

#define LINES "checks/integer_move_movbe.inc"
FUNCTION integer_move_movbe_run
        INTEGER_ENTER
#include "checks/integer_roles_free.inc"
        INTEGER_LEAVE
END integer_move_movbe_run
#undef LINES
