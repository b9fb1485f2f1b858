/* SPDX-License-Identifier: Apache-2.0 */
/* thunk_call: see thunk.h. After the call no register is trusted: what is needed lies in memory. */
#include "checks/asm.h"
#include "tests/checks/thunk.h"

        .bss
        .balign 8
caller_stack:   .zero 8
callee_stack:   .zero 8
report:         .zero 8
left_stack:     .zero 8

        .section .rodata
        .balign 8
        .globl  thunk_planted
thunk_planted:
        .quad   0x7ab1e0f5a5e5b001, 0x7ab1e0f5a5e5b002, 0x7ab1e0f5a5e5b012
        .quad   0x7ab1e0f5a5e5b013, 0x7ab1e0f5a5e5b014, 0x7ab1e0f5a5e5b015
mxcsr_default:  .long 0x1f80

        .text
FUNCTION thunk_call
        push    %rbx
        push    %rbp
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        mov     %rdx, report(%rip)
        mov     %rsp, caller_stack(%rip)
        mov     %rcx, callee_stack(%rip)
        mov     %rcx, %rsp
        mov     %rdi, %rax
        mov     %rsi, %rdi
        mov     thunk_planted(%rip), %rbx
        mov     thunk_planted+8(%rip), %rbp
        mov     thunk_planted+16(%rip), %r12
        mov     thunk_planted+24(%rip), %r13
        mov     thunk_planted+32(%rip), %r14
        mov     thunk_planted+40(%rip), %r15
        call    *%rax
        mov     %rsp, left_stack(%rip)
        mov     caller_stack(%rip), %rsp
        pushf
        cld
        pop     %rcx
        mov     report(%rip), %rax
        mov     %rbx, 0(%rax)
        mov     %rbp, 8(%rax)
        mov     %r12, 16(%rax)
        mov     %r13, 24(%rax)
        mov     %r14, 32(%rax)
        mov     %r15, 40(%rax)
        mov     %rcx, THUNK_FLAGS(%rax)
        mov     left_stack(%rip), %rcx
        sub     callee_stack(%rip), %rcx
        mov     %rcx, THUNK_STACK(%rax)
        stmxcsr THUNK_MXCSR(%rax)
        ldmxcsr mxcsr_default(%rip)
        fnstenv THUNK_X87(%rax)
        fninit
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbp
        pop     %rbx
        ret
END thunk_call
