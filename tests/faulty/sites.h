/* SPDX-License-Identifier: Apache-2.0 */
/* Where a mnemonic stands in the code of a running process: in the program itself and in the libraries that checks call,
 * as /proc/PID/maps has them. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/faulty/result.h"

/* Places in the program that are of interest for themselves. */
enum site_mark {
        SITE_UNMARKED,
        SITE_ROUND, /* a worker comes here once a round */
        SITE_ENTER, /* emitted code is entered; SITE_LEAVE: and left (emitted.h) */
        SITE_LEAVE,
};

struct site {
        uint64_t address;
        struct result result; /* without parts where the place is only marked */
        enum site_mark mark;
        bool planted;
        uint8_t original;
        uint32_t hits, flips; /* in this round */
};

struct sites {
        struct site *sites; /* sorted by address */
        size_t n;
};

/* Finds the places of the mnemonic in process `pid`, whose program is the file `program`, and the marks. Files are read
 * once in the life of this process. Returns 0 or a negative errno. */
int sites_find(pid_t pid, const char *program, unsigned mnemonic, struct sites *ret_sites);

/* Finds them in emitted code, which lies at `address`. The same. */
int sites_emitted(
        const uint8_t *code, size_t size, uint64_t address, unsigned mnemonic, struct sites *ret_sites);
void sites_free(struct sites *sites);

/* The site at an address, or NULL. */
struct site *sites_at(const struct sites *sites, uint64_t address);
