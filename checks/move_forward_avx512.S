/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/move_forward.inc"

/* Kind k stores through register k+13. */
.macro FORWARD_VECTOR bytes, name
.macro FORWARD_STORE_\bytes k, at, from
        FORWARD_STORE_\name \at+\from(%rsi), \at(%rsi), \k
.endm
.macro FORWARD_STORE_\name source, target, k
        .irp    r, 13,14,15,16,17,18,19,20,21,22,23,24,25
        .if     \r == \k+13
        vmovdqu64 \source, %\name\()mm\r
        vmovdqu64 %\name\()mm\r, \target
        .endif
        .endr
.endm
.macro FORWARD_CLEAR_\bytes k
        vpxord  %\name\()mm30, %\name\()mm30, %\name\()mm30
.endm
.macro FORWARD_LOAD_\bytes k
        vmovdqu64 (%rsi,%rcx), %\name\()mm\k
        vpxorq  MOVE_FORWARD_VALUE(%rsi,%rcx), %\name\()mm\k, %\name\()mm\k
        vpxorq  (%r8,%rcx), %\name\()mm\k, %\name\()mm\k
        vporq   %\name\()mm\k, %\name\()mm30, %\name\()mm30
.endm
.macro FORWARD_KEEP_\bytes k, at
        vporq   \at(%rdi), %\name\()mm30, %\name\()mm30
        vmovdqa64 %\name\()mm30, \at(%rdi)
.endm
.endm
FORWARD_VECTOR 16, x
FORWARD_VECTOR 32, y
FORWARD_VECTOR 64, z

/* A kind of store, with each load behind it. */
.macro KIND k, times, store, total
        .irp    load, 1,2,4,8,16,32,64
        FORWARD \k, \times, \store, \total, \load
        .endr
.endm

FUNCTION move_forward_avx512_run
        FORWARD_BEGIN 13*7
        KIND    0, 1, 1, 1
        KIND    1, 1, 2, 2
        KIND    2, 1, 4, 4
        KIND    3, 1, 8, 8
        KIND    4, 1, 16, 16
        KIND    5, 1, 32, 32
        KIND    6, 1, 64, 64
        KIND    7, 2, 1, 2
        KIND    8, 2, 2, 4
        KIND    9, 2, 4, 8
        KIND    10, 2, 8, 16
        KIND    11, 2, 16, 32
        KIND    12, 2, 32, 64
        FORWARD_END
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,17,18,19,24,25,30
        vmovdqa64 REGISTERS_VECTOR+64*\r(%r12), %zmm\r
        .endr
        mov     $0, %r12d
        cmp     %rsp, %rsp
        KERNEL_LEAVE
END move_forward_avx512_run
