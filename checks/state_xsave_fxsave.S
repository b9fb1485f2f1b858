/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_xsave.inc"

/* With 64-bit pointers to the last instruction and its data, then with 32-bit ones. */
.macro LOAD_FXSAVE
        fxsave64 SAVED(%rbp)
        fxrstor64 INITIAL(%rbp)
        fxrstor64 SAVED(%rbp)
        fxsave  SAVED(%rbp)
        fxrstor INITIAL(%rbp)
        fxrstor SAVED(%rbp)
.endm

STATE_STEP state_fxsave, 0, 0, LOAD_FXSAVE, STEP_NOTHING
