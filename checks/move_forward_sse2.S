/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/move_forward.inc"

.macro FORWARD_STORE_16 k, at, from
        movdqu  \at+\from(%rsi), %xmm\k
        movdqu  %xmm\k, \at(%rsi)
.endm
.macro FORWARD_CLEAR_16 k
        pxor    %xmm14, %xmm14
.endm
.macro FORWARD_LOAD_16 k
        movdqu  (%rsi,%rcx), %xmm13
        movdqu  MOVE_FORWARD_VALUE(%rsi,%rcx), %xmm15
        pxor    %xmm15, %xmm13
        movdqu  (%r8,%rcx), %xmm15
        pxor    %xmm15, %xmm13
        por     %xmm13, %xmm14
.endm
.macro FORWARD_KEEP_16 k, at
        por     \at(%rdi), %xmm14
        movdqa  %xmm14, \at(%rdi)
.endm

/* A kind of store, with each load behind it. */
.macro KIND k, times, store, total
        .irp    load, 1,2,4,8,16
        FORWARD \k, \times, \store, \total, \load
        .endr
.endm

FUNCTION move_forward_sse2_run
        FORWARD_BEGIN 9*5
        KIND    0, 1, 1, 1
        KIND    1, 1, 2, 2
        KIND    2, 1, 4, 4
        KIND    3, 1, 8, 8
        KIND    4, 1, 16, 16
        KIND    5, 2, 1, 2
        KIND    6, 2, 2, 4
        KIND    7, 2, 4, 8
        KIND    8, 2, 8, 16
        FORWARD_END
        .irp    r, 4,13,14,15
        movdqa  REGISTERS_VECTOR+64*\r(%r12), %xmm\r
        .endr
        mov     $0, %r12d
        cmp     %rsp, %rsp
        KERNEL_LEAVE
END move_forward_sse2_run
