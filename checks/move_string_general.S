/* SPDX-License-Identifier: Apache-2.0 */
/* move_string. Each case is a string instruction on registers and flags of its own; what it leaves in them and, after
 * all cases, in memory is compared, and the differences collected, pass by pass.
 *      rbp  the case          r12  its results' differences
 *      r13, r14  cases left, passes left
 * rax, rcx, rsi, rdi and the flags are the instruction's; between the cases they and rdx serve the comparison. */
#include "checks/move_string.h"
#include "checks/registers.inc"

.macro HANDLER instruction:vararg
        .balign MOVE_STRING_HANDLER
        endbr64
        \instruction
        jmp     .Lcollect
.endm

.macro HANDLERS prefix, name
        HANDLER \prefix \name\()b
        HANDLER \prefix \name\()w
        HANDLER \prefix \name\()l
        HANDLER \prefix \name\()q
.endm

/* differences |= left ^ expected */
.macro COLLECT register, index
        xor     MOVE_STRING_EXPECTED+8*\index(%rbp), %\register
        or      %\register, 8*\index(%r12)
.endm

FUNCTION move_string_general_run
        KERNEL_ENTER
        mov     registers_state(%rip), %rax
        lea     2*REGISTERS_SIZE(%rax), %rdx
        xor     %ecx, %ecx
1:      movq    $0, (%rdx,%rcx)
        add     $8, %rcx
        cmp     $MOVE_STRING_NOW, %rcx
        jne     1b
.Lpass: xor     %ecx, %ecx
2:      mov     MOVE_STRING_BEFORE(%rdx,%rcx), %rax
        mov     %rax, MOVE_STRING_NOW(%rdx,%rcx)
        add     $8, %rcx
        cmp     $MOVE_STRING_ARENA, %rcx
        jne     2b
        mov     %rdx, %r12
        lea     MOVE_STRING_LIST(%rdx), %rbp
        mov     $MOVE_STRING_ALL, %r13d
.Lcase: mov     MOVE_STRING_IN(%rbp), %rax
        mov     MOVE_STRING_IN+8(%rbp), %rcx
        mov     MOVE_STRING_IN+16(%rbp), %rsi
        mov     MOVE_STRING_IN+24(%rbp), %rdi
        pushq   MOVE_STRING_IN+32(%rbp)
        popfq
        jmp     *(%rbp)
.Lcollect:
        pushfq
        cld
        COLLECT rax, 0
        COLLECT rcx, 1
        COLLECT rsi, 2
        COLLECT rdi, 3
        pop     %rax
        and     $REGISTERS_FLAGS_HELD, %eax
        COLLECT rax, 4
        add     $40, %r12
        add     $MOVE_STRING_CASE, %rbp
        dec     %r13
        jnz     .Lcase
        xor     %ecx, %ecx
3:      mov     MOVE_STRING_NOW(%rdx,%rcx), %rax
        xor     MOVE_STRING_AFTER(%rdx,%rcx), %rax
        or      %rax, MOVE_STRING_MEMORY(%rdx,%rcx)
        add     $8, %rcx
        cmp     $MOVE_STRING_ARENA, %rcx
        jne     3b
        KERNEL_EVENT
        dec     %r14
        jnz     .Lpass
        mov     registers_state(%rip), %rbp
        mov     REGISTERS_GENERAL(%rbp), %rax
        mov     REGISTERS_GENERAL+8*1(%rbp), %rcx
        mov     REGISTERS_GENERAL+8*2(%rbp), %rdx
        mov     REGISTERS_GENERAL+8*6(%rbp), %rsi
        mov     REGISTERS_GENERAL+8*7(%rbp), %rdi
        mov     REGISTERS_GENERAL+8*12(%rbp), %r12
        mov     REGISTERS_GENERAL+8*5(%rbp), %rbp
        cmp     %rsp, %rsp
        KERNEL_LEAVE

        .globl  move_string_handlers
        .hidden move_string_handlers
        .balign MOVE_STRING_HANDLER
move_string_handlers:
        HANDLERS rep, movs
        HANDLERS rep, stos
        HANDLERS rep, lods
        HANDLERS repe, cmps
        HANDLERS repne, cmps
        HANDLERS repe, scas
        HANDLERS repne, scas
        HANDLERS , movs
        HANDLERS , stos
        HANDLERS , lods
        HANDLERS , cmps
        HANDLERS , scas
END move_string_general_run
