/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_xsave.inc"

/* The registers and the environment, then the environment alone; between, other values. */
.macro LOAD_FNSAVE
        fnsave  SAVED(%rbp)
        .rept   8
        fldz
        .endr
        frstor  SAVED(%rbp)
        fnstenv SAVED(%rbp)
        fninit
        fldenv  SAVED(%rbp)
.endm

STATE_STEP state_fnsave, 0, 0, LOAD_FNSAVE, STEP_NOTHING
