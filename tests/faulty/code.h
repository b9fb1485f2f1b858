/* SPDX-License-Identifier: Apache-2.0 */
/* The machine code of an ELF file: its functions, and each instruction in them. The functions are those of the symbol
 * table; where there is none (a library of a distribution) those that .eh_frame describes. What lies between functions
 * is never taken for code, and a function that does not decode to its end counts up to there. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct code_function {
        uint64_t begin, end; /* as the file has it: before it is loaded anywhere */
        const char *name;    /* in `names`, or "" */
};

struct code_place {
        uint64_t address;
        uint16_t mnemonic; /* ZydisMnemonic */
        uint8_t length;
        uint8_t extension; /* ZydisISAExt */
};

struct code {
        void *file; /* mapped */
        size_t file_size;
        struct code_function *functions; /* sorted by address */
        size_t n_functions;
        struct code_place *places; /* sorted by address */
        size_t n_places;
};

/* Reads the file. Returns 0 or a negative errno (-ENOEXEC: not an ELF file of this machine, or no function in it). */
int code_read(const char *path, struct code *ret_code);
void code_free(struct code *code);

/* The bytes of the file at an address, as far as they lie in a loaded segment: NULL otherwise. */
const uint8_t *code_bytes(const struct code *code, uint64_t address, size_t *ret_size);

/* The function that an address lies in, or NULL. */
const struct code_function *code_function_at(const struct code *code, uint64_t address);

/* The address of the symbol of this name, 0 where there is none. */
uint64_t code_symbol(const struct code *code, const char *name);

/* Internal: adds the functions of .eh_frame, of `size` bytes at `frames`, loaded at `address`. 0 or -ENOMEM. */
int code_frames(struct code *code, const uint8_t *frames, size_t size, uint64_t address);

/* Internal: adds a function. 0 or -ENOMEM. */
int code_add(struct code *code, uint64_t begin, uint64_t end, const char *name);
