/* SPDX-License-Identifier: Apache-2.0 */
/* Registers, addresses and immediates. A destination is rather a register whose value memory holds already, and
 * memory where nothing was written. */
#include "checks/program_maker.h"

#define TRIES 3
#define LINES (PROGRAM_DATA_SIZE / 64)

/* ---- registers ---- */

static uint16_t free_general(const struct program_maker *maker, bool low)
{
        return (uint16_t)(~maker->reserved & (low ? 0xff : 0xffff));
}

static uint8_t pick_general(struct program_maker *maker, uint16_t among)
{
        uint32_t number = program_take(maker, 4);

        while (!(among >> number & 1))
                number = (number + 5) % 16; /* 5 and 16 have no common factor */
        return (uint8_t)number;
}

static uint8_t pick_overwritten(struct program_maker *maker, uint16_t among)
{
        uint16_t better = among & (uint16_t)~maker->pending;
        uint8_t number = pick_general(maker, better ? better : among);

        program_keep(maker, number);
        return number;
}

uint8_t program_general(struct program_maker *maker, bool overwrite)
{
        return overwrite ? pick_overwritten(maker, free_general(maker, false))
                         : pick_general(maker, free_general(maker, false));
}

/* A register of 8 bits: with `high`, 4 to 7 are parts of the first four. */
static uint8_t pick_byte(struct program_maker *maker, bool high, bool overwrite)
{
        uint16_t among = free_general(maker, high);
        uint8_t number;

        if (high)
                among = (uint16_t)((among & 15) * 0x11); /* ax with ah, and so on */
        number = pick_general(maker, among);
        if (overwrite)
                program_keep(maker, high ? number & 3 : number);
        return number;
}

static uint8_t vector_limit(const struct program_maker *maker, const struct program_form *form)
{
        return maker->group->vector_bytes == 64 && form->space == PROGRAM_EVEX ? 32 : 16;
}

static uint8_t pick_vector(struct program_maker *maker, const struct program_form *form, bool overwrite)
{
        uint8_t limit = vector_limit(maker, form), number = 0;

        for (unsigned i = 0; i < TRIES; i++) {
                number = (uint8_t)(program_take(maker, 5) & (limit - 1));
                if (!overwrite || !(maker->pending_vectors >> number & 1))
                        return number;
        }
        program_keep_vector(maker, number);
        return number;
}

static uint8_t pick_eighth(struct program_maker *maker, uint8_t pending, bool overwrite,
        void (*keep)(struct program_maker *, uint8_t))
{
        uint8_t number = 0;

        for (unsigned i = 0; i < TRIES; i++) {
                number = (uint8_t)program_take(maker, 3);
                if (!overwrite || !(pending >> number & 1))
                        return number;
        }
        keep(maker, number);
        return number;
}

static uint8_t pick(struct program_maker *maker, const struct program_choice *choice, unsigned i)
{
        const struct program_form *form = choice->form;
        const struct program_operand *operand = &form->operands[i];
        bool overwrite = operand->access & PROGRAM_WRITE;

        switch (operand->class) {
        case PROGRAM_GENERAL8:
                return pick_byte(maker, choice->high, overwrite);
        case PROGRAM_GENERAL16:
        case PROGRAM_GENERAL32:
        case PROGRAM_GENERAL64:
                if (overwrite)
                        return pick_overwritten(maker, free_general(maker, choice->high));
                return pick_general(maker, free_general(maker, choice->high));
        case PROGRAM_MMX:
                return pick_eighth(maker, maker->pending_mmx, overwrite, program_keep_mmx);
        case PROGRAM_MASK:
                return pick_eighth(maker, maker->pending_masks, overwrite, program_keep_mask);
        case PROGRAM_X87:
                return (uint8_t)program_below(maker, maker->x87_depth);
        default:
                return pick_vector(maker, form, overwrite);
        }
}

/* xchg rax, rax is nop. */
static bool nothing(const struct program_form *form, uint8_t number)
{
        return form->map == 0 && form->opcode == 0x90 && number == 0;
}

static void choose_registers(struct program_maker *maker, struct program_choice *choice)
{
        const struct program_form *form = choice->form;

        for (unsigned i = 0; i < 4 && form->operands[i].class; i++) {
                const struct program_operand *operand = &form->operands[i];

                if (operand->class >= PROGRAM_MEMORY)
                        continue;
                choice->number[i] =
                        operand->slot == PROGRAM_FIXED ? operand->number : pick(maker, choice, i);
                if (operand->slot == PROGRAM_OPCODE && nothing(form, choice->number[i])) {
                        choice->number[i] = pick_general(maker, free_general(maker, false) & 0xfffe);
                        program_keep(maker, choice->number[i]);
                }
        }
}

/* The fixed and the hidden destinations. */
static void keep_fixed(struct program_maker *maker, const struct program_form *form)
{
        uint16_t written = form->general_written;

        for (unsigned i = 0; i < 4 && form->operands[i].class; i++) {
                const struct program_operand *operand = &form->operands[i];

                if (operand->slot != PROGRAM_FIXED || !(operand->access & PROGRAM_WRITE))
                        continue;
                if (operand->class >= PROGRAM_GENERAL8 && operand->class <= PROGRAM_GENERAL64)
                        written |= (uint16_t)(1u << operand->number);
        }
        written &= maker->pending;
        for (unsigned r = 0; written; r++, written >>= 1)
                if (written & 1)
                        program_keep(maker, (uint8_t)r);
}

bool program_conflicts(const struct program_maker *maker, const struct program_form *form)
{
        uint16_t named =
                (form->general_read | form->general_written) & 0xffef; /* rsp is the stack's business */

        for (unsigned i = 0; i < 4 && form->operands[i].class; i++)
                if (form->operands[i].slot == PROGRAM_FIXED && form->operands[i].class >= PROGRAM_GENERAL8 &&
                        form->operands[i].class <= PROGRAM_GENERAL64)
                        named |= (uint16_t)(1u << form->operands[i].number);
        return named & maker->reserved;
}

static void note_general(struct program_maker *maker, const struct program_choice *choice, unsigned i)
{
        unsigned number = choice->number[i];

        if (choice->form->operands[i].class == PROGRAM_GENERAL8 && choice->high)
                number &= 3;
        maker->pending |= (uint16_t)(1u << number);
}

static void note_vector(struct program_maker *maker, const struct program_choice *choice, unsigned i)
{
        unsigned number = choice->number[i];
        uint8_t class = choice->form->operands[i].class;

        maker->width[number] = class;
        maker->pending_vectors |= 1u << number;
}

void program_note_operands(struct program_maker *maker, const struct program_choice *choice)
{
        const struct program_form *form = choice->form;

        maker->pending |= form->general_written & 0xffef;
        if (form->trust & PROGRAM_WRITES_XMM0) {
                maker->width[0] = PROGRAM_XMM;
                maker->pending_vectors |= 1;
        }
        for (unsigned i = 0; i < 4 && form->operands[i].class; i++) {
                if (!(form->operands[i].access & PROGRAM_WRITE))
                        continue;
                switch (form->operands[i].class) {
                case PROGRAM_GENERAL8 ... PROGRAM_GENERAL64:
                        note_general(maker, choice, i);
                        break;
                case PROGRAM_MMX:
                        maker->pending_mmx |= (uint8_t)(1u << choice->number[i]);
                        break;
                case PROGRAM_XMM ... PROGRAM_ZMM:
                        note_vector(maker, choice, i);
                        break;
                case PROGRAM_MASK:
                        maker->pending_masks |= (uint8_t)(1u << choice->number[i]);
                        break;
                }
        }
}

/* ---- memory ---- */

int32_t program_place(struct program_maker *maker, uint32_t size, bool aligned, bool write)
{
        uint32_t line = program_take(maker, 4), at, end;

        for (unsigned i = 0; write && i < LINES && maker->lines >> line & 1; i++)
                line = (line + 5) % LINES;
        at = 64 * line + (aligned ? program_take(maker, 6) & -size : program_take(maker, 6));
        if (at + size > PROGRAM_DATA_SIZE)
                at = PROGRAM_DATA_SIZE - size;
        end = at + size - 1;
        if (write)
                maker->lines |= (uint16_t)(1u << at / 64 | 1u << end / 64);
        return (int32_t)at - PROGRAM_BASE;
}

/* An index below 256 by movzx, or below 64 by and, times the scale: all of it inside the data. */
static void choose_index(struct program_maker *maker, struct program_choice *choice, uint32_t size)
{
        uint32_t scale = program_take(maker, 2), reach;
        uint8_t index = pick_overwritten(maker, free_general(maker, choice->high));

        if (scale < 2) {
                program_help(maker, HELPER_MOVE8, index, program_general(maker, false), 0, 0);
                reach = 255u << scale;
        } else {
                program_keep_flags(maker);
                program_help(maker, HELPER_AND, index, 0, 0, 63);
                maker->flags = (maker->flags | PROGRAM_STATUS) & (uint8_t)~PROGRAM_AF;
                reach = 63u << scale;
        }
        maker->pending |= (uint16_t)(1u << index);
        choice->address.index = index;
        choice->address.scale = (uint8_t)scale;
        choice->address.displacement =
                (int32_t)program_below(maker, PROGRAM_DATA_SIZE - reach - size) - PROGRAM_BASE;
}

/* A locked access that is split over two lines stops every CPU, and Linux punishes the process that makes it
 * (Documentation/arch/x86/buslock.rst): it is aligned. xchg is locked without a prefix. */
static bool is_locked(const struct program_choice *choice)
{
        return choice->lock || (choice->form->map == 0 && (choice->form->opcode | 1) == 0x87);
}

static void choose_address(struct program_maker *maker, struct program_choice *choice, bool plain)
{
        const struct program_form *form = choice->form;
        bool write = false, aligned = form->layout & PROGRAM_ALIGNED || is_locked(choice);
        uint32_t size = form->memory;

        for (unsigned i = 0; i < 4; i++)
                write |= form->operands[i].class == PROGRAM_MEMORY &&
                         form->operands[i].access & PROGRAM_WRITE;
        choice->address.wide = program_take(maker, 3) == 0;
        if (!plain && !aligned && program_take(maker, write ? 4 : 2) == 0)
                choose_index(maker, choice, size);
        else
                choice->address.displacement =
                        program_place(maker, size, aligned || program_take(maker, 1), write);
}

/* ---- the rest ---- */

/* What pinsrb and its like, which differ in size, may name. */
static uint64_t element_number(const struct program_form *form, uint64_t value)
{
        switch (form->opcode) {
        case 0x14:
        case 0x20:
                return value & 15;
        case 0x15:
                return value & 7;
        case 0x16:
        case 0x22:
                return value & 3;
        default:
                return value;
        }
}

/* Bits of an immediate that its manual page reserves stay clear: compare predicates, pcmpistri and its like, numbers
 * of elements. */
static uint64_t legal_immediate(const struct program_form *form, uint64_t value)
{
        if (form->operands[3].class && form->operands[3].slot == PROGRAM_IS4)
                return 0;
        if (form->map == 1 && form->opcode == 0xc2)
                return value & (form->space == PROGRAM_LEGACY ? 7 : 31);
        if (form->map == 3 && form->space == PROGRAM_EVEX &&
                (form->opcode == 0x1e || form->opcode == 0x1f || form->opcode == 0x3e ||
                        form->opcode == 0x3f))
                return value & 7;
        if (form->map == 3 && form->opcode >= 0x60 && form->opcode <= 0x63)
                return value & 0x7f;
        if (form->map == 1 && (form->opcode == 0xc4 || form->opcode == 0xc5))
                return value & 7;
        return form->map == 3 ? element_number(form, value) : value;
}

static uint64_t choose_immediate(struct program_maker *maker, const struct program_form *form)
{
        uint64_t value = program_take(maker, 32);

        if (form->immediate == 8)
                value |= (uint64_t)program_take(maker, 32) << 32;
        else if (form->immediate == 4 && program_take(maker, 1))
                value = (uint64_t)(int64_t)(int8_t)value;
        return legal_immediate(form, value);
}

static void choose_evex(struct program_maker *maker, struct program_choice *choice)
{
        const struct program_form *form = choice->form;
        bool b = program_take(maker, 2) == 0, indirect = form->layout & PROGRAM_INDIRECT;

        if (form->ability & (indirect ? PROGRAM_BROADCASTS : PROGRAM_ROUNDS | PROGRAM_QUIET))
                choice->b = b;
        choice->rounding = (uint8_t)program_take(maker, 2);
        if (!(form->ability & PROGRAM_MASKS))
                return;
        if (form->ability & PROGRAM_MASKED || program_take(maker, 1))
                choice->mask = (uint8_t)(1 + program_below(maker, 7));
        if (choice->mask && form->ability & PROGRAM_ZEROES)
                choice->zeroes = program_take(maker, 1);
}

/* ah and its like can be named only where nothing asks for REX. */
static bool may_be_high(struct program_maker *maker, const struct program_form *form, bool indirect)
{
        bool byte = false;

        for (unsigned i = 0; i < 4; i++)
                byte |= form->operands[i].class == PROGRAM_GENERAL8 &&
                        form->operands[i].slot != PROGRAM_FIXED;
        return byte && form->space == PROGRAM_LEGACY && !(form->layout & PROGRAM_WIDE) &&
               !(indirect && maker->program->base >= 8) && program_take(maker, 2) == 0;
}

void program_operands(struct program_maker *maker, struct program_choice *choice, bool plain)
{
        const struct program_form *form = choice->form;
        bool indirect = form->layout & PROGRAM_INDIRECT;

        choice->high = may_be_high(maker, form, indirect);
        choice->address.base = maker->program->base;
        choice->address.index = PROGRAM_NO_INDEX;
        if (form->space == PROGRAM_EVEX)
                choose_evex(maker, choice);
        choice->long_vex = form->space == PROGRAM_VEX && program_take(maker, 3) == 0;
        choice->lock = form->layout & PROGRAM_LOCKABLE && form->operands[0].class == PROGRAM_MEMORY &&
                       form->operands[0].access & PROGRAM_WRITE && program_take(maker, 2) == 0;
        if (indirect)
                choose_address(maker, choice, plain);
        keep_fixed(maker, form);
        if (form->trust & PROGRAM_WRITES_XMM0)
                program_keep_vector(maker, 0);
        choose_registers(maker, choice);
        if (form->immediate)
                choice->immediate = choose_immediate(maker, form);
}
