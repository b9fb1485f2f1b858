/* SPDX-License-Identifier: Apache-2.0 */
/* branch_return. Sixteen functions with sixteen calls each: a byte of the script says which function is called next,
 * or that this one returns. A function writes its number to the log where it begins and where it ends, and before
 * and after each call that of the call: function times 16 plus the one that is called. A return that goes elsewhere
 * writes another.
 *      rbx  where the running function goes     rax  what comes next     r8  trees of calls to go */
#include "checks/branch.inc"
#include "checks/branch_return.h"

.macro FUNCTIONS operation, arguments:vararg
        .irp    f, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        \operation \f, \arguments
        .endr
.endm

.macro CALL_TO callee, caller
.Lcall_\caller\()_\callee:
        endbr64
        movb    $BRANCH_RETURN_FUNCTIONS*\caller+\callee, (%rdi)
        lea     1(%rdi), %rdi
        call    .Lfunction_\callee
        movb    $BRANCH_RETURN_FUNCTIONS*\caller+\callee, (%rdi)
        lea     1(%rdi), %rdi
        jmp     .Lnext_\caller
.endm
.macro PLACE callee, caller
        .quad   .Lcall_\caller\()_\callee
.endm

.macro DEFINE f, arguments:vararg
.Lfunction_\f:
        movb    $\f, (%rdi)
        lea     1(%rdi), %rdi
.Lnext_\f:
        movzbl  (%rsi), %eax
        lea     1(%rsi), %rsi
        lea     .Lplaces_\f(%rip), %rbx
        jmp     *(%rbx,%rax,8)
        FUNCTIONS CALL_TO, \f
.Lreturn_\f:
        endbr64
        movb    $BRANCH_RETURN_LEFT+\f, (%rdi)
        lea     1(%rdi), %rdi
        ret
        .pushsection .data.rel.ro.local, "aw"
        .balign 8
.Lplaces_\f:
        FUNCTIONS PLACE, \f
        .quad   .Lreturn_\f
        .popsection
.endm

FUNCTION branch_return_general_run
        KERNEL_ENTER
        mov     $BRANCH_MODES, %r8d
.Ltree: call    .Lfunction_0
        BALANCE
        xor     $BRANCH_RETURN_END, %edx
        mov     %dx, (%rdi)
        lea     2(%rdi), %rdi
        lea     BRANCH_RETURN_PART-BRANCH_RETURN_COMMANDS(%rsi), %rsi
        KERNEL_EVENT
        dec     %r8d
        jnz     .Ltree
        BRANCH_LEAVE
        FUNCTIONS DEFINE
END branch_return_general_run
