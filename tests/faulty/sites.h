/* SPDX-License-Identifier: Apache-2.0 */
/* Where a mnemonic stands in the code of a running process: in the program itself and in the libraries that checks call,
 * as /proc/PID/maps has them. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/faulty/result.h"

struct site {
        uint64_t address;
        struct result result; /* without parts where the place is of interest for itself (sites_mark) */
        bool marked;
        bool planted;
        uint8_t original;
        uint32_t hits, flips; /* in this round */
};

struct sites {
        struct site *sites; /* sorted by address */
        size_t n;
};

/* Finds the places of the mnemonic in process `pid`, whose program is the file `program`, and marks the beginning of its
 * function `mark`. Files are read once in the life of this process. Returns 0 or a negative errno. */
int sites_find(pid_t pid, const char *program, unsigned mnemonic, const char *mark, struct sites *ret_sites);
void sites_free(struct sites *sites);

/* The site at an address, or NULL. */
struct site *sites_at(const struct sites *sites, uint64_t address);

/* Reads the results of the instruction at `bytes`. False where it has none. */
bool sites_decode(const uint8_t *bytes, size_t size, struct result *ret_result);
