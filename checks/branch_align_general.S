/* SPDX-License-Identifier: Apache-2.0 */
/* branch_align. A branch begins at each of the 64 offsets in a line, once of 2 bytes and once of 6: the last ones
 * reach into the next line, and the last of 6 bytes into the next page too. Bit 63-n of a word of the script says
 * where the one at offset n goes, and the bits of the words of the log where they went.
 *      rcx  steps to the next event     r8  events to go */
#include "checks/branch.inc"
#include "checks/branch_align.h"

.macro SHORT
        jc      2f
.endm
.macro NEAR                             # jc with four bytes of distance, however far it is
        .byte   0x0f, 0x82
        .long   2f-.-4
.endm

/* The next bit of the script, and a branch on it at `offset` in a unit of `align` bytes. */
.macro ON_BIT form, align, offset
        add     %rax, %rax
        jmp     1f
        .balign \align, 0xcc
        .if     \offset
        .skip   \offset, 0xcc
        .endif
1:      \form
        NOT_TAKEN
        jmp     3f
2:      TAKEN
3:
.endm

FUNCTION branch_align_general_run
        KERNEL_ENTER
        mov     $BRANCH_MODES*BRANCH_ALIGN_STEPS/BRANCH_ALIGN_BATCH, %r8d
.Lbatch:
        mov     $BRANCH_ALIGN_BATCH, %ecx
.Lstep: mov     (%rsi), %rax
        .set    offset, 0
        .rept   64
        ON_BIT  SHORT, 64, offset
        .set    offset, offset+1
        .endr
        mov     %rdx, (%rdi)
        mov     (%rsi), %rax
        .set    offset, 0
        .rept   59
        ON_BIT  NEAR, 64, offset
        .set    offset, offset+1
        .endr
        jmp     1f
        .balign 4096, 0xcc
1:      .rept   5
        ON_BIT  NEAR, 2048, 2048-64+offset
        .set    offset, offset+1
        .endr
        mov     %rdx, BRANCH_ALIGN_PART(%rdi)
        lea     8(%rsi), %rsi
        lea     8(%rdi), %rdi
        dec     %ecx
        jnz     .Lstep
        KERNEL_EVENT
        dec     %r8d
        jnz     .Lbatch
        BRANCH_LEAVE
END branch_align_general_run
