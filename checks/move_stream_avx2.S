/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/move_chain.inc"
#include "checks/move_chain_vector.inc"

/* The highest bit of a byte says whether that byte is stored: each in one of two. */
        .section .rodata
        .balign 16
.Lmask: .quad   0x8000ff7f80fe8100, 0x00ff0080c001ff90
.Lrest: .quad   0x7f807f807f7f7f80, 0x807f807f7f807f7f
        .text

.macro MOVE_EACH arguments:vararg
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        MOVE_ONE \arguments, \n, xmm\n, ymm\n
        .endr
.endm

/* Through another register, which comes back from the red zone. */
.macro MOVE_STORE_MASKED register, target
        .ifc    \register, %xmm15
        MOVE_STORE_MASKED_BY 0, \register, \target
        .else
        MOVE_STORE_MASKED_BY 15, \register, \target
        .endif
.endm
.macro MOVE_STORE_MASKED_BY number, register, target
        push    %rdi
        lea     \target, %rdi
        vmovdqu %ymm\number, -40(%rsp)
        vmovdqu .Lmask(%rip), %xmm\number
        vmaskmovdqu %xmm\number, \register
        vmovdqu .Lrest(%rip), %xmm\number
        vmaskmovdqu %xmm\number, \register
        vmovdqu -40(%rsp), %ymm\number
        pop     %rdi
.endm

FUNCTION move_stream_avx2_run
        MOVE_CHAIN_ENTER
#include "checks/move_stream_avx2.inc"
        MOVE_CHAIN_END
        KERNEL_LEAVE
END move_stream_avx2_run
