/* SPDX-License-Identifier: Apache-2.0 */
/* Which instructions a check executes between setup and verify, by its machine code alone: nothing is run.
 *
 * From check->run the walk follows every direct jump and call, every address that an instruction names, and every pointer
 * within the data that it comes to. Functions are disassembled from their beginning to their end, so that what a jump
 * table leads to is seen too. From check->prepare and check->setup it follows only what leads to code that run calls
 * through the state: functions whose address they take, and pointers within their data (struct vector_stream and its
 * kernels); their own code does not count. Neither does what a check's other members point to, nor a shared library. Instructions that are newer than
 * libZydis, in VEX of the map 0F38, are passed over. */
#pragma once

#include "agent/image.h"
#include "agent/instruction.h"
#include "checks/check.h"

/* One instruction of a function. `operands` are the visible ones. */
typedef void image_instruction(const struct image_symbol *function,
        const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands, void *user);

/* Calls `visit` for every instruction of every function that the check executes. Returns 0, -ENOMEM, or -EBADMSG where
 * something in a function is no instruction; a sentence on stderr then says what and where. */
int image_walk(const struct image *image, const struct check *check, image_instruction *visit, void *user);

/* The same for code that is in no function: check->emitted. Its symbol is that of `name`. */
int image_walk_bytes(
        const char *name, const uint8_t *bytes, size_t size, image_instruction *visit, void *user);
