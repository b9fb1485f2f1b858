/* SPDX-License-Identifier: Apache-2.0 */
/* The code that a check emits when it runs: checks/program_enter.S enters it with its address in rsi and its size in rdx,
 * and its end leads to program_return. It is one straight sequence of instructions; the bytes that its jumps lead over
 * are such that none of them decodes (checks/program_put_in.c). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "tests/faulty/result.h"

#define EMITTED_ENTER "program_enter"
#define EMITTED_RETURN "program_return"
#define EMITTED_SIZE_MAX 65536
#define EMITTED_PLACES_MAX 1024

struct emitted_place {
        uint32_t offset;
        struct result result;
};

/* Finds the instructions of `mnemonic` that have a result; 0: of all mnemonics, and all of them. Returns how many, at most EMITTED_PLACES_MAX. No libc: it may
 * run in a signal handler. */
size_t emitted_find(const uint8_t *code, size_t size, unsigned mnemonic, struct emitted_place *places);

/* Calls visit for each instruction. The same. */
void emitted_each(const uint8_t *code, size_t size,
        void (*visit)(const ZydisDecodedInstruction *instruction, void *user), void *user);
