/* SPDX-License-Identifier: Apache-2.0 */
/* The integer checks: for each, the names of its lines in the order of its kernel, and its facts. */
#include "checks/integer_unit.h"

#include "base/array.h"

ANSWERS(integer_operands);
ANSWERS(integer_dividends);

#define N_LINES(fields) (ARRAY_SIZE(fields) - 2)

/* Defines the check integer_NAME: its kernel, its table of answers and fields_NAME are found by its name. */
#define INTEGER_CHECK(name_, detects_, needs_, operands_, words_, roles_, repeats_)                     \
        ANSWERS(integer_##name_);                                                                       \
        static const struct integer_unit unit_##name_ = { .operands = &(operands_),                     \
                .expected = &answers_integer_##name_,                                                   \
                .words = (words_),                                                                      \
                .n_lines = N_LINES(fields_##name_),                                                     \
                .repeats = (repeats_),                                                                  \
                .roles = (roles_) };                                                                    \
        static const struct answers *const tables_##name_[] = { &(operands_), &answers_integer_##name_, \
                NULL };                                                                                 \
        void integer_##name_##_run(void *state);                                                        \
        static void setup_##name_(void *state, const struct check_round *round)                         \
        {                                                                                               \
                integer_setup(state, round, &unit_##name_);                                             \
        }                                                                                               \
        static int verify_##name_(const void *state, struct check_mismatch *ret_mismatch)               \
        {                                                                                               \
                return integer_verify(state, &unit_##name_, ret_mismatch);                              \
        }                                                                                               \
        const struct check check_integer_##name_ = { .name = "integer_" #name_,                         \
                .detects = (detects_),                                                                  \
                .family = CHECK_INTEGER,                                                                \
                .needs = (needs_),                                                                      \
                .state_size = sizeof(struct integer_state),                                             \
                .output_offset = sizeof(struct registers),                                              \
                .output_size = INTEGER_OUTPUT_SIZE(N_LINES(fields_##name_)),                            \
                .round_us = 2000,                                                                       \
                .cycle = INTEGER_BLOCKS,                                                                \
                .answers = tables_##name_,                                                              \
                .registers = true,                                                                      \
                .fields = fields_##name_,                                                               \
                .n_fields = ARRAY_SIZE(fields_##name_),                                                 \
                .setup = setup_##name_,                                                                 \
                .run = integer_##name_##_run,                                                           \
                .verify = verify_##name_ }

/* The lists of lines hold nothing but these: here each becomes the field of its record. FIELDS opens a
 * table. */
#define FIELDS(name)                             \
        enum { first_##name = __COUNTER__ + 1 }; \
        static const struct check_field fields_##name[]
#define FORM(line, ...) INTEGER_FIELD(__COUNTER__ - FIRST, line),
#define FORM_MEMORY FORM
#define FORM_RCX FORM
#define FORM_RAX_RDX FORM
#define FORM_RAX FORM
#define FORM_PAIR FORM
#define FORM_EXCHANGE FORM
#define FORM_MULX FORM
#define FORM_DIVIDE FORM
#define FORM_DIVIDE_BYTE FORM

#define FIRST first_multiply
FIELDS(multiply) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_multiply.inc"
};
#undef FIRST
INTEGER_CHECK(multiply, "Wrong products of the scalar multiplier: mul and imul, 8 to 64 bits", 0,
        answers_integer_operands, 4, 4, 24);

#define FIRST first_divide
FIELDS(divide) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_divide.inc"
};
#undef FIRST
INTEGER_CHECK(divide, "Wrong quotients and remainders: div and idiv, 8 to 128 bits", 0,
        answers_integer_dividends, 16, 4, 18);

#define FIRST first_add
FIELDS(add) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_add.inc"
};
#undef FIRST
INTEGER_CHECK(add, "Wrong sums, differences, carries or flags: add, adc, sub, sbb, cmp, inc, dec, neg", 0,
        answers_integer_operands, 4, 5, 10);

#define FIRST first_logic
FIELDS(logic) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_logic.inc"
};
#undef FIRST
INTEGER_CHECK(
        logic, "Wrong results or flags of and, or, xor, test, not", 0, answers_integer_operands, 4, 5, 12);

#define FIRST first_condition
FIELDS(condition) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_condition.inc"
};
#undef FIRST
INTEGER_CHECK(condition, "Conditions judged wrongly: cmovcc and setcc on all sixteen", ISA(CMOV),
        answers_integer_operands, 4, 5, 12);

#define FIRST first_extend
FIELDS(extend) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_extend.inc"
};
#undef FIRST
INTEGER_CHECK(extend, "Wrong zero and sign extension: movzx, movsx, movsxd", 0, answers_integer_operands, 4,
        5, 26);

#define FIRST first_move
FIELDS(move) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_move.inc"
};
#undef FIRST
INTEGER_CHECK(move, "Wrong bytes in parts of registers: high bytes, xchg, xadd, cmpxchg, cbw to cqo", 0,
        answers_integer_operands, 4, 4, 14);

#define FIRST first_flags_lahf
FIELDS(flags_lahf) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_flags_lahf.inc"
};
#undef FIRST
INTEGER_CHECK(flags_lahf, "Flags that change on the way through lahf and sahf", ISA(LAHF),
        answers_integer_operands, 4, 4, 508);

#define FIRST first_shift
FIELDS(shift) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_shift.inc"
};
#undef FIRST
INTEGER_CHECK(shift, "Wrong shifts: shl, shr, sar, shld, shrd, by constants and by cl", 0,
        answers_integer_operands, 4, 4, 10);

#define FIRST first_rotate
FIELDS(rotate) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_rotate.inc"
};
#undef FIRST
INTEGER_CHECK(rotate, "Wrong rotations: rol, ror, rcl, rcr, by constants and by cl", 0,
        answers_integer_operands, 4, 4, 10);

#define FIRST first_bits
FIELDS(bits) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_bits.inc"
};
#undef FIRST
INTEGER_CHECK(bits, "Wrong bit scans and bit tests: bsf, bsr, bt, bts, btr, btc, bswap", 0,
        answers_integer_operands, 4, 5, 16);

#define FIRST first_multiply_bmi2
FIELDS(multiply_bmi2) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_multiply_bmi2.inc"
};
#undef FIRST
INTEGER_CHECK(multiply_bmi2, "Wrong products of mulx, or flags that it touches", ISA(BMI2),
        answers_integer_operands, 4, 4, 126);

#define FIRST first_bits_popcnt
FIELDS(bits_popcnt) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_bits_popcnt.inc"
};
#undef FIRST
INTEGER_CHECK(bits_popcnt, "Wrong population counts", ISA(POPCNT), answers_integer_operands, 4, 5, 102);

#define FIRST first_bits_lzcnt
FIELDS(bits_lzcnt) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_bits_lzcnt.inc"
};
#undef FIRST
INTEGER_CHECK(bits_lzcnt, "Wrong counts of leading zeros", ISA(LZCNT), answers_integer_operands, 4, 5, 102);

#define FIRST first_bits_bmi1
FIELDS(bits_bmi1) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_bits_bmi1.inc"
};
#undef FIRST
INTEGER_CHECK(bits_bmi1, "Wrong results of tzcnt, blsi, blsr, blsmsk, andn, bextr", ISA(BMI1),
        answers_integer_operands, 4, 5, 26);

#define FIRST first_bits_bmi2
FIELDS(bits_bmi2) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_bits_bmi2.inc"
};
#undef FIRST
INTEGER_CHECK(bits_bmi2, "Wrong results of pdep, pext, bzhi, shlx, shrx, sarx, rorx", ISA(BMI2),
        answers_integer_operands, 4, 5, 22);

#define FIRST first_move_movbe
FIELDS(move_movbe) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_move_movbe.inc"
};
#undef FIRST
INTEGER_CHECK(move_movbe, "Bytes swapped wrongly by movbe", ISA(MOVBE), answers_integer_operands, 4, 5, 68);
