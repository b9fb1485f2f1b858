/* SPDX-License-Identifier: Apache-2.0 */
/* A list of lines (vector_lines.h) as the fields of a check, and the check. */
#pragma once

#include "base/array.h"
#include "checks/vector_lines.h"

/* Each line of a list is here the field of its record. A table begins with FIELDS(name), and LINES_FIRST,
 * LINES_LEVEL and LINES_UNIT say of what. */
#define FIELDS(name)                             \
        enum { first_##name = __COUNTER__ + 1 }; \
        static const struct check_field fields_##name[]
#define LINE_NAME JOIN(LINE_NAME_, W)
#define LINE_NAME_m "mm"
#define LINE_NAME_x "xmm"
#define LINE_NAME_y "ymm"
#define LINE_NAME_z "zmm"
#define LINE(op, ...)                    \
        { #op " " LINE_NAME, LINES_UNIT, \
                sizeof(struct registers) + (__COUNTER__ - LINES_FIRST) * LINES_LEVEL, 1, LINES_LEVEL, 8 },
/* The kinds of lines. */
#define BOUNDED LINE
#define CONTROL LINE
#define COUNTED LINE
#define EMPTY LINE
#define ENCODED LINE
#define EXTRACT LINE
#define FLAGS LINE
#define FLAGS_COUNTED LINE
#define FROM_GENERAL LINE
#define FROM_GENERAL_MEMORY LINE
#define FROM_VECTOR LINE
#define GATHER LINE
#define GENERAL LINE
#define IMPLICIT LINE
#define MASK LINE
#define MASKED LINE
#define MASKED_MEMORY LINE
#define MASKS LINE
#define MASKS_FLAGS LINE
#define MASKS_FLAGS_FEW LINE
#define MASKS_FLAGS_MANY LINE
#define MASKS_FROM_GENERAL LINE
#define MASKS_GENERAL LINE
#define MASKS_MEMORY LINE
#define MASK_PAIR LINE
#define MEMORY LINE
#define MEMORY_ALIGNED LINE
#define SCATTER LINE
#define STRING_INDEX LINE
#define STRING_MASK LINE
#define TO_VECTOR LINE
#define VECTOR LINE

/* Defines check_NAME with the kernels NAME_low_run and NAME_high_run, the table NAME and the fields fields_NAME. */
#define VECTOR_LINES(name_, family_, detects_, needs_, blocks_, registers_, passes_, other_)              \
        _Static_assert(ARRAY_SIZE(fields_##name_) <= VECTOR_LINES_MAX, "the records hold the list");      \
        ANSWERS(name_);                                                                                   \
        void name_##_low_run(void *state);                                                                \
        void name_##_high_run(void *state);                                                               \
        static const struct vector_lines lines_##name_ = { .answers = &answers_##name_,                   \
                .level = LINES_LEVEL,                                                                     \
                .n_lines = ARRAY_SIZE(fields_##name_),                                                    \
                .n_blocks = (blocks_),                                                                    \
                .passes = (passes_),                                                                      \
                .registers = (registers_),                                                                \
                .run = { name_##_low_run, name_##_high_run } };                                           \
        static const struct answers *const tables_##name_[] = { &vector_lines_operands, &answers_##name_, \
                NULL };                                                                                   \
        static void setup_##name_(void *state, const struct check_round *round)                           \
        {                                                                                                 \
                vector_lines_setup(state, round, &lines_##name_);                                         \
        }                                                                                                 \
        const struct check check_##name_ = {                                                              \
                .name = #name_,                                                                           \
                .detects = (detects_),                                                                    \
                .family = (family_),                                                                      \
                .needs = (needs_),                                                                        \
                .state_size = sizeof(struct vector_lines_state),                                          \
                .output_offset = sizeof(struct registers),                                                \
                .output_size = sizeof(struct registers) + ARRAY_SIZE(fields_##name_) * LINES_LEVEL,       \
                .round_us = 2000,                                                                         \
                .cycle = VECTOR_LINES_SLOTS * (blocks_),                                                  \
                .events = true,                                                                           \
                .other = (other_),                                                                        \
                .answers = tables_##name_,                                                                \
                .registers = true,                                                                        \
                .fields = fields_##name_,                                                                 \
                .n_fields = ARRAY_SIZE(fields_##name_),                                                   \
                .setup = setup_##name_,                                                                   \
                .run = vector_lines_run,                                                                  \
                .verify = vector_lines_verify,                                                            \
        }
