/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/registers.inc"
#include "tests/checks/tester_run.h"

/* Keeps every register but rax, rcx and the flags. */
FUNCTION tester_run
        xor     %ecx, %ecx
1:      mov     (%rdi,%rcx,8), %rax
        lea     1(%rax,%rax,2), %rax
        mov     %rax, TESTER_OUTPUT(%rdi,%rcx,8)
        inc     %ecx
        cmp     $TESTER_WORDS, %ecx
        jne     1b
        ret
END tester_run

FUNCTION tester_run_rbx
        call    tester_run
        mov     $1, %ebx
        ret
END tester_run_rbx

FUNCTION tester_run_r15
        call    tester_run
        btc     $40, %r15
        ret
END tester_run_r15

FUNCTION tester_run_rsp
        call    tester_run
        pop     %rax
        sub     $8, %rsp
        jmp     *%rax
END tester_run_rsp

FUNCTION tester_run_df
        call    tester_run
        std
        ret
END tester_run_df

FUNCTION tester_run_mxcsr
        call    tester_run
        movl    $0x9f80, -8(%rsp) /* FTZ */
        ldmxcsr -8(%rsp)
        ret
END tester_run_mxcsr

FUNCTION tester_run_x87_control
        call    tester_run
        movw    $0x27f, -8(%rsp) /* precision of 53 bits */
        fldcw   -8(%rsp)
        ret
END tester_run_x87_control

FUNCTION tester_run_x87_filled
        call    tester_run
        fldz
        ret
END tester_run_x87_filled

FUNCTION tester_run_above
        call    tester_run
        movb    $1, 9(%rsp)
        ret
END tester_run_above

FUNCTION tester_run_below
        call    tester_run
        movb    $1, -40000(%rsp)
        ret
END tester_run_below

FUNCTION tester_run_page
        call    tester_run
        movb    $1, 4096(%rdi)
        ret
END tester_run_page

FUNCTION tester_run_event
        call    tester_run
        KERNEL_EVENT
        ret
END tester_run_event
