/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions (Intel SDM volume 1, 16.3): what a lock would protect is changed without it, and seen by the others whole or
 * not at all. Where one is aborted, its stores and registers are as before, but rax. */
#include "checks/coherence_lock.inc"

#define ATTEMPTS 8
#define LOCK_TAKEN 0xff /* why it aborts itself */

/* transaction_rtm. The lock is the way out after some attempts. A transaction reads it, so that whoever takes it aborts
 * those that run.
 *      r10  attempts to go */
FUNCTION coherence_transaction_rtm_run
        COHERENCE_ENTER
        xor     %r9d, %r9d
1:      mov     $ATTEMPTS, %r10d
2:      xbegin  4f
        cmpq    $0, (%rsi)
        jne     3f
        PROTECTED 64
        xend
        jmp     7f
3:      xabort  $LOCK_TAKEN
4:      call    coherence_spin
        dec     %r10d
        jnz     2b
5:      mov     $1, %eax
        xchg    %rax, (%rsi)
        test    %rax, %rax
        jz      6f
        call    coherence_spin
        jmp     5b
6:      PROTECTED 64
        movq    $0, (%rsi)
7:      WAITED
        dec     %r8
        jnz     1b
        lock add %r9, 8(%rsi)
        xor     %r9d, %r9d
        xor     %r10d, %r10d
        COHERENCE_LEAVE
END coherence_transaction_rtm_run
