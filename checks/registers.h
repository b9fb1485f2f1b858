/* SPDX-License-Identifier: Apache-2.0 */
/* No register idles. Every kernel runs with the whole register file live: registers_load fills each
 * general, vector, mask, x87 and control register from an image, the kernel computes in the ones it needs,
 * and registers_store writes all of them to a second image, which verify compares with the first.
 * A register that a kernel does not use holds a sentinel that names its origin.
 *
 * An assembly kernel's state starts with struct registers_pair and is entered by the macros of
 * checks/registers.inc. A C kernel (compiled -mgeneral-regs-only) is called through registers_call, which
 * holds everything but the general registers around it. */
#pragma once

/* Offsets of struct registers for assembly; registers.c asserts that they agree. */
#define REGISTERS_GENERAL 0 /* rax rcx rdx rbx rsp rbp rsi rdi r8 .. r15: the order of their encoding */
#define REGISTERS_FLAGS 128
#define REGISTERS_FS_BASE 136
#define REGISTERS_GS_BASE 144
#define REGISTERS_MASK 152 /* k0 .. k7 */
#define REGISTERS_X87 216  /* 8 of 10 bytes in 16, st(0) first */
#define REGISTERS_X87_CONTROL 344
#define REGISTERS_MXCSR 348
#define REGISTERS_SHAPE 352  /* REGISTERS_SHAPE_*: input only */
#define REGISTERS_VECTOR 384 /* 32 of 64 bytes */
#define REGISTERS_SIZE 2432

#define REGISTERS_SHAPE_VECTOR_INITIAL 1 /* vectors and masks in their initial state: all zero by vzeroall */
#define REGISTERS_SHAPE_X87_INITIAL 2    /* x87 zero and empty by fninit */
#define REGISTERS_SHAPE_GS 4             /* gs base written with wrgsbase */
#define REGISTERS_SHAPE_FS 8             /* fs base too: no C code of this process may use TLS meanwhile */

#define REGISTERS_SIGNALS 16 /* that one event point of the regime storm-self sends */

#define REGISTERS_FLAGS_HELD 0xcd5 /* CF PF AF ZF SF DF OF */

#ifndef __ASSEMBLER__

#include <stdint.h>

#include "checks/check.h"

struct registers {
        uint64_t general[16];
        uint64_t flags;
        uint64_t fs_base, gs_base;
        uint64_t mask[8];
        uint8_t x87[8][16];
        uint16_t x87_control, x87_status;
        uint32_t mxcsr;
        uint32_t shape;
        uint8_t reserved[28];
        uint8_t vector[32][64];
} __attribute__((aligned(64)));

enum {
        REGISTERS_RAX,
        REGISTERS_RCX,
        REGISTERS_RDX,
        REGISTERS_RBX,
        REGISTERS_RSP,
        REGISTERS_RBP,
        REGISTERS_RSI,
        REGISTERS_RDI,
        REGISTERS_R8,
        REGISTERS_R15 = 15
};

/* What run reads and what it leaves: the first bytes of an assembly kernel's state. `out` is the first part
 * of the check's output. */
struct registers_pair {
        struct registers in, out;
};

/* How much of the register file exists for us: what registers_load fills. Set once per process from the
 * features that --isa leaves, before any kernel runs. */
enum registers_level {
        REGISTERS_SSE,
        REGISTERS_AVX,
        REGISTERS_AVX512,
};
void registers_use(isa_set features);
/* What registers_use was given. */
isa_set registers_features(void);
enum registers_level registers_level(void);

/* The components of XSAVE that this level fills (bits of XCR0: Intel SDM volume 1, 13.1), as far as they lie in the
 * first `size` bytes of an area in the standard form. */
uint64_t registers_components(uint32_t size);

/* The 64 bits that register `id` (0..127: below) holds in lane `lane` (0..7) in this round: CPU, process,
 * register, lane and round are fields of it, all complemented in odd rounds. */
enum {
        REGISTERS_ID_GENERAL = 0,
        REGISTERS_ID_BASE = 16,
        REGISTERS_ID_MASK = 24,
        REGISTERS_ID_X87 = 32,
        REGISTERS_ID_VECTOR = 64,
        REGISTERS_ID_MEMORY = 96
};
uint64_t registers_sentinel(const struct check_round *round, unsigned id, unsigned lane);

/* The process as sentinels name it: the parties of a round are told apart. */
static inline uint32_t registers_process(const struct check_round *round)
{
        return (round->process | (uint32_t)round->party << 8) & 0x3ff;
}

/* Fills pair->in with sentinels (the shape from the round: one round in eight leaves a component in its
 * initial state), rsp with `stack` (the top of at least 512 bytes that the kernel may use below it; 16-byte
 * aligned), the held flags from the round, mxcsr and x87 control with the default; poisons pair->out.
 * A check then overwrites what its kernel uses. */
void registers_setup(struct registers_pair *pair, const struct check_round *round, void *stack);

/* Sentinels in the vectors and masks, or in x87, of a round whose shape left them initial; clears that shape. */
void registers_setup_vectors(struct registers *in, const struct check_round *round);
void registers_setup_x87(struct registers *in, const struct check_round *round);

/* Gives fs base a sentinel too, where FSGSBASE allows it (REGISTERS_SHAPE_FS). */
void registers_setup_fs(struct registers *in, const struct check_round *round);

/* Compares `out` with `expected` (usually `in`, with what the kernel computes put in) as far as the level
 * reaches; its bytes are the output's first. What the level, the shape or the CPU does not have is compared with
 * the poison that registers_store leaves there. */
void registers_compare(
        struct check_compare *compare, const struct registers *expected, const struct registers *out);

/* Compares the kernel's saved copy (a signal frame) with `in`. Bit r of `skip_general` leaves general
 * register r out. The mismatch's offsets are those of `out` in the output. Returns as verify does. */
int registers_frame(const struct registers_pair *pair, const struct check_frame *frame,
        uint32_t skip_general, struct check_mismatch *ret_mismatch);

/* Copies the vector and mask registers of a signal frame (frame->xsave is not NULL) as far as the level reaches. */
void registers_from_frame(struct registers *to, const struct check_frame *frame);

/* The unit and the name of byte `offset` of struct registers ("r12", "xmm3 lane 1", "st(2)"). Lanes of vector
 * registers are of 8 bytes. `name` holds at least CHECK_PLACE_MAX bytes. */
enum check_unit registers_locate(uint32_t offset, char *name);

/* Calls kernel(state) with every vector, mask, x87 register, mxcsr and gs base loaded from pair->in, then
 * stores them to pair->out; the general registers, rsp and flags of `out` are copied from `in`. The kernel is
 * C of this program, compiled -mgeneral-regs-only, or assembly that keeps those registers. */
void registers_call(struct registers_pair *pair, void (*kernel)(void *), void *state);

/* registers_setup for registers_call_foreign: x87 is empty, rsp in `in` stands for the stack of the caller. */
void registers_setup_foreign(struct registers_pair *pair, const struct check_round *round);

/* Calls function(argument), of which no more is known than the psABI (a shared library), on the stack of the caller
 * and with every other register from pair->in but rdi. To pair->out goes what it has to keep: rbx, rsp, rbp, r12 to
 * r15, the direction flag, mxcsr, x87's control word and empty stack, gs base; the rest is copied from `in`. */
void registers_call_foreign(struct registers_pair *pair, void (*function)(void *), void *argument);

/* Where KERNEL_EVENT jumps: one of the three below, set by the worker for a regime, else _none. */
extern const void *registers_event;
extern const char registers_event_none[], registers_event_signal[], registers_event_migrate[];

/* A frame whose instruction pointer lies in (registers_event_signal, registers_event_signalled] holds the kernel's
 * registers but for REGISTERS_SYSCALL_USED, which the system calls need. */
extern const char registers_event_signalled[];
#define REGISTERS_SYSCALL_USED 0x8c7 /* rax rcx rdx rsi rdi r11 */

/* A CPU to move to. A ring of them is walked, a hop an event. */
struct registers_hop {
        struct registers_hop *next;
        uint64_t mask_size;
        uint32_t landed; /* out: the CPU that getcpu named after the hop */
        uint32_t reserved;
        uint8_t mask[CHECK_CPU_MAX / 8];
};

extern struct registers_event_parameters {
        uint64_t drop_begin, drop_size;   /* _signal drops these pages (madvise MADV_DONTNEED), then */
        uint64_t process, thread, signal; /* sends this signal to this thread: tgkill's arguments */
        struct registers_hop *hop;        /* _migrate goes to hop->next */
        uint64_t count;                   /* events so far */
} registers_event_parameters;

#endif
