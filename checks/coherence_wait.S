/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernels of coherence share: waiting, meeting, and the way out. */
#include "checks/coherence.inc"

#define GENERAL(n) (REGISTERS_GENERAL + 8 * (n))
#define RESULT(n) COHERENCE_RESULTS + 8 * (n)(%rbp)
#define COLLECTS(n) COHERENCE_COLLECTS + 8 * (n)(%rbp)

        .section .rodata
        .balign 8
        .globl  coherence_wait
        .hidden coherence_wait
coherence_wait: .quad 1 << 32 /* a wait more in r13 */
        .text

.macro LOOK_POP
        .irp    r, r12,rdx,rcx,rbx,rax
        pop     %\r
        .endr
.endm

/* One turn of a wait. Does not return where the round is over for this party. */
FUNCTION coherence_spin
        pause
        inc     %r13
        incq    STATE(TURNS)
        mov     %r13, PARTY_PULSE(%rdi)
        cmpq    $0, PARTY_GAVE_UP(%r12)
        jne     .Lleft
        test    $COHERENCE_LOOK-1, %r13d
        jz      .Llook
        ret
.Llook:
        .irp    r, rax,rbx,rcx,rdx,r12
        push    %\r
        .endr
        rdtsc
        shl     $32, %rdx
        or      %rdx, %rax
        cmpq    $0, STATE(SINCE)
        jne     3f
        mov     %rax, STATE(SINCE)
3:      sub     STATE(SINCE), %rax
        cmp     STATE(CYCLES_MOST), %rax
        jae     .Lgive_up
        xor     %ebx, %ebx
        mov     STATE(PARTIES), %rcx
        lea     PARTY_LINE(%r12), %rdx
        lea     STATE(PULSES), %r12
        /* Since the last look: a party in another wait has moved on (2^32 or more); one with few turns (negative
         * after the subtraction) may not run. */
1:      mov     PARTY_PULSE(%rdx), %rax
        sub     (%r12), %rax
        add     %rax, (%r12)
        sub     $COHERENCE_LOOK/4, %rax
        shr     $31, %rax
        or      %rax, %rbx
        add     $PARTY_LINE, %rdx
        add     $8, %r12
        dec     %rcx
        jnz     1b
        test    %rbx, %rbx
        LOOK_POP
        jnz     2f
        incq    STATE(ALIKE)
        cmpq    $COHERENCE_ALIKE_MOST, STATE(ALIKE)
        jae     .Lstalled
        ret
2:      movq    $0, STATE(ALIKE)
        ret
.Lstalled:
        mov     $PARTY_STALLED, %ecx
        jmp     4f
.Lgive_up:
        LOOK_POP
        mov     $PARTY_LEFT, %ecx
4:      mov     STATE(MEMORY), %rax /* r12 may be why it leaves */
        movq    $1, PARTY_GAVE_UP(%rax)
        jmp     5f
.Lleft:
        mov     $PARTY_LEFT, %ecx
5:      pop     %rax /* where the turn was called: rsp is to be as in the kernel */
        lea     .Lmet(%rip), %rdx
        cmp     %rdx, %rax
        jne     coherence_leave
        pop     %rax
        jmp     coherence_leave
END coherence_spin

/* Waits until every party has come here as often as this one. Changes rax, rcx, rdx. */
FUNCTION coherence_meet
        incq    PARTY_PHASE(%rdi)
        mov     STATE(PARTIES), %rcx
        lea     PARTY_LINE(%r12), %rdx
1:      mov     PARTY_PHASE(%rdi), %rax
        cmp     %rax, PARTY_PHASE(%rdx)
        jae     2f
        call    coherence_spin
.Lmet:  jmp     1b
2:      WAITED
        add     $PARTY_LINE, %rdx
        dec     %rcx
        jnz     1b
        ret
END coherence_meet

/* What a register has collected is a result, and the register gets its sentinel back; else it stays as it is. */
.macro COLLECT register, general, index
        mov     %\register, %rax
        and     COLLECTS(\index), %rax
        mov     %rax, RESULT(5+\index)
        xor     %rax, %\register
        mov     GENERAL(\general)(%rbp), %rax
        and     COLLECTS(\index), %rax
        or      %rax, %\register
.endm

/* Jumped to. What every party has left in the data, and what this one collected, go to the output. */
FUNCTION coherence_finish
        call    coherence_meet
        mov     $PARTY_DATA_SIZE/8, %ecx
1:      mov     PARTY_DATA-8(%r12,%rcx,8), %rax
        mov     %rax, COHERENCE_SEEN-8(%rbp,%rcx,8)
        dec     %rcx
        jnz     1b
        mov     $PARTY_DONE, %ecx
        jmp     coherence_leave
END coherence_finish

/* Jumped to, with the party's fate in rcx. */
FUNCTION coherence_leave
        mov     %rcx, RESULT(3)
        mov     STATE(OWN), %rdx
        mov     %rcx, PARTY_FATE(%rdx)
        xor     %rdx, %rdi
        xor     STATE(LINES), %rsi
        xor     STATE(MEMORY), %r12
        or      %rsi, %rdi
        or      %r12, %rdi
        mov     %rdi, RESULT(0)
        sub     STATE(TURNS), %r13
        mov     %r13, RESULT(1)
        mov     %r8, RESULT(2)
        mov     %r11, RESULT(4)
        COLLECT rbx, 3, 0
        COLLECT r9, 9, 1
        COLLECT r10, 10, 2
        COLLECT r14, 14, 3
        COLLECT r15, 15, 4
        xor     %eax, %eax
        mov     GENERAL(0)(%rbp), %rax
        mov     GENERAL(1)(%rbp), %rcx
        mov     GENERAL(2)(%rbp), %rdx
        mov     GENERAL(6)(%rbp), %rsi
        mov     GENERAL(7)(%rbp), %rdi
        .irp    r, 8,11,12,13
        mov     GENERAL(\r)(%rbp), %r\r
        .endr
        KERNEL_LEAVE
END coherence_leave
