/* SPDX-License-Identifier: Apache-2.0 */
/* x87_stack. All eight registers hold sentinels, which only move. A pass puts each value back where it was, but one
 * physical register further: after eight passes the stack is as it was.
 *      rbp  the input's x87 registers     rdi  the differences     r12  scratch of 32 bytes
 *      rcx, r8  passes to go, passes done */
#include "checks/registers.inc"
#include "checks/x87_stack.h"

FUNCTION x87_stack_run
        KERNEL_ENTER
        mov     $2*X87_STACK_COPIES, %eax
1:      movq    $0, -8(%rdi,%rax,8)
        dec     %eax
        jnz     1b
2:
        /* Exchanges, the stack turning under them, and the same backwards. */
        .irp    i, 1,2,3,4,5,6,7
        fxch    %st(\i)
        fincstp
        .endr
        .irp    i, 7,6,5,4,3,2,1
        fdecstp
        fxch    %st(\i)
        .endr
        /* st(0) waits in memory. Each other value is copied to the top and its old register freed: seven times,
         * and all are in their order again. */
        fstpt   (%r12)
        .rept   7
        fld     %st(6)
        ffree   %st(7)
        .endr
        /* A copy of each is compared. */
        .irp    i, 0,1,2,3,4,5,6
        fld     %st(\i)
        fstpt   16(%r12)
        mov     16(%r12), %rax
        xor     16*\i+16(%rbp), %rax
        or      %rax, 16*\i(%rdi)
        movzwl  24(%r12), %eax
        xor     16*\i+24(%rbp), %ax
        or      %rax, 16*\i+8(%rdi)
        .endr
        fldt    (%r12)
        test    $X87_STACK_EVENT_MASK, %ecx
        jnz     3f
        KERNEL_EVENT
3:      inc     %r8
        dec     %rcx
        jnz     2b
        KERNEL_LEAVE
END x87_stack_run
