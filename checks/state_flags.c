/* SPDX-License-Identifier: Apache-2.0 */
/* All patterns of CF, PF, AF, ZF, SF, OF and DF, held, and read in every way that there is. */
#include "base/array.h"
#include "checks/state.h"

#define STEPS 32
#define SPINS 12000
#define PATTERNS 128

struct entry {
        uint64_t flags;
        uint64_t lahf;   /* what lahf and then seto %al leave in %rax */
        uint8_t set[16]; /* by the encoding of the conditions */
        uint64_t chosen; /* the same as bits, the first condition highest */
};

enum { CF = 1 << 0, PF = 1 << 2, AF = 1 << 4, ZF = 1 << 6, SF = 1 << 7, DF = 1 << 10, OF = 1 << 11 };

static uint64_t pattern(uint32_t n)
{
        static const uint16_t flags[] = { CF, PF, AF, ZF, SF, OF, DF };
        uint64_t value = 0;

        for (uint32_t i = 0; i < ARRAY_SIZE(flags); i++)
                if (n >> i & 1)
                        value |= flags[i];
        return value;
}

/* Condition `code` as Intel SDM volume 1, appendix B, table B-1 defines it. */
static bool condition(uint32_t code, uint64_t f)
{
        bool less = !(f & SF) != !(f & OF);
        bool truth[8] = { f & OF, f & CF, f & ZF, f & (CF | ZF), f & SF, f & PF, less, less || f & ZF };

        return truth[code / 2] != (code & 1);
}

static void entry_fill(struct entry *entry, uint64_t flags)
{
        /* lahf: SF, ZF, 0, AF, 0, PF, 1, CF in bits 15 to 8 (SDM volume 2, LAHF). */
        entry->flags = flags;
        entry->lahf = ((flags & (SF | ZF | AF | PF | CF)) | 2) << 8 | !!(flags & OF);
        entry->chosen = 0;
        for (uint32_t code = 0; code < ARRAY_SIZE(entry->set); code++) {
                entry->set[code] = condition(code, flags);
                entry->chosen = entry->chosen << 1 | entry->set[code];
        }
}

static void setup(void *memory, const struct check_round *round)
{
        struct state *state = memory;
        struct entry *entry = (struct entry *)state->table;
        uint32_t steps = state_setup(state, round, STEPS, SPINS);

        for (uint32_t i = 0; i < STEPS; i++)
                entry_fill(&entry[i], pattern((round->number * STEPS + i) * 37 % PATTERNS));
        entry_fill(&entry[steps], state->pair.in.flags);
}

static int verify(const void *memory, struct check_mismatch *ret_mismatch)
{
        struct registers expected;

        state_expect(memory, 1, &expected);
        return state_verify_differences(memory, &expected, 4, ret_mismatch);
}

void state_flags_run(void *state);

static const struct check_field fields[] = {
        STATE_DIFFERENCE(0, "pushf difference", CHECK_UNIT_FLAGS),
        STATE_DIFFERENCE(1, "lahf and seto difference", CHECK_UNIT_FLAGS),
        STATE_DIFFERENCE(2, "setcc difference", CHECK_UNIT_FLAGS),
        STATE_DIFFERENCE(3, "cmovcc difference", CHECK_UNIT_FLAGS),
};

const struct check check_state_flags = {
        .name = "state_flags",
        .detects = "A flag that does not stay as it was set, or that an instruction reads wrongly.",
        .family = CHECK_STATE,
        .needs = ISA(CMOV) | ISA(LAHF),
        .state_size = sizeof(struct state) + (STEPS + 1) * sizeof(struct entry),
        STATE_OUTPUT(4 * 8),
        .round_us = 2000,
        .cycle = 40,
        .events = true,
        .fields = fields,
        .n_fields = ARRAY_SIZE(fields),
        .setup = setup,
        .run = state_flags_run,
        .verify = verify,
};
