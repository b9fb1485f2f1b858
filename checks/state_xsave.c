/* SPDX-License-Identifier: Apache-2.0 */
/* The whole extended state goes to memory and comes back: XSAVE, XSAVEOPT, XSAVEC; the older part of it: FXSAVE; that
 * of x87: FNSAVE and FNSTENV. What they say in XSTATE_BV and of the last instruction of x87 is not deterministic and
 * not looked at; what came back is. */
#include "checks/state.h"

#define STEPS 24
#define SPINS 16000
#define LEGACY_AND_HEADER 576 /* Intel SDM volume 1, 13.4 */

/* In state.table. The second comes last, so that an XRSTOR which looks at all of the first finds memory. */
struct areas {
        uint8_t initial[LEGACY_AND_HEADER];
        uint8_t saved[STATE_AREA_SIZE];
};
_Static_assert(offsetof(struct areas, saved) == LEGACY_AND_HEADER, "state_xsave.inc agrees");

static void setup(struct state *state, const struct check_round *round, const void *between)
{
        struct areas *areas = (struct areas *)state->table;
        const uint16_t x87_control = 0x37f; /* what FNINIT sets */
        uint32_t mxcsr;

        (void)state_setup(state, round, STEPS, SPINS);
        state->between = (uintptr_t)between;
        state->mask = registers_components(STATE_AREA_SIZE);
        check_clear(areas, sizeof(*areas));
        check_copy(areas->initial, &x87_control, sizeof(x87_control));
        /* XRSTOR loads MXCSR from here even where the header says initial (SDM volume 1, 13.8.1). */
        mxcsr = state->pair.in.mxcsr | 0x6000;
        check_copy(areas->initial + 24, &mxcsr, sizeof(mxcsr));
}

static int verify(const void *memory, struct check_mismatch *ret_mismatch)
{
        struct registers expected;

        state_expect(memory, 1, &expected);
        return state_verify_differences(memory, &expected, 0, ret_mismatch);
}

#define STATE_XSAVE(instruction, restored_by, need)                                                 \
        void state_##instruction##_run(void *state);                                                \
        extern const char state_##instruction##_hold_begin[], state_##instruction##_hold_between[], \
                state_##instruction##_hold_end[];                                                   \
        static void setup_##instruction(void *state, const struct check_round *round)               \
        {                                                                                           \
                setup(state, round, state_##instruction##_hold_between);                            \
        }                                                                                           \
        const struct check check_state_##instruction = {                                            \
                .name = "state_" #instruction,                                                      \
                .detects = "A register that " #instruction " and " #restored_by                     \
                           " do not bring back from memory.",                                       \
                .family = CHECK_STATE,                                                              \
                .needs = need,                                                                      \
                .state_size = sizeof(struct state) + sizeof(struct areas),                          \
                STATE_OUTPUT(0),                                                                    \
                .round_us = 2000,                                                                   \
                .cycle = 40,                                                                        \
                .events = true,                                                                     \
                .setup = setup_##instruction,                                                       \
                .run = state_##instruction##_run,                                                   \
                .verify = verify,                                                                   \
                .hold_begin = state_##instruction##_hold_begin,                                     \
                .hold_end = state_##instruction##_hold_end,                                         \
                .frame = state_frame,                                                               \
        }

STATE_XSAVE(xsave, xrstor, ISA(XSAVE));
STATE_XSAVE(xsaveopt, xrstor, ISA(XSAVE) | ISA(XSAVEOPT));
STATE_XSAVE(xsavec, xrstor, ISA(XSAVE) | ISA(XSAVEC));
STATE_XSAVE(fxsave, fxrstor, ISA(FXSR));
STATE_XSAVE(fnsave, frstor, ISA(FPU));
