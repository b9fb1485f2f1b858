/* SPDX-License-Identifier: Apache-2.0 */
/* move_address. With every general register but rsp as base or index, words are pushed from wherever base, index,
 * scale and displacement lead, and popped to places at a distance from there. Both the words on the stack and what
 * was written are compared after each phase; the differences are collected. In the first phase seven registers are
 * bases and eight indexes, in the second the other way round. What must outlast them lies above rsp. */
#include "checks/move_address.h"
#include "checks/registers.inc"

        .section .rodata
        .balign 8
.Lcode: .quad   MOVE_ADDRESS_CODE_0, MOVE_ADDRESS_CODE_1
        .text

/* Loads the registers of a phase from the set; `through` is the last of them. */
.macro SET first, through
        .set    set_at, MOVE_ADDRESS_SET_REGISTERS+8*\first
        mov     MOVE_ADDRESS_NOW(%rsp), %\through
        .irp    r, rax,rcx,rdx,rbx,rbp,rsi,rdi,r8,r9,r10,r11,r12,r13,r14,r15
        .ifc    \r, \through
        .set    set_last, set_at
        .else
        mov     set_at(%\through), %\r
        .endif
        .set    set_at, set_at+8
        .endr
        mov     set_last(%\through), %\through
.endm

/* `operation` on each pair of a base and an index. Where it stores, each scale has a target of its own. */
.macro INDEXES operation, scale, base, indexes:vararg
        .irp    index, \indexes
        .if     form % 3 == 0
        \operation displaced(%\base,%\index,\scale)
        .elseif form % 3 == 1
        \operation displaced+MOVE_ADDRESS_BYTE(%\base,%\index,\scale)
        .else
        \operation displaced+MOVE_ADDRESS_LONG(%\base,%\index,\scale)
        .endif
        .set    form, form+1
        .endr
.endm
.macro SCALES pairs, operation, stores
        .set    form, 0
        .set    displaced, 0
        .irp    scale, 1,2,4,8
        .set    displaced, displaced+MOVE_ADDRESS_ARENA*\stores
        \pairs  \operation, \scale
        .endr
.endm
.macro PAIRS_LOW operation, scale
        .irp    base, rax,rcx,rdx,rbx,rbp,rsi,rdi
        INDEXES \operation, \scale, \base, r8,r9,r10,r11,r12,r13,r14,r15
        .endr
.endm
.macro PAIRS_HIGH operation, scale
        .irp    base, r8,r9,r10,r11,r12,r13,r14,r15
        INDEXES \operation, \scale, \base, rax,rcx,rdx,rbx,rbp,rsi,rdi
        .endr
.endm

/* The words of a phase from number `first`, which lie below rsp, the last pushed lowest; then the targets. */
.macro COMPARE first, words, targets
        mov     MOVE_ADDRESS_NOW(%rsp), %rbp
        mov     registers_state(%rip), %rdx
        xor     %ecx, %ecx
        lea     -8(%rsp), %rbx
1:      mov     (%rbx), %rax
        xor     MOVE_ADDRESS_SET_EXPECTED+8*(\first)(%rbp,%rcx), %rax
        or      %rax, 2*REGISTERS_SIZE+8*(\first)(%rdx,%rcx)
        sub     $8, %rbx
        add     $8, %ecx
        cmp     $8*(\words), %ecx
        jne     1b
        xor     %ecx, %ecx
2:      mov     2*REGISTERS_SIZE+MOVE_ADDRESS_READ+MOVE_ADDRESS_ARENA(%rdx,%rcx), %rax
        xor     MOVE_ADDRESS_SET_TARGET+\targets(%rbp,%rcx), %rax
        or      %rax, 2*REGISTERS_SIZE+MOVE_ADDRESS_WRITTEN(%rdx,%rcx)
        add     $8, %ecx
        cmp     $MOVE_ADDRESS_TARGETS, %ecx
        jne     2b
.endm

FUNCTION move_address_general_run
        KERNEL_ENTER
        mov     registers_state(%rip), %rdx
        xor     %ecx, %ecx
1:      movq    $0, 2*REGISTERS_SIZE(%rdx,%rcx)
        add     $8, %ecx
        cmp     $MOVE_ADDRESS_READ, %ecx
        jne     1b
.Lset:  xor     %ecx, %ecx
2:      mov     2*REGISTERS_SIZE+MOVE_ADDRESS_BEFORE(%rdx,%rcx), %rax
        mov     %rax, 2*REGISTERS_SIZE+MOVE_ADDRESS_READ+MOVE_ADDRESS_ARENA(%rdx,%rcx)
        add     $8, %ecx
        cmp     $MOVE_ADDRESS_TARGETS, %ecx
        jne     2b
        SET     0, rbp
        SCALES  PAIRS_LOW, pushq, 0
        SCALES  PAIRS_LOW, popq, 1
        COMPARE 0, MOVE_ADDRESS_PAIRS, 0
        SET     15, r12
        SCALES  PAIRS_HIGH, pushq, 0
        .irp    index, rax,rcx,rdx,rbx,rbp,rsi,rdi
        pushq   MOVE_ADDRESS_ABOVE(%rsp,%\index,1)
        pushq   MOVE_ADDRESS_ABOVE(%rsp,%\index,8)
        .endr
        pushq   .Lcode(%rip)
        pushq   .Lcode+8(%rip)
        lea     8*(MOVE_ADDRESS_STACK+MOVE_ADDRESS_CODE)(%rsp), %rsp
        SCALES  PAIRS_HIGH, popq, 1
        COMPARE MOVE_ADDRESS_PAIRS, MOVE_ADDRESS_WORDS-MOVE_ADDRESS_PAIRS, MOVE_ADDRESS_TARGETS
        mov     MOVE_ADDRESS_SET_NEXT(%rbp), %rbp
        mov     %rbp, MOVE_ADDRESS_NOW(%rsp)
        KERNEL_EVENT
        decq    MOVE_ADDRESS_LEFT(%rsp)
        jnz     .Lset
        .set    general_at, REGISTERS_GENERAL
        .irp    r, rax,rcx,skip,rbx,skip,rbp,rsi,rdi,r8,r9,r10,r11,r12,r13,r14,r15
        .ifnc   \r, skip
        mov     general_at(%rdx), %\r
        .endif
        .set    general_at, general_at+8
        .endr
        mov     REGISTERS_GENERAL+8*2(%rdx), %rdx
        cmp     %rsp, %rsp
        KERNEL_LEAVE
END move_address_general_run
