/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/move_forward.inc"

.macro FORWARD_VECTOR bytes, name
.macro FORWARD_STORE_\bytes k, at, from
        vmovdqu \at+\from(%rsi), %\name\()mm\k
        vmovdqu %\name\()mm\k, \at(%rsi)
.endm
.macro FORWARD_CLEAR_\bytes k
        vxorps  %\name\()mm14, %\name\()mm14, %\name\()mm14
.endm
.macro FORWARD_LOAD_\bytes k
        vmovdqu (%rsi,%rcx), %\name\()mm13
        vxorps  MOVE_FORWARD_VALUE(%rsi,%rcx), %\name\()mm13, %\name\()mm13
        vxorps  (%r8,%rcx), %\name\()mm13, %\name\()mm13
        vorps   %\name\()mm13, %\name\()mm14, %\name\()mm14
.endm
.macro FORWARD_KEEP_\bytes k, at
        vorps   \at(%rdi), %\name\()mm14, %\name\()mm14
        vmovdqa %\name\()mm14, \at(%rdi)
.endm
.endm
FORWARD_VECTOR 16, x
FORWARD_VECTOR 32, y

/* A kind of store, with each load behind it. */
.macro KIND k, times, store, total
        .irp    load, 1,2,4,8,16,32
        FORWARD \k, \times, \store, \total, \load
        .endr
.endm

FUNCTION move_forward_avx_run
        FORWARD_BEGIN 11*6
        KIND    0, 1, 1, 1
        KIND    1, 1, 2, 2
        KIND    2, 1, 4, 4
        KIND    3, 1, 8, 8
        KIND    4, 1, 16, 16
        KIND    5, 1, 32, 32
        KIND    6, 2, 1, 2
        KIND    7, 2, 2, 4
        KIND    8, 2, 4, 8
        KIND    9, 2, 8, 16
        KIND    10, 2, 16, 32
        FORWARD_END
        .irp    r, 4,5,10,13,14
        vmovdqa REGISTERS_VECTOR+64*\r(%r12), %ymm\r
        .endr
        mov     $0, %r12d
        cmp     %rsp, %rsp
        KERNEL_LEAVE
END move_forward_avx_run
