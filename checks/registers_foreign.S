/* SPDX-License-Identifier: Apache-2.0 */
/* registers_around_foreign(pair, function, argument): registers_call_foreign's frame. */
#include "checks/registers.inc"

#define IN_RSP REGISTERS_GENERAL + 32

FUNCTION registers_around_foreign
        mov     %rsi, registers_around_kernel(%rip)
        mov     %rdx, registers_around_argument(%rip)
        KERNEL_ENTER
        mov     registers_stack(%rip), %rsp
        lea     -8(%rsp), %rsp          /* six registers and a return address lie there: aligned again */
        mov     registers_around_argument(%rip), %rdi
        call    *registers_around_kernel(%rip)
        lea     8(%rsp), %rsp
        sub     registers_stack(%rip), %rsp /* 0 where it is as it was */
        mov     registers_state(%rip), %rcx
        add     IN_RSP(%rcx), %rsp
        KERNEL_LEAVE
END registers_around_foreign
