/* SPDX-License-Identifier: Apache-2.0 */
/* The machine code and the data of the running program itself, by symbol: for the program that reads the checks'
 * code in the build (covered_table.c). Symbols come from the ELF file (System V ABI, chapter 4), contents from memory,
 * where pointers are relocated. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct image_symbol {
        const char *name;
        uintptr_t begin, end; /* where it lies in memory */
        bool code;
        bool sized;    /* its size is known; a label of assembly without one reaches to the next symbol */
        bool assembly; /* no compiler made it: FUNCTION of checks/asm.h, or a label */
};

/* Symbols in the order of their addresses. They do not overlap: one within another is left out. */
struct image {
        struct image_symbol *symbols;
        size_t n_symbols;
        void *file; /* the names lie in it */
        size_t file_size;
};

/* Reads the running program. Returns 0, or a negative errno: -ENOEXEC where the file has no symbols. */
int image_open(struct image *ret_image);
void image_close(struct image *image);

/* The symbol that this address lies in, or NULL. */
const struct image_symbol *image_find(const struct image *image, uintptr_t address);
