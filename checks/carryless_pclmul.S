/* SPDX-License-Identifier: Apache-2.0 */
/* The four products of halves: low by low, high of a by low of b, low of a by high of b, high by high. */
#include "checks/lanes.inc"

.macro OPERATION_128 index, b, a
        pclmulqdq $(\index & 1) | (\index >> 1 << 4), \b, \a
.endm

LANES_128 carryless_multiply_pclmul_run
