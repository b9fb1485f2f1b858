/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the text report that says what ran on each CPU. */
#pragma once

#include <stdio.h>

#include "agent/verdict.h"

/* A line for each CPU: place, rounds, CPU time, the events of each regime inside rounds, evidence. Many CPUs
 * are summed up by package, and those `accused` or with evidence shown beside. Errors stay in the stream. */
void report_table(const struct verdict_input *input, const struct cpu_set *accused, FILE *to, int width);
