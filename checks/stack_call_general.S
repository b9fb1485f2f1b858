/* SPDX-License-Identifier: Apache-2.0 */
/* Calls and returns: deeper than the return stack buffer, as a tree, through registers and memory, and in patterns
 * that mislead it. Each callee reads its return address; each return leaves it below %rsp, where the caller
 * reads it again. */
#include "checks/stack.inc"
#include "checks/stack_call.h"

/* %rcx levels down and up again; %rcx is kept. */
FUNCTION stack_call_down
        LOOK    (%rsp)
        jrcxz   1f
        lea     -1(%rcx), %rcx
        push    %r12
        lea     8-STACK_CALL_FRAME(%rsp), %rsp
        call    stack_call_down
PLACE stack_call_return_down
        LOOK    -8(%rsp)
        LOOK    STACK_CALL_FRAME-8(%rsp)
        lea     STACK_CALL_FRAME(%rsp), %rsp
        lea     1(%rcx), %rcx
1:      lea     (%rbx,%rcx), %rbx
        ret
END stack_call_down

/* A full binary tree of %rcx levels; %rcx is kept. */
FUNCTION stack_call_tree
        LOOK    (%rsp)
        jrcxz   1f
        lea     -1(%rcx), %rcx
        call    stack_call_tree
PLACE stack_call_return_left
        call    stack_call_tree
PLACE stack_call_return_right
        lea     1(%rcx), %rcx
1:      lea     1(%rsi), %rsi
        ret
END stack_call_tree

FUNCTION stack_call_leaf
        LOOK    (%rsp)
        ret
END stack_call_leaf

FUNCTION stack_call_clean
        LOOK    (%rsp)
        LOOK    8(%rsp)
        LOOK    24(%rsp)
        ret     $24
END stack_call_clean

/* Returns by a jump. */
FUNCTION stack_call_jump
        lea     (%rdi,%r9), %rdi
        pop     %r9
        jmp     *%r9
END stack_call_jump

/* Returns to its caller's caller. */
FUNCTION stack_call_skip
        LOOK    (%rsp)
        lea     8(%rsp), %rsp
        ret
END stack_call_skip

FUNCTION stack_call_skipped
        LOOK    (%rsp)
        call    stack_call_skip
PLACE stack_call_return_skip
        ud2
END stack_call_skipped

.macro CALL_DEPTHS
        .irp    depth, 1,8,16,17,32,64,100
        .if     \depth > 1
        lea     (%r14,%rcx), %r14
        .endif
        mov     $\depth, %ecx
        call    stack_call_down
PLACE stack_call_return_\depth
        LOOK    -8(%rsp)
        .endr
.endm

.macro CALL_INDIRECT
        lea     (%rdi,%r8), %rdi
        lea     stack_call_leaf(%rip), %r8
        call    *%r8
PLACE stack_call_return_register
        push    %r8
        call    *(%rsp)
PLACE stack_call_return_memory
        lea     (%rdi,%r9), %rdi
        pop     %r9
        push    %r10
        push    %r11
        push    %r12
        call    stack_call_clean
PLACE stack_call_return_clean
        lea     (%rsp,%r13), %r13
.endm

.macro CALL_UNBALANCED
        call    201f
PLACE stack_call_return_never
        ud2
201:    lea     (%rdi,%r9), %rdi
        pop     %r9
        lea     (%rdi,%r8), %rdi
        lea     stack_call_landing(%rip), %r8
        push    %r8
        ret
        ud2
PLACE stack_call_landing
        lea     (%rsp,%r13), %r13
        call    stack_call_skipped
PLACE stack_call_return_skipped
        call    stack_call_jump
PLACE stack_call_return_jump
.endm

FUNCTION stack_call_run
        KERNEL_ENTER
        STACK_LOOP STACK_CALL_PASSES
        CALL_DEPTHS
        lea     (%r14,%rcx), %r14
        mov     $STACK_CALL_LEVELS, %ecx
        call    stack_call_tree
PLACE stack_call_return_tree
        lea     (%r14,%rcx), %r14
        CALL_INDIRECT
        CALL_UNBALANCED
        lea     1(%r15), %r15
        STACK_LOOP_END rax
        KERNEL_LEAVE
END stack_call_run
