/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions that name their memory by fixed registers: these point into the arena for a moment, and hold distances
 * from its base afterwards. */
#include "checks/program_maker.h"

#define RBX REGISTERS_RBX
#define RCX REGISTERS_RCX
#define RSI REGISTERS_RSI
#define RDI REGISTERS_RDI

/* A pointer becomes base - pointer: by not and lea, which leave the flags alone. */
static void forget_address(struct program_maker *maker, uint8_t reg)
{
        struct program_address difference = { reg, maker->program->base, 0, false, 1 };

        program_help(maker, HELPER_NOT, reg, 0, 0, 0);
        program_help_at(maker, HELPER_ADDRESS, reg, &difference, 0);
        maker->pending |= (uint16_t)(1u << reg);
}

/* Opcodes: bit 0 is clear for bytes; a4 movs, a6 cmps, aa stos, ac lods, ae scas. */
static uint32_t element_size(const struct program_form *form)
{
        if (!(form->opcode & 1))
                return 1;
        if (form->layout & PROGRAM_WIDE)
                return 8;
        return form->prefix == PROGRAM_66 || form->prefix >= PROGRAM_66_F3 ? 2 : 4;
}

static void point(struct program_maker *maker, const struct program_form *form, bool down, uint32_t n)
{
        uint32_t size = element_size(form), last = down ? (n - 1) * size : 0;
        bool writes = (form->opcode & 0xfe) == 0xa4 || (form->opcode & 0xfe) == 0xaa;

        program_keep(maker, RSI);
        program_keep(maker, RDI);
        program_help(maker, HELPER_ADDRESS, RSI, 0,
                program_place(maker, n * size, false, false) + (int32_t)last, 0);
        program_help(maker, HELPER_ADDRESS, RDI, 0,
                program_place(maker, n * size, false, writes) + (int32_t)last, 0);
}

/* `around`: std or cld is the drawn one, and the form is movsq. */
static bool string(
        struct program_maker *maker, const struct program_form *form, const struct program_form *around)
{
        struct program_choice choice = { .form = form }, direction = { .form = around };
        bool repeats = form->prefix >= PROGRAM_F3, down = around || program_take(maker, 2) == 0;
        bool begins = around && around->opcode == 0xfd;
        uint32_t n = repeats ? 1 + program_take(maker, 3) : 1;

        if (maker->reserved & (1u << RSI | 1u << RDI | 1u << RCX))
                return false;
        if (form->flags_written)
                program_keep_flags(maker);
        if ((form->opcode & 0xfe) == 0xac) /* lods */
                program_keep(maker, REGISTERS_RAX);
        point(maker, form, down, n);
        if (repeats) {
                program_keep(maker, RCX);
                program_help(maker, HELPER_MOVE_IMMEDIATE, RCX, 0, 0, n);
                maker->pending |= 1u << RCX;
        }
        if (begins)
                program_step(maker, &direction);
        else if (down)
                program_help(maker, HELPER_STD, 0, 0, 0, 0);
        if (around)
                program_help(maker, HELPER_MOVSQ, 0, 0, 0, 0);
        else
                program_step(maker, &choice);
        if (around && !begins)
                program_step(maker, &direction);
        else if (down)
                program_help(maker, HELPER_CLD, 0, 0, 0, 0);
        program_note_operands(maker, &choice);
        program_note_flags(maker, form);
        forget_address(maker, RSI);
        forget_address(maker, RDI);
        return true;
}

static bool translate(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };

        if (maker->reserved >> RBX & 1)
                return false;
        program_keep(maker, RBX);
        program_keep(maker, REGISTERS_RAX);
        program_help(maker, HELPER_ADDRESS, RBX, 0,
                (int32_t)program_below(maker, PROGRAM_DATA_SIZE - 256) - PROGRAM_BASE, 0);
        program_step(maker, &choice);
        maker->pending |= 1u << REGISTERS_RAX;
        program_help(maker, HELPER_MOVE_IMMEDIATE, RBX, 0, 0, program_take(maker, 32));
        return true;
}

static bool mask_move(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };

        if (maker->reserved >> RDI & 1)
                return false;
        program_operands(maker, &choice, true);
        program_keep(maker, RDI);
        program_help(maker, HELPER_ADDRESS, RDI, 0, program_place(maker, 16, false, true), 0);
        program_step(maker, &choice);
        forget_address(maker, RDI);
        return true;
}

bool program_string(struct program_maker *maker, const struct program_form *form)
{
        switch (form->special) {
        case PROGRAM_TRANSLATE:
                return translate(maker, form);
        case PROGRAM_MASK_MOVE:
                return mask_move(maker, form);
        case PROGRAM_DIRECTION:
                return string(maker, &program_helpers[HELPER_MOVSQ], form);
        default:
                return string(maker, form, NULL);
        }
}
