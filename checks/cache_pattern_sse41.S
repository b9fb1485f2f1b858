/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/pattern_sse41.inc"

.macro PATTERN_OUT
.endm

FUNCTION cache_pattern_sse41_run
        PATTERN_KERNEL
END cache_pattern_sse41_run
