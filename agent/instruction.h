/* SPDX-License-Identifier: Apache-2.0 */
/* The universe of instructions: what libZydis can decode and encode in 64-bit mode, which features of the CPU each
 * form needs, and which are left out because their result is not deterministic, not the user's, or not there.
 *
 * A mnemonic is libZydis': MOVSD and CMPSD name a string and an SSE2 instruction each. A form is a mnemonic in one
 * encoding (legacy, VEX, EVEX of one length, operand from register or memory, ...). The encodings of XOP and 3DNow!
 * are not walked, because no CPU that is still made has them.
 *
 * Features: Intel SDM volume 2, "CPUID Feature Flag" of each instruction; AMD APM volume 3, appendix D; for the AVX-512
 * forms of VAES, VPCLMULQDQ and GFNI Intel SDM volume 1, 15.2 to 15.4. */
#pragma once

#include <Zydis/Zydis.h>

#include "checks/check.h"
#include "checks/isa.h"

/* What a form needs of the CPU: returns NULL and writes the features; or the reason why no feature of checks/isa.h
 * stands for it (*ret_needs untouched), and then no check may use it. That reason is instruction_elsewhere where only
 * CPUs of the past have it. */
const char *instruction_needs(const ZydisDecodedInstruction *instruction, isa_set *ret_needs);
extern const char instruction_elsewhere[];

/* Why an instruction is left out of checks in every form, in a few words ("reads the time"); NULL: it is not. What
 * a user's program can execute with a result that its operands decide is never left out. */
const char *instruction_excluded(ZydisMnemonic mnemonic);

/* The same of one form; it is also left out where it is privileged (mov to cr0), a far transfer, or has a segment
 * register as its operand. `operands` are the visible ones (instruction->operand_count_visible). */
const char *instruction_form_excluded(
        const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands);

/* The family of checks whose part it is to find it broken: STATE, STACK, VECTOR, CRYPTO, INTEGER, PERMUTE, MOVE,
 * COHERENCE or BRANCH. All forms of a mnemonic but of MOVSD and CMPSD have the same. */
enum check_family instruction_family(const ZydisDecodedInstruction *instruction);

/* One form. All of it is valid during the call only. */
struct instruction_form {
        const ZydisDecodedInstruction *instruction;
        const ZydisDecodedOperand *operands; /* instruction->operand_count_visible of them */
        const ZydisEncoderRequest
                *request;     /* encodes to that instruction again; other operands may be put in */
        const uint8_t *bytes; /* instruction->length of them */
};

/* Calls visit for every form that libZydis can decode, and encode again to the same mnemonic, also the excluded ones.
 * Forms differ in opcode map, opcode, legacy prefix (66, F2, F3), W, vector length, EVEX.b, masking, a register or
 * memory as modrm.rm, with and without SIB, and in modrm.reg or modrm.rm where they choose the mnemonic. The order
 * is the same each time. It takes some 0.2 s. */
void instruction_forms(void (*visit)(const struct instruction_form *form, void *user), void *user);
