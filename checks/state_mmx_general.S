/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_x87.inc"

/* Value i moves to mm(i + 1), some through a general register or memory. */
.macro LOAD_MMX
        movq    %mm7, STATE_READ(%rbp)
        movq    %mm6, %mm7
        movq    %mm5, %rax
        movq    %rax, %mm6
        movq    %mm4, %mm5
        movq    %mm3, STATE_READ+8(%rbp)
        movq    STATE_READ+8(%rbp), %mm4
        movq    %mm2, %mm3
        movq    %mm1, %rax
        movq    %rax, %mm2
        movq    %mm0, %mm1
        movq    STATE_READ(%rbp), %mm0
.endm

STATE_STEP state_mmx, 3, 144, LOAD_MMX, COMPARE_X87
