/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/move_chain.inc"
#include "checks/move_chain_vector.inc"

.macro MOVE_EACH arguments:vararg
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        MOVE_ONE \arguments, \n, xmm\n
        .endr
.endm

FUNCTION move_stream_sse4a_run
        MOVE_CHAIN_ENTER
#include "checks/move_stream_sse4a.inc"
        MOVE_CHAIN_END
        KERNEL_LEAVE
END move_stream_sse4a_run
