/* SPDX-License-Identifier: Apache-2.0 */
/* The sentences of a verdict, for an operator. Pure. */
#pragma once

#include "agent/verdict_facts.h"

/* Writes `sentence` with these names filled in: {cpus} "CPU 3" or "CPUs 1,3"; {place} "package 0, core 3,
 * siblings 3,7"; {what} what the first observation saw; {events} "12 events"; {else} ", and nothing else explains it"
 * where no debugger was seen at those CPUs. `verdict` has class, cpus, first and events. */
void verdict_text(const char *sentence, const struct verdict_input *input, const struct verdict *verdict,
        char text[VERDICT_SENTENCE_MAX]);

/* True where a debugger was seen at a worker of the CPUs that are blamed. */
bool verdict_text_traced(const struct verdict_input *input, const struct verdict *verdict);

/* Writes what the facts rule out, a clause each. */
void verdict_text_ruled_out(const struct verdict_facts *facts, char text[VERDICT_SENTENCE_MAX]);

/* Writes what one observation saw: "in fma_f64 (quiet) product 13 lane 5 came out wrong: 1 bit, xor
 * 0x20000". */
void verdict_text_what(const struct observation *observation, char *text, size_t size);
