/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/move_chain.inc"
#include "checks/move_chain_vector.inc"

.macro MOVE_EACH arguments:vararg
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        MOVE_ONE \arguments, \n, xmm\n
        .endr
.endm

.macro MOVE_STORE_DIRECT_32 register, target
        push    %rax
        movd    \register, %eax
        movdiri %eax, \target
        pop     %rax
.endm
.macro MOVE_STORE_DIRECT_64 register, target
        push    %rax
        movq    \register, %rax
        movdiri %rax, \target
        pop     %rax
.endm

/* A line goes through memory below the stack pointer, 64 bytes for each register; the last part stays in it too. */
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        .set    move_line_xmm\n, 64*\n-2048
        .endr
.macro MOVE_LOAD_line instruction, source, a, b, c, d, e, f
        .irp    part, 0,16,32,48
        movdqu  \part+\source, %\a
        movdqu  %\a, \part+move_line_\a(%rsp)
        .endr
.endm
.macro MOVE_STORE_line instruction, target, a, b, c, d, e, f
        push    %rdi
        lea     \target, %rdi
        movdir64b 8+move_line_\a(%rsp), %rdi
        pop     %rdi
.endm

FUNCTION move_stream_direct_run
        MOVE_CHAIN_ENTER
#include "checks/move_stream_direct.inc"
        MOVE_CHAIN_END
        KERNEL_LEAVE
END move_stream_direct_run
