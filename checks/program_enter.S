/* SPDX-License-Identifier: Apache-2.0 */
/* program_enter(pair, code, size): every register from pair->in, then the code, whose end jumps to program_return, then
 * every register to pair->out. `size` is for who looks from outside.
 *
 * The code was written through another mapping than it runs from: between the two there must be a serializing instruction
 * (Intel SDM volume 3A, 12.6, self-modifying code; AMD APM volume 2, 7.6.1). iret is the one that a hypervisor does not
 * see. */
#include "checks/registers.inc"

FUNCTION program_enter
        push    %rbp
        push    %rbx
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        mov     %rsp, %rax
        mov     %ss, %ecx
        push    %rcx
        push    %rax
        pushf
        mov     %cs, %ecx
        push    %rcx
        lea     1f(%rip), %rcx
        push    %rcx
        iretq
1:      mov     %rsp, registers_stack(%rip)
        mov     %rdi, registers_state(%rip)
        mov     %rsi, registers_resume(%rip)
        jmp     registers_load

        .globl  program_return
        .hidden program_return
program_return:
        endbr64
        KERNEL_EVENT
        KERNEL_LEAVE
END program_enter
