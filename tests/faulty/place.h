/* SPDX-License-Identifier: Apache-2.0 */
/* Where the parts of a result lie, in the registers and the memory of a machine. For corrupt.c. */
#pragma once

#include "tests/faulty/corrupt.h"

/* What is at hand while one instruction is looked at. */
struct look {
        const struct result *result;
        const struct corrupt_machine *before;
        struct corrupt_machine *after;
        const struct corrupt_memory *memory;
};

/* One byte of a part: in a register, or in memory at an address. */
struct place {
        uint8_t *byte; /* NULL: in memory */
        uint64_t address;
        enum corrupt_change change;
        uint64_t components; /* that must be present in the area */
};

/* Byte `byte` of a part; of registers it counts from the register's first. */
struct place place_of(const struct look *look, const struct result_part *part, unsigned byte);

/* The address of the memory operand, as the machine was before. */
uint64_t place_address(const struct look *look);

/* A mask register, before; a byte of vector register `index`, before. */
uint64_t place_mask(const struct look *look, unsigned index);
uint8_t place_vector_byte(const struct look *look, unsigned index, unsigned byte);

/* The top of x87's stack. */
unsigned place_top(const struct corrupt_machine *machine);
