/* SPDX-License-Identifier: Apache-2.0 */
/* Into user mode and back: see trap.h. */
#include "tests/model/bochs/trap.h"

        .bss
        .balign 16
        .zero   8192
        .globl  guest_stack
guest_stack:
        .zero   8192
        .globl  trap_stack
trap_stack:
user_left:
        .zero   8                       /* the stack on which user_run waits */

        .text
/* struct trap_frame *user_run(struct trap_frame *) */
        .globl  user_run
user_run:
        push    %rbx
        push    %rbp
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        mov     %rsp, user_left(%rip)
        mov     %rdi, %rsp
        jmp     trap_return

        .globl  trap_stubs
        .balign TRAP_STUB_SIZE
trap_stubs:
vector = 0
        .rept   TRAP_VECTORS
        .if     (TRAP_WITH_ERROR_CODE >> vector) & 1 == 0
        push    $0
        .endif
        push    $vector
        jmp     trap_common
        .balign TRAP_STUB_SIZE
vector = vector + 1
        .endr

trap_common:
        /* The upper rax stands where rsp is put below. */
        .irp    r, r15,r14,r13,r12,r11,r10,r9,r8,rdi,rsi,rbp,rax,rbx,rdx,rcx,rax
        push    %\r
        .endr
        cld
        mov     TRAP_RSP(%rsp), %rax
        mov     %rax, TRAP_GENERAL_RSP(%rsp)
        mov     %rsp, %rdi
        testb   $3, TRAP_CS(%rsp)
        jz      1f
        mov     %rsp, %rax
        mov     user_left(%rip), %rsp
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbp
        pop     %rbx
        ret
1:      call    trap_in_guest
trap_return:
        pop     %rax
        pop     %rcx
        pop     %rdx
        pop     %rbx
        lea     8(%rsp), %rsp
        .irp    r, rbp,rsi,rdi,r8,r9,r10,r11,r12,r13,r14,r15
        pop     %\r
        .endr
        add     $16, %rsp               /* vector and error code */
        iretq

        .section .note.GNU-stack, "", @progbits
