/* SPDX-License-Identifier: Apache-2.0 */
/* The opmasks on round trips: shifted, unpacked, complemented, added, moved through general registers and
 * memory. */
#include "base/array.h"
#include "checks/state.h"

#define STEPS 32
#define SPINS 12000

static void setup(void *memory, const struct check_round *round)
{
        struct state *state = memory;

        (void)state_setup(state, round, STEPS, SPINS);
        if (state->pair.in.shape & REGISTERS_SHAPE_VECTOR_INITIAL)
                registers_setup_vectors(&state->pair.in, round);
}

/* What LOAD_MASKS does. */
static void travel(uint64_t mask[8])
{
        uint64_t last = mask[7] << 32 | mask[7] >> 32;

        for (uint32_t r = 7; r > 1; r--)
                mask[r] = mask[r - 1] << 32 | mask[r - 1] >> 32;
        mask[1] = mask[0];
        mask[0] = last;
}

static int verify(const void *memory, struct check_mismatch *ret_mismatch)
{
        const struct state *state = memory;
        struct registers expected;

        state_expect(state, 1, &expected);
        for (uint32_t i = 0; i <= state_steps(state); i++)
                travel(expected.mask);
        return state_verify_differences(state, &expected, 1, ret_mismatch);
}

void state_mask_avx512_run(void *state);

static const struct check_field fields[] = { STATE_DIFFERENCE(0, "mask difference", CHECK_UNIT_MASK) };

const struct check check_state_mask_avx512 = {
        .name = "state_mask_avx512",
        .detects = "A mask of AVX-512 that does not stay as it was set, or that an instruction changes "
                   "wrongly.",
        .family = CHECK_STATE,
        .needs = ISA(AVX512F) | ISA(AVX512BW),
        .state_size = sizeof(struct state),
        STATE_OUTPUT(8),
        .round_us = 2000,
        .cycle = 40,
        .events = true,
        .fields = fields,
        .n_fields = ARRAY_SIZE(fields),
        .setup = setup,
        .run = state_mask_avx512_run,
        .verify = verify,
};
