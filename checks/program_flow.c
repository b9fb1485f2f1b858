/* SPDX-License-Identifier: Apache-2.0 */
/* Branches, loops, calls: each has all its ways inside the program, and ends. What lies between a jump and where it
 * leads is one to three drawn instructions, executed or not. */
#include "checks/program_maker.h"

#define RCX REGISTERS_RCX
#define SLOT (PROGRAM_SLOTS - PROGRAM_BASE)

/* What may differ between two ways that meet. */
struct meeting {
        uint8_t flags;
        uint16_t pending;
        uint32_t pending_vectors;
        uint8_t pending_masks, pending_mmx, pending_x87;
};

static struct meeting leave_way(struct program_maker *maker)
{
        maker->inside++;
        return (struct meeting){ maker->flags, maker->pending, maker->pending_vectors, maker->pending_masks,
                maker->pending_mmx, maker->pending_x87 };
}

static void meet(struct program_maker *maker, const struct meeting *other)
{
        maker->inside--;
        maker->flags &= other->flags;
        maker->pending |= other->pending;
        maker->pending_vectors |= other->pending_vectors;
        maker->pending_masks |= other->pending_masks;
        maker->pending_mmx |= other->pending_mmx;
        maker->pending_x87 |= other->pending_x87;
}

/* Puts the distance from `end` to `to` into the last `bytes` bytes before `end`. */
static void patch(struct program_maker *maker, uint8_t *end, const uint8_t *to, unsigned bytes)
{
        int32_t distance = (int32_t)(to - end);

        if (bytes == 1 && distance != (int8_t)distance)
                maker->program->overflown = true;
        for (unsigned i = 0; i < bytes; i++)
                end[(int)i - (int)bytes] = (uint8_t)((uint32_t)distance >> 8 * i);
}

static uint8_t *jump(struct program_maker *maker, const struct program_form *form)
{
        const struct program_choice choice = { .form = form };

        program_step(maker, &choice);
        return maker->at;
}

static uint8_t *help_jump(struct program_maker *maker, enum program_helper helper)
{
        program_help(maker, helper, 0, 0, 0, 0);
        return maker->at;
}

/* Eight bits reach one plain instruction with what it needs, 32 bits any number. */
static void units(struct program_maker *maker, unsigned bytes)
{
        unsigned n = bytes == 1 ? 1 : 1 + program_below(maker, 3);

        maker->tight += bytes == 1;
        while (n--)
                program_unit(maker);
        maker->tight -= bytes == 1;
}

static bool branch(struct program_maker *maker, const struct program_form *form)
{
        struct meeting taken;
        uint8_t *end;

        if (form->special == PROGRAM_BRANCH_COUNT && program_take(maker, 1)) {
                program_keep(maker, RCX);
                program_keep_flags(maker);
                program_help(maker, HELPER_AND, RCX, 0, 0, 1);
                maker->flags = (maker->flags | PROGRAM_STATUS) & (uint8_t)~PROGRAM_AF;
                maker->pending |= 1u << RCX;
        }
        program_define_flags(maker, form->flags_read);
        end = jump(maker, form);
        taken = leave_way(maker);
        units(maker, form->immediate);
        meet(maker, &taken);
        patch(maker, end, maker->at, form->immediate);
        return true;
}

static bool loop(struct program_maker *maker, const struct program_form *form)
{
        int32_t sum = program_room(maker, 8);
        struct meeting again;
        uint8_t *begin, *end;

        program_keep(maker, RCX);
        program_keep_flags(maker);
        program_help(maker, HELPER_MOVE_IMMEDIATE, RCX, 0, 0, 2 + program_take(maker, 1));
        maker->reserved |= 1u << RCX;
        maker->flags = 0; /* at the second time they are what the first left */
        begin = maker->at;
        if (sum) /* each count shows */
                program_help(maker, HELPER_ADD_MEMORY, RCX, 0, sum, 0);
        again = leave_way(maker);
        units(maker, 1);
        program_define_flags(maker, form->flags_read);
        end = jump(maker, form);
        again.flags = maker->flags;
        meet(maker, &again);
        patch(maker, end, begin, 1);
        maker->reserved &= (uint16_t) ~(1u << RCX);
        return true;
}

/* lea r64, [rip + distance]; returns where the distance ends. */
static uint8_t *take_address(struct program_maker *maker, uint8_t reg)
{
        static const struct program_address nowhere = { .base = 5, .index = PROGRAM_NO_INDEX, .wide = true };
        uint8_t *at;

        program_help_at(maker, HELPER_ADDRESS, reg, &nowhere, 0);
        at = maker->at;
        at[-5] = (uint8_t)((at[-5] & 0x38) | 5); /* modrm: relative to rip */
        return at;
}

static bool jump_over(struct program_maker *maker, const struct program_form *form)
{
        bool indirect = form->special == PROGRAM_JUMP_INDIRECT;
        uint8_t reg = indirect ? program_general(maker, true) : 0, *end, *address = NULL;
        struct program_choice choice = { .form = form, .number = { reg } };
        struct meeting other;
        uint16_t reserved = maker->reserved;

        choice.address = (struct program_address){ maker->program->base, PROGRAM_NO_INDEX, 0, false, SLOT };
        if (indirect)
                address = take_address(maker, reg);
        if (form->layout & PROGRAM_INDIRECT)
                program_help_at(maker, HELPER_STORE, reg, &choice.address, 0);
        program_step(maker, &choice);
        end = maker->at;
        maker->reserved |= indirect ? (uint16_t)(1u << reg) : 0;
        other = leave_way(maker);
        units(maker, form->immediate);
        meet(maker, &other);
        maker->flags = other.flags;
        maker->reserved = reserved;
        if (indirect) {
                patch(maker, address, maker->at, 4);
                program_help(maker, HELPER_MOVE_IMMEDIATE, reg, 0, 0, program_take(maker, 32));
        } else {
                patch(maker, end, maker->at, form->immediate);
        }
        return true;
}

/* The called piece lies between the call and where it returns to, which jumps over it. */
static void called(struct program_maker *maker, uint8_t *call, const struct program_choice *back)
{
        uint8_t *over = help_jump(maker, HELPER_JUMP);

        patch(maker, call, maker->at, 4);
        maker->inside++;
        units(maker, 4);
        maker->inside--;
        if (back)
                program_step(maker, back);
        else
                program_help(maker, HELPER_RETURN, 0, 0, 0, 0);
        patch(maker, over, maker->at, 4);
}

static bool call(struct program_maker *maker, const struct program_form *form)
{
        called(maker, jump(maker, form), NULL);
        return true;
}

static bool call_indirect(struct program_maker *maker, const struct program_form *form)
{
        uint8_t reg = program_general(maker, true), *address;
        struct program_choice choice = { .form = form, .number = { reg } };
        uint16_t reserved = maker->reserved;

        choice.address = (struct program_address){ maker->program->base, PROGRAM_NO_INDEX, 0, false, SLOT };
        address = take_address(maker, reg);
        if (form->layout & PROGRAM_INDIRECT)
                program_help_at(maker, HELPER_STORE, reg, &choice.address, 0);
        program_step(maker, &choice);
        maker->reserved |= (uint16_t)(1u << reg);
        called(maker, address, NULL);
        maker->reserved = reserved;
        program_help(maker, HELPER_MOVE_IMMEDIATE, reg, 0, 0, program_take(maker, 32));
        return true;
}

/* ret with a count drops what lies above the return address: room for it is made before the call. */
static bool come_back(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };
        uint32_t dropped = form->immediate ? 8 * program_take(maker, 3) : 0;
        struct program_address below = { REGISTERS_RSP, PROGRAM_NO_INDEX, 0, false, -(int32_t)dropped };

        choice.immediate = dropped;
        if (dropped)
                program_help_at(maker, HELPER_ADDRESS, REGISTERS_RSP, &below, 0);
        called(maker, help_jump(maker, HELPER_CALL), &choice);
        return true;
}

bool program_flow(struct program_maker *maker, const struct program_form *form)
{
        switch (form->special) {
        case PROGRAM_CALL:
                return call(maker, form);
        case PROGRAM_CALL_INDIRECT:
                return call_indirect(maker, form);
        case PROGRAM_RETURN:
                return come_back(maker, form);
        case PROGRAM_JUMP:
        case PROGRAM_JUMP_INDIRECT:
                return jump_over(maker, form);
        case PROGRAM_LOOP:
                return loop(maker, form);
        default:
                return branch(maker, form);
        }
}
