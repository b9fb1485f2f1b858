/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors: gathers and scatters, whose indexes are made small; mxcsr; what writes many registers at once. */
#include "checks/program_maker.h"

#define SLOT (PROGRAM_SLOTS - PROGRAM_BASE + 32)
#define INDEX_REACH (63 * 8 + 8) /* bytes: the constants keep indexes below 64 */
#define KEEP_AT_ONCE 3
#define WIDE_INDEX 0x80

static uint8_t pick_index(struct program_maker *maker, const struct program_choice *choice)
{
        /* Bochs 2.7 knows no more than 16 registers here. */
        uint32_t limit = choice->form->space == PROGRAM_EVEX && !maker->group->known ? 32 : 16;
        uint8_t index = (uint8_t)(program_take(maker, 5) & (limit - 1));

        while (index == choice->number[0] || index == choice->number[1] || index == choice->number[2])
                index = (uint8_t)((index + 1) & (limit - 1));
        program_keep_vector(maker, index);
        return index;
}

static void make_small(struct program_maker *maker, const struct program_form *form, uint8_t index)
{
        static const enum program_helper helpers[2][3] = {
                { HELPER_MASK_XMM, HELPER_MASK_YMM, HELPER_MASK_YMM },
                { HELPER_MASK_XMM_EVEX, HELPER_MASK_YMM_EVEX, HELPER_MASK_ZMM },
        };
        uint8_t class = form->index & 15;
        int32_t constants = PROGRAM_CONSTANTS - PROGRAM_BASE + (form->index & WIDE_INDEX ? 64 : 0);

        program_help(maker, helpers[form->space == PROGRAM_EVEX][class - PROGRAM_XMM], index, index,
                constants, 0);
        maker->width[index] = class;
        maker->pending_vectors |= 1u << index;
}

/* Destination, index and mask must be three registers, else it faults. */
static bool gather(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };
        uint8_t index;

        program_operands(maker, &choice, true);
        if (form->space == PROGRAM_VEX && choice.number[0] == choice.number[2])
                choice.number[2] = (choice.number[2] + 1) & 15;
        if (form->space == PROGRAM_VEX)
                program_keep_vector(maker, choice.number[2]);
        else
                program_keep_mask(maker, choice.mask);
        index = pick_index(maker, &choice);
        make_small(maker, form, index);
        choice.address.index = index;
        choice.address.scale = (uint8_t)program_take(maker, 2);
        choice.address.displacement =
                (int32_t)program_below(maker, PROGRAM_DATA_SIZE - INDEX_REACH) - PROGRAM_BASE;
        program_step(maker, &choice);
        program_note_operands(maker, &choice);
        maker->pending_masks |= (uint8_t)(form->space == PROGRAM_EVEX ? 1u << choice.mask : 0);
        return true;
}

static uint32_t exceptions_masked(struct program_maker *maker)
{
        uint32_t bits = program_take(maker, 4); /* rounding, flush to zero, denormals are zeros */

        return 0x1f80 | (bits & 3) << 13 | (bits & 4) << 13 | (bits & 8) << 3;
}

static bool load_control(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };

        program_help(maker, HELPER_STORE_IMMEDIATE, 0, 0, SLOT, exceptions_masked(maker));
        choice.address = (struct program_address){ maker->program->base, PROGRAM_NO_INDEX, 0, false, SLOT };
        program_step(maker, &choice);
        return true;
}

/* The sticky exception flags are no part of what is compared. */
static bool store_control(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };

        program_operands(maker, &choice, true);
        program_keep_flags(maker);
        program_step(maker, &choice);
        program_help_at(maker, HELPER_AND_MEMORY, 0, &choice.address, 0xffc0);
        maker->flags = (maker->flags | PROGRAM_STATUS) & (uint8_t)~PROGRAM_AF;
        return true;
}

/* Where many values would be lost it is not the time. */
static bool zero(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };
        uint32_t lost = maker->pending_vectors & 0xffff;

        if (__builtin_popcount(lost) > KEEP_AT_ONCE)
                return false;
        for (uint8_t v = 0; v < 16; v++)
                if (lost >> v & 1)
                        program_keep_vector(maker, v);
        program_step(maker, &choice);
        return true;
}

/* vp2intersect writes an even mask register and the next. */
static bool intersect(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };

        program_operands(maker, &choice, false);
        choice.number[0] &= 6;
        program_keep_mask(maker, choice.number[0]);
        program_keep_mask(maker, choice.number[0] + 1);
        program_step(maker, &choice);
        maker->pending_masks |= (uint8_t)(3u << choice.number[0]);
        return true;
}

bool program_vector(struct program_maker *maker, const struct program_form *form)
{
        switch (form->special) {
        case PROGRAM_GATHER:
        case PROGRAM_SCATTER:
                return gather(maker, form);
        case PROGRAM_LOAD_CONTROL:
                return load_control(maker, form);
        case PROGRAM_STORE_CONTROL:
                return store_control(maker, form);
        case PROGRAM_INTERSECT:
                return intersect(maker, form);
        default:
                return zero(maker, form);
        }
}
