/* SPDX-License-Identifier: Apache-2.0 */
/* A defective execution unit: what one mnemonic computes goes wrong for one value in four, always in the same bit.
 *
 * The value is everything that the instruction writes (result.h); whether it is one of those that go wrong is decided
 * by a hash of it and of the seed, so that the same value always goes wrong. Which part of the results and which bit of
 * it flips is decided by seed and mnemonic alone; the bit is counted within the width of the operand at hand. Where that
 * bit is not written this time (a lane that the mask leaves out) nothing happens. */
#pragma once

#include <stddef.h>

#include "tests/faulty/result.h"

struct corrupt_machine {
        uint64_t general[16]; /* rax rcx rdx rbx rsp rbp rsi rdi r8 .. r15 */
        uint64_t flags, instruction, fs_base, gs_base;
        uint8_t *xsave; /* the XSAVE area in its standard form; needed where result->extended */
        size_t xsave_size;
};

/* Access to the memory of the process in question. Both return false where it cannot be reached. */
struct corrupt_memory {
        bool (*read)(void *user, uint64_t address, void *to, size_t size);
        bool (*write)(void *user, uint64_t address, const void *from, size_t size);
        void *user;
};

/* What was changed, and so has to be written back. */
enum corrupt_change {
        CORRUPT_NOTHING,
        CORRUPT_GENERAL,  /* general registers, flags, the instruction pointer */
        CORRUPT_EXTENDED, /* the XSAVE area */
        CORRUPT_BASE,     /* fs_base or gs_base */
        CORRUPT_MEMORY,   /* written already */
};

/* To be called after the instruction at before->instruction was executed, with the machine before and after it.
 * Flips the bit in *after where the value is one that goes wrong. */
enum corrupt_change corrupt(uint64_t seed, const struct result *result, const struct corrupt_machine *before,
        struct corrupt_machine *after, const struct corrupt_memory *memory);
