/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/move_chain.inc"
#include "checks/move_chain_vector.inc"

.macro MOVE_EACH arguments:vararg
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        MOVE_ONE \arguments, \n, xmm\n, ymm\n
        .endr
.endm

.macro MOVE_LOAD_HALVES_PS source, register
        vmovlps \source, \register, \register
        vmovhps 8+\source, \register, \register
.endm
.macro MOVE_STORE_HALVES_PS register, target
        vmovlps \register, \target
        vmovhps \register, 8+\target
.endm
.macro MOVE_LOAD_HALVES_PD source, register
        vmovlpd \source, \register, \register
        vmovhpd 8+\source, \register, \register
.endm
.macro MOVE_STORE_HALVES_PD register, target
        vmovlpd \register, \target
        vmovhpd \register, 8+\target
.endm

FUNCTION move_split_avx_run
        MOVE_CHAIN_ENTER
#include "checks/move_split_avx.inc"
        MOVE_CHAIN_END
        KERNEL_LEAVE
END move_split_avx_run
