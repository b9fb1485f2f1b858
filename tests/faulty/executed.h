/* SPDX-License-Identifier: Apache-2.0 */
/* Which check executes which mnemonic in the checks' own code (set-up, run and comparison, assembly and C, and what a
 * check emits): found by running as many rounds as use every operand once (struct check, cycle), with a breakpoint at each instruction
 * that goes at its first hit. The checks' code must be linked into the section `checks_text` (Makefile.am). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "tests/faulty/code.h"

struct executed;

/* Runs all checks that this CPU can run, in a child process. `code` is that of this program. NULL where that is not
 * possible; said on standard error. */
struct executed *executed_find(const struct code *code);

bool executed_mnemonic(const struct executed *executed, unsigned check, unsigned mnemonic);

/* The extension of the instruction set that the first one of the mnemonic belongs to (ZydisISAExt); "": never executed. */
const char *executed_extension(const struct executed *executed, unsigned mnemonic);

/* How many rounds of a check were run: its cycle, or what 0.3 s hold. 0: the check does not run here. */
uint32_t executed_rounds(const struct executed *executed, unsigned check);

/* What is added to an address in the file where this program is loaded. */
uint64_t executed_bias(void);

/* Where a symbol of this program is; NULL where there is none. */
uint8_t *executed_symbol(const struct code *code, const char *name);

/* True for a place in the checks' code. */
bool executed_in_checks(uint64_t address);

/* Starts this program again, so that it and its children have the same addresses each time. */
void executed_fix_addresses(char **argv);

/* Memory for the states of rounds, at an address that is always the same. NULL where there is none. */
void *executed_state(void);
