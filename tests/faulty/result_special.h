/* SPDX-License-Identifier: Apache-2.0 */
/* The instructions whose results libZydis' operands do not tell: state as a whole (xsave, vzeroall, fninit), x87's
 * control and conditions, bases, and the older ways to name lanes. For result.c. */
#pragma once

#include "tests/faulty/result.h"

/* Adds a part; NULL where there is no room (parts beyond the eighth are left out). */
struct result_part *result_add(struct result *result, struct result_part part);

/* Sets the address, from a memory operand. */
void result_address(struct result *result, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operand);

/* Returns true where the instruction is one of these, whose operands are then not looked at. */
bool result_special(struct result *result, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands);

/* Adds what libZydis 4.0 forgets (tests/faulty/results finds it): the pointers of cmps and scas, the flags that vptest
 * and vtest clear, the second mask of vp2intersect. */
void result_special_forgotten(struct result *result, const ZydisDecodedInstruction *instruction);

/* The lanes of gathers of AVX2, of vmaskmov and vpmaskmov to memory, of maskmovdqu and maskmovq. */
void result_special_lanes(struct result *result, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands);
