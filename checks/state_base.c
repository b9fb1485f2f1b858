/* SPDX-License-Identifier: Apache-2.0 */
/* The fs and gs bases, held, read back, and used in addresses. Until the kernel ends no C of this process
 * may use thread-local memory. */
#include "base/array.h"
#include "checks/state.h"

#define STEPS 32
#define SPINS 12000
#define CANONICAL UINT64_C(0x7fffffffffff) /* user addresses: Intel SDM volume 1, 3.3.7.1 */

struct entry {
        struct {
                uint64_t base;
                uint64_t offset; /* base + offset is the address of `value` */
                uint64_t value;
        } fs, gs;
};

static void setup(void *memory, const struct check_round *round)
{
        struct state *state = memory;
        struct entry *entry = (struct entry *)state->table;
        uint32_t steps = state_setup(state, round, STEPS, SPINS);

        registers_setup_fs(&state->pair.in, round);
        for (uint32_t i = 0; i <= STEPS; i++) {
                struct entry *e = &entry[i];

                e->fs.base = check_round_hash(round, 2 + 4 * i) & CANONICAL;
                e->gs.base = check_round_hash(round, 3 + 4 * i) & CANONICAL;
                if (i == steps) {
                        e->fs.base = state->pair.in.fs_base;
                        e->gs.base = state->pair.in.gs_base;
                }
                e->fs.value = check_round_hash(round, 4 + 4 * i);
                e->gs.value = check_round_hash(round, 5 + 4 * i);
                e->fs.offset = (uintptr_t)&e->fs.value - e->fs.base;
                e->gs.offset = (uintptr_t)&e->gs.value - e->gs.base;
        }
}

static int verify(const void *memory, struct check_mismatch *ret_mismatch)
{
        struct registers expected;

        state_expect(memory, 1, &expected);
        return state_verify_differences(memory, &expected, 4, ret_mismatch);
}

void state_base_run(void *state);

static const struct check_field fields[] = {
        STATE_DIFFERENCE(0, "rdfsbase difference", CHECK_UNIT_SEGMENT),
        STATE_DIFFERENCE(1, "difference of a load through fs", CHECK_UNIT_SEGMENT),
        STATE_DIFFERENCE(2, "rdgsbase difference", CHECK_UNIT_SEGMENT),
        STATE_DIFFERENCE(3, "difference of a load through gs", CHECK_UNIT_SEGMENT),
};

const struct check check_state_base = {
        .name = "state_base",
        .detects = "A base of fs or gs that does not stay as it was set, or that an address does not use.",
        .family = CHECK_STATE,
        .needs = ISA(FSGSBASE),
        .state_size = sizeof(struct state) + (STEPS + 1) * sizeof(struct entry),
        STATE_OUTPUT(4 * 8),
        .round_us = 2000,
        .cycle = 40,
        .events = true,
        .fields = fields,
        .n_fields = ARRAY_SIZE(fields),
        .setup = setup,
        .run = state_base_run,
        .verify = verify,
};
