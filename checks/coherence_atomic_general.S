/* SPDX-License-Identifier: Apache-2.0 */
/* Locked read-modify-write of words that all parties change, of every width. The layout of the window is that of
 * coherence_atomic.c. */
#include "checks/coherence.inc"

/* add. Each exchange-and-add takes a number that nobody else may get: their sum has a closed form. A party's 64-bit
 * numbers rise. */
FUNCTION coherence_add_run
        COHERENCE_ENTER
        xor     %r9d, %r9d
        xor     %r10d, %r10d
        xor     %r14d, %r14d
        mov     PARAMETER(2), %rdx
1:      add     %r10, %r9
        mov     PARAMETER(0), %rax
        lock xadd %rax, (%rsi)
        cmp     %r10, %rax
        setbe   %cl
        movzbl  %cl, %ecx
        add     %rcx, %r11
        mov     %rax, %r10
        mov     PARAMETER(1), %eax
        lock xadd %eax, 8(%rsi)
        add     %rax, %r14
        mov     PARAMETER(1), %eax
        lock xadd %ax, 12(%rsi)
        movzwl  %ax, %eax
        add     %rax, %r14
        mov     PARAMETER(1), %eax
        lock xadd %al, 14(%rsi)
        movzbl  %al, %eax
        add     %rax, %r14
        lock incb 15(%rsi)
        lock add %rdx, 16(%rsi)
        lock sub %edx, 24(%rsi)
        lock add %dx, 28(%rsi)
        lock sub %dl, 30(%rsi)
        lock decb 31(%rsi)
        lock sub %rdx, 32(%rsi)
        lock incq 40(%rsi)
        lock decq 48(%rsi)
        stc
        lock adc %edx, 56(%rsi)
        stc
        lock sbb %edx, 60(%rsi)
        lock negq 64(%rsi)
        dec     %r8
        jnz     1b
        add     %r10, %r9
        lock add %r9, 72(%rsi)
        lock add %r14, 80(%rsi)
        xor     %r9d, %r9d /* its own share is nobody's to know */
        xor     %r10d, %r10d
        xor     %r14d, %r14d
        COHERENCE_LEAVE
END coherence_add_run

/* r11: bits of rax under the party's mask, in rdx, that are not \wanted. */
.macro BITS_SEEN wanted
        xor     \wanted, %rax
        and     %rdx, %rax
        or      %rax, %r11
.endm

/* What a bit was, as the carry flag says it, goes into r9, which turns, so that nothing leaves it. */
.macro CARRY_SEEN
        adc     $0, %r9
        rol     $COHERENCE_CARRY_TURN, %r9
.endm

/* bits. A party's bits lie among those of the others. */
FUNCTION coherence_bits_run
        COHERENCE_ENTER
        xor     %r9d, %r9d
        mov     STATE(PARTY), %rbx
        mov     PARAMETER(1), %rcx
        mov     PARAMETER(2), %rdx
1:      mov     PARAMETER(0), %rax
        lock xor %rax, (%rsi)
        lock btc %rcx, 8(%rsi)
        CARRY_SEEN
        lock bts %rcx, 16(%rsi)
        CARRY_SEEN
        lock btr %rcx, 16(%rsi)
        CARRY_SEEN
        lock notq 24(%rsi)
        lock or %rdx, 32(%rsi)
        mov     32(%rsi), %rax
        BITS_SEEN %rdx
        not     %rdx
        lock and %rdx, 32(%rsi)
        not     %rdx
        mov     32(%rsi), %rax
        BITS_SEEN $0
        lock xor %cl, 40(%rsi,%rbx)
        lock notw 48(%rsi,%rbx,2)
        lock or %edx, 56(%rsi)
        lock xor %edx, 60(%rsi)
        not     %edx
        lock and %edx, 56(%rsi)
        mov     PARAMETER(2), %rdx
        dec     %r8
        jnz     1b
        COHERENCE_LEAVE
END coherence_bits_run

/* The sum of what is there and of a parameter takes its place, if nobody came between. The old value goes to rax. */
.macro COMPARE_ADD old, new, parameter, at
        mov     \at(%rsi), %\old
1:      mov     PARAMETER(\parameter), %\new
        add     %\old, %\new
        lock cmpxchg %\new, \at(%rsi)
        jz      2f
        call    coherence_spin
        jmp     1b
2:      WAITED
.endm

/* compare. The pair of cmpxchg8b is a count and a multiple of it. */
FUNCTION coherence_compare_run
        COHERENCE_ENTER
        xor     %r9d, %r9d
        xor     %r14d, %r14d
5:      COMPARE_ADD rax, rcx, 0, 0
        add     %rax, %r9
        COMPARE_ADD eax, ecx, 1, 8
        add     %rax, %r14
        COMPARE_ADD ax, cx, 1, 12
        movzwl  %ax, %eax
        add     %rax, %r14
        COMPARE_ADD al, cl, 1, 14
        movzbl  %al, %eax
        add     %rax, %r14
        mov     16(%rsi), %eax
        mov     20(%rsi), %edx
1:      lea     1(%rax), %ebx
        mov     PARAMETER(2), %ecx
        add     %edx, %ecx
        lock cmpxchg8b 16(%rsi)
        jz      2f
        call    coherence_spin
        jmp     1b
2:      WAITED
        add     %rax, %r14
        imul    PARAMETER(2), %eax
        sub     %eax, %edx
        xor     PARAMETER(3), %edx
        or      %rdx, %r11
        dec     %r8
        jnz     5b
        lock add %r9, 72(%rsi)
        lock add %r14, 80(%rsi)
        xor     %r9d, %r9d
        xor     %r14d, %r14d
        xor     %ebx, %ebx
        COHERENCE_LEAVE
END coherence_compare_run

/* compare_cx16. As the pair of compare, of 64 bits each. */
FUNCTION coherence_compare_cx16_run
        COHERENCE_ENTER
        xor     %r9d, %r9d
5:      mov     (%rsi), %rax
        mov     8(%rsi), %rdx
1:      lea     1(%rax), %rbx
        mov     PARAMETER(2), %rcx
        add     %rdx, %rcx
        lock cmpxchg16b (%rsi)
        jz      2f
        call    coherence_spin
        jmp     1b
2:      WAITED
        add     %rax, %r9
        imul    PARAMETER(2), %rax
        sub     %rax, %rdx
        xor     PARAMETER(3), %rdx
        or      %rdx, %r11
        dec     %r8
        jnz     5b
        lock add %r9, 72(%rsi)
        xor     %r9d, %r9d
        xor     %ebx, %ebx
        COHERENCE_LEAVE
END coherence_compare_cx16_run
