/* SPDX-License-Identifier: Apache-2.0 */
/* The x87 stack is as deep as its instructions need it: a value is loaded or stored where it is not. The condition
 * codes are read only where they are defined: Intel SDM volume 1, 8.1.3. */
#include "checks/program_maker.h"

#define SLOT (PROGRAM_SLOTS - PROGRAM_BASE + 16)
#define RAX REGISTERS_RAX
#define C0_C2_C3 0x4500
#define C1 0x200
#define TOP 0x3800

static uint8_t physical(const struct program_maker *maker, unsigned i)
{
        return (uint8_t)(1u << ((maker->x87_top + i) & 7));
}

static void move_top(struct program_maker *maker, int pushed)
{
        maker->x87_depth = (uint8_t)(maker->x87_depth + pushed);
        maker->x87_top = (maker->x87_top - pushed) & 7;
}

static void load(struct program_maker *maker)
{
        program_help(maker, HELPER_LOAD_X87, 0, 0, program_place(maker, 8, false, false), 0);
        move_top(maker, 1);
}

void program_x87_fill(struct program_maker *maker)
{
        while (maker->x87_depth < 8)
                load(maker);
}

/* The only store of all 80 bits pops: the value is loaded again. */
void program_keep_x87(struct program_maker *maker, uint8_t i)
{
        int32_t at;

        if (!(maker->pending_x87 & physical(maker, i)))
                return;
        maker->pending_x87 &= (uint8_t)~physical(maker, i);
        at = program_room(maker, 16);
        if (!at)
                return;
        if (i)
                program_help(maker, HELPER_EXCHANGE_X87, i, 0, 0, 0);
        program_help(maker, HELPER_STORE_X87, 0, 0, at, 0);
        program_help(maker, HELPER_RELOAD_X87, 0, 0, at, 0);
        if (i)
                program_help(maker, HELPER_EXCHANGE_X87, i, 0, 0, 0);
}

/* Makes room for a push. */
static void store(struct program_maker *maker)
{
        int32_t at = program_room(maker, 16);

        program_help(maker, HELPER_STORE_X87, 0, 0, at ? at : program_place(maker, 16, false, true), 0);
        maker->pending_x87 &= (uint8_t)~physical(maker, 0);
        move_top(maker, -1);
}

/* The registers that an instruction overwrites or pops, as bits: bit i is st(i). */
static uint8_t overwritten(const struct program_choice *choice, bool popped)
{
        const struct program_form *form = choice->form;
        uint8_t set = form->x87 < 1 ? form->x87_written : 0;

        for (unsigned i = 0; i < 4; i++)
                if (form->operands[i].class == PROGRAM_X87 && form->operands[i].access & PROGRAM_WRITE &&
                        form->x87 < 1)
                        set |= (uint8_t)(1u << choice->number[i]);
        if (popped && form->x87 < 0)
                set |= form->x87 == -2 ? 3 : 1;
        return set;
}

static void calculate(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };
        uint8_t kept, written;

        program_define_flags(maker, form->flags_read);
        program_operands(maker, &choice, false);
        program_define_flags(maker, form->flags_read);
        kept = overwritten(&choice, true);
        for (uint8_t i = 0; i < 8; i++)
                if (kept >> i & 1)
                        program_keep_x87(maker, i);
        if (form->flags_written | form->flags_undefined)
                program_keep_flags(maker);
        program_step(maker, &choice);
        program_note_operands(maker, &choice);
        program_note_flags(maker, form);
        written = overwritten(&choice, false);
        for (uint8_t i = 0; i < 8; i++)
                maker->pending_x87 |= written >> i & 1 ? physical(maker, i) : 0;
        move_top(maker, form->x87);
        if (form->x87 > 0) /* fxtract leaves two */
                maker->pending_x87 |=
                        (uint8_t)(physical(maker, 0) | (form->x87_read ? physical(maker, 1) : 0));
}

static void status_to_ax(struct program_maker *maker, uint32_t mask)
{
        program_keep(maker, RAX);
        program_keep_flags(maker);
        program_help(maker, HELPER_STATUS, 0, 0, 0, 0);
        program_help(maker, HELPER_AND, RAX, 0, 0, mask);
        maker->flags = (maker->flags | PROGRAM_STATUS) & (uint8_t)~PROGRAM_AF;
        maker->pending |= 1u << RAX;
}

static bool operate(struct program_maker *maker, const struct program_form *form)
{
        uint32_t shown = form->special == PROGRAM_X87_COMPARE    ? C0_C2_C3
                         : form->special == PROGRAM_X87_CLASSIFY ? C0_C2_C3 | C1
                                                                 : 0;

        if (maker->inside && (maker->x87_depth < form->x87_read || maker->x87_depth == 0))
                return false;
        if (maker->inside && shown && maker->reserved >> RAX & 1)
                return false;
        while (maker->x87_depth < form->x87_read || maker->x87_depth == 0)
                load(maker);
        while (maker->x87_depth + form->x87 > 8)
                store(maker);
        calculate(maker, form);
        if (shown)
                status_to_ax(maker, shown);
        return true;
}

/* fldcw: a precision and a rounding mode; exceptions stay masked. Intel SDM volume 1, 8.1.5. */
static bool load_control(struct program_maker *maker, const struct program_form *form)
{
        static const uint32_t precisions[4] = { 0x000, 0x200, 0x300, 0x300 };
        struct program_choice choice = { .form = form };
        uint32_t control = 0x7f | precisions[program_take(maker, 2)];

        control |= program_take(maker, 2) << 10;
        program_help(maker, HELPER_STORE_IMMEDIATE, 0, 0, SLOT, control);
        choice.address = (struct program_address){ maker->program->base, PROGRAM_NO_INDEX, 0, false, SLOT };
        program_step(maker, &choice);
        return true;
}

/* fnstsw: of what it stores TOP alone is always defined. */
static bool store_status(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };

        program_operands(maker, &choice, true);
        program_keep_flags(maker);
        if (form->layout & PROGRAM_INDIRECT) {
                choice.address.displacement = program_place(maker, 4, false, true);
                program_step(maker, &choice);
                program_help_at(maker, HELPER_AND_MEMORY, 0, &choice.address, 0xffff0000 | TOP);
        } else {
                program_keep(maker, RAX);
                program_step(maker, &choice);
                program_help(maker, HELPER_AND, RAX, 0, 0, TOP);
                maker->pending |= 1u << RAX;
        }
        maker->flags = (maker->flags | PROGRAM_STATUS) & (uint8_t)~PROGRAM_AF;
        return true;
}

/* The deepest is freed, so that the rest stays a stack. */
static bool free_deepest(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };

        if (maker->inside || maker->x87_depth == 0)
                return false;
        program_keep_x87(maker, maker->x87_depth - 1);
        choice.number[0] = --maker->x87_depth;
        program_step(maker, &choice);
        return true;
}

static bool turn(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };

        if (maker->inside && maker->x87_depth < 8)
                return false;
        program_x87_fill(maker);
        program_step(maker, &choice);
        maker->x87_top =
                (maker->x87_top + (form->modrm & 1 ? 1 : 7)) & 7; /* fincstp is D9 F7, fdecstp D9 F6 */
        return true;
}

static bool empty(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };

        program_step(maker, &choice);
        maker->emptied = true;
        return true;
}

bool program_x87(struct program_maker *maker, const struct program_form *form)
{
        switch (form->special) {
        case PROGRAM_X87_CONTROL:
                return load_control(maker, form);
        case PROGRAM_X87_STATUS:
                return store_status(maker, form);
        case PROGRAM_X87_FREE:
                return free_deepest(maker, form);
        case PROGRAM_X87_TURN:
                return turn(maker, form);
        case PROGRAM_X87_EMPTY:
                return empty(maker, form);
        default:
                return operate(maker, form);
        }
}
