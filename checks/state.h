/* SPDX-License-Identifier: Apache-2.0 */
/* Family 1: register state held, moved and read back while signals and switches come and go.
 *
 * Every kernel has the same frame. It spins in loops that change no flag: %rcx counts down, %rdx counts up,
 * so that a wrong bit of either is a mismatch (the upper halves of %rcx, %rsi and %rdi hold sentinels too).
 * The low half of %rsi says how long one spin is, that of %rdi how many steps are left. After a step comes
 * KERNEL_EVENT. The top of a stack inside the state is in %rsp. */
#pragma once

#include "checks/registers.h"

#define STATE_OWN_SIZE 2048
#define STATE_STACK_SIZE 512

/* The distance from the state's begin of the stack's top, where %rsp points. */
#define STATE_TOP (2 * REGISTERS_SIZE + STATE_OWN_SIZE + STATE_STACK_SIZE)

/* Distances from there. The first is that of the output after the registers. */
#define STATE_OWN (-(STATE_STACK_SIZE + STATE_OWN_SIZE))
#define STATE_SAVED \
        8 /* the registers that a step borrows, 3 of 8 bytes; before them a guard for a wrong %rsp */
#define STATE_FLAGS 32         /* the flags while a step works */
#define STATE_READ 40          /* what a step has read, 3 of 8 bytes */
#define STATE_CURSOR 64        /* the distance of the entry in use */
#define STATE_MASK 72          /* the components that XSAVE is to save */
#define STATE_TABLE 128        /* entries: what each step loads and expects */
#define STATE_AREA STATE_TABLE /* or an XSAVE area */
#define STATE_AREA_SIZE 4096

#ifndef __ASSEMBLER__

struct state {
        struct registers_pair pair;
        union {
                uint64_t difference[16]; /* gathered by xor and or: must be 0 */
                uint8_t stored[32][64];  /* vector registers as the loop stored them */
        } own;
        uint8_t stack[STATE_STACK_SIZE];
        uint64_t saved[8];
        uint64_t cursor;
        uint64_t mask;
        uint64_t between; /* the instruction between the two that count, for state_frame */
        uint64_t reserved[5];
        uint8_t table[]; /* the check's own: entries or an XSAVE area */
};

/* Fills the registers, the counters and the poison for `steps` steps of `spins` turns each. One round in
 * five is short (one step of one turn), so that single steps reach its end. Returns the number of steps.
 */
uint32_t state_setup(struct state *state, const struct check_round *round, uint32_t steps, uint32_t spins);

/* How many steps and turns a step state_setup chose. */
uint32_t state_steps(const struct state *state);
uint32_t state_spins(const struct state *state);

/* What the registers must hold after a kernel whose step spins `factor` times state_spins turns in all. */
void state_expect(const struct state *state, uint32_t factor, struct registers *ret_expected);

/* Compares the registers with `expected` and the first `count` gathered differences with 0. */
int state_verify_differences(const struct state *state, const struct registers *expected, uint32_t count,
        struct check_mismatch *ret_mismatch);

/* check.frame of kernels that spin in [hold_begin, hold_end) with all registers as `in` has them. Setup has
 * written `between`. */
int state_frame(const void *state, const struct check_frame *frame, struct check_mismatch *ret_mismatch);

/* The output of a check whose own part is `size` bytes. */
#define STATE_OUTPUT(size)                                            \
        .registers = true, .output_offset = sizeof(struct registers), \
        .output_size = sizeof(struct registers) + (size)

/* The field of a gathered difference. */
#define STATE_DIFFERENCE(index, text, blamed)                                                               \
        {                                                                                                   \
                .name = text, .unit = blamed, .offset = sizeof(struct registers) + 8 * (index), .count = 1, \
                .stride = 8, .lane = 8                                                                      \
        }

#endif
