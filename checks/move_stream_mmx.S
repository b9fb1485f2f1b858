/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/move_chain.inc"
#include "checks/move_chain_mmx.inc"

/* The highest bit of a byte says whether that byte is stored: each in one of two. */
        .section .rodata
        .balign 16
.Lmask: .quad   0x8000ff7f80fe8100, 0x00ff0080c001ff90
.Lrest: .quad   0x7f807f807f7f7f80, 0x807f807f7f807f7f
        .text

/* Through another register, which comes back from the red zone. */
.macro MOVE_STORE_MASKED register, target
        .ifc    \register, %mm7
        MOVE_STORE_MASKED_BY 0, \register, \target
        .else
        MOVE_STORE_MASKED_BY 7, \register, \target
        .endif
.endm
.macro MOVE_STORE_MASKED_BY number, register, target
        push    %rdi
        lea     \target, %rdi
        movq    %mm\number, -40(%rsp)
        movq    .Lmask(%rip), %mm\number
        maskmovq %mm\number, \register
        movq    .Lrest(%rip), %mm\number
        maskmovq %mm\number, \register
        movq    -40(%rsp), %mm\number
        pop     %rdi
.endm

FUNCTION move_stream_mmx_run
        MOVE_CHAIN_ENTER
#include "checks/move_stream_mmx.inc"
        MOVE_CHAIN_END
        KERNEL_LEAVE
END move_stream_mmx_run
