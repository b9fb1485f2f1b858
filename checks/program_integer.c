/* SPDX-License-Identifier: Apache-2.0 */
/* General registers: what would fault or be undefined gets operands for which it is neither. */
#include "checks/program_maker.h"

#define RAX REGISTERS_RAX
#define RCX REGISTERS_RCX
#define RDX REGISTERS_RDX

static void finish(struct program_maker *maker, const struct program_choice *choice)
{
        if (choice->form->flags_written | choice->form->flags_undefined)
                program_keep_flags(maker);
        program_step(maker, choice);
        program_note_operands(maker, choice);
        program_note_flags(maker, choice->form);
}

/* Bits of the operand that is shifted. */
static unsigned shifted_bits(const struct program_form *form)
{
        if (form->operands[0].class == PROGRAM_MEMORY)
                return 8u * form->memory;
        return 8u << (form->operands[0].class - PROGRAM_GENERAL8);
}

/* By 1 all flags but AF are defined, by more OF is not; a count of the operand's size or more leaves CF undefined. */
static bool shift(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };
        unsigned bits = shifted_bits(form);

        program_define_flags(maker, form->flags_read);
        program_operands(maker, &choice, false);
        program_define_flags(maker, form->flags_read);
        if (form->special == PROGRAM_SHIFT_IMMEDIATE)
                choice.immediate = 1 + program_below(maker, bits - 1);
        finish(maker, &choice);
        if (form->special == PROGRAM_SHIFT_ONE ||
                (choice.immediate == 1 && form->special == PROGRAM_SHIFT_IMMEDIATE))
                maker->flags |= PROGRAM_OF;
        return true;
}

/* By cl. shld and shrd of 16 bits are undefined beyond 16: then the count is made small. */
static bool shift_count(struct program_maker *maker, const struct program_form *form)
{
        bool twice = form->map == 1;

        if (twice && shifted_bits(form) == 16) {
                program_keep(maker, RCX);
                program_keep_flags(maker);
                program_help(maker, HELPER_AND, RCX, 0, 0, 15);
                maker->flags = (maker->flags | PROGRAM_STATUS) & (uint8_t)~PROGRAM_AF;
                maker->pending |= 1u << RCX;
        }
        return shift(maker, form);
}

/* A register for a divisor: neither half of the dividend. */
static uint8_t pick_divisor(struct program_maker *maker)
{
        uint16_t reserved = maker->reserved;
        uint8_t divisor;

        maker->reserved |= 1u << RAX | 1u << RDX;
        divisor = program_general(maker, true);
        maker->reserved = reserved;
        return divisor;
}

static unsigned divided_bits(const struct program_form *form)
{
        if (form->operands[0].class == PROGRAM_MEMORY)
                return 8u * form->memory;
        return 8u << (form->operands[0].class - PROGRAM_GENERAL8);
}

/* The high half of the dividend is half of an odd divisor: the quotient fits. */
static void ready_unsigned(struct program_maker *maker, uint8_t divisor, unsigned bits)
{
        program_help(maker, HELPER_OR, divisor, 0, 0, 1 | program_take(maker, 7));
        switch (bits) {
        case 8:
                program_help(maker, HELPER_MOVE8, RAX, RAX, 0, 0);
                return;
        case 16:
                program_help(maker, HELPER_MOVE16, RDX, divisor, 0, 0);
                program_help(maker, HELPER_SHIFT32, RDX, 0, 0, 0);
                return;
        case 32:
                program_help(maker, HELPER_MOVE32, RDX, divisor, 0, 0);
                program_help(maker, HELPER_SHIFT32, RDX, 0, 0, 0);
                return;
        default:
                program_help(maker, HELPER_MOVE, RDX, divisor, 0, 0);
                program_help(maker, HELPER_SHIFT, RDX, 0, 0, 0);
        }
}

/* The dividend is rax with its sign, the divisor neither -1, 0 nor 1. */
static void ready_signed(struct program_maker *maker, uint8_t divisor, unsigned bits)
{
        static const enum program_helper extend[4] = { HELPER_CBW, HELPER_CWD, HELPER_CDQ, HELPER_CQO };
        bool wide = bits == 64;

        if (bits == 8)
                program_help(maker, HELPER_MOVE8, divisor, divisor, 0, 0);
        if (bits == 16)
                program_help(maker, HELPER_MOVE16, divisor, divisor, 0, 0);
        program_help(maker, wide ? HELPER_SHIFT : HELPER_SHIFT32, divisor, 0, 0, 0);
        program_help(maker, HELPER_OR, divisor, 0, 0, 2);
        if (program_take(maker, 1))
                program_help(maker, wide ? HELPER_NEGATE : HELPER_NEGATE32, divisor, 0, 0, 0);
        program_help(maker, extend[__builtin_ctz(bits / 8)], 0, 0, 0, 0);
}

static bool divide(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };
        unsigned bits = divided_bits(form);
        uint8_t divisor = pick_divisor(maker);

        program_keep_flags(maker);
        program_keep(maker, RAX);
        program_keep(maker, RDX);
        if (form->special == PROGRAM_DIVIDE)
                ready_unsigned(maker, divisor, bits);
        else
                ready_signed(maker, divisor, bits);
        choice.number[0] = divisor;
        choice.address = (struct program_address){ maker->program->base, PROGRAM_NO_INDEX, 0, false,
                program_place(maker, 8, program_take(maker, 1), true) };
        if (form->layout & PROGRAM_INDIRECT)
                program_help_at(maker, HELPER_STORE, divisor, &choice.address, 0);
        maker->pending |= (uint16_t)(1u << divisor);
        maker->flags = 0; /* after what made the operands ready, none is known */
        program_step(maker, &choice);
        program_note_operands(maker, &choice);
        return true;
}

/* The source gets a bit. */
static bool bit_scan(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };
        uint32_t bits = 1u << program_take(maker, 2);

        program_operands(maker, &choice, true);
        program_keep_flags(maker);
        if (form->layout & PROGRAM_INDIRECT) {
                choice.address.displacement = program_place(maker, 8, false, true);
                program_help_at(maker, HELPER_STORE_IMMEDIATE, 0, &choice.address,
                        program_take(maker, 32) << 8 | bits << 4);
        } else {
                program_keep(maker, choice.number[1]);
                program_help(maker, HELPER_OR, choice.number[1], 0, 0, bits);
                maker->pending |= (uint16_t)(1u << choice.number[1]);
        }
        finish(maker, &choice);
        return true;
}

/* The bit's number is made small: memory of 32 bytes is in reach. */
static bool bit_memory(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };

        program_operands(maker, &choice, true);
        choice.address.displacement =
                program_place(maker, 64, choice.lock, form->operands[0].access & PROGRAM_WRITE);
        program_keep(maker, choice.number[1]);
        program_keep_flags(maker);
        program_help(maker, HELPER_AND, choice.number[1], 0, 0, 255);
        maker->flags = (maker->flags | PROGRAM_STATUS) & (uint8_t)~PROGRAM_AF;
        maker->pending |= (uint16_t)(1u << choice.number[1]);
        finish(maker, &choice);
        return true;
}

/* lea of data: the address of the arena must not come into the registers. */
static bool address(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };

        program_operands(maker, &choice, true);
        choice.address.base = program_general(maker, false);
        choice.address.index = program_take(maker, 2) ? program_general(maker, false) : PROGRAM_NO_INDEX;
        choice.address.scale = (uint8_t)program_take(maker, 2);
        choice.address.displacement = (int32_t)program_take(maker, 32);
        choice.address.displacement >>= program_take(maker, 1) ? 24 : 0;
        finish(maker, &choice);
        return true;
}

/* extrq, insertq: a length of 1 to 32 bits, which begins in the low half. AMD APM volume 4. */
static bool extract(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };

        program_operands(maker, &choice, true);
        choice.immediate = 1 + program_take(maker, 5);
        choice.immediate |= program_take(maker, 5) << 8;
        finish(maker, &choice);
        return true;
}

bool program_integer(struct program_maker *maker, const struct program_form *form)
{
        switch (form->special) {
        case PROGRAM_SHIFT_ONE:
        case PROGRAM_SHIFT_IMMEDIATE:
                return shift(maker, form);
        case PROGRAM_SHIFT_COUNT:
                return shift_count(maker, form);
        case PROGRAM_DIVIDE:
        case PROGRAM_DIVIDE_SIGNED:
                return divide(maker, form);
        case PROGRAM_BIT_SCAN:
                return bit_scan(maker, form);
        case PROGRAM_BIT_MEMORY:
                return bit_memory(maker, form);
        case PROGRAM_EXTRACT:
                return extract(maker, form);
        default:
                return address(maker, form);
        }
}
