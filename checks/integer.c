/* SPDX-License-Identifier: Apache-2.0 */
/* The integer checks: for each, the names of its lines in the order of its kernel, and its facts. */
#include "checks/integer_unit.h"

#include "base/array.h"

ANSWERS(integer_operands);

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

/* A table of fields: the lines by their names. */
#define FIELD(index, line) INTEGER_FIELD(index, line),
#define FIELDS(name, LINES)                                                                           \
        static const struct check_field fields_##name[] = { INTEGER_FIELD_HELD, INTEGER_FIELD_PASSES, \
                LINES(FIELD) }

#define MULTIPLY_LINES(X)                                                                                 \
        X(0, "mul r8")                                                                                    \
        X(1, "mul r16") X(2, "mul r32") X(3, "mul r64") X(4, "imul r8") X(5, "imul r16") X(6, "imul r32") \
                X(7, "imul r64") X(8, "mul m32") X(9, "mul m64") X(10, "imul m32") X(11, "imul m64")      \
                        X(12, "imul r16,r16") X(13, "imul r32,r32") X(14, "imul r64,r64")                 \
                                X(15, "imul r64,m64") X(16, "imul r16,r16,imm16")                         \
                                        X(17, "imul r32,r32,imm32") X(18, "imul r64,r64,imm32")           \
                                                X(19, "imul r16,r16,imm8") X(20, "imul r32,r32,imm8")     \
                                                        X(21, "imul r64,r64,imm8")
FIELDS(multiply, MULTIPLY_LINES);
INTEGER_CHECK(multiply, "Wrong products of the scalar multiplier: mul and imul, 8 to 64 bits", 0,
        answers_integer_operands, 4, 4, 16);
