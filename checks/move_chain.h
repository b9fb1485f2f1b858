/* SPDX-License-Identifier: Apache-2.0 */
/* Chains of moves: data that nothing but loads and stores of one form ever touch. The frame of the checks
 * move_split and move_stream.
 *
 * A form is a load and a store. Its data, one piece a slot, lie on side A of the form's own memory; a pass carries
 * them to side B, the next one back to A, each to another position: every offset up to the end of the slot's first
 * line, so that accesses lie across lines, and where a page ends inside a slot across pages. A wrong bit is never
 * repaired: it is wrong in the end, in the slot of the form that was wrong. What a slot holds in the end is the data
 * where they were stored last, beside them what older stores left, around it what setup wrote.
 *
 * The first form begins with its data in the registers: the sentinels of `in`, which are there again at the end. */
#pragma once

#define MOVE_CHAIN_FORMS 36 /* at most */
#define MOVE_CHAIN_SLOTS 16
#define MOVE_CHAIN_SLOT 128
#define MOVE_CHAIN_SIDE \
        2112 /* from A to B: what is a page's end between two slots of one is inside of the other */
#define MOVE_CHAIN_MEMORY 4224 /* of a form: both sides, and 64 bytes by which odd rounds move them */
#define MOVE_CHAIN_OFFSETS 64
#define MOVE_CHAIN_RING 192 /* positions, at most: as many passes lead back to the first */

/* struct move_chain_position */
#define MOVE_CHAIN_AT_1 0
#define MOVE_CHAIN_AT_16 8
#define MOVE_CHAIN_AT_32 16
#define MOVE_CHAIN_AT_64 24
#define MOVE_CHAIN_NEXT 32
#define MOVE_CHAIN_BATCH 40

#ifndef __ASSEMBLER__

#include "checks/check.h"
#include "checks/registers.h"

enum move_chain_extension {
        MOVE_CHAIN_ZERO, /* the bytes that are stored and were not loaded are 0 */
        MOVE_CHAIN_SIGN,
};

enum move_chain_data {
        MOVE_CHAIN_GENERAL,
        MOVE_CHAIN_MMX,
        MOVE_CHAIN_VECTOR,
};

struct move_chain_form {
        uint8_t load, store; /* bytes */
        uint8_t align;       /* of both addresses */
        uint8_t extension;   /* enum move_chain_extension */
        bool reversed;       /* the bytes change their order with each pass: on side B it is the other one */
        uint64_t constant;   /* each word of the data, in place of random ones; 0: none */
};

/* The facts of one check. */
struct move_chain {
        const struct move_chain_form *forms;
        uint32_t n_forms;
        uint32_t step;    /* positions are multiples of it */
        uint32_t random;  /* positions on each side in the order of the round, before the last sweep */
        uint32_t batch;   /* passes between two events */
        uint32_t batches; /* passes in all are a multiple of the ring's length */
        enum move_chain_data data; /* the registers that hold the first form's data */
        uint32_t cleared;          /* bytes of a vector register that the kernel's moves leave; 0: all */
};

/* Where a pass stores, and the next one loads: one address for each alignment. */
struct move_chain_position {
        uint64_t at[4]; /* of 1, 16, 32, 64 bytes */
        struct move_chain_position *next;
        uint64_t batch; /* passes from here to an event */
        uint8_t reserved[16];
};

struct move_chain_state {
        struct registers_pair registers;
        uint8_t memory[MOVE_CHAIN_FORMS][MOVE_CHAIN_MEMORY]; /* output as far as there are forms */
        uint64_t seed;                                       /* of data and surroundings */
        uint64_t invert;                                     /* all ones in odd rounds: their complement */
        uint64_t shift;                                      /* of the sides: 0 or 64 */
        uint8_t reserved[40];
        struct move_chain_position ring[MOVE_CHAIN_RING];
        uint8_t stack[2560];
} __attribute__((aligned(CHECK_ALIGN)));

void move_chain_setup(
        struct move_chain_state *state, const struct check_round *round, const struct move_chain *chain);
int move_chain_verify(const struct move_chain_state *state, const struct move_chain *chain,
        struct check_mismatch *ret_mismatch);

/* The lists of forms hold nothing but FORM, FORM_REVERSED and FORM_CONSTANT: a kernel reads them too. Here each
 * becomes its struct move_chain_form, or, numbered from `first`, the field of its memory, whose elements are lines. */
#define MOVE_CHAIN_FORM(name, load_, store_, extension_, align_, ...)                                       \
        {                                                                                                   \
                .load = (load_), .store = (store_), .align = (align_), .extension = MOVE_CHAIN_##extension_ \
        }
#define MOVE_CHAIN_FORM_REVERSED(name, load_, store_, extension_, align_, ...) \
        {                                                                      \
                .load = (load_), .store = (store_), .align = (align_),         \
                .extension = MOVE_CHAIN_##extension_, .reversed = true         \
        }
#define MOVE_CHAIN_FORM_CONSTANT(name, size_, constant_, align_, ...)                         \
        {                                                                                     \
                .load = (size_), .store = (size_), .align = (align_), .constant = (constant_) \
        }
#define MOVE_CHAIN_FIELD(name, first)                                                           \
        {                                                                                       \
                name, CHECK_UNIT_MEMORY,                                                        \
                        sizeof(struct registers) + (__COUNTER__ - (first)) * MOVE_CHAIN_MEMORY, \
                        MOVE_CHAIN_MEMORY / 64, 64, 8                                           \
        }

#define MOVE_CHAIN_FIELDS(name)                  \
        enum { first_##name = __COUNTER__ + 1 }; \
        static const struct check_field fields_##name[]

/* Defines a check from forms_NAME, fields_NAME and, in the last argument, what else its struct move_chain has. */
#define MOVE_CHAIN_CHECK(name_, detects_, needs_, round_us_, ...)                                        \
        static const struct move_chain chain_##name_ = {                                                 \
                .forms = forms_##name_, .n_forms = ARRAY_SIZE(forms_##name_), __VA_ARGS__                \
        };                                                                                               \
        void name_##_run(void *state);                                                                   \
        static void setup_##name_(void *state, const struct check_round *round)                          \
        {                                                                                                \
                move_chain_setup(state, round, &chain_##name_);                                          \
        }                                                                                                \
        static int verify_##name_(const void *state, struct check_mismatch *ret_mismatch)                \
        {                                                                                                \
                return move_chain_verify(state, &chain_##name_, ret_mismatch);                           \
        }                                                                                                \
        _Static_assert(ARRAY_SIZE(forms_##name_) <= MOVE_CHAIN_FORMS, "they fit");                       \
        const struct check check_##name_ = { .name = #name_,                                             \
                .detects = (detects_),                                                                   \
                .family = CHECK_MOVE,                                                                    \
                .needs = (needs_),                                                                       \
                .state_size = sizeof(struct move_chain_state),                                           \
                .output_offset = sizeof(struct registers),                                               \
                .output_size = sizeof(struct registers) + ARRAY_SIZE(forms_##name_) * MOVE_CHAIN_MEMORY, \
                .round_us = (round_us_),                                                                 \
                .cycle = 8,                                                                              \
                .events = true,                                                                          \
                .registers = true,                                                                       \
                .fields = fields_##name_,                                                                \
                .n_fields = ARRAY_SIZE(fields_##name_),                                                  \
                .setup = setup_##name_,                                                                  \
                .run = name_##_run,                                                                      \
                .verify = verify_##name_ }

#endif
