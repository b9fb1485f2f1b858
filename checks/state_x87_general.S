/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_x87.inc"

/* struct entry of state_x87.c: fxch while all registers are valid, then the tags of the entry. */
.macro LOAD_X87
        fldenv  144(%rbp,%rbx)
        fxch    %st(1)
        fxch    %st(5)
        fincstp
        fincstp
        fdecstp
        fxch    %st(3)
        fldenv  172(%rbp,%rbx)
.endm

STATE_STEP state_x87, 3, 208, LOAD_X87, COMPARE_X87
