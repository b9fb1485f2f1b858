/* SPDX-License-Identifier: Apache-2.0 */
/* Family 11: zlib, zstd and OpenSSL as users have them, the shared libraries of this system. What they compute is
 * compared with committed answers; compressed bytes never are, because each version of a library makes others.
 *
 * A library chooses its code by CPUID alone: `needs` is empty, and --isa takes nothing from it. Its functions are
 * entered by registers_call_foreign, and no further than the psABI promises is the register file compared. A check
 * here gives the library memory of the state, or of an arena that prepare maps (checks/library_memory.h): a round
 * neither takes memory from libc nor leaves any taken. So run also writes into that arena, but what a round computes
 * never depends on what an earlier one left there.
 *
 * prepare refuses (the check is then skipped, and says so) where the library lacks what the check needs or wants more
 * memory than is foreseen: neither is the CPU's fault. */
#pragma once

#include <stdint.h>

#include "checks/answers.h"
#include "checks/registers.h"

#define LIBRARY_BLOCKS 8
#define LIBRARY_CONTENT 16384

/* LIBRARY_BLOCKS blocks of LIBRARY_CONTENT bytes: tests/model/library_content.py. */
extern const struct answers library_content;
const uint8_t *library_block(uint32_t index); /* modulo LIBRARY_BLOCKS */

/* The directory at the start of the tables library_deflate and library_zstd: tests/model/library.py. */
struct library_stream {
        uint32_t offset, size; /* of the compressed stream, in the payload */
        uint32_t adler, crc;   /* Adler-32 and CRC-32 of the content */
};

/* Takes a block through the library and back. */
struct library_result {
        uint64_t end;        /* what the library returned at its end */
        uint64_t size;       /* of the content that came out */
        uint64_t adler, crc; /* of that content, as the library computes them */
        uint64_t difference; /* from the block: its words, exclusive or-ed and or-ed together */
};

/* The output of a check that compresses: the registers, the content of the last result, `n` results. */
#define LIBRARY_OUTPUT_SIZE(n) \
        (sizeof(struct registers) + LIBRARY_CONTENT + (n) * sizeof(struct library_result))
#define LIBRARY_FIELDS(result, n)                                                          \
        { "content", CHECK_UNIT_MEMORY, sizeof(struct registers), 1, LIBRARY_CONTENT, 8 }, \
        {                                                                                  \
                result, CHECK_UNIT_INTEGER, sizeof(struct registers) + LIBRARY_CONTENT, n, \
                        sizeof(struct library_result), 8                                   \
        }

/* Every word of expected ^ actual, or-ed together; `size` is a multiple of 8. */
uint64_t library_difference(const void *expected, const void *actual, uint32_t size);
