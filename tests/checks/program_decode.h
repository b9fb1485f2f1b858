/* SPDX-License-Identifier: Apache-2.0 */
/* An independent look at a program's code: libZydis decodes it, and the flags are followed along every way. */
#pragma once

#include <stdbool.h>

#include "checks/program.h"

/* The mnemonic of form `form`, which is none of PROGRAM_HELPER. */
const char *decode_mnemonic(uint16_t form);

/* Whether the bytes are the instructions that the program says, one after another without a gap. Says on standard
 * output what is not. */
bool decode_matches(const struct program *program);

/* Whether every locked access lies in one line: its address is the base, which points to a line, and a multiple of its
 * size. */
bool decode_locks_whole(const struct program *program);

/* Whether no instruction reads a flag that is undefined on some way to it, and those of program->flags are defined on
 * every way to the end. The flags that libZydis calls undefined, but OF after shifts by 1; a shift by cl may leave the
 * flags as they were. */
bool decode_flags_defined(const struct program *program);

/* How many of the instructions are of the sets `sets` (bit s is enum program_set s): what was drawn by its form, the
 * helpers by their mnemonic. */
uint32_t decode_count(const struct program *program, uint16_t sets);
