/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_xsave.inc"

.macro SAVE area
        xsave64 \area(%rbp)
.endm

STATE_STEP state_xsave, 0, 0, LOAD_XSAVE, STEP_NOTHING
