/* SPDX-License-Identifier: Apache-2.0 */
/* Every register holds its sentinel while a loop counts; the loop stores the vector registers again and
 * again. */
#include "base/array.h"
#include "checks/state.h"

#define STEPS 24

/* `count` registers were stored, `width` bytes of each; the poison is left of the others. */
static int verify(
        const struct state *state, uint32_t count, uint32_t width, struct check_mismatch *ret_mismatch)
{
        struct registers expected;
        struct check_compare compare;
        uint8_t stored[64];

        state_expect(state, 1, &expected);
        check_compare_begin(&compare);
        registers_compare(&compare, &expected, &state->pair.out);
        for (uint32_t r = 0; r < ARRAY_SIZE(state->own.stored); r++) {
                check_poison(stored, sizeof(stored));
                if (r < count)
                        check_copy(stored, expected.vector[r], width);
                check_compare(&compare, sizeof(expected) + 64 * r, stored, state->own.stored[r], 64);
        }
        return check_compare_end(&compare, ret_mismatch);
}

/* The turns of a step are so many that it takes 5 to 15 microseconds. */
#define STATE_HOLD(isa, text, need, spins, registers_stored, width, blamed)                                 \
        void state_hold_##isa##_run(void *state);                                                           \
        extern const char state_hold_##isa##_hold_begin[], state_hold_##isa##_hold_between[],               \
                state_hold_##isa##_hold_end[];                                                              \
        static void setup_##isa(void *state, const struct check_round *round)                               \
        {                                                                                                   \
                (void)state_setup(state, round, STEPS, spins);                                              \
                ((struct state *)state)->between = (uintptr_t)state_hold_##isa##_hold_between;              \
        }                                                                                                   \
        static int verify_##isa(const void *state, struct check_mismatch *ret_mismatch)                     \
        {                                                                                                   \
                return verify(state, registers_stored, width, ret_mismatch);                                \
        }                                                                                                   \
        static const struct check_field fields_##isa[] = { {                                                \
                .name = "stored vector register",                                                           \
                .unit = blamed,                                                                             \
                .offset = sizeof(struct registers),                                                         \
                .count = 32,                                                                                \
                .stride = 64,                                                                               \
                .lane = 8,                                                                                  \
        } };                                                                                                \
        const struct check check_state_hold_##isa = {                                                       \
                .name = "state_hold_" #isa,                                                                 \
                .detects = "A register that loses its value while the CPU does nothing but wait and " text, \
                .family = CHECK_STATE,                                                                      \
                .needs = need,                                                                              \
                .state_size = sizeof(struct state),                                                         \
                STATE_OUTPUT(STATE_OWN_SIZE),                                                               \
                .round_us = 2000,                                                                           \
                .cycle = 40,                                                                                \
                .events = true,                                                                             \
                .fields = fields_##isa,                                                                     \
                .n_fields = ARRAY_SIZE(fields_##isa),                                                       \
                .setup = setup_##isa,                                                                       \
                .run = state_hold_##isa##_run,                                                              \
                .verify = verify_##isa,                                                                     \
                .hold_begin = state_hold_##isa##_hold_begin,                                                \
                .hold_end = state_hold_##isa##_hold_end,                                                    \
                .frame = state_frame,                                                                       \
        }

STATE_HOLD(sse2, "store 128-bit vector registers.", ISA(SSE2), 1200, 16, 16, CHECK_UNIT_XMM);
STATE_HOLD(avx, "store 256-bit vector registers.", ISA(AVX), 1200, 16, 32, CHECK_UNIT_YMM);
STATE_HOLD(avx512, "store and merge 512-bit vector registers.", ISA(AVX512F) | ISA(AVX512BW), 500, 32, 64,
        CHECK_UNIT_ZMM);
