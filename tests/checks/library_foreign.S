/* SPDX-License-Identifier: Apache-2.0 */
/* Functions for registers_call_foreign: one that changes all that it may, others that each lose what they have to keep
 * (x86-64 psABI, 3.2.1). */
#include "checks/asm.h"

        .section .rodata
        .balign 8
nearest_off:    .long 0x3f80    /* mxcsr: round down */
precision_off:  .word 0x27f     /* x87: 53 bits */

        .text
FUNCTION library_foreign_right
        .irp    r, rax,rcx,rdx,rsi,rdi,r8,r9,r10,r11
        not     %\r
        .endr
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        pcmpeqd %xmm\r, %xmm\r
        .endr
        fldpi
        fstp    %st(0)
        stc
        ret
END library_foreign_right

.macro LOSES register
FUNCTION library_foreign_\register
        rol     %\register
        ret
END library_foreign_\register
.endm
        .irp    r, rbx,rbp,r12,r13,r14,r15
        LOSES   \r
        .endr

FUNCTION library_foreign_rsp
        pop     %rax
        lea     -8(%rsp), %rsp
        jmp     *%rax
END library_foreign_rsp

FUNCTION library_foreign_direction
        std
        ret
END library_foreign_direction

FUNCTION library_foreign_mxcsr
        ldmxcsr nearest_off(%rip)
        ret
END library_foreign_mxcsr

FUNCTION library_foreign_x87_control
        fldcw   precision_off(%rip)
        ret
END library_foreign_x87_control

FUNCTION library_foreign_x87_filled
        fldpi
        ret
END library_foreign_x87_filled

FUNCTION library_foreign_gs
        rdgsbase %rax
        add     $64, %rax
        wrgsbase %rax
        ret
END library_foreign_gs
