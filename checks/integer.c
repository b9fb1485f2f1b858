/* SPDX-License-Identifier: Apache-2.0 */
/* The integer checks: for each, the names of its lines in the order of its kernel, and its facts. */
#include "checks/integer_unit.h"

#include "base/array.h"

ANSWERS(integer_operands);
ANSWERS(integer_dividends);

#define N_LINES(fields) (ARRAY_SIZE(fields) - 2)

/* Defines a check. Its kernel and its fields are found by its name. */
#define INTEGER_CHECK(                                                                                   \
        name_, family_, detects_, needs_, operands_, answers_, words_, roles_, repeats_, flags_, other_) \
        static const struct integer_unit unit_##name_ = { .operands = &(operands_),                      \
                .expected = &(answers_),                                                                 \
                .words = (words_),                                                                       \
                .n_lines = N_LINES(fields_##name_),                                                      \
                .repeats = (repeats_),                                                                   \
                .roles = (roles_),                                                                       \
                .flags = (flags_) };                                                                     \
        static const struct answers *const tables_##name_[] = { &(operands_), &(answers_), NULL };       \
        void name_##_run(void *state);                                                                   \
        static void setup_##name_(void *state, const struct check_round *round)                          \
        {                                                                                                \
                integer_setup(state, round, &unit_##name_);                                              \
        }                                                                                                \
        static int verify_##name_(const void *state, struct check_mismatch *ret_mismatch)                \
        {                                                                                                \
                return integer_verify(state, &unit_##name_, ret_mismatch);                               \
        }                                                                                                \
        const struct check check_##name_ = { .name = #name_,                                             \
                .detects = (detects_),                                                                   \
                .family = (family_),                                                                     \
                .needs = (needs_),                                                                       \
                .state_size = sizeof(struct integer_state),                                              \
                .output_offset = sizeof(struct registers),                                               \
                .output_size = INTEGER_OUTPUT_SIZE(N_LINES(fields_##name_)),                             \
                .round_us = 2000,                                                                        \
                .cycle = INTEGER_BLOCKS,                                                                 \
                .other = (other_),                                                                       \
                .answers = tables_##name_,                                                               \
                .registers = true,                                                                       \
                .fields = fields_##name_,                                                                \
                .n_fields = ARRAY_SIZE(fields_##name_),                                                  \
                .setup = setup_##name_,                                                                  \
                .run = name_##_run,                                                                      \
                .verify = verify_##name_ }

/* A check on general registers alone, with a table of its own, and by default with the common operands. */
#define INTEGER_OWN(name, detects, needs, operands, words, roles, repeats)                             \
        ANSWERS(integer_##name);                                                                       \
        INTEGER_CHECK(integer_##name, CHECK_INTEGER, detects, needs, operands, answers_integer_##name, \
                words, roles, repeats, INTEGER_FLAGS_LEFT, NULL)

/* The lists of lines hold nothing but these: here each becomes the field of its record. FIELDS opens a
 * table. */
#define FIELDS(name)                             \
        enum { first_##name = __COUNTER__ + 1 }; \
        static const struct check_field fields_##name[]
#define FORM(line, ...) INTEGER_FIELD(__COUNTER__ - FIRST, line),
#define FORM_SOURCE FORM
#define FORM_MEMORY FORM
#define FORM_RCX FORM
#define FORM_RAX_RDX FORM
#define FORM_RAX FORM
#define FORM_PAIR FORM
#define FORM_EXCHANGE FORM
#define FORM_EXCHANGE_MEMORY FORM
#define FORM_EXCHANGE_PAIR FORM
#define FORM_EXCHANGE_SIXTEEN FORM
#define FORM_BIT FORM
#define FORM_XLAT FORM
#define FORM_MULX FORM
#define FORM_DIVIDE FORM
#define FORM_DIVIDE_BYTE FORM

#define FIRST first_integer_multiply
FIELDS(integer_multiply) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_multiply.inc"
};
#undef FIRST
INTEGER_OWN(multiply, "Wrong products of the scalar multiplier: mul and imul, 8 to 64 bits.", 0,
        answers_integer_operands, 4, 4, 24);

#define FIRST first_integer_divide
FIELDS(integer_divide) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_divide.inc"
};
#undef FIRST
INTEGER_OWN(divide, "Wrong quotients and remainders: div and idiv, 8 to 128 bits.", 0,
        answers_integer_dividends, 16, 4, 18);

#define FIRST first_integer_add
FIELDS(integer_add) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_add.inc"
};
#undef FIRST
INTEGER_OWN(add, "Wrong sums, differences, carries or flags: add, adc, sub, sbb, cmp, inc, dec, neg.", 0,
        answers_integer_operands, 4, 5, 10);

#define FIRST first_integer_logic
FIELDS(integer_logic) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_logic.inc"
};
#undef FIRST
INTEGER_OWN(
        logic, "Wrong results or flags of and, or, xor, test, not.", 0, answers_integer_operands, 4, 5, 12);

#define FIRST first_integer_condition
FIELDS(integer_condition) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_condition.inc"
};
#undef FIRST
INTEGER_OWN(condition, "Conditions judged wrongly: cmovcc and setcc on all sixteen.", ISA(CMOV),
        answers_integer_operands, 4, 5, 12);

#define FIRST first_integer_extend
FIELDS(integer_extend) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_extend.inc"
};
#undef FIRST
INTEGER_OWN(extend, "Wrong zero and sign extension: movzx, movsx, movsxd.", 0, answers_integer_operands, 4,
        5, 26);

#define FIRST first_integer_move
FIELDS(integer_move) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_move.inc"
};
#undef FIRST
INTEGER_OWN(move, "Wrong bytes in parts of registers: high bytes, xchg, xadd, cmpxchg, cbw to cqo.", 0,
        answers_integer_operands, 4, 4, 14);

#define FIRST first_integer_flags_lahf
FIELDS(integer_flags_lahf) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_flags_lahf.inc"
};
#undef FIRST
INTEGER_OWN(flags_lahf, "Flags that change on the way through lahf and sahf.", ISA(LAHF),
        answers_integer_operands, 4, 4, 508);

#define FIRST first_integer_shift
FIELDS(integer_shift) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_shift.inc"
};
#undef FIRST
INTEGER_OWN(shift, "Wrong shifts: shl, shr, sar, shld, shrd, by constants and by cl.", 0,
        answers_integer_operands, 4, 4, 10);

#define FIRST first_integer_rotate
FIELDS(integer_rotate) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_rotate.inc"
};
#undef FIRST
INTEGER_OWN(rotate, "Wrong rotations: rol, ror, rcl, rcr, by constants and by cl.", 0,
        answers_integer_operands, 4, 4, 10);

#define FIRST first_integer_bits
FIELDS(integer_bits) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_bits.inc"
};
#undef FIRST
INTEGER_OWN(bits, "Wrong bit scans and bit tests: bsf, bsr, bt, bts, btr, btc, bswap.", 0,
        answers_integer_operands, 4, 5, 16);

#define FIRST first_integer_multiply_bmi2
FIELDS(integer_multiply_bmi2) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_multiply_bmi2.inc"
};
#undef FIRST
INTEGER_OWN(multiply_bmi2, "Wrong products of mulx, or flags that it touches.", ISA(BMI2),
        answers_integer_operands, 4, 4, 126);

#define FIRST first_integer_bits_popcnt
FIELDS(integer_bits_popcnt) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_bits_popcnt.inc"
};
#undef FIRST
INTEGER_OWN(bits_popcnt, "Wrong population counts.", ISA(POPCNT), answers_integer_operands, 4, 5, 102);

#define FIRST first_integer_bits_lzcnt
FIELDS(integer_bits_lzcnt) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_bits_lzcnt.inc"
};
#undef FIRST
INTEGER_OWN(bits_lzcnt, "Wrong counts of leading zeros.", ISA(LZCNT), answers_integer_operands, 4, 5, 102);

#define FIRST first_integer_bits_bmi1
FIELDS(integer_bits_bmi1) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_bits_bmi1.inc"
};
#undef FIRST
INTEGER_OWN(bits_bmi1, "Wrong results of tzcnt, blsi, blsr, blsmsk, andn, bextr.", ISA(BMI1),
        answers_integer_operands, 4, 5, 26);

#define FIRST first_integer_bits_bmi2
FIELDS(integer_bits_bmi2) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_bits_bmi2.inc"
};
#undef FIRST
INTEGER_OWN(bits_bmi2, "Wrong results of pdep, pext, bzhi, shlx, shrx, sarx, rorx.", ISA(BMI2),
        answers_integer_operands, 4, 5, 22);

#define FIRST first_integer_move_movbe
FIELDS(integer_move_movbe) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_move_movbe.inc"
};
#undef FIRST
INTEGER_OWN(move_movbe, "Bytes swapped wrongly by movbe.", ISA(MOVBE), answers_integer_operands, 4, 5, 68);

#define FIRST first_integer_memory
FIELDS(integer_memory) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_memory.inc"
};
#undef FIRST
INTEGER_OWN(memory,
        "Wrong results where an operand lies in memory: bit strings, read-modify-write forms, xlat, push, "
        "pop.",
        0, answers_integer_operands, 4, 4, 8);

#define FIRST first_integer_lock
FIELDS(integer_lock) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_lock.inc"
};
#undef FIRST
INTEGER_OWN(lock, "Wrong results of locked instructions on one CPU, xchg and cmpxchg8b among them.",
        ISA(CX8), answers_integer_operands, 4, 4, 3);

#define FIRST first_integer_lock_cx16
FIELDS(integer_lock_cx16) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_lock_cx16.inc"
};
#undef FIRST
INTEGER_OWN(lock_cx16, "Sixteen bytes compared and exchanged wrongly on one CPU: cmpxchg16b.", ISA(CX16),
        answers_integer_operands, 4, 4, 24);

#define FIRST first_integer_flags_carry
FIELDS(integer_flags_carry) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/integer_flags_carry.inc"
};
#undef FIRST
INTEGER_OWN(flags_carry, "Wrong flags after clc, stc, cmc, std, cld or popf.", 0, answers_integer_operands,
        4, 5, 40);

#define CARRY_QUARTER(n)                                                                        \
        INTEGER_FIELD(3 * (n), "add, adc chain"), INTEGER_FIELD(3 * (n) + 1, "sub, sbb chain"), \
                INTEGER_FIELD(3 * (n) + 2, "sbb, adc ripple")
FIELDS(integer_carry) = { INTEGER_FIELD_HELD, INTEGER_FIELD_PASSES, CARRY_QUARTER(0), CARRY_QUARTER(1),
        CARRY_QUARTER(2), CARRY_QUARTER(3) };
INTEGER_OWN(carry, "Carries and borrows lost on the way through long numbers: chains of adc and sbb.", 0,
        answers_integer_operands, 4, 1, 500);

#define ADX_GROUP(n) INTEGER_FIELD(n, "mulx, adcx, adox products")
FIELDS(integer_multiply_adx) = { INTEGER_FIELD_HELD, INTEGER_FIELD_PASSES, ADX_GROUP(0), ADX_GROUP(1),
        ADX_GROUP(2), ADX_GROUP(3), ADX_GROUP(4), ADX_GROUP(5), ADX_GROUP(6), ADX_GROUP(7) };
INTEGER_OWN(multiply_adx, "Wrong products of long numbers: mulx with the two carry chains of adcx and adox.",
        ISA(ADX) | ISA(BMI2), answers_integer_operands, 4, 1, 150);

ANSWERS(crc32c_operands);
ANSWERS(crc32c);

#define FIRST first_crc32c_sse42
FIELDS(crc32c_sse42) = {
        INTEGER_FIELD_HELD,
        INTEGER_FIELD_PASSES,
#include "checks/crc32c_sse42.inc"
};
#undef FIRST
#define fields_crc32c_general fields_crc32c_sse42
INTEGER_CHECK(crc32c_sse42, CHECK_CRYPTO, "Wrong checksums of storage and networks: crc32, 8 to 64 bits.",
        ISA(SSE42), answers_crc32c_operands, answers_crc32c, 4, 5, 60, INTEGER_FLAGS_LEFT, "crc32c_general");
INTEGER_CHECK(crc32c_general, CHECK_CRYPTO, "Wrong shifts in CRC-32C made of general registers.", 0,
        answers_crc32c_operands, answers_crc32c, 4, 1, 4, 0, "crc32c_sse42");
