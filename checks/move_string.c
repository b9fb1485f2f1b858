/* SPDX-License-Identifier: Apache-2.0 */
/* Every string instruction, with and without repetition, of every width, in both directions, on lengths from
 * 0, from one area to another and inside one. */
#include "checks/move_string.h"

#include <assert.h>

#include "base/array.h"

#define FLAGS_LEFT 0x44 /* ZF PF: the kernel ends with a comparison of equal numbers */

#define OFFSET(member) (offsetof(struct move_string_state, member) - sizeof(struct registers_pair))
static_assert(OFFSET(results) == 0 && OFFSET(memory) == MOVE_STRING_MEMORY, "move_string.h agrees");
static_assert(OFFSET(now) == MOVE_STRING_NOW && OFFSET(before) == MOVE_STRING_BEFORE, "");
static_assert(OFFSET(after) == MOVE_STRING_AFTER && OFFSET(list) == MOVE_STRING_LIST, "");
static_assert(offsetof(struct move_string_case, in) == MOVE_STRING_IN, "");
static_assert(offsetof(struct move_string_case, expected) == MOVE_STRING_EXPECTED, "");
static_assert(sizeof(struct move_string_case) == MOVE_STRING_CASE, "");

void move_string_general_run(void *state);

static void setup(void *memory, const struct check_round *round)
{
        struct move_string_state *state = memory;

        registers_setup(&state->registers, round, state->stack + sizeof(state->stack));
        state->registers.in.general[REGISTERS_R8 + 6] = MOVE_STRING_PASSES;
        check_poison(state->results, sizeof(state->results));
        check_poison(state->memory, sizeof(state->memory));
        move_string_cases(state, round);
}

static void compare_zero(struct check_compare *compare, uint32_t at, const void *data, uint32_t size)
{
        static const uint8_t zeros[64];

        for (uint32_t i = 0; i < size; i += sizeof(zeros))
                check_compare(compare, at + i, zeros, (const uint8_t *)data + i,
                        MIN(size - i, (uint32_t)sizeof(zeros)));
}

static int verify(const void *memory, struct check_mismatch *ret_mismatch)
{
        const struct move_string_state *state = memory;
        struct registers expected;
        struct check_compare compare;

        check_copy(&expected, &state->registers.in, sizeof(expected));
        expected.flags = FLAGS_LEFT;
        expected.general[REGISTERS_R8 + 5] = expected.general[REGISTERS_R8 + 6] = 0;
        check_compare_begin(&compare);
        registers_compare(&compare, &expected, &state->registers.out);
        compare_zero(&compare, sizeof(struct registers), state->results, sizeof(state->results));
        compare_zero(&compare, sizeof(struct registers) + MOVE_STRING_MEMORY, state->memory,
                sizeof(state->memory));
        return check_compare_end(&compare, ret_mismatch);
}

/* The names, in the order of the handlers. Lanes of a result are rax, rcx, rsi, rdi and the flags. */
#define RESULT(name)                                                                              \
        {                                                                                         \
                name, CHECK_UNIT_MEMORY,                                                          \
                        sizeof(struct registers) + 40 * MOVE_STRING_CASES *(__COUNTER__ - FIRST), \
                        MOVE_STRING_CASES, 40, 8                                                  \
        }
#define RESULTS(name) RESULT(name "b"), RESULT(name "w"), RESULT(name "d"), RESULT(name "q")
#define MEMORY(name, at, size)                                                                              \
        {                                                                                                   \
                name, CHECK_UNIT_MEMORY, sizeof(struct registers) + MOVE_STRING_MEMORY + (at), (size) / 32, \
                        32, 8                                                                               \
        }
#define MEMORIES(name, at, size)                                                           \
        MEMORY(name "b, memory", at, size), MEMORY(name "w, memory", (at) + (size), size), \
                MEMORY(name "d, memory", (at) + 2 * (size), size),                         \
                MEMORY(name "q, memory", (at) + 3 * (size), size)
#define READ (MOVE_STRING_AREAS * MOVE_STRING_AREA)
#define REPEATED (MOVE_STRING_WIDTHS * MOVE_STRING_REPEATED)
#define SINGLE (MOVE_STRING_CASES * MOVE_STRING_SINGLE)

enum { FIRST = __COUNTER__ + 1 };
static const struct check_field fields[] = {
        RESULTS("rep movs"),
        RESULTS("rep stos"),
        RESULTS("rep lods"),
        RESULTS("repe cmps"),
        RESULTS("repne cmps"),
        RESULTS("repe scas"),
        RESULTS("repne scas"),
        RESULTS("movs"),
        RESULTS("stos"),
        RESULTS("lods"),
        RESULTS("cmps"),
        RESULTS("scas"),
        MEMORY("what is read", 0, READ),
        MEMORIES("rep movs", READ, MOVE_STRING_REPEATED),
        MEMORIES("rep stos", READ + REPEATED, MOVE_STRING_REPEATED),
        MEMORIES("movs", READ + 2 * REPEATED, SINGLE),
        MEMORIES("stos", READ + 2 * REPEATED + MOVE_STRING_WIDTHS * SINGLE, SINGLE),
};

const struct check check_move_string_general = {
        .name = "move_string_general",
        .detects = "String instructions that move, store, load, compare or find a wrong element, too few or "
                   "too many.",
        .family = CHECK_MOVE,
        .state_size = sizeof(struct move_string_state),
        .output_offset = sizeof(struct registers),
        .output_size = sizeof(struct registers) + MOVE_STRING_NOW,
        .round_us = 3000,
        .cycle = 16,
        .events = true,
        .registers = true,
        .fields = fields,
        .n_fields = ARRAY_SIZE(fields),
        .setup = setup,
        .run = move_string_general_run,
        .verify = verify,
};
