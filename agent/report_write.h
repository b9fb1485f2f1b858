/* SPDX-License-Identifier: Apache-2.0 */
/* A report goes where it was asked for: observations and JSON to their files, the text to standard output. */
#pragma once

#include <stdbool.h>

#include "agent/output.h"
#include "agent/report.h"

/* Writes all three, the text unless one of the others takes standard output; `json` and `observations` may be NULL.
 * Returns false where one of those could not be written, which was said on stderr. */
bool report_write(const struct report *report, struct output *json, struct output *observations);
