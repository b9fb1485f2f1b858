/* SPDX-License-Identifier: Apache-2.0 */
/* Random programs. A group of instructions and a seed name a program, the registers and the memory that it begins
 * with, and so its digest: 64 bits over every register, the defined flags and the memory afterwards, which do not
 * depend on where code and memory lie. A program reads no undefined flag, takes no fault, ends, touches nothing but its
 * arena, and leaves every value that it computes in a register or in memory.
 *
 * A context changes how it runs and never what it computes: where its code lies, and what stands between its
 * instructions. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "checks/program_form.h"
#include "checks/registers.h"

/* The arena, in bytes from its start, which is aligned to 64: data that a program reads and writes, constants, control
 * words and addresses of code (no part of the digest), the stack (neither: what lies below rsp is dead), and where
 * values are kept that would be overwritten unread. */
#define PROGRAM_BASE 512 /* where the base register points */
#define PROGRAM_DATA_SIZE 1024
#define PROGRAM_CONSTANTS 1024
#define PROGRAM_SLOTS 1152
#define PROGRAM_STACK 1216
#define PROGRAM_STACK_SIZE 448
#define PROGRAM_KEPT 1664
#define PROGRAM_KEPT_SIZE 2432
#define PROGRAM_ARENA_SIZE 4096

#define PROGRAM_INSTRUCTIONS_MAX 384
#define PROGRAM_CODE_MAX 4096
#define PROGRAM_HELPER 0xffff

struct program_group {
        const char *name;
        isa_set needs;        /* what the programs may use */
        uint16_t fresh;       /* sets of instructions that it is about: bit s is enum program_set s */
        uint16_t common;      /* sets of which some of the instructions come */
        bool known;           /* nothing that no model knows */
        bool x87;             /* x87, not MMX */
        uint8_t vector_bytes; /* of a vector register: 16, 32 or 64 (then 32 registers, and masks) */
};

/* The groups with known answers; ends with a NULL name. */
extern const struct program_group program_groups[];
/* Every instruction that this process may use (registers_features); which of x87 and MMX, the seed decides. */
void program_group_native(struct program_group *ret_group, uint64_t seed);

struct program_context {
        uint64_t seed;     /* of what is put in */
        uint8_t alignment; /* of the code: how many bytes after a multiple of 64 */
        bool fences;       /* fences, nops and jumps between instructions */
        bool flushes;      /* lines of the arena are flushed between instructions */
};

struct program {
        uint64_t seed;
        uint32_t n;    /* instructions */
        uint32_t size; /* bytes of code. What runs it adds the jump back. */
        uint32_t kept; /* bytes of the arena's last part in use */
        uint8_t base;  /* the general register that points into the arena */
        uint8_t flags; /* that are defined at the end: PROGRAM_CF and so on */
        uint8_t vector_bytes;
        bool overflown;                                /* never: the tests look */
        uint16_t offset[PROGRAM_INSTRUCTIONS_MAX + 1]; /* of each instruction; [n] is size */
        uint16_t form[PROGRAM_INSTRUCTIONS_MAX];       /* index into program_forms, or PROGRAM_HELPER */
        uint8_t code[PROGRAM_CODE_MAX];
};

/* Makes a program. `context` may be NULL: nothing between. The instructions and their order do not depend on it. */
void program_generate(struct program *program, const struct program_group *group, uint64_t seed,
        const struct program_context *context);

/* Keeps the first n instructions: the rest become nops, so that a jump beyond leads to the end. For bisection. */
void program_truncate(struct program *program, uint32_t n);

/* What a program begins with. `arena` is where its arena will lie when it runs. */
void program_image(const struct program *program, const struct program_group *group,
        struct registers *ret_in, uint8_t *arena);

/* The digest of what it left. `in` is what it began with: what lies beyond the group's registers must be as it was.
 * What is folded, 64 bits little endian each: the general registers (those of base and rsp minus the arena's address),
 * the defined flags (as in rflags), with 64-byte vectors the masks, x87 (mantissa, then exponent with the control word
 * above it and the status word above that, of each), mxcsr, the vectors, the arena's data, what was kept. */
uint64_t program_digest(const struct program *program, const struct registers *in,
        const struct registers *out, const uint8_t *arena);

/* Maps the memory where programs run (struct check, prepare). Returns 0 or -errno. */
int program_prepare(void);

/* Where the code of place `place` begins, but for the alignment. For who looks from outside. */
const uint8_t *program_code(uint32_t place);

/* Runs a program once, `alignment` bytes after a multiple of 64, in place `slot` (below PROGRAM_PLACES) of the code
 * memory. pair->in and the arena as program_image made them, pair->out and the arena afterwards. */
#define PROGRAM_PLACES 32
void program_run(
        const struct program *program, struct registers_pair *pair, uint32_t place, uint8_t alignment);
