/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/move_forward.h"

#include <assert.h>

#include "base/array.h"
#include "base/random.h"
#include "checks/registers.h"

#define PAGE 4096
#define FLAGS_LEFT 0x44 /* ZF PF: every kernel ends with a comparison of equal numbers */

struct move_forward_state {
        struct registers_pair registers;
        uint8_t work[MOVE_FORWARD_WORK];                                  /* output */
        uint8_t difference[MOVE_FORWARD_STORES * MOVE_FORWARD_LOADS][64]; /* output as far as there are */
        uint8_t value[MOVE_FORWARD_WORK];
        uint8_t background[MOVE_FORWARD_WORK];
        uint64_t places[MOVE_FORWARD_PLACES];
        uint8_t stack[512];
} __attribute__((aligned(CHECK_ALIGN)));

static_assert(offsetof(struct move_forward_state, work) == sizeof(struct registers_pair), "one output");
static_assert(offsetof(struct move_forward_state, difference) ==
                      offsetof(struct move_forward_state, work) + MOVE_FORWARD_DIFFERENCE,
        "move_forward.h agrees");
static_assert(offsetof(struct move_forward_state, value) ==
                      offsetof(struct move_forward_state, work) + MOVE_FORWARD_VALUE,
        "");
static_assert(offsetof(struct move_forward_state, background) ==
                      offsetof(struct move_forward_state, work) + MOVE_FORWARD_BACKGROUND,
        "");

/* The facts of one check. */
struct move_forward {
        uint32_t pairs;   /* kinds of store times kinds of load */
        uint32_t places;  /* that a round uses */
        uint32_t cleared; /* bit r: of vector register r what lies above 256 bits is cleared */
};

/* Every other one near the end of a page, so that in 64 rounds all splits of it have been; else anywhere. */
static uint64_t place(const struct move_forward_state *state, uint32_t index, uint64_t *random)
{
        uintptr_t begin = (uintptr_t)state->work + MOVE_FORWARD_MARGIN;
        uintptr_t page = (begin + PAGE - 1 + 64) / PAGE * PAGE;
        uint64_t draw = random_next(random);

        return index & 1 ? begin + draw % (MOVE_FORWARD_WORK - 2 * MOVE_FORWARD_MARGIN)
                         : page - 64 + draw % 72;
}

static void setup(
        struct move_forward_state *state, const struct check_round *round, const struct move_forward *unit)
{
        uint64_t random = check_round_hash(round, 9);
        uint64_t *general = state->registers.in.general;

        registers_setup(&state->registers, round, state->stack + sizeof(state->stack));
        for (uint32_t at = 0; at < MOVE_FORWARD_WORK; at += 8) {
                uint64_t value = random_next(&random), background = ~value;

                check_copy(state->value + at, &value, sizeof(value));
                check_copy(state->background + at, &background, sizeof(background));
        }
        check_copy(state->work, state->background, sizeof(state->work));
        check_poison(state->difference, sizeof(state->difference));
        for (uint32_t i = 0; i < unit->places; i++)
                state->places[i] = place(state, i, &random);
        general[REGISTERS_RDI] = (uintptr_t)state->difference;
        general[REGISTERS_RBP] = (uintptr_t)state->places;
        general[REGISTERS_R8 + 4] = unit->places;
}

static int verify(const struct move_forward_state *state, const struct move_forward *unit,
        struct check_mismatch *ret_mismatch)
{
        static const uint8_t zeros[64];
        struct registers expected;
        struct check_compare compare;
        uint32_t at = sizeof(struct registers);

        check_copy(&expected, &state->registers.in, sizeof(expected));
        expected.flags = FLAGS_LEFT;
        expected.general[REGISTERS_RBP] += 8 * unit->places;
        expected.general[REGISTERS_R8 + 4] = 0;
        for (uint32_t r = 0; r < 16; r++)
                if (unit->cleared >> r & 1)
                        check_clear(expected.vector[r] + 32, sizeof(expected.vector[r]) - 32);
        check_compare_begin(&compare);
        registers_compare(&compare, &expected, &state->registers.out);
        check_compare(&compare, at, state->background, state->work, sizeof(state->work));
        at += MOVE_FORWARD_DIFFERENCE;
        for (uint32_t i = 0; i < unit->pairs; i++, at += 64)
                check_compare(&compare, at, zeros, state->difference[i], sizeof(zeros));
        return check_compare_end(&compare, ret_mismatch);
}

/* The names, in the order of the kernels. */
#define FIELD(name)                                                                                         \
        {                                                                                                   \
                name, CHECK_UNIT_MEMORY,                                                                    \
                        sizeof(struct registers) + MOVE_FORWARD_DIFFERENCE + 64 * (__COUNTER__ - FIRST), 1, \
                        64, 8                                                                               \
        }
#define LOADS_16(store)                                                                     \
        FIELD(store ", load of 1"), FIELD(store ", load of 2"), FIELD(store ", load of 4"), \
                FIELD(store ", load of 8"), FIELD(store ", load of 16")
#define LOADS_32(store) LOADS_16(store), FIELD(store ", load of 32")
#define LOADS_64(store) LOADS_32(store), FIELD(store ", load of 64")
#define MEMORY                                                                                            \
        {                                                                                                 \
                "memory line", CHECK_UNIT_MEMORY, sizeof(struct registers), MOVE_FORWARD_WORK / 64, 64, 8 \
        }

/* Opens the table of a check's fields. */
#define FIELDS(name)                             \
        enum { first_##name = __COUNTER__ + 1 }; \
        static const struct check_field fields_##name[]

#define FIRST first_sse2
FIELDS(sse2) = { MEMORY, LOADS_16("store of 1"), LOADS_16("store of 2"), LOADS_16("store of 4"),
        LOADS_16("store of 8"), LOADS_16("store of 16"), LOADS_16("two stores of 1"),
        LOADS_16("two stores of 2"), LOADS_16("two stores of 4"), LOADS_16("two stores of 8") };
#undef FIRST
#define FIRST first_avx
FIELDS(avx) = { MEMORY, LOADS_32("store of 1"), LOADS_32("store of 2"), LOADS_32("store of 4"),
        LOADS_32("store of 8"), LOADS_32("store of 16"), LOADS_32("store of 32"),
        LOADS_32("two stores of 1"), LOADS_32("two stores of 2"), LOADS_32("two stores of 4"),
        LOADS_32("two stores of 8"), LOADS_32("two stores of 16") };
#undef FIRST
#define FIRST first_avx512
FIELDS(avx512) = { MEMORY, LOADS_64("store of 1"), LOADS_64("store of 2"), LOADS_64("store of 4"),
        LOADS_64("store of 8"), LOADS_64("store of 16"), LOADS_64("store of 32"), LOADS_64("store of 64"),
        LOADS_64("two stores of 1"), LOADS_64("two stores of 2"), LOADS_64("two stores of 4"),
        LOADS_64("two stores of 8"), LOADS_64("two stores of 16"), LOADS_64("two stores of 32") };

#define MOVE_FORWARD(isa, needs_, width, places_, cleared_)                                                \
        void move_forward_##isa##_run(void *state);                                                        \
        static const struct move_forward unit_##isa = {                                                    \
                .pairs = ARRAY_SIZE(fields_##isa) - 1, .places = (places_), .cleared = (cleared_)          \
        };                                                                                                 \
        static_assert((places_) <= MOVE_FORWARD_PLACES, "they fit");                                       \
        static void setup_##isa(void *state, const struct check_round *round)                              \
        {                                                                                                  \
                setup(state, round, &unit_##isa);                                                          \
        }                                                                                                  \
        static int verify_##isa(const void *state, struct check_mismatch *ret_mismatch)                    \
        {                                                                                                  \
                return verify(state, &unit_##isa, ret_mismatch);                                           \
        }                                                                                                  \
        const struct check check_move_forward_##isa = {                                                    \
                .name = "move_forward_" #isa,                                                              \
                .detects =                                                                                 \
                        "Loads of up to " width " bytes that get old, foreign or misplaced bytes where a " \
                        "store of these or of others went right before.",                                  \
                .family = CHECK_MOVE,                                                                      \
                .needs = (needs_),                                                                         \
                .state_size = sizeof(struct move_forward_state),                                           \
                .output_offset = sizeof(struct registers),                                                 \
                .output_size = sizeof(struct registers) + MOVE_FORWARD_DIFFERENCE +                        \
                               64 * (ARRAY_SIZE(fields_##isa) - 1),                                        \
                .round_us = 3000,                                                                          \
                .cycle = 16,                                                                               \
                .events = true,                                                                            \
                .registers = true,                                                                         \
                .fields = fields_##isa,                                                                    \
                .n_fields = ARRAY_SIZE(fields_##isa),                                                      \
                .setup = setup_##isa,                                                                      \
                .run = move_forward_##isa##_run,                                                           \
                .verify = verify_##isa,                                                                    \
        }

MOVE_FORWARD(sse2, ISA(SSE2), "16", 64, 0);
MOVE_FORWARD(avx, ISA(AVX), "32", 32, 1 << 4 | 1 << 5 | 1 << 10 | 1 << 13 | 1 << 14);
MOVE_FORWARD(avx512, ISA(AVX512F) | ISA(AVX512BW) | ISA(AVX512VL), "64", 16, 0);
