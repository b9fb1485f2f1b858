/* SPDX-License-Identifier: Apache-2.0 */
/* See chain_flip.h. */
#include "checks/registers.inc"
#include "tests/checks/chain_flip.h"

        .bss
        .balign 64
        .globl  chain_flip
chain_flip:
        .zero   CHAIN_FLIP_VECTOR + 32 * 64

#define CELL(offset) chain_flip+offset(%rip)
#define GENERAL(n) chain_flip+CHAIN_FLIP_GENERAL+8*n(%rip)
#define VECTOR(n) chain_flip+CHAIN_FLIP_VECTOR+64*n(%rip)

.macro SAVE_OR_LOAD number, register, load
        .ifeq   \load
        mov     %\register, GENERAL(\number)
        .else
        mov     GENERAL(\number), %\register
        .endif
.endm

.macro GENERAL_ALL load
        SAVE_OR_LOAD 1, rcx, \load
        SAVE_OR_LOAD 2, rdx, \load
        SAVE_OR_LOAD 3, rbx, \load
        SAVE_OR_LOAD 5, rbp, \load
        SAVE_OR_LOAD 6, rsi, \load
        SAVE_OR_LOAD 7, rdi, \load
        .irp    r, 8,9,10,11,12,13,14,15
        SAVE_OR_LOAD \r, r\r, \load
        .endr
        SAVE_OR_LOAD 0, rax, \load
.endm

        .text
FUNCTION chain_flip_event
        pushf
        decq    CELL(CHAIN_FLIP_COUNTDOWN)
        jnz     9f
        GENERAL_ALL 0
        cmpq    $0, CELL(CHAIN_FLIP_WIDE)
        jne     1f
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        vmovdqa %ymm\r, VECTOR(\r)
        .endr
        jmp     2f
1:      .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        vmovdqa64 %zmm\r, VECTOR(\r)
        .endr
2:      lea     CELL(0), %rax
        mov     CELL(CHAIN_FLIP_BYTE), %rcx
        mov     CELL(CHAIN_FLIP_MASK), %rdx
        xor     %dl, (%rax, %rcx)
        cmpq    $0, CELL(CHAIN_FLIP_WIDE)
        jne     3f
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        vmovdqa VECTOR(\r), %ymm\r
        .endr
        jmp     4f
3:      .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        vmovdqa64 VECTOR(\r), %zmm\r
        .endr
4:      GENERAL_ALL 1
9:      popf
        jmp     *registers_resume(%rip)
END chain_flip_event
