/* SPDX-License-Identifier: Apache-2.0 */
/* A check: one deterministic computation with a known answer. This header is the whole contract between
 * the checks and the rest of the program; check_list is the whole list of them.
 *
 * One round of a check is: setup, run, verify.
 *  - setup(state, round) writes every input and poisons the whole output, so that a run that does nothing
 *    is a mismatch. The same round gives the same bytes, on every CPU and in every process.
 *  - run(state) computes. It writes nothing but the state, and the memory of a round of several CPUs.
 *  - verify(state, mismatch) compares every byte of the output with the known answer. It reads the state
 *    only, so that a worker of another CPU can do it: set a state of its own up from the same round, at the
 *    same address (pointers into the state are part of outputs), copy the output into it, verify. Bits may be
 *    flipped between run and verify: that is how tests prove it.
 *
 * No check allocates, locks, logs, or touches errno. The C of a check is compiled -mgeneral-regs-only: it
 * cannot touch a vector, mask or x87 register. Assembly keeps no register idle (checks/registers.h). Family 11 calls
 * libraries, which do as they like: checks/library.h says what holds for them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checks/isa.h"

/* Names a round exactly; it is printed as CHECK:SEED:CPU.PROCESS.NUMBER and `assay replay` takes it. */
struct check_round {
        uint64_t seed;   /* of the whole run (--seed) */
        uint32_t number; /* counts up; odd rounds hold the complement of the pattern */
        uint16_t cpu;    /* the logical CPU that it was made for, below CHECK_CPU_MAX */
        uint16_t
                process; /* 0: the worker; others: its competitors in the regime `crowd`; below CHECK_PROCESS_MAX */
        uint8_t party, parties; /* which of how many CPUs that run it together (checks/party.h); 0 of 0: alone */
};
#define CHECK_CPU_MAX 4096
#define CHECK_PROCESS_MAX 1024

/* A number that depends on every field of the round but the party, and on `salt`: the seed for random_next, the choice
 * of a block of answers. */
uint64_t check_round_hash(const struct check_round *round, uint64_t salt);

/* The part of the CPU that a byte of output speaks for: what a report blames. */
enum check_unit {
        CHECK_UNIT_GENERAL, /* general registers but %rsp */
        CHECK_UNIT_STACK,   /* %rsp, push, pop, call, ret, the red zone */
        CHECK_UNIT_FLAGS,
        CHECK_UNIT_SEGMENT, /* fs and gs base */
        CHECK_UNIT_X87,
        CHECK_UNIT_MXCSR,
        CHECK_UNIT_XMM,    /* bits 0 to 127 of vector registers 0 to 15 */
        CHECK_UNIT_YMM,    /* bits 128 to 255 of them */
        CHECK_UNIT_ZMM,    /* bits 256 to 511 of them */
        CHECK_UNIT_ZMM_HI, /* vector registers 16 to 31 */
        CHECK_UNIT_MASK,
        CHECK_UNIT_TILE,
        CHECK_UNIT_PKRU, /* the rights of protection keys */
        CHECK_UNIT_FMA, /* vector floating point: multiply, add, divide */
        CHECK_UNIT_VECTOR_INTEGER,
        CHECK_UNIT_CRYPTO,
        CHECK_UNIT_INTEGER, /* multiply, divide, shift, bits */
        CHECK_UNIT_FLOAT,   /* scalar floating point */
        CHECK_UNIT_MEMORY,
        CHECK_UNIT_PROGRAM, /* a random program: which instruction of it, its seed tells */
        CHECK_UNIT_COHERENCE, /* lines that several CPUs use: what is wrong there may be the work of any of them */
        CHECK_UNIT_BRANCH, /* the way that control takes */
        CHECK_UNIT_COUNT
};

/* The unit as a report spells it ("general register", "fma"), static storage. */
const char *check_unit_name(enum check_unit unit);

/* Names a part of the output: `count` equal elements of `stride` bytes that start at `offset`, each of
 * lanes of `lane` bytes. Element 13, lane 5 of { .name = "product" } is "product 13 lane 5"; with count 1 the
 * name stands alone. Parts do not overlap, and together they cover the output (but its register image). */
struct check_field {
        const char *name;
        enum check_unit unit;
        uint32_t offset; /* from the start of the output */
        uint32_t count, stride;
        uint32_t lane;
};

/* What verify found. All offsets are from the start of the output. */
#define CHECK_WINDOW 64
struct check_mismatch {
        uint32_t offset; /* of the first byte that differs */
        uint32_t bytes;  /* how many bytes differ in all */
        uint32_t bits;   /* how many bits differ in all */
        uint32_t window; /* the offset of the two windows below: offset rounded down to CHECK_WINDOW */
        uint8_t expected[CHECK_WINDOW], actual[CHECK_WINDOW]; /* 0 beyond the output's end */
};

/* What verify returns. CHECK_ERRATUM_SEEN: a known design erratum showed itself (struct check, erratum) and
 * nothing else is wrong. */
enum check_result {
        CHECK_EQUAL,
        CHECK_MISMATCH,
        CHECK_ERRATUM_SEEN,
};

/* What a signal handler shows a check, as the kernel saved it. Pointers are NULL where the frame has none. */
struct check_frame {
        const void *ucontext;  /* ucontext_t */
        const uint8_t *xsave;  /* the XSAVE area: legacy region, header, extended components */
        uint64_t xfeatures;    /* components that are not in their initial state (XSTATE_BV) */
        bool extended;         /* FP_XSTATE_MAGIC was found: components beyond SSE are there */
        uint32_t skip_general; /* bit r: general register r holds something else just now */
};

/* What a check is about. README.md, `assay list` and assay-checks(7) call them by number and check_family_name. */
enum check_family {
        CHECK_STATE = 1, /* register state held through signals and switches */
        CHECK_STACK,     /* push, pop, call, ret, %rsp through every path */
        CHECK_VECTOR,    /* vector FMA, multiply, integer */
        CHECK_PROGRAM,   /* random programs */
        CHECK_CRYPTO,    /* AES, CRC, hashes, carry-less multiply */
        CHECK_INTEGER,   /* scalar integer, scalar floating point, x87 */
        CHECK_PERMUTE,   /* gather, scatter, permute, compress, masks */
        CHECK_MOVE,      /* moves, split accesses, store-forwarding, caches and memory by pattern */
        CHECK_COHERENCE, /* several CPUs on the same lines */
        CHECK_BRANCH,    /* control flow */
        CHECK_LIBRARY,   /* zlib, zstd, OpenSSL as users run them */
        CHECK_ERRATUM,
};

/* The family in a few words ("crypto and hashes"), static storage. */
const char *check_family_name(enum check_family family);

/* The instructions that a random program is made of: checks/program.h. */
struct program_group;
/* What several CPUs share in a round: checks/party.h. */
struct party_memory;

/* A table of known answers, embedded from checks/answers/ by the ANSWERS macro (checks/answers.h). */
struct answers;

/* A design error of a CPU model that its maker or others have published: each part of the model has it. */
struct check_erratum {
        const char *name;      /* as it was published ("genoa-evex-rsp") */
        const char *published; /* where */
        const char *means;     /* one sentence: what goes wrong, on which models */
        const char *advice;    /* what a user should do about it, in sentences */
};

struct check {
        const char *
                name; /* UNIT_OPERATION[_ISA], no other's in its first 24 characters; never used for something else later */
        const char *detects; /* one sentence for an operator */
        enum check_family family;
        isa_set needs;       /* all of these, else the host cannot run it */
        uint32_t state_size; /* bytes, at most CHECK_STATE_MAX; the state is aligned to 64 */
        uint32_t output_offset, output_size;
        uint32_t round_us;   /* upper bound of one round, in microseconds of CPU time; at most 5,000 */
        uint32_t cycle;      /* rounds until every operand, mode and pattern has been used; at least 1 */
        bool events;         /* run passes KERNEL_EVENT points: the regimes storm-self and migrate apply */
        bool voted;          /* no known answer: only agreement between CPUs (`voted`, not `known`) */
        const struct check_erratum *erratum; /* that this check looks for, or NULL */
        const char *other;   /* another check that does the same by other means (diagnosis), or NULL */
        const struct answers *const *answers; /* what it compares with, ends in NULL; or NULL */
        bool registers; /* the state starts with struct registers_pair, the output with its `out` */
        uint32_t parties; /* most CPUs that run a round together, 2 to PARTY_MOST; 0: it is run by one alone */
        const struct check_field *fields; /* the rest of the output */
        size_t n_fields;

        /* Optional, called by check_prepare: maps memory or code that the rounds of this process need. Called
         * again it does nothing. Returns 0 or -errno. It may use libc, setup, run and verify may not. */
        int (*prepare)(void);
        /* Random programs: which one byte `offset` of the output speaks of. For who wants to run it alone. */
        void (*program)(const struct check_round *round, uint32_t offset, struct program_group *ret_group,
                uint64_t *ret_seed);
        /* With `program`, while `run` runs: 1 + a byte of the output that the program which runs just now will speak in;
         * 0: none runs just now. It runs in a signal handler, and believes nothing of the state. */
        uint32_t (*running)(const void *state);
        /* With `parties`: writes what the parties of a round find in the memory that they share. */
        void (*share)(struct party_memory *memory, const struct check_round *round);
        void (*setup)(void *state, const struct check_round *round);
        void (*run)(void *state);
        /* Returns enum check_result; *ret_mismatch says where, untouched on CHECK_EQUAL. */
        int (*verify)(const void *state, struct check_mismatch *ret_mismatch);

        /* Optional: while the instruction pointer is in [hold_begin, hold_end) the registers hold what
         * setup put there, and `frame` compares the kernel's saved copy. Same contract as verify. It runs
         * in a signal handler. */
        const void *hold_begin, *hold_end;
        int (*frame)(
                const void *state, const struct check_frame *frame, struct check_mismatch *ret_mismatch);

        /* Optional, for checks whose run executes code that it makes itself: gives `code` the bytes of all the
         * instructions that its whole cycle executes, in pieces that each begin with an instruction, the same on
         * every CPU. The build reads them to tell which instructions the check covers; no worker calls it. */
        void (*emitted)(void (*code)(const uint8_t *bytes, size_t size, void *user), void *user);
};

#define CHECK_STATE_MAX (512 * 1024)
#define CHECK_ALIGN 64

/* Every check of the program, in the order in which a first pass runs them. Ends in NULL. */
extern const struct check *const check_list[];

/* The check with this name, or NULL. */
const struct check *check_find(const char *name);
/* True where check_list[index] is a check: for indexes that came from outside. */
bool check_exists(uint32_t index);

/* To be called in each process before a check's first setup there; again it costs nothing. Returns 0, or -errno
 * where the system refuses what the check needs. */
int check_prepare(const struct check *check);

/* How many there are. */
uint32_t check_count(void);

/* Where byte `offset` of a check's output lies: its unit, and its name in words ("zmm13 lane 5", "rsp",
 * "product 13 lane 5", "output byte 77" where no field names it). */
#define CHECK_PLACE_MAX 64
struct check_place {
        enum check_unit unit;
        char name[CHECK_PLACE_MAX];
};
void check_locate(const struct check *check, uint32_t offset, struct check_place *ret_place);

/* Collects a mismatch block by block, without libc and without vector code.
 * check_compare_begin, then check_compare for the parts of the output in rising order, then the result of
 * check_compare_end is verify's. */
struct check_compare {
        struct check_mismatch mismatch;
};
void check_compare_begin(struct check_compare *compare);
/* Compares `size` bytes, which lie at `offset` of the output. */
void check_compare(struct check_compare *compare, uint32_t offset, const void *expected, const void *actual,
        uint32_t size);
/* Returns 0 or 1; on 1 writes *ret_mismatch. In the windows, bytes before the first eight that differ are 0. */
int check_compare_end(const struct check_compare *compare, struct check_mismatch *ret_mismatch);

/* Fills an output with the poison, a pattern that no answer holds. */
#define CHECK_POISON 0xdb
void check_poison(void *output, size_t size);

/* Copies and clears without libc (libc's use vector registers). */
void check_copy(void *to, const void *from, size_t size);
void check_clear(void *to, size_t size);
