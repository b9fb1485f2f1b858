/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_step.inc"

        .section .rodata
        .balign 8
state_flags_one: .quad 1
        .text

/* struct entry of state_flags.c */
.macro LOAD_FLAGS
        mov     STATE_FLAGS(%rbp), %rax
        and     $~REGISTERS_FLAGS_HELD, %rax
        or      (%rbp,%rbx), %rax
        mov     %rax, STATE_FLAGS(%rbp)
.endm

/* Shifts into %r8 whether the condition holds. */
.macro CHOOSE cmov
        mov     $0, %eax
        \cmov   state_flags_one(%rip), %rax
        lea     (%rax,%r8,2), %r8
.endm

/* The flags that pushf read are in STATE_FLAGS; lahf, set and cmov come before anything that changes them. */
.macro COMPARE_FLAGS
        mov     $0, %eax
        lahf
        seto    %al
        mov     %rax, STATE_READ(%rbp)
        seto     STATE_READ+8+0(%rbp)
        setno    STATE_READ+8+1(%rbp)
        setb     STATE_READ+8+2(%rbp)
        setae    STATE_READ+8+3(%rbp)
        sete     STATE_READ+8+4(%rbp)
        setne    STATE_READ+8+5(%rbp)
        setbe    STATE_READ+8+6(%rbp)
        seta     STATE_READ+8+7(%rbp)
        sets     STATE_READ+8+8(%rbp)
        setns    STATE_READ+8+9(%rbp)
        setp     STATE_READ+8+10(%rbp)
        setnp    STATE_READ+8+11(%rbp)
        setl     STATE_READ+8+12(%rbp)
        setge    STATE_READ+8+13(%rbp)
        setle    STATE_READ+8+14(%rbp)
        setg     STATE_READ+8+15(%rbp)
        mov     $0, %r8d
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
        xor     32(%rbp,%rbx), %r8
        or      %r8, STATE_OWN+24(%rbp)
        mov     STATE_FLAGS(%rbp), %rax
        and     $REGISTERS_FLAGS_HELD, %eax
        xor     (%rbp,%rbx), %rax
        GATHER  0
        mov     STATE_READ(%rbp), %rax
        xor     8(%rbp,%rbx), %rax
        GATHER  1
        mov     STATE_READ+8(%rbp), %rax
        xor     16(%rbp,%rbx), %rax
        GATHER  2
        mov     STATE_READ+16(%rbp), %rax
        xor     24(%rbp,%rbx), %rax
        GATHER  2
.endm

STATE_STEP state_flags, 4, 40, LOAD_FLAGS, COMPARE_FLAGS
