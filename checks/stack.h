/* SPDX-License-Identifier: Apache-2.0 */
/* What the checks of the stack share: a state with a stack in it, and a model that says what must be left.
 *
 * Their kernels work in registers and on a stack of their own, and every byte of both is output. Values flow
 * through the stack from register to register and back, and sums of what was read are kept in registers, so
 * that a value that was wrong once is wrong at the end. No kernel loads %rsp from anywhere unless the old
 * value has gone into one of those sums or lies in a register that is compared: a wrong %rsp is never
 * repaired.
 *
 * The model is C: an array of bytes and an index. It shares no instruction with the kernels but mov and add.
 * A pass adds the same amount to every sum each time, so the model runs three passes whatever the kernel
 * runs (stack_run). */
#pragma once

#define STACK_PATTERN 2048 /* bytes that name their place, repeated over the whole memory */
#define STACK_MEMORY (9 * STACK_PATTERN)
#define STACK_TOP \
        (STACK_MEMORY - 1024) /* above it, and in the lowest 1,024 bytes, nothing is ever written */

#ifndef __ASSEMBLER__

#include "checks/check.h"
#include "checks/registers.h"

struct stack_state {
        struct registers_pair registers;
        uint8_t memory[STACK_MEMORY]; /* output too */
        uint64_t pattern[STACK_PATTERN / 8];
} __attribute__((aligned(CHECK_ALIGN)));

#define STACK_OUTPUT_SIZE (sizeof(struct registers) + STACK_MEMORY)
#define STACK_CYCLE 64 /* eight shapes of the register file by eight alignments of the stack */

extern const struct check_field stack_fields[1];

/* The rows of struct check that all of them have alike. */
#define STACK_CHECK(run_function, setup_function, verify_function)                                 \
        .state_size = sizeof(struct stack_state), .output_offset = sizeof(struct registers),       \
        .output_size = STACK_OUTPUT_SIZE, .cycle = STACK_CYCLE, .events = true, .registers = true, \
        .fields = stack_fields, .n_fields = 1, .setup = (setup_function), .run = (run_function),   \
        .verify = (verify_function)

/* Fills the registers with sentinels and the memory with the pattern, and puts %rsp near STACK_TOP: on a
 * multiple of eight in five of eight rounds, across words and lines in the others. */
void stack_setup(struct stack_state *state, const struct check_round *round);

/* Where the kernel is, as the model sees it. */
struct stack_model {
        struct registers registers; /* begins as `in` */
        uint8_t memory[STACK_MEMORY];
        uint64_t base; /* the address that memory[0] has in the state */
};

/* What one pass of a kernel does to registers and memory. */
typedef void stack_pass(struct stack_model *model);

/* Makes the model of a kernel that has not run yet. */
void stack_begin(struct stack_model *ret_model, const struct stack_state *state);

/* STACK_LOOP of checks/stack.inc as the model sees it. */
struct stack_loop {
        stack_pass *pass;
        uint32_t block;  /* passes of the kernel that one call of `pass` stands for */
        uint32_t passes; /* between two events: a multiple of `block` */
        uint32_t events;
        unsigned sum; /* the general register that STACK_LOOP_END adds %rcx to */
        bool counted; /* `pass` leaves %rcx alone: what is added is the counter of passes */
};

/* Runs the loop as the kernel does, at least three blocks: the general, mask and vector registers (in lanes
 * of 64 bits) that a block leaves differ from one to the next by the same amount from the second on. */
void stack_run(struct stack_model *model, const struct stack_loop *loop);

/* Compares the state with what the model says is left. Returns as verify does. */
int stack_compare(const struct stack_model *model, const struct stack_state *state,
        struct check_mismatch *ret_mismatch);

/* The model's memory, by the address in the state. */
static inline uint64_t stack_model_load(const struct stack_model *model, uint64_t address)
{
        uint64_t value;

        __builtin_memcpy(&value, model->memory + (address - model->base), sizeof(value));
        return value;
}

static inline void stack_model_store(struct stack_model *model, uint64_t address, uint64_t value)
{
        __builtin_memcpy(model->memory + (address - model->base), &value, sizeof(value));
}

static inline void stack_model_push(struct stack_model *model, uint64_t value)
{
        model->registers.general[REGISTERS_RSP] -= 8;
        stack_model_store(model, model->registers.general[REGISTERS_RSP], value);
}

static inline uint64_t stack_model_pop(struct stack_model *model)
{
        uint64_t value = stack_model_load(model, model->registers.general[REGISTERS_RSP]);

        model->registers.general[REGISTERS_RSP] += 8;
        return value;
}

/* LOOK of checks/stack.inc. */
static inline void stack_model_look(struct stack_model *model, uint64_t value)
{
        model->registers.general[REGISTERS_RAX] += model->registers.general[REGISTERS_RDX];
        model->registers.general[REGISTERS_RDX] = value;
}

#endif
