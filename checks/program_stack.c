/* SPDX-License-Identifier: Apache-2.0 */
/* Pushes with their pops, flags through the stack, frames. The stack is balanced after each. */
#include "checks/program_maker.h"

#define RBP REGISTERS_RBP

static bool is_short(const struct program_form *form)
{
        return form->prefix == PROGRAM_66;
}

static void between(struct program_maker *maker)
{
        maker->inside++;
        if (program_take(maker, 1))
                program_unit(maker);
        maker->inside--;
}

static uint8_t pop_general(struct program_maker *maker, bool is_16)
{
        uint8_t reg = program_general(maker, true);

        program_help(maker, is_16 ? HELPER_POP16 : HELPER_POP, reg, 0, 0, 0);
        maker->pending |= (uint16_t)(1u << reg);
        return reg;
}

static bool push(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };

        program_operands(maker, &choice, false);
        program_step(maker, &choice);
        between(maker);
        (void)pop_general(maker, is_short(form));
        return true;
}

static bool pop(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };

        program_help(
                maker, is_short(form) ? HELPER_PUSH16 : HELPER_PUSH, program_general(maker, false), 0, 0, 0);
        between(maker);
        program_operands(maker, &choice, false);
        program_step(maker, &choice);
        program_note_operands(maker, &choice);
        return true;
}

/* Of what is pushed the undefined flags, and those of the system, are cleared. */
static bool push_flags(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };
        uint32_t mask = program_real_flags(maker->flags);
        uint8_t reg;

        program_step(maker, &choice);
        reg = pop_general(maker, is_short(form));
        program_help(maker, HELPER_AND, reg, 0, 0, mask | (is_short(form) ? 0xffff0000 : 0));
        maker->flags = (maker->flags | PROGRAM_STATUS) & (uint8_t)~PROGRAM_AF;
        maker->flags_pending = 0;
        return true;
}

static bool pop_flags(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };
        uint32_t flags = program_real_flags((uint8_t)program_take(maker, 8));

        program_keep_flags(maker);
        program_help(
                maker, is_short(form) ? HELPER_PUSH16_IMMEDIATE : HELPER_PUSH_IMMEDIATE, 0, 0, 0, flags);
        program_step(maker, &choice);
        maker->flags = PROGRAM_STATUS;
        maker->flags_pending = 2;
        return true;
}

/* Level 0 or 1: beyond, rbp would have to point to older frames. */
static bool frame(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };
        uint32_t room = 8 * program_take(maker, 3);

        if (maker->reserved >> RBP & 1)
                return false;
        if (form->special == PROGRAM_ENTER) {
                choice.immediate = room | program_take(maker, 1) << 16;
                program_step(maker, &choice);
                program_help(maker, HELPER_LEAVE, 0, 0, 0, 0);
        } else {
                program_help(maker, HELPER_ENTER, 0, 0, 0, room);
                program_step(maker, &choice);
        }
        return true;
}

bool program_stack(struct program_maker *maker, const struct program_form *form)
{
        switch (form->special) {
        case PROGRAM_PUSH:
                return push(maker, form);
        case PROGRAM_POP:
                return pop(maker, form);
        case PROGRAM_PUSH_FLAGS:
                return push_flags(maker, form);
        case PROGRAM_POP_FLAGS:
                return pop_flags(maker, form);
        default:
                return frame(maker, form);
        }
}
