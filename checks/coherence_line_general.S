/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that several CPUs hold: each word its owner's, or all of them one writer's. The layout of the window is that
 * of coherence_line.c. */
#include "checks/coherence.inc"

/* The party's units of \size bytes in two lines: every fourth. Each must be what it was given in the last pass (r9) and
 * gets what is due in this one (r10); both turn from unit to unit, and are as before at the end. */
.macro UNITS size, at, old, new, a, turn
        PARTY_ADDRESS STATE(PARTY), \size, \at, rdx
        mov     $32/\size, %ecx
2:      xor     %eax, %eax
        mov     (%rdx), %\a
        xor     %r9\old, %\a
        or      %rax, %r11
        mov     %r10\new, (%rdx)
        ror     $\turn, %r9
        ror     $\turn, %r10
        add     $4*\size, %rdx
        dec     %ecx
        jnz     2b
.endm

/* share. */
FUNCTION coherence_share_run
        COHERENCE_ENTER
        mov     PARAMETER(0), %r9
        mov     PARAMETER(1), %rbx
        lea     (%r9,%rbx), %r10
1:      UNITS   1, 0, b, b, al, 8
        UNITS   2, 128, w, w, ax, 8
        UNITS   4, 256, d, d, eax, 8
        UNITS   8, 384, , , rax, 16
        mov     %r10, %r9
        add     %rbx, %r10
        dec     %r8
        jnz     1b
        COHERENCE_LEAVE
END coherence_share_run

.macro FLUSH
        mov     %rsi, %rdx
        mov     $COHERENCE_INVALIDATE_LINES, %ecx
4:      clflush (%rdx)
        add     $64, %rdx
        dec     %ecx
        jnz     4b
.endm

/* invalidate. The parties write all lines in turn, and all of them read them, so that every cache holds them when the
 * next one writes. In every fourth pass the writer flushes what it wrote, in another the readers what they read.
 *      r10  whose turn it is     r9  the value; line i holds i steps more */
FUNCTION coherence_invalidate_run
        COHERENCE_ENTER
        mov     PARAMETER(0), %r9
        xor     %r10d, %r10d
1:      cmp     STATE(PARTY), %r10
        jne     3f
        mov     %rsi, %rdx
        mov     %r9, %rax
        mov     $COHERENCE_INVALIDATE_LINES, %ecx
2:      mov     %rax, (%rdx)
        mov     %rax, 56(%rdx)
        add     PARAMETER(1), %rax
        add     $64, %rdx
        dec     %ecx
        jnz     2b
        test    $3, %r8d
        jnz     3f
        FLUSH
3:      call    coherence_meet
        mov     %rsi, %rdx
        mov     %r9, %rax
        mov     $COHERENCE_INVALIDATE_LINES, %ecx
5:      .irp    at, 0,56
        mov     \at(%rdx), %rbx
        xor     %rax, %rbx
        or      %rbx, %r11
        .endr
        add     PARAMETER(1), %rax
        add     $64, %rdx
        dec     %ecx
        jnz     5b
        mov     %r8d, %eax
        and     $3, %eax
        cmp     $2, %eax
        jne     6f
        cmp     STATE(PARTY), %r10
        je      6f
        FLUSH
6:      call    coherence_meet
        add     PARAMETER(2), %r9
        inc     %r10
        cmp     STATE(PARTIES), %r10
        jb      7f
        xor     %r10d, %r10d
7:      dec     %r8
        jnz     1b
        COHERENCE_LEAVE
END coherence_invalidate_run
