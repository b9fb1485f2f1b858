/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns through caches and memory: the frame of the checks cache_pattern and memory_pattern.
 *
 * A round goes through a buffer, once for each pattern, up or down. Each pass reads what the one before wrote,
 * compares it, and writes the next pattern, as march tests do (van de Goor, Testing Semiconductor Memories, 1991). A
 * pattern is a block of vectors that repeats; in some a number is added each time, so that they hold their address.
 *
 * Where a block is wrong, it is read again before it is overwritten, then flushed from all caches and read once
 * more. The pass's record says what each of the three reads got: a load that was wrong once leaves the second one
 * clean, a line that was wrong in a cache and not written back leaves the third one clean.
 *
 * The buffer belongs to the process (pattern_prepare): only the records are output, and all zero. */
#pragma once

#define PATTERN_BUFFER (1280 * 1024)
#define PATTERN_PASSES 17 /* the first only writes; the others read pattern n and write pattern n + 1 */
#define PATTERN_BLOCK 512 /* bytes, at most, after which a pattern repeats */

/* struct pattern_pass */
#define PATTERN_OLD 0
#define PATTERN_NEW PATTERN_BLOCK
#define PATTERN_OLD_STEP (2 * PATTERN_BLOCK)
#define PATTERN_NEW_STEP (PATTERN_OLD_STEP + 64)
#define PATTERN_START (PATTERN_NEW_STEP + 64)
#define PATTERN_STRIDE (PATTERN_START + 8)
#define PATTERN_COUNT (PATTERN_START + 16)
#define PATTERN_STEPPED (PATTERN_START + 24)
#define PATTERN_EVENT (PATTERN_START + 32)
#define PATTERN_PASS (PATTERN_START + 64)

/* struct pattern_record */
#define PATTERN_FIRST 0
#define PATTERN_SECOND 8
#define PATTERN_FLUSHED 16
#define PATTERN_PLACE 24
#define PATTERN_EXPECTED 32
#define PATTERN_ACTUAL 40
#define PATTERN_LANES 48
#define PATTERN_TIMES 56
#define PATTERN_RECORD 64

/* struct pattern_state, from the records on */
#define PATTERN_LIST (PATTERN_RECORD * (PATTERN_PASSES - 1))
#define PATTERN_WANTED (PATTERN_LIST + PATTERN_PASS * PATTERN_PASSES)
#define PATTERN_SEEN (PATTERN_WANTED + PATTERN_BLOCK)
#define PATTERN_MEMORY (PATTERN_SEEN + 64)
#define PATTERN_TURNS (PATTERN_MEMORY + 8)

#ifndef __ASSEMBLER__

#include "checks/check.h"
#include "checks/registers.h"

struct pattern_pass {
        uint8_t old[PATTERN_BLOCK], new[PATTERN_BLOCK]; /* what the first block holds, and shall hold */
        uint8_t old_step[64], new_step[64];             /* what is added from one block to the next */
        uint64_t start;                                 /* offset of the first block */
        int64_t stride;                                 /* to the next that is compared */
        uint64_t count;                                 /* how many are */
        uint64_t stepped;                               /* whether a step is not zero */
        uint64_t event;                                 /* whether an event point follows */
        uint8_t reserved[24];
};

/* What a pass found wrong. */
struct pattern_record {
        uint64_t first;   /* bits, of all lanes together, that the first read got wrong */
        uint64_t second;  /* the second */
        uint64_t flushed; /* and the one after the flush */
        uint64_t
                place; /* 1 + the offset in the buffer of the first word that the second read found wrong, or of
                              the block where it found none */
        uint64_t expected; /* of that word, 0 where there is none */
        uint64_t actual;
        uint64_t lanes; /* bit n: lane n of a vector was wrong at the first read */
        uint64_t times; /* how many blocks were wrong */
};

struct pattern_state {
        struct registers_pair registers;
        struct pattern_record records[PATTERN_PASSES - 1]; /* output */
        struct pattern_pass list[PATTERN_PASSES];
        uint8_t wanted[PATTERN_BLOCK], seen[64]; /* of a block that is wrong */
        uint8_t *memory;
        uint64_t turns; /* through the list */
        uint8_t reserved[48];
        uint8_t stack[512];
} __attribute__((aligned(CHECK_ALIGN)));

/* One size of the buffer's part that a round goes through. */
struct pattern_size {
        uint32_t bytes; /* a multiple of PATTERN_BLOCK */
        uint32_t turns;
        bool often; /* event points after each pass, else after each turn */
};

/* The facts of one check. */
struct pattern {
        uint32_t block; /* bytes of the kernel's block */
        uint32_t group; /* and of what it compares together */
        const struct pattern_size *sizes;
        uint32_t n_sizes; /* rounds take them in turn */
        bool cleared;     /* VEX instructions: what lies above 256 bits of registers 0 to 14 is cleared */
};

int pattern_prepare(void);
void pattern_setup(
        struct pattern_state *state, const struct check_round *round, const struct pattern *pattern);
int pattern_verify(const struct pattern_state *state, const struct pattern *pattern,
        struct check_mismatch *ret_mismatch);

/* Defines check NAME, whose kernel is NAME_run. */
#define PATTERN_CHECK(name_, detects_, needs_, block_, group_, cleared_, sizes_)          \
        void name_##_run(void *state);                                                    \
        static const struct pattern pattern_##name_ = { .block = (block_),                \
                .group = (group_),                                                        \
                .sizes = (sizes_),                                                        \
                .n_sizes = ARRAY_SIZE(sizes_),                                            \
                .cleared = (cleared_) };                                                  \
        static void setup_##name_(void *state, const struct check_round *round)           \
        {                                                                                 \
                pattern_setup(state, round, &pattern_##name_);                            \
        }                                                                                 \
        static int verify_##name_(const void *state, struct check_mismatch *ret_mismatch) \
        {                                                                                 \
                return pattern_verify(state, &pattern_##name_, ret_mismatch);             \
        }                                                                                 \
        const struct check check_##name_ = { .name = #name_,                              \
                .detects = (detects_),                                                    \
                .family = CHECK_MOVE,                                                     \
                .needs = (needs_),                                                        \
                .state_size = sizeof(struct pattern_state),                               \
                .output_offset = sizeof(struct registers),                                \
                .output_size = sizeof(struct registers) + PATTERN_LIST,                   \
                .round_us = 5000,                                                         \
                .cycle = 4 * ARRAY_SIZE(sizes_),                                          \
                .events = true,                                                           \
                .registers = true,                                                        \
                .fields = pattern_fields,                                                 \
                .n_fields = PATTERN_FIELDS,                                               \
                .prepare = pattern_prepare,                                               \
                .setup = setup_##name_,                                                   \
                .run = name_##_run,                                                       \
                .verify = verify_##name_ }

#define PATTERN_FIELDS (8 * (PATTERN_PASSES - 1))
extern const struct check_field pattern_fields[PATTERN_FIELDS];

#endif
