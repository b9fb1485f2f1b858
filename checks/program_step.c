/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions, and what keeps values alive: a register that is to be overwritten is stored where nothing else writes,
 * if no memory holds its value yet. */
#include "checks/program_maker.h"

#define FLAG_CONDITIONS 16

static void step_begin(struct program_maker *maker, uint16_t form)
{
        struct program *program = maker->program;

        if (program->n == PROGRAM_INSTRUCTIONS_MAX ||
                maker->at > program->code + PROGRAM_CODE_MAX - 2 * PROGRAM_INSTRUCTION_MAX) {
                program->overflown = true;
                program->n = 0;
                maker->at = program->code;
        }
        program->offset[program->n] = (uint16_t)(maker->at - program->code);
        program->form[program->n++] = form;
}

void program_step(struct program_maker *maker, const struct program_choice *choice)
{
        step_begin(maker, (uint16_t)(choice->form - program_forms()));
        maker->at = program_emit(maker->at, choice);
}

void program_help_at(struct program_maker *maker, enum program_helper helper, uint8_t reg,
        const struct program_address *address, uint32_t immediate)
{
        const struct program_choice choice = { .form = &program_helpers[helper],
                .number = { reg, reg, reg, reg },
                .address = *address,
                .immediate = immediate };

        step_begin(maker, PROGRAM_HELPER);
        maker->at = program_emit(maker->at, &choice);
}

void program_help(struct program_maker *maker, enum program_helper helper, uint8_t first, uint8_t second,
        int32_t displacement, uint32_t immediate)
{
        const struct program_choice choice = { .form = &program_helpers[helper],
                .number = { first, second },
                .address = { maker->program->base, PROGRAM_NO_INDEX, 0, false, displacement },
                .immediate = immediate };

        step_begin(maker, PROGRAM_HELPER);
        maker->at = program_emit(maker->at, &choice);
}

int32_t program_room(struct program_maker *maker, uint32_t size)
{
        struct program *program = maker->program;
        uint32_t at = (program->kept + size - 1) & -size;

        if (at + size > PROGRAM_KEPT_SIZE)
                return 0;
        program->kept = at + size;
        return (int32_t)(PROGRAM_KEPT - PROGRAM_BASE + at);
}

void program_keep(struct program_maker *maker, uint8_t general)
{
        int32_t at;

        if (!(maker->pending >> general & 1))
                return;
        maker->pending &= (uint16_t) ~(1u << general);
        at = program_room(maker, 8);
        if (at)
                program_help(maker, HELPER_STORE, general, 0, at, 0);
}

static enum program_helper vector_store(const struct program_maker *maker, uint8_t vector, uint8_t width)
{
        if (maker->group->vector_bytes == 16)
                return HELPER_STORE_XMM;
        if (width == PROGRAM_ZMM)
                return HELPER_STORE_ZMM;
        if (vector >= 16)
                return width == PROGRAM_YMM ? HELPER_STORE_YMM_EVEX : HELPER_STORE_XMM_EVEX;
        return width == PROGRAM_YMM ? HELPER_STORE_YMM_AVX : HELPER_STORE_XMM_AVX;
}

void program_keep_vector(struct program_maker *maker, uint8_t vector)
{
        enum program_helper helper = vector_store(maker, vector, maker->width[vector]);
        int32_t at;

        if (!(maker->pending_vectors >> vector & 1))
                return;
        maker->pending_vectors &= ~(1u << vector);
        at = program_room(maker, program_helpers[helper].memory);
        if (at)
                program_help(maker, helper, vector, 0, at, 0);
}

void program_keep_mask(struct program_maker *maker, uint8_t mask)
{
        int32_t at;

        if (!(maker->pending_masks >> mask & 1))
                return;
        maker->pending_masks &= (uint8_t) ~(1u << mask);
        at = program_room(maker, 8);
        if (at)
                program_help(maker, HELPER_STORE_MASK, mask, 0, at, 0);
}

void program_keep_mmx(struct program_maker *maker, uint8_t mmx)
{
        int32_t at;

        if (!(maker->pending_mmx >> mmx & 1))
                return;
        maker->pending_mmx &= (uint8_t) ~(1u << mmx);
        at = program_room(maker, 8);
        if (at)
                program_help(maker, HELPER_STORE_MMX, mmx, 0, at, 0);
}

/* The flags that a condition (the low bits of setcc's opcode) reads: Intel SDM volume 1, appendix B. */
static const uint8_t condition_flags[8] = { PROGRAM_OF, PROGRAM_CF, PROGRAM_ZF, PROGRAM_CF | PROGRAM_ZF,
        PROGRAM_SF, PROGRAM_PF, PROGRAM_SF | PROGRAM_OF, PROGRAM_ZF | PROGRAM_SF | PROGRAM_OF };

/* All that are defined, through the stack. */
static void keep_all_flags(struct program_maker *maker)
{
        uint32_t mask = program_real_flags(maker->flags);
        int32_t at = program_room(maker, 8);

        if (!at)
                return;
        program_help(maker, HELPER_PUSH_FLAGS, 0, 0, 0, 0);
        program_help(maker, HELPER_POP_MEMORY, 0, 0, at, 0);
        program_help(maker, HELPER_AND_MEMORY, 0, 0, at, mask);
        maker->flags = (maker->flags | PROGRAM_STATUS) & (uint8_t)~PROGRAM_AF;
}

/* One condition of them. */
static void keep_condition(struct program_maker *maker)
{
        uint32_t condition = program_take(maker, 4);

        for (unsigned i = 0; i < FLAG_CONDITIONS; i++, condition = (condition + 1) % FLAG_CONDITIONS)
                if (!(condition_flags[condition / 2] & ~maker->flags)) {
                        int32_t at = program_room(maker, 1);

                        if (at)
                                program_help(maker, condition < 8 ? HELPER_SET : HELPER_SET_LATER,
                                        condition & 7, 0, at, 0);
                        return;
                }
}

void program_keep_flags(struct program_maker *maker)
{
        uint8_t pending = maker->flags_pending;

        maker->flags_pending = 0;
        if (pending == 2)
                keep_all_flags(maker);
        else if (pending && program_take(maker, 3) == 0)
                keep_condition(maker);
}

void program_define_flags(struct program_maker *maker, uint8_t wanted)
{
        uint8_t first, second;

        if (!(wanted & ~maker->flags))
                return;
        program_keep_flags(maker);
        first = program_general(maker, false);
        second = program_general(maker, false);
        program_help(maker, HELPER_COMPARE, first, second, 0, 0);
        maker->flags |= PROGRAM_STATUS;
}

static bool only_flags(const struct program_form *form)
{
        unsigned access = form->general_written ? PROGRAM_WRITE : 0;

        for (unsigned i = 0; i < 4; i++)
                access |= form->operands[i].access;
        return !(access & PROGRAM_WRITE);
}

/* A count of 0 leaves the flags as they were; then they are defined only where they were and would be. */
void program_note_flags(struct program_maker *maker, const struct program_form *form)
{
        uint8_t written = form->flags_written, undefined = form->flags_undefined;

        if (form->special == PROGRAM_SHIFT_COUNT) {
                undefined |= PROGRAM_OF | PROGRAM_AF;
                written = 0;
                if (form->memory == 1 || form->memory == 2 || form->operands[0].class == PROGRAM_GENERAL8 ||
                        form->operands[0].class == PROGRAM_GENERAL16)
                        undefined |= form->flags_written & PROGRAM_SF ? PROGRAM_CF : 0;
        }
        maker->flags = (uint8_t)((maker->flags | written) & ~undefined);
        if (form->flags_written)
                maker->flags_pending = only_flags(form) ? 2 : 1;
}
