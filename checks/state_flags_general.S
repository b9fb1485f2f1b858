/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_step.inc"

        .section .rodata
        .balign 8
state_flags_one: .quad 1
        .text

/* struct entry of state_flags.c */
.macro LOAD_FLAGS
        mov     STATE_FLAGS(%rsp), %rax
        and     $~REGISTERS_FLAGS_HELD, %rax
        or      (%rsp,%rbx), %rax
        mov     %rax, STATE_FLAGS(%rsp)
.endm

/* Shifts into %rbp whether the condition holds. */
.macro CHOOSE cmov
        mov     $0, %eax
        \cmov   state_flags_one(%rip), %rax
        lea     (%rax,%rbp,2), %rbp
.endm

/* The flags that pushf read are in STATE_FLAGS; lahf, set and cmov come before anything that changes them. */
.macro COMPARE_FLAGS
        mov     $0, %eax
        lahf
        seto    %al
        mov     %rax, STATE_READ(%rsp)
        seto     STATE_READ+8+0(%rsp)
        setno    STATE_READ+8+1(%rsp)
        setb     STATE_READ+8+2(%rsp)
        setae    STATE_READ+8+3(%rsp)
        sete     STATE_READ+8+4(%rsp)
        setne    STATE_READ+8+5(%rsp)
        setbe    STATE_READ+8+6(%rsp)
        seta     STATE_READ+8+7(%rsp)
        sets     STATE_READ+8+8(%rsp)
        setns    STATE_READ+8+9(%rsp)
        setp     STATE_READ+8+10(%rsp)
        setnp    STATE_READ+8+11(%rsp)
        setl     STATE_READ+8+12(%rsp)
        setge    STATE_READ+8+13(%rsp)
        setle    STATE_READ+8+14(%rsp)
        setg     STATE_READ+8+15(%rsp)
        mov     $0, %ebp
        CHOOSE  cmovo
        CHOOSE  cmovno
        CHOOSE  cmovb
        CHOOSE  cmovae
        CHOOSE  cmove
        CHOOSE  cmovne
        CHOOSE  cmovbe
        CHOOSE  cmova
        CHOOSE  cmovs
        CHOOSE  cmovns
        CHOOSE  cmovp
        CHOOSE  cmovnp
        CHOOSE  cmovl
        CHOOSE  cmovge
        CHOOSE  cmovle
        CHOOSE  cmovg
        xor     32(%rsp,%rbx), %rbp
        or      %rbp, STATE_OWN+24(%rsp)
        mov     STATE_FLAGS(%rsp), %rax
        and     $REGISTERS_FLAGS_HELD, %eax
        xor     (%rsp,%rbx), %rax
        GATHER  0
        mov     STATE_READ(%rsp), %rax
        xor     8(%rsp,%rbx), %rax
        GATHER  1
        mov     STATE_READ+8(%rsp), %rax
        xor     16(%rsp,%rbx), %rax
        GATHER  2
        mov     STATE_READ+16(%rsp), %rax
        xor     24(%rsp,%rbx), %rax
        GATHER  2
.endm

STATE_STEP state_flags, 4, 40, LOAD_FLAGS, COMPARE_FLAGS
