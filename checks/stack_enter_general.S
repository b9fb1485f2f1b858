/* SPDX-License-Identifier: Apache-2.0 */
/* Frames: enter of six levels and leave, the frame pointers that they copy, and a chain of ordinary frames walked
 * from its end. %rsp and %rbp go into sums before each leave, which would mend a wrong %rsp. */
#include "checks/stack.inc"
#include "checks/stack_enter.h"

.macro ENTER_SEE
        lea     (%rsp,%rbx), %rbx
        lea     (%rbp,%rsi), %rsi
.endm

/* %rcx frames down, the chain walked, and up again; %rcx is kept. */
FUNCTION stack_enter_down
        LOOK    (%rsp)
        push    %rbp
        mov     %rsp, %rbp
        lea     -STACK_ENTER_LOCALS(%rsp), %rsp
        mov     %rcx, -8(%rbp)
        jrcxz   1f
        lea     -1(%rcx), %rcx
        call    stack_enter_down
PLACE stack_enter_return_down
        LOOK    -8(%rbp)
        lea     1(%rcx), %rcx
        jmp     2f
1:      LOOK    %rbp
        .rept   STACK_ENTER_DEPTH + 1
        LOOK    (%rdx)
        .endr
2:      ENTER_SEE
        lea     STACK_ENTER_LOCALS(%rsp), %rsp
        pop     %rbp
        ret
END stack_enter_down

#define ENTER(size, level) enter $size, $level; ENTER_SEE;
#define LEAVE(size, level) ENTER_SEE; leave;
#define WALK(size, level) LOOK (%rdx);

FUNCTION stack_enter_run
        KERNEL_ENTER
        STACK_LOOP STACK_ENTER_PASSES
        STACK_ENTER_FRAMES(ENTER)
        LOOK    %rbp
        STACK_ENTER_FRAMES(WALK)
        .irp    entry, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        LOOK    -8*\entry(%rbp)
        .endr
        mov     $STACK_ENTER_DEPTH, %ecx
        call    stack_enter_down
PLACE stack_enter_return_run
        lea     (%r14,%rcx), %r14
        STACK_ENTER_FRAMES(LEAVE)
        ENTER_SEE
        lea     1(%r15), %r15
        STACK_LOOP_END rax
        KERNEL_LEAVE
END stack_enter_run
