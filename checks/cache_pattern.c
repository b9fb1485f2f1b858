/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns in parts of the buffer that lie in the first cache, the second, and what comes behind. */
#include "base/array.h"
#include "checks/pattern.h"

#define KIB 1024

static const struct pattern_size sizes[] = {
        { 24 * KIB, 24, false },
        { 320 * KIB, 1, true },
        { PATTERN_BUFFER, 1, true },
};

PATTERN_CHECK(cache_pattern_sse41,
        "Caches that lose, change or misplace what 128-bit vectors write and read.", ISA(SSE2) | ISA(SSE41),
        64, 512, false, sizes);
PATTERN_CHECK(cache_pattern_avx2,
        "Caches that lose, change or misplace what 256-bit vectors write and read.", ISA(AVX) | ISA(AVX2),
        128, 256, true, sizes);
PATTERN_CHECK(cache_pattern_avx512,
        "Caches that lose, change or misplace what 512-bit vectors write and read.",
        ISA(AVX512F) | ISA(AVX512BW) | ISA(AVX512VL) | ISA(AVX512DQ), 512, 512, false, sizes);
