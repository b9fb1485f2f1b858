/* SPDX-License-Identifier: Apache-2.0 */
/* Makes one instruction of a running kernel go wrong: a child runs rounds of a check, is stopped at a random moment
 * inside a kernel, and stepped until a function of the test has spoiled what an instruction does or did. Then it goes
 * on, and the result of that round's comparison comes back. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>
#include <Zydis/Zydis.h>

#include "checks/check.h"

/* A stopped child, before the instruction at registers.rip. */
struct step_moment {
        const struct check *check;
        pid_t child;
        uint8_t *state; /* at this address in the child too */
        struct user_regs_struct registers;
        ZydisDecodedInstruction instruction;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        uint64_t *random;
};

/* Looks at the moment, and spoils it or not. It may step once (step_fault_step). Returns whether it has spoiled
 * something. */
typedef bool step_spoil(struct step_moment *moment, void *context);

/* Runs the instruction; moment->registers are then those behind it. */
bool step_fault_step(struct step_moment *moment);
/* The visible operand in memory that the instruction reads, or with `written` writes, and its address; or NULL. */
const ZydisDecodedOperand *step_fault_memory(
        const struct step_moment *moment, bool written, uint64_t *ret_address);
bool step_fault_read(const struct step_moment *moment, uint64_t address, void *to, size_t size);
bool step_fault_write(const struct step_moment *moment, uint64_t address, const void *from, size_t size);
/* Sets the child's registers to moment->registers. */
bool step_fault_set(const struct step_moment *moment);
/* Flips a bit of the low 128 bits of a vector register. */
bool step_fault_flip_vector(const struct step_moment *moment, ZydisRegister name);

enum step_found { STEP_NOT_SPOILED, STEP_UNNOTICED, STEP_MISMATCH, STEP_DIED };
struct step_outcome {
        enum step_found found; /* STEP_DIED: by a signal, or it did not end its round */
        struct check_mismatch mismatch;
        struct check_place place;
};

struct step_session;
/* Starts the child; NULL where tracing is forbidden. */
struct step_session *step_fault_open(const struct check *check, uint64_t *random);
/* One fault in one round. Says which instruction it was where nobody noticed. */
struct step_outcome step_fault_try(struct step_session *session, step_spoil *spoil, void *context);
void step_fault_close(struct step_session *session);
