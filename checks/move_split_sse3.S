/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/move_chain.inc"
#include "checks/move_chain_vector.inc"

.macro MOVE_EACH arguments:vararg
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        MOVE_ONE \arguments, \n, xmm\n
        .endr
.endm

.macro MOVE_LOAD_HALVES_PS source, register
        movlps \source, \register
        movhps 8+\source, \register
.endm
.macro MOVE_STORE_HALVES_PS register, target
        movlps \register, \target
        movhps \register, 8+\target
.endm
.macro MOVE_LOAD_HALVES_PD source, register
        movlpd \source, \register
        movhpd 8+\source, \register
.endm
.macro MOVE_STORE_HALVES_PD register, target
        movlpd \register, \target
        movhpd \register, 8+\target
.endm

FUNCTION move_split_sse3_run
        MOVE_CHAIN_ENTER
#include "checks/move_split_sse3.inc"
        MOVE_CHAIN_END
        KERNEL_LEAVE
END move_split_sse3_run
