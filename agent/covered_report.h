/* SPDX-License-Identifier: Apache-2.0 */
/* Which instructions of a CPU the checks cover, as people and programs read it: `assay list --coverage`. */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "checks/isa.h"

/* The object of the schema assay.coverage/1 for a CPU with these features. Owned by the caller; NULL: no memory. */
json_t *covered_json(isa_set features);

/* The same as text, lines of at most `width` columns: each instruction with its checks, then what no check covers, what
 * is left out and why, and the totals. Returns 0 or -ENOMEM; other errors stay in the stream. */
int covered_text(isa_set features, FILE *to, int width);
