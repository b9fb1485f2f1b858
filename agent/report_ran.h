/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the report for people that says what ran, what did not and why, and what was seen that accuses nobody. */
#pragma once

#include "agent/report_page.h"

void report_ran(const struct report_page *page);
