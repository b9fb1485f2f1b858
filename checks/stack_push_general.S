/* SPDX-License-Identifier: Apache-2.0 */
/* Push and pop in all their forms. Thirteen registers move on by one place through the stack in each pass;
 * what else is pushed is popped into a register and added to one of them, or comes back where it was. Nothing but
 * popf writes the flags for good: they are live too. */
#include "checks/stack.inc"
#include "checks/stack_push.h"

/* The image that pushf leaves holds TF while a tracer steps: it must stay, and be overwritten afterwards. */
.macro PUSH_FLAGS
        pushfq
        xorq    $STACK_PUSH_FLAGS, (%rsp)
        popfq
        pushfw
        xorw    $STACK_PUSH_FLAGS_WORD, (%rsp)
        popfw
.endm

.macro PUSH_IMMEDIATES
        push    %rbp
        pushq   $STACK_PUSH_BYTE
        pop     %rbp
        lea     (%rax,%rbp), %rax
        pushq   $STACK_PUSH_LONG
        pop     %rbp
        lea     (%rdx,%rbp), %rdx
        pushw   $STACK_PUSH_WORD_3
        pushw   $STACK_PUSH_WORD_2
        pushw   $STACK_PUSH_WORD_1
        pushw   $STACK_PUSH_WORD_0
        pop     %rbp
        lea     (%rbx,%rbp), %rbx
        pop     %rbp
.endm

/* push %rsp stores the value before the push, pop %rsp takes what it loads (Intel SDM volume 2, PUSH, POP). */
.macro PUSH_POINTER
        push    %rbp
        push    %rsp
        pop     %rbp
        lea     (%rsi,%rbp), %rsi
        pop     %rbp
        push    %rsp
        pop     %rsp
        push    %sp
        pop     %sp
.endm

/* push computes its address with the old %rsp, pop with the new one. */
.macro PUSH_MEMORY
        pushq   $0
        push    %r8
        push    %rdi
        popq    8(%rsp)
        pushq   8(%rsp)
        pop     %rdi
        pop     %r8
        lea     8(%rsp), %rsp
        push    %r10
        push    %rbp
        mov     %rsp, %rbp
        pushq   8(%rbp)
        popq    -16(%rbp)
        pushq   -16(%rbp)
        pop     %r10
        pop     %rbp
        lea     8(%rsp), %rsp
.endm

.macro PUSH_WORDS
        .rept   2
        push    %ax
        push    %dx
        push    %bx
        push    %si
        pop     %ax
        pop     %dx
        pop     %bx
        pop     %si
        .endr
        push    %r9
        .rept   4
        pushw   6(%rsp)
        .endr
        pop     %r9
        lea     8(%rsp), %rsp
        pushq   $0
        push    %r10
        .rept   4
        popw    6(%rsp)
        .endr
        pop     %r10
.endm

.macro PUSH_ROTATE
        .irp    r, rax,rdx,rbx,rbp,rsi,rdi,r8,r9,r10,r11,r12,r13,r14
        push    %\r
        .endr
        .irp    r, rax,r14,r13,r12,r11,r10,r9,r8,rdi,rsi,rbp,rbx,rdx
        pop     %\r
        .endr
.endm

FUNCTION stack_push_run
        KERNEL_ENTER
        STACK_LOOP STACK_PUSH_PASSES
        PUSH_FLAGS
        PUSH_IMMEDIATES
        PUSH_POINTER
        PUSH_MEMORY
        PUSH_WORDS
        PUSH_ROTATE
        STACK_LOOP_END r15
        KERNEL_LEAVE
END stack_push_run
