/* SPDX-License-Identifier: Apache-2.0 */
/* The x87 stack: every top, patterns of tags, and the same registers as MMX names them. After each step the
 * whole of it is stored with fxsave and compared, empty registers too. */
#include "base/array.h"
#include "checks/state.h"

#define STEPS 32
#define SPINS 12000
#define STATUS_CONDITIONS 0x4700 /* C0 to C3 */

/* What fxsave stores (Intel SDM volume 1, table 10-2), as far as it is compared. */
struct state_x87_image {
        uint16_t control, status;
        uint8_t tags; /* bit p: physical register p is not empty */
        uint8_t ignored[11];
        uint8_t data[8][16]; /* st(0) first */
};

/* What fldenv loads: SDM volume 1, figure 8-9. */
struct environment {
        uint32_t control, status, tags, pointers[4];
};

struct entry {
        struct state_x87_image image;
        struct environment valid, tagged;
        uint8_t reserved[8];
};
_Static_assert(sizeof(struct entry) == 208, "state_x87_general.S agrees");

/* The physical registers, each of 10 bytes. */
struct stack {
        uint8_t data[8][10];
        uint32_t top;
};

static void exchange(struct stack *stack, uint32_t i)
{
        uint8_t *a = stack->data[stack->top & 7], *b = stack->data[(stack->top + i) & 7], kept[10];

        check_copy(kept, a, sizeof(kept));
        check_copy(a, b, sizeof(kept));
        check_copy(b, kept, sizeof(kept));
}

static void environment_fill(
        struct environment *to, uint32_t control, uint32_t top, uint32_t conditions, uint32_t tags)
{
        check_clear(to, sizeof(*to));
        to->control = control;
        to->status = (top & 7) << 11 | (conditions & STATUS_CONDITIONS);
        for (uint32_t p = 0; p < 8; p++)
                to->tags |= tags >> p & 1 ? 0 : 3u << 2 * p;
}

static void image_fill(struct state_x87_image *to, const struct stack *stack,
        const struct environment *environment, uint32_t tags)
{
        check_clear(to, sizeof(*to));
        to->control = (uint16_t)environment->control;
        to->status = (uint16_t)environment->status;
        to->tags = (uint8_t)tags;
        for (uint32_t i = 0; i < 8; i++)
                check_copy(to->data[i], stack->data[(stack->top + i) & 7], 10);
}

static void stack_fill(struct stack *stack, const struct registers *registers)
{
        stack->top = 0;
        for (uint32_t i = 0; i < 8; i++)
                check_copy(stack->data[i], registers->x87[i], 10);
}

/* What LOAD_X87 does, in the entry for step `step` and on `stack`. */
static void load(struct stack *stack, struct entry *entry, uint32_t control, uint32_t step, uint32_t tags)
{
        uint32_t conditions = tags == 0xff ? 0 : step * 0x2300;

        environment_fill(&entry->valid, control, step, 0, 0xff);
        stack->top = step;
        exchange(stack, 1);
        exchange(stack, 5);
        stack->top = step + 1;
        exchange(stack, 3);
        stack->top = tags == 0xff ? 0 : step * 3 + 1;
        environment_fill(&entry->tagged, control, stack->top, conditions, tags);
        image_fill(&entry->image, stack, &entry->tagged, tags);
}

static uint32_t setup(struct state *state, const struct check_round *round)
{
        uint32_t steps = state_setup(state, round, STEPS, SPINS);

        if (state->pair.in.shape & REGISTERS_SHAPE_X87_INITIAL)
                registers_setup_x87(&state->pair.in, round);
        return steps;
}

static void setup_x87(void *memory, const struct check_round *round)
{
        struct state *state = memory;
        struct entry *entry = (struct entry *)state->table;
        uint32_t steps = setup(state, round), first = round->number * STEPS;
        struct stack stack;

        stack_fill(&stack, &state->pair.in);
        for (uint32_t i = 0; i <= steps; i++)
                load(&stack, &entry[i], state->pair.in.x87_control, first + i,
                        i == steps ? 0xff : (first + i) * 101 & 0xff);
}

/* The last entry is what the kernel leaves. */
static void expect(
        const struct state *state, const struct state_x87_image *last, struct registers *ret_expected)
{
        state_expect(state, 1, ret_expected);
        for (uint32_t i = 0; i < 8; i++)
                check_copy(ret_expected->x87[i], last->data[i], 10);
}

static int verify_x87(const void *memory, struct check_mismatch *ret_mismatch)
{
        const struct state *state = memory;
        const struct entry *entry = (const struct entry *)state->table;
        struct registers expected;

        expect(state, &entry[state_steps(state)].image, &expected);
        return state_verify_differences(state, &expected, 3, ret_mismatch);
}

/* Each step moves all values on by one register. An instruction of MMX that writes a register sets its upper
 * 16 bits; each makes all registers valid and the top 0 (SDM volume 1, 9.5.1). */
static void setup_mmx(void *memory, const struct check_round *round)
{
        static const uint8_t ones[2] = { 0xff, 0xff };
        struct state *state = memory;
        struct state_x87_image *entry = (struct state_x87_image *)state->table;
        uint32_t steps = setup(state, round);

        for (uint32_t i = 0; i <= steps; i++) {
                check_clear(&entry[i], sizeof(entry[i]));
                entry[i].control = state->pair.in.x87_control;
                entry[i].tags = 0xff;
                for (uint32_t r = 0; r < 8; r++) {
                        check_copy(entry[i].data[(r + i + 1) % 8], state->pair.in.x87[r], 8);
                        check_copy(entry[i].data[r] + 8, ones, 2);
                }
        }
}

static int verify_mmx(const void *memory, struct check_mismatch *ret_mismatch)
{
        const struct state *state = memory;
        const struct state_x87_image *entry = (const struct state_x87_image *)state->table;
        struct registers expected;

        expect(state, &entry[state_steps(state)], &expected);
        return state_verify_differences(state, &expected, 3, ret_mismatch);
}

void state_x87_run(void *state);
void state_mmx_run(void *state);

static const struct check_field fields[] = {
        STATE_DIFFERENCE(0, "x87 control, status or tag difference", CHECK_UNIT_X87),
        STATE_DIFFERENCE(1, "x87 significand difference", CHECK_UNIT_X87),
        STATE_DIFFERENCE(2, "x87 exponent difference", CHECK_UNIT_X87),
};

const struct check check_state_x87 = {
        .name = "state_x87",
        .detects = "A value, a tag or the top of the x87 stack that does not stay as it was set.",
        .family = CHECK_STATE,
        .needs = ISA(FPU) | ISA(FXSR),
        .state_size = sizeof(struct state) + (STEPS + 1) * sizeof(struct entry),
        STATE_OUTPUT(3 * 8),
        .round_us = 2000,
        .cycle = 40,
        .events = true,
        .fields = fields,
        .n_fields = ARRAY_SIZE(fields),
        .setup = setup_x87,
        .run = state_x87_run,
        .verify = verify_x87,
};

const struct check check_state_mmx = {
        .name = "state_mmx",
        .detects = "A value that is lost or changed in the MMX registers, which are those of x87.",
        .family = CHECK_STATE,
        .needs = ISA(MMX) | ISA(FXSR),
        .state_size = sizeof(struct state) + (STEPS + 1) * sizeof(struct state_x87_image),
        STATE_OUTPUT(3 * 8),
        .round_us = 2000,
        .cycle = 40,
        .events = true,
        .fields = fields,
        .n_fields = ARRAY_SIZE(fields),
        .setup = setup_mmx,
        .run = state_mmx_run,
        .verify = verify_mmx,
};
