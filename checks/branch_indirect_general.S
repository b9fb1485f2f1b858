/* SPDX-License-Identifier: Apache-2.0 */
/* branch_indirect. 240 blocks, each of which writes its id to the log and goes to the block that the script names
 * next: by jumps through registers and memory, by a return to an address that was pushed, or after it has called one
 * of 15 leaves, which write their ids too, and has written its own again. The log becomes the script.
 *      rbx  the addresses of blocks, leaves and stop     rax  the next id     r12  events to go
 * and one register more in each block. */
#include "checks/branch.inc"
#include "checks/branch_indirect.h"

.macro NEXT_ID
        movzbl  (%rsi), %eax
        lea     1(%rsi), %rsi
.endm

/* Begins block, leaf or stop number `id`: its address goes into the table. */
.macro TARGET
.Ltarget\@:
        .pushsection .data.rel.ro.local, "aw"
        .quad   .Ltarget\@
        .popsection
        endbr64
        movb    $id, (%rdi)
        lea     1(%rdi), %rdi
        .set    id, id+1
.endm

.macro BEHIND_CALL
        movb    $id-1, (%rdi)
        lea     1(%rdi), %rdi
        lea     1(%rsi), %rsi
        NEXT_ID
.endm

.macro BLOCKS register
        TARGET
        NEXT_ID
        mov     (%rbx,%rax,8), %\register
        jmp     *%\register
        TARGET
        NEXT_ID
        jmp     *(%rbx,%rax,8)
        TARGET
        NEXT_ID
        pushq   (%rbx,%rax,8)
        ret
        TARGET                          # BRANCH_INDIRECT_CALLS: this one and the next
        NEXT_ID
        mov     (%rbx,%rax,8), %\register
        call    *%\register
        BEHIND_CALL
        jmp     *(%rbx,%rax,8)
        TARGET
        NEXT_ID
        call    *(%rbx,%rax,8)
        BEHIND_CALL
        lea     (%rbx,%rax,8), %\register
        jmp     *(%\register)
        TARGET
        NEXT_ID
        mov     (%rbx,%rax,8), %\register
        push    %\register
        mov     %rbx, %\register
        ret
.endm

        .section .data.rel.ro.local, "aw"
        .balign 64
.Ltargets:
        .text
FUNCTION branch_indirect_general_run
        KERNEL_ENTER
        lea     .Ltargets(%rip), %rbx
        mov     $BRANCH_LOG/BRANCH_INDIRECT_BATCH, %r12d
.Lbatch:
        NEXT_ID
        jmp     *(%rbx,%rax,8)
        .set    id, 0
        .rept   4
        .irp    register, rcx,rdx,rbp,r8,r9,r10,r11,r13,r14,r15
        BLOCKS  \register
        .endr
        .endr
        .rept   BRANCH_INDIRECT_LEAVES
        TARGET
        ret
        .endr
        TARGET
        BALANCE
        xor     %dl, -1(%rdi)
        KERNEL_EVENT
        dec     %r12d
        jnz     .Lbatch
        BRANCH_LEAVE
END branch_indirect_general_run
