/* SPDX-License-Identifier: Apache-2.0 */
/* The values travel through all registers of their kind; where each one must have arrived is the known
 * answer. */
#include "base/array.h"
#include "checks/state.h"

/* Steps times spins is odd and no multiple of 11 (general registers), so that no value is back at its place
 * when a round ends.
 */
#define STEPS 23
#define RING 16 /* vector registers that change places with one another */

static void setup(struct state *state, const struct check_round *round, uint32_t spins)
{
        (void)state_setup(state, round, STEPS, spins);
        /* fxch of an empty register is a fault, and zeros would show no wrong order. */
        if (state->pair.in.shape & REGISTERS_SHAPE_X87_INITIAL)
                registers_setup_x87(&state->pair.in, round);
}

/* Element i of `count` goes to place (i + moves) % count. */
static void rotate(
        uint8_t *to, const uint8_t *from, uint32_t stride, uint32_t width, uint32_t count, uint64_t moves)
{
        for (uint32_t i = 0; i < count; i++)
                check_copy(to + stride * ((i + moves) % count), from + stride * i, width);
}

static void rotate_general(struct registers *expected, const struct registers *in, uint64_t moves)
{
        static const uint8_t order[] = { REGISTERS_RAX, REGISTERS_RBX, REGISTERS_RBP, 8, 9, 10, 11, 12, 13,
                14, 15 };

        for (uint32_t i = 0; i < ARRAY_SIZE(order); i++)
                expected->general[order[(i + moves) % ARRAY_SIZE(order)]] = in->general[order[i]];
}

/* `count` vector registers rotated `width` bytes wide; `factor` as for state_expect. */
static int verify(const struct state *state, uint32_t count, uint32_t width, uint32_t factor,
        struct check_mismatch *ret_mismatch)
{
        const struct registers *in = &state->pair.in;
        uint64_t moves = (uint64_t)state_steps(state) * state_spins(state);
        struct registers expected;
        struct check_compare compare;

        state_expect(state, factor, &expected);
        rotate_general(&expected, in, moves);
        rotate(expected.x87[0], in->x87[0], sizeof(in->x87[0]), 10, ARRAY_SIZE(in->x87), moves);
        for (uint32_t ring = 0; ring < count; ring += RING)
                rotate(expected.vector[ring], in->vector[ring], sizeof(in->vector[0]), width, RING, moves);
        if (width == 64)
                rotate((uint8_t *)expected.mask, (const uint8_t *)in->mask, 8, 8, ARRAY_SIZE(in->mask),
                        moves);
        check_compare_begin(&compare);
        registers_compare(&compare, &expected, &state->pair.out);
        return check_compare_end(&compare, ret_mismatch);
}

/* `rest`: how many turns a step spins for each one that it moves. */
#define STATE_ROTATE(isa, text, need, area, spins, count, width, rest)                                     \
        void state_rotate_##isa##_run(void *state);                                                        \
        static void setup_##isa(void *state, const struct check_round *round)                              \
        {                                                                                                  \
                setup(state, round, spins);                                                                \
                check_clear(((struct state *)state)->table, area);                                         \
        }                                                                                                  \
        static int verify_##isa(const void *state, struct check_mismatch *ret_mismatch)                    \
        {                                                                                                  \
                return verify(state, count, width, 1 + (rest), ret_mismatch);                              \
        }                                                                                                  \
        const struct check check_state_rotate_##isa = {                                                    \
                .name = "state_rotate_" #isa,                                                              \
                .detects =                                                                                 \
                        "A value that is lost or changed on its way through the registers, " text " ones " \
                        "among them.",                                                                     \
                .family = CHECK_STATE,                                                                     \
                .needs = need,                                                                             \
                .state_size = sizeof(struct state) + (area),                                               \
                STATE_OUTPUT(0),                                                                           \
                .round_us = 2000,                                                                          \
                .cycle = 40,                                                                               \
                .events = true,                                                                            \
                .setup = setup_##isa,                                                                      \
                .run = state_rotate_##isa##_run,                                                           \
                .verify = verify_##isa,                                                                    \
        }

STATE_ROTATE(sse2, "128-bit vector", ISA(SSE2), 0, 1201, 16, 16, 0);
STATE_ROTATE(avx, "256-bit vector", ISA(AVX) | ISA(XSAVE), STATE_AREA_SIZE, 67, 16, 32, 256);
STATE_ROTATE(avx512, "512-bit vector and mask", ISA(AVX512F) | ISA(AVX512BW), 0, 901, 32, 64, 0);
