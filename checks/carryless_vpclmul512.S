/* SPDX-License-Identifier: Apache-2.0 */
/* As carryless_pclmul.S, in four lanes. */
#include "checks/lanes.inc"

.macro OPERATION_512 index, a, b, result
        vpclmulqdq $(\index & 1) | (\index >> 1 << 4), \b, \a, \result
.endm

LANES_512 carryless_multiply_vpclmul512_run
