/* SPDX-License-Identifier: Apache-2.0 */
/* What all streams share. A stream takes operands from columns of a table, computes, and gathers the
 * differences from the columns of answers in registers that start at 0: difference |= result ^ answer. One
 * register of differences for each column of answers, so that a mismatch names the operation and the lane.
 *
 * A table is VECTOR_STREAM_BLOCKS blocks of `columns` columns of VECTOR_STREAM_COLUMN bytes each, operands
 * first (tests/model/vector_operands.py). A round goes VECTOR_STREAM_PASSES times through the first rows of
 * one block with one kernel, and now and then through the others too: those hold numbers near zero, which
 * cost hundreds of cycles on some CPUs.
 *
 * A kernel (vector_stream.inc) starts with rsi = the block, rcx = r8 = r10 = 0, r9 = VECTOR_STREAM_PASSES,
 * and ends with rsi = the block, rcx = r9 = 0, r8 = VECTOR_STREAM_PASSES, r10 = the registers' worth of
 * elements that it went through, rdx = the end of the first rows, ZF and PF. */
#pragma once

#define VECTOR_STREAM_COLUMN 4224 /* 66 rows of 64 bytes */
#define VECTOR_STREAM_COMMON 2944 /* the first 46 rows */
#define VECTOR_STREAM_BLOCKS 16
#define VECTOR_STREAM_PASSES 512
#define VECTOR_STREAM_WHOLE \
        64                     /* one pass in 64 goes through all rows, the first one too; a power of two \
                                */
#define VECTOR_STREAM_EVENT 16 /* passes between two KERNEL_EVENTs: 3 to 20 microseconds; a power of two */

#ifndef __ASSEMBLER__

#include "checks/answers.h"
#include "checks/check.h"
#include "checks/registers.h"

/* A kernel's vector registers follow each other from `first` on, upwards (step 1) or downwards (-1): the
 * operands, the temporaries, the differences. */
struct vector_stream_kernel {
        void (*run[4])(void *state); /* one alone; or, with `embedded`, one for each rounding */
        uint8_t first;
        int8_t step;
        bool embedded;         /* the instructions name the rounding; MXCSR then holds another */
        uint8_t cleared_masks; /* bit k: it leaves mask register k at 0 */
};

struct vector_stream {
        const struct answers *answers;
        uint32_t columns;
        uint32_t width; /* bytes of a register: 16 leaves the rest of a register as it is, 32 and 64 clear it
                         */
        uint8_t operands[4]; /* which columns they are; they end with the last elements of these */
        uint32_t n_operands;
        uint32_t n_temporaries; /* which end at 0 */
        uint32_t n_differences;
        bool modes; /* block b runs in mode b, else all in mode 0 */
        uint32_t n_kernels;
        const struct vector_stream_kernel *kernels;
};

/* After a kernel the differences are moved from the image of their registers to an output of their own,
 * whose parts bear the names of the operations: `width` bytes each. */
#define VECTOR_STREAM_DIFFERENCES 10
struct vector_stream_state {
        struct registers_pair pair;
        uint8_t differences[VECTOR_STREAM_DIFFERENCES * 64];
        const struct vector_stream *stream;
        const struct vector_stream_kernel *kernel;
        const uint8_t *block;
        uint32_t mode; /* that the block was computed in: rounding in bits 0 and 1, then FTZ, DAZ */
        uint8_t stack[1024] __attribute__((aligned(64)));
};

/* The parts of a check, for its setup, run and verify. Masks: k1 is random, k2 its complement,
 * k5 has every other bit, the odd ones. */
void vector_stream_setup(struct vector_stream_state *state, const struct check_round *round,
        const struct vector_stream *stream);
void vector_stream_run(void *state);
int vector_stream_verify(const void *state, struct check_mismatch *ret_mismatch);

/* What every kernel of 512 bits needs: without BW the masks and the upper registers are not loaded. */
#define VECTOR_STREAM_AVX512 (ISA(AVX512F) | ISA(AVX512BW))

/* Declares the kernels name_low, from register 0 up, and name_high, from register `high` down, as the list
 * `name`. */
#define VECTOR_STREAM_PAIR(name, high)                                 \
        void name##_low(void *state);                                  \
        void name##_high(void *state);                                 \
        static const struct vector_stream_kernel name[] = {            \
                { .run = { name##_low }, .first = 0, .step = 1 },      \
                { .run = { name##_high }, .first = high, .step = -1 }, \
        }

/* Declares name_plain from register 0 up, name_masked from `masked` up, and name_rn, _rd, _ru, _rz from 31
 * down. */
#define VECTOR_STREAM_WIDE(name, masked, masks)                                                   \
        void name##_plain(void *state);                                                           \
        void name##_masked(void *state);                                                          \
        void name##_rn(void *state);                                                              \
        void name##_rd(void *state);                                                              \
        void name##_ru(void *state);                                                              \
        void name##_rz(void *state);                                                              \
        static const struct vector_stream_kernel name[] = {                                       \
                { .run = { name##_plain }, .first = 0, .step = 1, .cleared_masks = masks },       \
                { .run = { name##_masked }, .first = masked, .step = 1, .cleared_masks = masks }, \
                { .run = { name##_rn, name##_rd, name##_ru, name##_rz },                          \
                        .first = 31,                                                              \
                        .step = -1,                                                               \
                        .embedded = true,                                                         \
                        .cleared_masks = masks },                                                 \
        }

/* Difference `k` of registers of `bytes` in lanes of `lane` bytes. */
#define VECTOR_STREAM_FIELD(k, text, part, bytes, lane)                              \
        {                                                                            \
                text, part, sizeof(struct registers) + (k) * (bytes), 1, bytes, lane \
        }

/* Defines check_LABEL with the kernels LABEL. `names` are the fields of its differences; what follows are
 * further members of struct vector_stream. */
#define VECTOR_STREAM(label, table, text, cpu, bytes, names, twin, ...)                               \
        static void label##_setup(void *state, const struct check_round *round)                       \
        {                                                                                             \
                static const struct vector_stream stream = { .answers = &answers_##table,             \
                        .width = bytes,                                                               \
                        .n_differences = sizeof(names) / sizeof(*(names)),                            \
                        .n_kernels = sizeof(label) / sizeof(*(label)),                                \
                        .kernels = label,                                                             \
                        __VA_ARGS__ };                                                                \
                vector_stream_setup(state, round, &stream);                                           \
        }                                                                                             \
        static const struct answers *const label##_answers[] = { &answers_##table, NULL };            \
        const struct check check_##label = {                                                          \
                .name = #label,                                                                       \
                .detects = text,                                                                      \
                .family = CHECK_VECTOR,                                                               \
                .needs = cpu,                                                                         \
                .state_size = sizeof(struct vector_stream_state),                                     \
                .output_offset = sizeof(struct registers),                                            \
                .output_size = sizeof(struct registers) + sizeof(names) / sizeof(*(names)) * (bytes), \
                .round_us = 5000,                                                                     \
                .cycle = VECTOR_STREAM_BLOCKS * sizeof(label) / sizeof(*(label)),                     \
                .events = true,                                                                       \
                .other = twin,                                                                        \
                .answers = label##_answers,                                                           \
                .registers = true,                                                                    \
                .fields = names,                                                                      \
                .n_fields = sizeof(names) / sizeof(*(names)),                                         \
                .setup = label##_setup,                                                               \
                .run = vector_stream_run,                                                             \
                .verify = vector_stream_verify,                                                       \
        }

#endif
