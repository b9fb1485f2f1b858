/* SPDX-License-Identifier: Apache-2.0 */
/* branch_table. Jumps through a table of distances, as compilers translate a switch: a comparison with the number of
 * cases, a load, an addition, an indirect jump. Half of the cases go back to one such jump, the others have one of
 * their own. Each writes its number to the log; the default writes what was asked for, and that it was the default.
 *      rbx  the table      rax  the next case      rdx  its address
 *      rcx, r8  steps to the next event, events to go */
#include "checks/branch.inc"
#include "checks/branch_table.h"

.macro SWITCH
        dec     %ecx
        js      .Lend
        movzbl  (%rsi), %eax
        lea     1(%rsi), %rsi
        cmp     $BRANCH_TABLE_CASES-1, %eax
        ja      .Ldefault
        movslq  (%rbx,%rax,4), %rdx
        add     %rbx, %rdx
        jmp     *%rdx
.endm

.macro CASE
.Lcase\@:
        .pushsection .rodata
        .long   .Lcase\@ - .Ltable
        .popsection
        endbr64
        movb    $case, (%rdi)
        lea     1(%rdi), %rdi
        .set    case, case+1
.endm

        .section .rodata
        .balign 64
.Ltable:
        .text
FUNCTION branch_table_general_run
        KERNEL_ENTER
        lea     .Ltable(%rip), %rbx
        mov     $BRANCH_LOG/BRANCH_TABLE_BATCH, %r8d
.Lbatch:
        mov     $BRANCH_TABLE_BATCH-1, %ecx
.Lswitch:
        SWITCH
        .set    case, 0
        .rept   BRANCH_TABLE_CASES/2
        CASE
        jmp     .Lswitch
        CASE
        SWITCH
        .endr
.Ldefault:
        add     $BRANCH_TABLE_DEFAULT, %eax
        mov     %al, (%rdi)
        lea     1(%rdi), %rdi
        jmp     .Lswitch
.Lend:  movb    $BRANCH_TABLE_END, (%rdi)
        lea     1(%rdi), %rdi
        lea     1(%rsi), %rsi
        KERNEL_EVENT
        dec     %r8d
        jnz     .Lbatch
        BRANCH_LEAVE
END branch_table_general_run
