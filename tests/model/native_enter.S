/* SPDX-License-Identifier: Apache-2.0 */
/* Into the code of a record and out of it: see native_run.c. */
#include "checks/asm.h"
#include "checks/registers.h"

#define GENERAL(n) native_registers + REGISTERS_GENERAL + 8 * (n)

        .bss
        .balign 64
        .globl  native_registers
        .hidden native_registers
native_registers:               /* what is loaded, and what it left: the general registers and flags */
        .zero   REGISTERS_SIZE
        .globl  native_area
        .hidden native_area
native_area:                    /* the same for XRSTOR and XSAVE */
        .zero   4096
        .globl  native_code
        .hidden native_code
native_code:
        .zero   8
        .globl  native_components
        .hidden native_components
native_components:
        .zero   4
        .balign 16
        .zero   16384
own_stack:

        .text

/* native_enter(): goes to native_code with everything loaded. Never returns. */
FUNCTION native_enter
        lea     own_stack(%rip), %rsp
        mov     REGISTERS_FS_BASE + native_registers(%rip), %rcx
        wrfsbase %rcx
        mov     REGISTERS_GS_BASE + native_registers(%rip), %rcx
        wrgsbase %rcx
        mov     native_components(%rip), %eax
        mov     $0, %edx
        xrstor64 native_area(%rip)
        push    REGISTERS_FLAGS + native_registers(%rip)
        popf
        mov     GENERAL(0)(%rip), %rax
        mov     GENERAL(1)(%rip), %rcx
        mov     GENERAL(2)(%rip), %rdx
        mov     GENERAL(3)(%rip), %rbx
        mov     GENERAL(4)(%rip), %rsp
        mov     GENERAL(5)(%rip), %rbp
        mov     GENERAL(6)(%rip), %rsi
        mov     GENERAL(7)(%rip), %rdi
        .irp    r, 8,9,10,11,12,13,14,15
        mov     GENERAL(\r)(%rip), %r\r
        .endr
        jmp     *native_code(%rip)
END native_enter

/* Where the page of EXECUTION_RESUME goes on. */
FUNCTION native_leave
        mov     %rax, GENERAL(0)(%rip)
        mov     %rcx, GENERAL(1)(%rip)
        mov     %rdx, GENERAL(2)(%rip)
        mov     %rbx, GENERAL(3)(%rip)
        mov     %rsp, GENERAL(4)(%rip)
        mov     %rbp, GENERAL(5)(%rip)
        mov     %rsi, GENERAL(6)(%rip)
        mov     %rdi, GENERAL(7)(%rip)
        .irp    r, 8,9,10,11,12,13,14,15
        mov     %r\r, GENERAL(\r)(%rip)
        .endr
        lea     own_stack(%rip), %rsp
        pushf
        pop     REGISTERS_FLAGS + native_registers(%rip)
        push    $0x202
        popf
        mov     native_components(%rip), %eax
        mov     $0, %edx
        xsave64 native_area(%rip)
        call    native_ended
        ud2
END native_leave
