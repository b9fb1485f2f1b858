/* SPDX-License-Identifier: Apache-2.0 */
/* Locks made of exchanges, and of nothing but stores, loads and fences. What they protect is changed by plain
 * instructions: whoever comes in must find it as the one before left it. */
#include "checks/coherence_lock.inc"

/* exchange. The lock is a word of a line that it protects a word of. It is opened by a store and an exchange in turn. */
FUNCTION coherence_exchange_run
        COHERENCE_ENTER
        xor     %r9d, %r9d
1:      mov     $1, %eax
        xchg    %rax, (%rsi)
        test    %rax, %rax
        jz      3f
2:      call    coherence_spin
        cmpq    $0, (%rsi)
        jne     2b
        jmp     1b
3:      WAITED
        PROTECTED 64
        xor     %eax, %eax
        test    $1, %r8d
        jz      4f
        xchg    %rax, (%rsi)
        jmp     5f
4:      mov     %rax, (%rsi)
5:      dec     %r8
        jnz     1b
        lock add %r9, 8(%rsi)
        xor     %r9d, %r9d
        COHERENCE_LEAVE
END coherence_exchange_run

/* mutex. G. L. Peterson, Myths about the mutual exclusion problem (1981): at each of parties - 1 levels a party says
 * that it is there and that it is the last to come, and waits while it is and another is there or higher. Between
 * saying and looking stands a fence, without which the stores may come after the loads.
 *      r10  the level      r14  the address of the party's own level */
FUNCTION coherence_mutex_run
        COHERENCE_ENTER
        xor     %r9d, %r9d
        PARTY_ADDRESS STATE(PARTY), 64, 0, r14
1:      mov     $1, %r10d
2:      cmp     STATE(PARTIES), %r10
        jae     7f
        mov     %r10, %rax
        shl     $6, %rax
        lea     256(%rsi,%rax), %rdx /* of the last to come to this level */
        mov     %r10, (%r14)
        mov     STATE(PARTY), %rcx
        mov     %rcx, (%rdx)
        mfence
3:      cmp     %rcx, (%rdx)
        jne     6f
        mov     %rsi, %rax
        xor     %ebx, %ebx
4:      cmp     %rbx, %rcx
        je      5f
        cmp     %r10, (%rax)
        jb      5f
        call    coherence_spin
        jmp     3b
5:      add     $64, %rax
        inc     %rbx
        cmp     STATE(PARTIES), %rbx
        jb      4b
6:      WAITED
        inc     %r10
        jmp     2b
7:      PROTECTED 576
        movq    $0, (%r14)
        dec     %r8
        jnz     1b
        lock add %r9, 64*12(%rsi)
        call    coherence_meet
        movq    $0, 64*5(%rsi) /* who came last is chance */
        movq    $0, 64*6(%rsi)
        movq    $0, 64*7(%rsi)
        xor     %r9d, %r9d
        sub     %rsi, %r14
        COHERENCE_LEAVE
END coherence_mutex_run
