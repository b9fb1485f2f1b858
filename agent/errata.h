/* SPDX-License-Identifier: Apache-2.0 */
/* Which known design errata showed themselves. Pure. */
#pragma once

#include <stddef.h>

#include "agent/supervisor.h"

struct errata_seen {
        const struct check *check; /* check->erratum says what it is */
        struct cpu_set cpus;       /* on which it was recorded */
        size_t recorded;           /* so often: fewer than it showed, since only now and then is recorded */
};
#define ERRATA_MAX 16

/* Fills ret_errata in the order in which they showed first; beyond ERRATA_MAX nothing is told. Returns how many. */
size_t errata_find(const struct evidence *evidence, struct errata_seen ret_errata[ERRATA_MAX]);

/* Their names, separated by ", "; "" where there is none. */
void errata_names(const struct evidence *evidence, char *text, size_t size);
/* What a user should do about each, in sentences. */
void errata_advice(const struct evidence *evidence, char *text, size_t size);
