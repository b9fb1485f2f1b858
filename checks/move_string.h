/* SPDX-License-Identifier: Apache-2.0 */
/* String instructions: what move_string.c, its kernel and its model share. */
#pragma once

#define MOVE_STRING_OPERATIONS 12 /* in the order of the kernel's handlers */
#define MOVE_STRING_WIDTHS 4      /* of 1, 2, 4, 8 bytes: as many handlers an operation */
#define MOVE_STRING_CASES 8       /* of each handler */
#define MOVE_STRING_ALL (MOVE_STRING_OPERATIONS * MOVE_STRING_WIDTHS * MOVE_STRING_CASES)
#define MOVE_STRING_HANDLER 16 /* bytes of code from one to the next */
#define MOVE_STRING_PASSES 12

/* The arena: four areas that are only read, then one for each handler that writes. */
#define MOVE_STRING_AREA 2048
#define MOVE_STRING_AREAS 4
#define MOVE_STRING_SMALL 192 /* of a case, but for the last of a handler that repeats */
#define MOVE_STRING_LARGE 1280
#define MOVE_STRING_REPEATED ((MOVE_STRING_CASES - 1) * MOVE_STRING_SMALL + MOVE_STRING_LARGE)
#define MOVE_STRING_SINGLE 32
#define MOVE_STRING_ARENA                       \
        (MOVE_STRING_AREAS * MOVE_STRING_AREA + \
                2 * MOVE_STRING_WIDTHS * (MOVE_STRING_REPEATED + MOVE_STRING_CASES * MOVE_STRING_SINGLE))

/* struct move_string_case */
#define MOVE_STRING_CODE 0
#define MOVE_STRING_IN 8
#define MOVE_STRING_EXPECTED 48
#define MOVE_STRING_CASE 96

/* struct move_string_state, from its results on */
#define MOVE_STRING_MEMORY (40 * MOVE_STRING_ALL)
#define MOVE_STRING_NOW (MOVE_STRING_MEMORY + MOVE_STRING_ARENA)
#define MOVE_STRING_BEFORE (MOVE_STRING_NOW + MOVE_STRING_ARENA)
#define MOVE_STRING_AFTER (MOVE_STRING_BEFORE + MOVE_STRING_ARENA)
#define MOVE_STRING_LIST (MOVE_STRING_AFTER + MOVE_STRING_ARENA)

#ifndef __ASSEMBLER__

#include "checks/registers.h"

enum move_string_operation {
        MOVE_STRING_REP_MOVS,
        MOVE_STRING_REP_STOS,
        MOVE_STRING_REP_LODS,
        MOVE_STRING_REPE_CMPS,
        MOVE_STRING_REPNE_CMPS,
        MOVE_STRING_REPE_SCAS,
        MOVE_STRING_REPNE_SCAS,
        MOVE_STRING_MOVS,
        MOVE_STRING_STOS,
        MOVE_STRING_LODS,
        MOVE_STRING_CMPS,
        MOVE_STRING_SCAS,
};

#define MOVE_STRING_DF UINT64_C(0x400)

struct move_string_registers {
        uint64_t rax, rcx, rsi, rdi, flags;
};

struct move_string_case {
        uint64_t code;
        struct move_string_registers in, expected;
        uint64_t reserved;
};

struct move_string_state {
        struct registers_pair registers;
        struct move_string_registers results[MOVE_STRING_ALL]; /* output: differences, and so is the next */
        uint8_t memory[MOVE_STRING_ARENA];
        uint8_t now[MOVE_STRING_ARENA], before[MOVE_STRING_ARENA], after[MOVE_STRING_ARENA];
        struct move_string_case list[MOVE_STRING_ALL];
        uint8_t stack[512];
} __attribute__((aligned(CHECK_ALIGN)));

/* What one instruction on elements of `width` bytes makes of the registers and of state->after, which stands for
 * state->now: addresses are those of the latter. */
void move_string_model(struct move_string_state *state, struct move_string_registers *registers,
        enum move_string_operation operation, uint32_t width);

/* What a round does: fills `before` and the list, and runs the model, which makes `after`. */
void move_string_cases(struct move_string_state *state, const struct check_round *round);

#endif
