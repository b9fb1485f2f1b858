/* SPDX-License-Identifier: Apache-2.0 */
/* branch_tight. Loops so short that they run from the buffers of decoded instructions, and bodies that these hold
 * badly: many jumps in a line, constants of 64 bits. Each adds up what it has run through; the sum goes to the log.
 *      rcx  rounds to go     rdx  the sum     rax  the constants     rbp  rounds of the inner loop
 *      r8, r9  steps to the next event, events to go */
#include "checks/branch.inc"
#include "checks/branch_tight.h"

.macro BEGIN
        mov     (%rsi), %ecx
        and     $BRANCH_TIGHT_COUNT, %ecx
        inc     %ecx
        xor     %edx, %edx
.endm
.macro WRITE
        mov     %edx, part(%rdi)
        .set    part, part+BRANCH_TIGHT_PART
.endm

.macro ADDITIONS n
        BEGIN
1:      .rept   \n
        inc     %edx
        .endr
        dec     %ecx
        jnz     1b
        WRITE
.endm
.macro JUMPS n
        BEGIN
1:      inc     %edx
        .rept   \n
        jmp     2f
2:
        .endr
        sub     $1, %ecx
        ja      1b
        WRITE
.endm
.macro CONSTANTS n
        BEGIN
1:      .rept   \n
        movabs  $BRANCH_TIGHT_CONSTANT, %rax
        add     %eax, %edx
        .endr
        sub     $1, %rcx
        jg      1b
        WRITE
.endm
.macro NESTED n
        BEGIN
1:      mov     $\n, %ebp
2:      add     %ebp, %edx
        dec     %ebp
        jne     2b
        dec     %rcx
        jnz     1b
        WRITE
.endm

FUNCTION branch_tight_general_run
        KERNEL_ENTER
        mov     $BRANCH_MODES*BRANCH_TIGHT_STEPS/BRANCH_TIGHT_BATCH, %r9d
.Lbatch:
        mov     $BRANCH_TIGHT_BATCH, %r8d
.Lstep:
        .set    part, 0
        .irp    kind, ADDITIONS,JUMPS,CONSTANTS,NESTED
        .irp    n, 1,2,3,4,5,6,7,8,12,16,24,32,48,64
        \kind   \n
        .endr
        .endr
        add     $8, %rsi
        add     $4, %rdi
        dec     %r8d
        jnz     .Lstep
        KERNEL_EVENT
        dec     %r9d
        jnz     .Lbatch
        BRANCH_LEAVE
END branch_tight_general_run
