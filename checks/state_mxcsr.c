/* SPDX-License-Identifier: Apache-2.0 */
/* MXCSR and the x87 control word in all their modes, held and read back. No arithmetic happens, so that
 * modes which unmask exceptions raise none. */
#include "base/array.h"
#include "checks/state.h"

#define STEPS 32
#define SPINS 12000

struct entry {
        uint32_t mxcsr;
        uint16_t control, reserved;
};

/* Number `n` of the 1,024 values: rounding control, flush to zero, denormals are zero, the masks of the six
 * exceptions (Intel SDM volume 1, 10.2.3). */
static uint32_t mxcsr_mode(uint32_t n)
{
        uint32_t rounding = n & 3, flush = n >> 2 & 1, denormals = n >> 3 & 1, masks = n >> 4 & 0x3f;

        return rounding << 13 | flush << 15 | denormals << 6 | masks << 7;
}

/* Number `n` of the 768 values: precision control (1 is reserved), rounding control, masks (SDM volume
 * 1, 8.1.5). Bit 6 always reads as 1. */
static uint16_t control_mode(uint32_t n)
{
        static const uint8_t precision[] = { 0, 2, 3 };

        return (uint16_t)(0x40 | (n >> 2 & 0x3f) | precision[(n >> 8) % 3] << 8 | (n & 3) << 10);
}

static void setup(void *memory, const struct check_round *round)
{
        struct state *state = memory;
        struct entry *entry = (struct entry *)state->table;
        uint32_t steps = state_setup(state, round, STEPS, SPINS);

        for (uint32_t i = 0; i < STEPS; i++) {
                uint32_t n = round->number * STEPS + i;

                /* Odd factors spread the low bits of n, so that neighbours differ in all of their fields. */
                entry[i] = (struct entry){ mxcsr_mode(n * 341), control_mode(n % 768 * 341), 0 };
        }
        entry[steps] = (struct entry){ state->pair.in.mxcsr, state->pair.in.x87_control, 0 };
}

static int verify(const void *memory, struct check_mismatch *ret_mismatch)
{
        struct registers expected;

        state_expect(memory, 1, &expected);
        return state_verify_differences(memory, &expected, 2, ret_mismatch);
}

void state_mxcsr_run(void *state);

static const struct check_field fields[] = {
        STATE_DIFFERENCE(0, "mxcsr difference", CHECK_UNIT_MXCSR),
        STATE_DIFFERENCE(1, "x87 control word difference", CHECK_UNIT_X87),
};

const struct check check_state_mxcsr = {
        .name = "state_mxcsr",
        .detects = "A rounding, flushing or exception mode of SSE or x87 that does not stay as it was set.",
        .family = CHECK_STATE,
        .needs = ISA(SSE2) | ISA(FPU),
        .state_size = sizeof(struct state) + (STEPS + 1) * sizeof(struct entry),
        STATE_OUTPUT(2 * 8),
        .round_us = 2000,
        .cycle = 160,
        .events = true,
        .fields = fields,
        .n_fields = ARRAY_SIZE(fields),
        .setup = setup,
        .run = state_mxcsr_run,
        .verify = verify,
};
