/* SPDX-License-Identifier: Apache-2.0 */
/* Five stacks: %rsp moves between them by xchg, mov, pop %rsp, lea and leave, always after the old one has been
 * taken down. The %rsp of those that rest lie in %r8 to %r11. */
#include "checks/stack.inc"
#include "checks/stack_switch.h"

/* Work on the stack of the moment. */
.macro VISIT a, b, c, d
        push    %\a
        push    %\b
        push    %\c
        push    %\d
        LOOK    24(%rsp)
        LOOK    (%rsp)
        LOOK    16(%rsp)
        LOOK    8(%rsp)
        LOOK    %rsp
        lea     (%rsp,%r15), %r15
        lea     32(%rsp), %rsp
.endm

.macro TAKE
        lea     (%rax,%rdx), %rax
        pop     %rdx
.endm

FUNCTION stack_switch_run
        KERNEL_ENTER
        STACK_LOOP STACK_SWITCH_PASSES
        VISIT   rbx, rsi, rdi, rbp
        push    %rbx
        xchg    %r8, %rsp
        push    %rsi
        push    %rbp
        VISIT   rsi, rdi, rbp, r12
        LOOK    %rsp
        mov     %r9, %rsp
        mov     %rdx, %r9
        VISIT   rdi, rbp, r12, r13
        push    %rdi
        LOOK    %rsp
        push    %r10
        pop     %rsp
        mov     %rdx, %r10
        VISIT   rbp, r12, r13, r14
        push    %r12
        push    %r13
        LOOK    %rsp
        lea     (%r11), %rsp
        mov     %rdx, %r11
        VISIT   r12, r13, r14, rbx
        push    %r14
        lea     (%rax,%rbp), %rax
        mov     %r9, %rbp
        LOOK    %rsp
        leave
        mov     %rdx, %r9
        VISIT   r13, r14, rbx, rsi
        TAKE
        xchg    %r9, %rsp
        VISIT   r14, rbx, rsi, rdi
        TAKE
        xchg    %rsp, %r11
        VISIT   rbx, rsi, rdi, rbp
        TAKE
        TAKE
        xchg    %r10, %rsp
        VISIT   rsi, rdi, rbp, r12
        TAKE
        xchg    %rsp, %r8
        VISIT   rdi, rbp, r12, r13
        TAKE
        xchg    %r8, %r9
        STACK_LOOP_END rax
        KERNEL_LEAVE
END stack_switch_run
