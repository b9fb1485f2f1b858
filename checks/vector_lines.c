/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/vector_lines.h"

ANSWERS(vector_lines);
const struct answers vector_lines_operands = { "vector_lines", answers_begin_vector_lines,
        answers_end_vector_lines };

#define PAGE 4096

/* The registers of the two assignments, as vector_lines_twice.inc has them. */
static const struct {
        uint8_t operands, answers, records, base, passes; /* general */
        uint8_t masks;                                    /* bit k: mask register k */
        uint8_t vector[4][6]; /* by enum vector_lines_registers: A, B, D, V, T, M */
} assignments[2] = {
        { 6, 3, 8, 9, 10, 0x3a,
                { { 0, 1, 2, 3, 5, 4 }, { 0, 1, 2, 3, 5, 4 }, { 16, 17, 18, 19, 20, 21 },
                        { 0, 1, 2, 3, 4, 5 } } },
        { 14, 13, 12, 5, 15, 0x9c,
                { { 0, 15, 14, 13, 12, 11 }, { 0, 15, 14, 13, 12, 11 }, { 31, 30, 29, 28, 27, 26 },
                        { 7, 6, 5, 4, 3, 2 } } },
};

/* Of the blocks, as MODES in tests/model/lines_operands.py. */
static const uint16_t mxcsr[VECTOR_LINES_BLOCKS] = { 0x1f80, 0x3f80, 0x5f80, 0x7f80, 0xdf80, 0xbf80, 0x1fc0,
        0xffc0 };

/* Aligned, misaligned, across two lines, across two pages. */
static uint8_t *slot_of(struct vector_lines_state *state, uint32_t number)
{
        uintptr_t begin = (uintptr_t)state->memory;
        uint8_t *line = (uint8_t *)((begin + 63) & ~(uintptr_t)63);
        uint8_t *page = (uint8_t *)((begin + 64 + PAGE - 1) & ~(uintptr_t)(PAGE - 1));

        switch (number % VECTOR_LINES_SLOTS) {
        case 0:
                return line;
        case 1:
                return line + 1;
        case 2:
                return line + 60;
        default:
                return page - 5;
        }
}

void vector_lines_setup(
        struct vector_lines_state *state, const struct check_round *round, const struct vector_lines *lines)
{
        uint32_t block = round->number % lines->n_blocks, assignment = round->number / lines->n_blocks & 1;
        size_t answers_size =
                (size_t)(lines->answers->end - answers_payload(lines->answers)) / lines->n_blocks;
        const uint8_t *operands =
                answers_payload(&answers_vector_lines) + (size_t)VECTOR_LINES_BLOCK * block;
        struct registers *in = &state->pair.in;

        registers_setup(&state->pair, round, state->stack + sizeof(state->stack));
        in->shape &= ~(uint32_t)REGISTERS_SHAPE_VECTOR_INITIAL;
        check_poison(state->records, lines->n_lines * lines->level);
        state->lines = lines;
        state->assignment = assignment;
        in->general[assignments[assignment].operands] = (uintptr_t)operands;
        in->general[assignments[assignment].answers] =
                (uintptr_t)(answers_payload(lines->answers) + answers_size * block);
        in->general[assignments[assignment].records] = (uintptr_t)state->records;
        in->general[assignments[assignment].base] = (uintptr_t)operands + VECTOR_LINES_BASE;
        in->general[assignments[assignment].passes] = lines->passes;
        in->general[REGISTERS_RDI] = (uintptr_t)slot_of(state, round->number / lines->n_blocks);
        in->general[REGISTERS_RDX] = lines->n_lines;
        in->mxcsr = mxcsr[block];
}

void vector_lines_run(void *data)
{
        struct vector_lines_state *state = data;

        state->lines->run[state->assignment](state);
}

/* What the kernel clears at its end: SDM volume 1, 14.3.1.2, and volume 3A, 12.2 (MMX). */
static void expect_cleared(struct registers *image, const struct vector_lines_state *state)
{
        const struct vector_lines *lines = state->lines;
        const uint8_t *vector = assignments[state->assignment].vector[lines->registers];
        bool whole = lines->registers == VECTOR_LINES_VEX || lines->registers == VECTOR_LINES_EVEX;

        for (uint32_t i = 0; i < 6; i++)
                check_clear(image->vector[vector[i]], whole ? 64 : 16);
        if (lines->registers == VECTOR_LINES_EVEX)
                for (uint32_t k = 0; k < 8; k++)
                        if (assignments[state->assignment].masks >> k & 1)
                                image->mask[k] = 0;
        if (lines->registers == VECTOR_LINES_MMX)
                for (uint32_t i = 0; i < 5; i++) {
                        uint8_t *mmx = image->x87[vector[i]];

                        if (i == 3) /* V is no MMX register */
                                continue;
                        check_clear(mmx, 8);
                        mmx[8] = mmx[9] = 0xff;
                }
}

int vector_lines_verify(const void *data, struct check_mismatch *ret_mismatch)
{
        const struct vector_lines_state *state = data;
        const struct vector_lines *lines = state->lines;
        static const uint8_t zeros[64];
        struct registers image;
        struct check_compare compare;

        check_copy(&image, &state->pair.in, sizeof(image));
        expect_cleared(&image, state);
        image.general[REGISTERS_RAX] = image.general[REGISTERS_RCX] = image.general[REGISTERS_RDX] = 0;
        image.general[assignments[state->assignment].passes] = 0;
        check_compare_begin(&compare);
        registers_compare(&compare, &image, &state->pair.out);
        for (uint32_t i = 0; i < lines->n_lines; i++)
                check_compare(&compare, sizeof(image) + i * lines->level, zeros,
                        state->records + i * lines->level, lines->level);
        return check_compare_end(&compare, ret_mismatch);
}
