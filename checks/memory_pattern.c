/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns that are put out of all caches before they are read: through the memory itself and the way to it. */
#include "base/array.h"
#include "checks/pattern.h"

#define KIB 1024

static const struct pattern_size few[] = { { 32 * KIB, 1, true } }, many[] = { { 128 * KIB, 1, true } };

PATTERN_CHECK(memory_pattern_clflush,
        "Memory that loses, changes or misplaces what caches write back, line by line.",
        ISA(SSE2) | ISA(SSE41), 64, 512, false, few);
PATTERN_CHECK(memory_pattern_clflushopt,
        "Memory that loses, changes or misplaces what caches write back, many lines at a time.",
        ISA(SSE2) | ISA(SSE41) | ISA(CLFLUSHOPT), 64, 512, false, many);
PATTERN_CHECK(memory_pattern_clwb, "Lines that caches write back and keep, and then lose or change.",
        ISA(SSE2) | ISA(SSE41) | ISA(CLWB), 64, 512, false, many);
