/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/pattern_sse41.inc"

.macro PATTERN_OUT
        PATTERN_FLUSH clflush
.endm

FUNCTION memory_pattern_clflush_run
        PATTERN_KERNEL
END memory_pattern_clflush_run
