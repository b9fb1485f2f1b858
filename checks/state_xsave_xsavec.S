/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_xsave.inc"

.macro SAVE area
        xsavec64 \area(%rbp)
.endm

STATE_STEP state_xsavec, 0, 0, LOAD_XSAVE, STEP_NOTHING
