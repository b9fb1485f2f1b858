/* SPDX-License-Identifier: Apache-2.0 */
/* The host as people and programs read it: `assay host`, and the `host` object of other reports. */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "agent/host.h"
#include "checks/isa.h"

/* The object: facts with value (null where absent) and source, features, sets of CPUs, the place of each CPU
 * (null where unknown). Owned by the caller; NULL: no memory. */
json_t *host_json(const struct host *host);

/* The same as text, lines of at most `width` columns. Errors stay in the stream. */
void host_text(const struct host *host, FILE *to, int width);

/* An array of the names of features. Owned by the caller; NULL: no memory. */
json_t *host_features_json(isa_set features);
/* The names with blanks between them, as many as fit into text[size]. */
void host_features_text(isa_set features, char *text, size_t size);
