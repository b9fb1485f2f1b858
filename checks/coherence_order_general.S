/* SPDX-License-Identifier: Apache-2.0 */
/* Order: what a party stored first, the others see first. The layout of the window is that of coherence_order.c. */
#include "checks/coherence.inc"

/* pingpong. One line goes round: the word that says whose turn it is, and two that must be what the last one left.
 *      r10  the number of the party's next turn       r14, r15  what the words must hold then */
FUNCTION coherence_pingpong_run
        COHERENCE_ENTER
        mov     STATE(PARTY), %r10
        mov     PARAMETER(0), %r14
        mov     PARAMETER(1), %r15
        mov     PARAMETER(2), %rdx
        mov     STATE(PARTIES), %rcx
1:      cmp     %r10, (%rsi)
        je      2f
        call    coherence_spin
        jmp     1b
2:      WAITED
        mov     8(%rsi), %rax
        xor     %r14, %rax
        or      %rax, %r11
        mov     56(%rsi), %rax
        xor     %r15, %rax
        or      %rax, %r11
        lea     (%r14,%rdx), %rax
        mov     %rax, 8(%rsi)
        lea     (%r15,%rdx), %rax
        mov     %rax, 56(%rsi)
        add     PARAMETER(3), %r14
        add     PARAMETER(3), %r15
        mov     $1, %eax
        lock xadd %rax, (%rsi)
        xor     %r10, %rax
        or      %rax, %r11
        add     %rcx, %r10
        dec     %r8
        jnz     1b
        COHERENCE_LEAVE
END coherence_pingpong_run

/* message. Each party fills its payload and raises its flag; the next one reads it and answers. The stores are plain
 * and rise, plain and fall, without the cache and fenced, of one string instruction, in turn.
 *      r9   the party's value in this pass, r10  that of the one before it; word i of the payload holds i steps more
 *      r14  the party's lines, r15  those of the one before it       rbx  the pass */
FUNCTION coherence_message_run
        COHERENCE_ENTER
        mov     PARAMETER(0), %r9
        mov     PARAMETER(1), %r10
        PARTY_ADDRESS STATE(PARTY), 64*COHERENCE_MESSAGE_LINES, 0, r14
        PARTY_ADDRESS STATE(PREVIOUS), 64*COHERENCE_MESSAGE_LINES, 0, r15
        mov     $1, %ebx
1:      mov     PARAMETER(2), %rdx
        add     %rdx, %r9
        add     %rdx, %r10
        mov     PARAMETER(3), %rdx
        mov     %r9, %rax
        test    $1, %ebx
        jz      3f
        test    $2, %ebx
        jz      2f
        /* 3, 7, ...: all words alike */
        xor     %edx, %edx
        push    %rdi
        mov     %r14, %rdi
        mov     $32, %ecx
        rep stosq
        pop     %rdi
        jmp     7f
2:      xor     %ecx, %ecx
6:      mov     %rax, (%r14,%rcx,8)
        add     %rdx, %rax
        inc     %ecx
        cmp     $32, %ecx
        jb      6b
        jmp     7f
3:      test    $2, %ebx
        jz      5f
        xor     %ecx, %ecx
4:      movnti  %rax, (%r14,%rcx,8)
        add     %rdx, %rax
        inc     %ecx
        cmp     $32, %ecx
        jb      4b
        sfence
        jmp     7f
5:      mov     $32, %ecx
        imul    %rdx, %rcx
        add     %rcx, %rax
        mov     $32, %ecx
6:      sub     %rdx, %rax
        mov     %rax, -8(%r14,%rcx,8)
        dec     %ecx
        jnz     6b
7:      mov     %rbx, 256(%r14)
8:      cmp     %rbx, 256(%r15)
        jae     9f
        call    coherence_spin
        jmp     8b
9:      WAITED
        mov     %r10, %rax
        xor     %ecx, %ecx
6:      xor     (%r15,%rcx,8), %rax
        or      %rax, %r11
        xor     (%r15,%rcx,8), %rax
        add     %rdx, %rax
        inc     %ecx
        cmp     $32, %ecx
        jb      6b
        mov     %rbx, 320(%r15)
8:      cmp     %rbx, 320(%r14)
        jae     9f
        call    coherence_spin
        jmp     8b
9:      WAITED
        inc     %rbx
        dec     %r8
        jnz     1b
        sub     %rsi, %r14
        sub     %rsi, %r15
        COHERENCE_LEAVE
END coherence_message_run

/* order. In each pass all parties store to a line of their own and, past a fence, load the next one's: that all of
 * them find the value of the pass before is forbidden. A bit a pass says who did. The fence is mfence, an exchange
 * that is the store itself, or a locked instruction elsewhere, in turn.
 *      r10  the pass      r14, r15  the party's line and the next one's      rbx  words of bits so far
 *      r9, rdx  the bits, twice: they are chance, so only a second register shows that one of them was lost */
FUNCTION coherence_order_run
        COHERENCE_ENTER
        PARTY_ADDRESS STATE(PARTY), 128, 0, r14
        PARTY_ADDRESS STATE(NEXT), 128, 0, r15
        xor     %r9d, %r9d
        xor     %edx, %edx
        mov     $1, %r10d
        xor     %ebx, %ebx
1:      lea     -1(%r10), %rcx
2:      cmp     %rcx, (%r15)
        jae     3f
        call    coherence_spin
        jmp     2b
3:      WAITED
        test    $1, %r10d
        jnz     4f
        mov     %r10, %rax
        xchg    %rax, (%r14)
        jmp     6f
4:      mov     %r10, (%r14)
        test    $2, %r10d
        jnz     5f
        mfence
        jmp     6f
5:      lock orl $0, -64(%rsp)
6:      mov     (%r15), %rax
        cmp     %r10, %rax
        rcl     $1, %r9
        cmp     %r10, %rax
        rcl     $1, %rdx
        sub     %rcx, %rax /* it is at most as many passes ahead as there are parties */
        cmp     STATE(PARTIES), %rax
        seta    %al
        movzbl  %al, %eax
        or      %rax, %r11
        inc     %r10
        dec     %r8
        test    $63, %r8d
        jnz     1b
        PARTY_ADDRESS STATE(PARTY), 64, 512, rax
        mov     %r9, (%rax,%rbx,8)
        xor     %r9, %rdx
        or      %rdx, %r11
        mov     %r9, %rdx
        inc     %ebx
        test    %r8, %r8
        jnz     1b
        call    coherence_meet
        /* A bit that all have set: nobody saw anybody's store. */
        xor     %ebx, %ebx
7:      lea     512(%rsi,%rbx,8), %rdx
        mov     $-1, %rax
        mov     STATE(PARTIES), %rcx
8:      and     (%rdx), %rax
        add     $64, %rdx
        dec     %rcx
        jnz     8b
        or      %rax, %r11
        inc     %ebx
        cmp     $COHERENCE_ORDER_WORDS, %ebx
        jb      7b
        call    coherence_meet
        PARTY_ADDRESS STATE(PARTY), 64, 512, rdx
        xor     %ebx, %ebx
9:      movq    $0, (%rdx,%rbx,8)
        inc     %ebx
        cmp     $COHERENCE_ORDER_WORDS, %ebx
        jb      9b
        xor     %r9d, %r9d
        sub     %rsi, %r14
        sub     %rsi, %r15
        COHERENCE_LEAVE
END coherence_order_run

/* ring. Each party puts values into a ring of slots, each with its sum, as long as there is room, and takes out those
 * of the one before it, as long as there are any.
 *      r9, r10  put and taken so far    rcx, rdx  their values      r14, r15  the party's ring, the one before its
 *      rbx  the slot that was put or taken last, -1 where none was since the last look */
FUNCTION coherence_ring_run
        COHERENCE_ENTER
        xor     %r9d, %r9d
        xor     %r10d, %r10d
        PARTY_ADDRESS STATE(PARTY), 64*COHERENCE_RING_LINES, 0, r14
        PARTY_ADDRESS STATE(PREVIOUS), 64*COHERENCE_RING_LINES, 0, r15
        mov     PARAMETER(0), %rcx
        mov     PARAMETER(1), %rdx
1:      mov     $-1, %ebx
        cmp     STATE(PASSES), %r9
        jae     2f
        mov     %r9, %rax
        sub     192(%r14), %rax
        cmp     $COHERENCE_RING_SLOTS, %rax
        jae     2f
        mov     %r9d, %ebx
        and     $COHERENCE_RING_SLOTS-1, %ebx
        shl     $4, %ebx
        mov     %rcx, (%r14,%rbx)
        mov     %rcx, %rax
        rol     $32, %rax
        not     %rax
        mov     %rax, 8(%r14,%rbx)
        add     PARAMETER(2), %rcx
        inc     %r9
        mov     %r9, 128(%r14)
        WAITED
2:      test    %r8, %r8
        jz      3f
        cmp     128(%r15), %r10
        je      3f
        mov     %r10d, %ebx
        and     $COHERENCE_RING_SLOTS-1, %ebx
        shl     $4, %ebx
        mov     (%r15,%rbx), %rax
        xor     %rdx, %rax
        or      %rax, %r11
        mov     8(%r15,%rbx), %rax
        not     %rax
        rol     $32, %rax
        xor     %rdx, %rax
        or      %rax, %r11
        add     PARAMETER(2), %rdx
        inc     %r10
        mov     %r10, 192(%r15)
        dec     %r8
        WAITED
3:      mov     STATE(PASSES), %rax
        xor     %r9, %rax
        or      %r8, %rax
        jz      5f
        test    %ebx, %ebx
        jns     1b
        call    coherence_spin
        jmp     1b
5:      mov     %rcx, %r14
        mov     %rdx, %r15
        COHERENCE_LEAVE
END coherence_ring_run
