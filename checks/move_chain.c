/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/move_chain.h"

#include <assert.h>

#include "base/array.h"
#include "base/random.h"

#define WORDS (MOVE_CHAIN_MEMORY / 8)
#define DATA_MAX 64
#define SURROUNDING UINT64_C(0x9e3779b97f4a7c15) /* from one word beside the slots to the next */

static_assert(offsetof(struct move_chain_position, at) == MOVE_CHAIN_AT_1, "move_chain.h agrees");
static_assert(offsetof(struct move_chain_position, at[1]) == MOVE_CHAIN_AT_16, "");
static_assert(offsetof(struct move_chain_position, at[2]) == MOVE_CHAIN_AT_32, "");
static_assert(offsetof(struct move_chain_position, at[3]) == MOVE_CHAIN_AT_64, "");
static_assert(offsetof(struct move_chain_position, next) == MOVE_CHAIN_NEXT, "");
static_assert(offsetof(struct move_chain_position, batch) == MOVE_CHAIN_BATCH, "");
static_assert(offsetof(struct move_chain_state, memory) == sizeof(struct registers_pair),
        "the output is one piece");

/* The general registers that hold data, in the order of the kernel's slots; two groups of them. */
static const uint8_t general_data[] = { REGISTERS_RAX, REGISTERS_RCX, REGISTERS_RDX, REGISTERS_RBX,
        REGISTERS_R8, REGISTERS_R8 + 1, REGISTERS_R8 + 2, REGISTERS_R8 + 3 };

/* The image of one form's memory, as it is made. */
struct canvas {
        const struct move_chain_state *state;
        const struct move_chain *chain;
        const struct move_chain_form *form;
        uint32_t index;
        uint8_t bytes[MOVE_CHAIN_MEMORY];
};

static void canvas_begin(struct canvas *canvas, const struct move_chain_state *state,
        const struct move_chain *chain, uint32_t index)
{
        uint64_t word = random_mix(state->seed + index) ^ state->invert;

        canvas->state = state;
        canvas->chain = chain;
        canvas->form = &chain->forms[index];
        canvas->index = index;
        for (uint32_t i = 0; i < WORDS; i++, word += SURROUNDING)
                __builtin_memcpy(canvas->bytes + 8 * i, &word, sizeof(word));
}

static void reverse(uint8_t *data, uint32_t size)
{
        for (uint32_t i = 0; i < size / 2; i++) {
                uint8_t swapped = data[i];

                data[i] = data[size - 1 - i];
                data[size - 1 - i] = swapped;
        }
}

/* Where a slot of the first form has its data in the registers: NULL in those that have none there. */
static const void *sentinel(const struct canvas *canvas, uint32_t slot)
{
        const struct registers *in = &canvas->state->registers.in;

        if (canvas->index)
                return NULL;
        switch (canvas->chain->data) {
        case MOVE_CHAIN_VECTOR:
                return in->vector[slot];
        case MOVE_CHAIN_MMX:
                return slot < ARRAY_SIZE(in->x87) ? in->x87[slot] : NULL;
        default:
                return slot < ARRAY_SIZE(general_data) ? &in->general[general_data[slot]] : NULL;
        }
}

/* What a store of this slot writes. */
static void data_of(const struct canvas *canvas, uint32_t slot, bool side_b, uint8_t data[DATA_MAX])
{
        const struct move_chain_form *form = canvas->form;
        uint64_t random = random_mix(canvas->state->seed ^ (uint64_t)(canvas->index + 1) << 32 ^ slot);
        uint32_t kept = MIN(form->load, form->store);
        bool negative;

        for (uint32_t i = 0; i < form->store; i += 8) {
                uint64_t word =
                        form->constant ? form->constant : random_next(&random) ^ canvas->state->invert;

                __builtin_memcpy(data + i, &word, sizeof(word));
        }
        if (sentinel(canvas, slot))
                check_copy(data, sentinel(canvas, slot), kept);
        negative = form->extension == MOVE_CHAIN_SIGN && data[kept - 1] & 0x80;
        for (uint32_t i = kept; i < form->store; i++)
                data[i] = negative ? 0xff : 0;
        if (form->reversed && side_b)
                reverse(data, kept);
}

static uint8_t *slot_of(struct canvas *canvas, uint32_t slot, bool side_b)
{
        return canvas->bytes + canvas->state->shift + (side_b ? MOVE_CHAIN_SIDE : 0) +
               MOVE_CHAIN_SLOT * slot;
}

/* MOVE_CHAIN_OFFSETS - 1 times the same byte; the last eight overlap those before. */
static void fill_tail(uint8_t *to, uint8_t byte)
{
        uint64_t word = UINT64_C(0x0101010101010101) * byte;

        for (uint32_t i = 0; i + 8 < MOVE_CHAIN_OFFSETS; i += 8)
                __builtin_memcpy(to + i, &word, sizeof(word));
        __builtin_memcpy(to + MOVE_CHAIN_OFFSETS - 1 - 8, &word, sizeof(word));
}

/* A slot after a sweep of stores from the highest position down to the lowest. Where the positions are
 * neighbours, each store leaves its last byte to stay. */
static void sweep(struct canvas *canvas, uint32_t slot, bool side_b)
{
        uint32_t size = canvas->form->store, unit = MAX(canvas->chain->step, canvas->form->align);
        uint8_t data[DATA_MAX], *to = slot_of(canvas, slot, side_b);

        data_of(canvas, slot, side_b, data);
        for (uint32_t offset = MOVE_CHAIN_OFFSETS; unit > 1 && offset > unit; offset -= unit)
                check_copy(to + offset - unit, data, size);
        if (unit == 1)
                fill_tail(to + size, data[size - 1]);
        check_copy(to, data, size);
}

/* ---- the round ---- */

static uint64_t place(const struct move_chain_state *state, bool side_b, uint32_t offset)
{
        return (uintptr_t)state->memory + state->shift + (side_b ? MOVE_CHAIN_SIDE : 0) + offset;
}

static void position_set(struct move_chain_state *state, const struct move_chain *chain, uint32_t index,
        uint32_t length, uint32_t offset)
{
        struct move_chain_position *position = &state->ring[index];

        for (uint32_t i = 0; i < ARRAY_SIZE(position->at); i++) {
                uint32_t align = i ? 8u << i : 1;

                position->at[i] = place(state, !(index & 1), offset & -align);
        }
        position->next = &state->ring[(index + 1) % length];
        position->batch = chain->batch;
        check_clear(position->reserved, sizeof(position->reserved));
}

/* Side B, side A, and so on: first in the order of the round, then down from the highest offset to 0. */
static uint32_t ring_set(struct move_chain_state *state, const struct move_chain *chain, uint64_t *random)
{
        uint32_t swept = MOVE_CHAIN_OFFSETS / chain->step, length = 2 * (chain->random + swept);

        for (uint32_t i = 0; i < length; i++) {
                uint32_t offset = chain->step * (uint32_t)(random_next(random) % swept);

                if (i >= 2 * chain->random)
                        offset = chain->step * (swept - 1 - (i / 2 - chain->random));
                position_set(state, chain, i, length, offset);
        }
        return length;
}

static void registers_of(struct move_chain_state *state, const struct move_chain *chain, uint32_t length)
{
        struct move_chain_position *first = &state->ring[length - 1];
        uint64_t *general = state->registers.in.general;

        general[REGISTERS_RBP] = (uintptr_t)first;
        general[REGISTERS_RSI] = general[REGISTERS_RDI] = first->at[0];
        general[REGISTERS_R8 + 6] = general[REGISTERS_R15] = first->at[1];
        general[REGISTERS_R8 + 5] = chain->batches;
        if (chain->data == MOVE_CHAIN_GENERAL)
                return;
        general[REGISTERS_R8 + 2] = general[REGISTERS_R8 + 3] = first->at[2];
        general[REGISTERS_R8] = general[REGISTERS_R8 + 1] = first->at[3];
}

/* A write of an MMX register sets the exponent of the x87 register all ones (Intel SDM volume 1, 9.2.1). */
static void mmx_of(struct registers *in, const struct check_round *round)
{
        registers_setup_x87(in, round);
        for (uint32_t r = 0; r < ARRAY_SIZE(in->x87); r++)
                in->x87[r][8] = in->x87[r][9] = 0xff;
}

void move_chain_setup(
        struct move_chain_state *state, const struct check_round *round, const struct move_chain *chain)
{
        const struct check_round even = { .seed = round->seed,
                .number = round->number & ~1u,
                .cpu = round->cpu,
                .process = round->process };
        uint64_t random = check_round_hash(&even, 8);
        uint32_t length;

        registers_setup(&state->registers, round, state->stack + sizeof(state->stack));
        if (chain->data == MOVE_CHAIN_MMX)
                mmx_of(&state->registers.in, round);
        state->seed = random_next(&random);
        state->invert = round->number & 1 ? ~UINT64_C(0) : 0;
        state->shift = round->number >> 1 & 1 ? 64 : 0;
        check_clear(state->reserved, sizeof(state->reserved));
        length = ring_set(state, chain, &random);
        registers_of(state, chain, length);
        for (uint32_t i = 0; i < chain->n_forms; i++) {
                struct canvas canvas;
                uint8_t data[DATA_MAX];

                canvas_begin(&canvas, state, chain, i);
                for (uint32_t slot = 0; slot < MOVE_CHAIN_SLOTS; slot++) {
                        data_of(&canvas, slot, false, data);
                        check_copy(slot_of(&canvas, slot, false), data, canvas.form->store);
                }
                check_copy(state->memory[i], canvas.bytes, sizeof(canvas.bytes));
        }
}

int move_chain_verify(const struct move_chain_state *state, const struct move_chain *chain,
        struct check_mismatch *ret_mismatch)
{
        struct registers expected;
        struct check_compare compare;

        check_copy(&expected, &state->registers.in, sizeof(expected));
        expected.general[REGISTERS_R8 + 4] = expected.general[REGISTERS_R8 + 5] = 0;
        for (uint32_t r = 0; chain->cleared && r < 16; r++)
                check_clear(
                        expected.vector[r] + chain->cleared, sizeof(expected.vector[r]) - chain->cleared);
        check_compare_begin(&compare);
        registers_compare(&compare, &expected, &state->registers.out);
        for (uint32_t i = 0; i < chain->n_forms; i++) {
                struct canvas canvas;

                canvas_begin(&canvas, state, chain, i);
                for (uint32_t slot = 0; slot < MOVE_CHAIN_SLOTS; slot++) {
                        sweep(&canvas, slot, false);
                        sweep(&canvas, slot, true);
                }
                check_compare(&compare, sizeof(struct registers) + i * MOVE_CHAIN_MEMORY, canvas.bytes,
                        state->memory[i], MOVE_CHAIN_MEMORY);
        }
        return check_compare_end(&compare, ret_mismatch);
}
