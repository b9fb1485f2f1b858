/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the text report that says what ran on each CPU. */
#pragma once

#include "agent/report_page.h"

/* A line for each CPU: place, rounds, CPU time, the events of each regime inside rounds, evidence; what the columns mean,
 * and what is counted where something was found. Many CPUs are summed up by package, and those accused or with evidence
 * shown beside. Nothing where no CPU got a worker. Errors stay in the stream. */
void report_table(const struct report_page *page);
