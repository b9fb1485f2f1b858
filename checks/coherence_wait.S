/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernels of coherence share: waiting, meeting, and the way out. */
#include "checks/coherence.inc"

#define GENERAL(n) (REGISTERS_GENERAL + 8 * (n))
#define RESULT(n) COHERENCE_RESULTS + 8 * (n)(%rbp)

        .section .rodata
        .balign 8
        .globl  coherence_wait
        .hidden coherence_wait
coherence_wait: .quad 1 << 32 /* a wait more in r13 */
        .text

/* One turn of a wait. Does not return where the round is over for this party. */
FUNCTION coherence_spin
        pause
        inc     %r13
        mov     %r13, PARTY_PULSE(%rdi)
        mov     STATE(MEMORY), %r12
        cmpq    $0, PARTY_GAVE_UP(%r12)
        jne     .Lleft
        test    $COHERENCE_LOOK-1, %r13d
        jz      .Llook
        ret
.Llook:
        push    %rax
        push    %rbx
        push    %rcx
        push    %rdx
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
        pop     %rdx
        pop     %rcx
        pop     %rbx
        pop     %rax
        jnz     2f
        incq    STATE(ALIKE)
        cmpq    $COHERENCE_ALIKE_MOST, STATE(ALIKE)
        jae     .Lstalled
        ret
2:      movq    $0, STATE(ALIKE)
        ret
.Lstalled:
        mov     STATE(MEMORY), %r12
        movq    $1, PARTY_GAVE_UP(%r12)
        movq    $1, RESULT(0)
        mov     $PARTY_STALLED, %ecx
        jmp     coherence_leave
.Lgive_up:
        movq    $1, PARTY_GAVE_UP(%r12)
.Lleft:
        mov     $PARTY_LEFT, %ecx
        jmp     coherence_leave
END coherence_spin

/* Waits until every party has come here as often as this one. Changes rax, rcx, rdx, r12. */
FUNCTION coherence_meet
        incq    PARTY_PHASE(%rdi)
        mov     STATE(PARTIES), %rcx
        mov     STATE(MEMORY), %rdx
        add     $PARTY_LINE, %rdx
1:      mov     PARTY_PHASE(%rdi), %rax
        cmp     %rax, PARTY_PHASE(%rdx)
        jae     2f
        call    coherence_spin
        jmp     1b
2:      WAITED
        add     $PARTY_LINE, %rdx
        dec     %rcx
        jnz     1b
        ret
END coherence_meet

/* Jumped to. What every party has left in the data, and what this one collected, go to the output. */
FUNCTION coherence_finish
        call    coherence_meet
        mov     STATE(MEMORY), %rdx
        mov     $PARTY_DATA_SIZE/8, %ecx
1:      mov     PARTY_DATA-8(%rdx,%rcx,8), %rax
        mov     %rax, COHERENCE_SEEN-8(%rbp,%rcx,8)
        dec     %rcx
        jnz     1b
        movq    $0, RESULT(0)
        xor     STATE(LINES), %rsi
        xor     STATE(OWN), %rdi
        or      %rsi, %rdi
        mov     %rdi, RESULT(1)
        mov     %r9, RESULT(2)
        mov     %r10, RESULT(3)
        mov     %r11, RESULT(4)
        mov     %r14, RESULT(5)
        mov     %r15, RESULT(6)
        mov     %r8, RESULT(7)
        mov     $PARTY_DONE, %ecx
coherence_leave:
        mov     STATE(OWN), %rdx
        mov     %rcx, PARTY_FATE(%rdx)
        mov     GENERAL(4)(%rbp), %rsp
        xor     %eax, %eax
        mov     GENERAL(0)(%rbp), %rax
        mov     GENERAL(1)(%rbp), %rcx
        mov     GENERAL(2)(%rbp), %rdx
        mov     GENERAL(3)(%rbp), %rbx
        mov     GENERAL(6)(%rbp), %rsi
        mov     GENERAL(7)(%rbp), %rdi
        .irp    r, 8,9,10,11,12,13,14,15
        mov     GENERAL(\r)(%rbp), %r\r
        .endr
        KERNEL_LEAVE
END coherence_finish
