/* SPDX-License-Identifier: Apache-2.0 */
/* What program_forms.c found of a form, and the tables by name that it asks. */
#pragma once

#include <stdbool.h>

#include "agent/instruction.h"
#include "checks/program_form.h"

struct found {
        ZydisMnemonic mnemonic;
        enum program_set set;
        isa_set needs;
        uint8_t repeats; /* 1 rep or repe, 2 repne */
        struct program_form form;
};

/* Whether a form is no part of random programs: its CPU feature is not read, instruction.h leaves it out, or
 * a program has no place for it. */
bool forms_left_out(const struct instruction_form *form);

/* Prints the mnemonics that instruction.h has and programs have not, each with the reason. */
void forms_list_left_out(void);

/* Describes a form but for its ability, its special and what else forms_classify sets. `operands` are all of them. */
void forms_describe(const ZydisDecoder *decoder, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands, const uint8_t *bytes, struct program_form *form);

/* Sets special, trust, x87, x87_read, the width of indexes and the set of instructions. */
void forms_classify(struct found *f, const ZydisDecodedInstruction *instruction);
