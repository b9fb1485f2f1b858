/* SPDX-License-Identifier: Apache-2.0 */
/* The rights of protection keys, PKRU, held and read back. The kernel gives a signal handler the default rights and the
 * interrupted code its own back with the frame; a switch keeps each thread's. Key 0 stays open: it is that of all memory
 * here, so that the other bits forbid nothing. */
#include "base/array.h"
#include "checks/state.h"

#define STEPS 32
#define SPINS 12000
#define KEY_ZERO 3u /* its two bits: Intel SDM volume 3, 4.6.2 */

struct entry {
        uint32_t pkru, reserved;
};

/* Of this process: the kernel ends with it. Read by prepare. */
static uint32_t own_rights;

static int prepare(void)
{
        __asm__ volatile("rdpkru" : "=a"(own_rights) : "c"(0) : "rdx");
        return 0;
}

/* Now and then no right is missing (the initial state), or all but key 0's are. */
static uint32_t rights(const struct check_round *round, uint32_t step)
{
        uint32_t random = (uint32_t)check_round_hash(round, 2 + step);

        if (random >> 28 < 2)
                return random >> 28 ? ~KEY_ZERO : 0;
        return random & ~KEY_ZERO;
}

static void setup(void *memory, const struct check_round *round)
{
        struct state *state = memory;
        struct entry *entry = (struct entry *)state->table;
        uint32_t steps = state_setup(state, round, STEPS, SPINS);

        for (uint32_t i = 0; i <= STEPS; i++) {
                entry[i].pkru = i == steps ? own_rights : rights(round, i);
                entry[i].reserved = 0;
        }
}

static int verify(const void *memory, struct check_mismatch *ret_mismatch)
{
        struct registers expected;

        state_expect(memory, 1, &expected);
        return state_verify_differences(memory, &expected, 2, ret_mismatch);
}

void state_pkru_run(void *state);

static const struct check_field fields[] = {
        STATE_DIFFERENCE(0, "pkru difference", CHECK_UNIT_PKRU),
        STATE_DIFFERENCE(1, "rdx after rdpkru", CHECK_UNIT_PKRU),
};

const struct check check_state_pkru = {
        .name = "state_pkru",
        .detects = "Rights of protection keys that do not stay as they were set.",
        .family = CHECK_STATE,
        .needs = ISA(PKU),
        .state_size = sizeof(struct state) + (STEPS + 1) * sizeof(struct entry),
        STATE_OUTPUT(2 * 8),
        .round_us = 2000,
        .cycle = 40,
        .events = true,
        .fields = fields,
        .n_fields = ARRAY_SIZE(fields),
        .prepare = prepare,
        .setup = setup,
        .run = state_pkru_run,
        .verify = verify,
};
