/* SPDX-License-Identifier: Apache-2.0 */
/* The red zone: the 128 bytes below %rsp belong to the running function (System V ABI, AMD64 supplement, 3.2.2).
 * They are written in two orders in turn and read again many times; what was popped is read below %rsp. */
#include "checks/stack.inc"
#include "checks/stack_redzone.h"

.macro ZONE_PUT first, step
        .set    zone_at, \first
#define PUT(name, number) mov %name, zone_at(%rsp); .set zone_at, zone_at + (\step);
        STACK_REDZONE_WORDS(PUT)
.endm

.macro ZONE_READ
        mov     $STACK_REDZONE_READS, %ecx
201:    .irp    word, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16
        LOOK    -8*\word(%rsp)
        .endr
        lea     -1(%rcx), %rcx
        jrcxz   202f
        jmp     201b
202:
.endm

.macro ZONE_POP
        lea     (%rax,%rdx), %rax
        pop     %rdx
.endm

FUNCTION stack_redzone_run
        KERNEL_ENTER
        STACK_LOOP STACK_REDZONE_PASSES
        ZONE_PUT -8, -8
        ZONE_READ
        ZONE_PUT -128, 8
        ZONE_READ
        push    %r8
        push    %r9
        push    %r10
        ZONE_POP
        LOOK    -8(%rsp)
        ZONE_POP
        LOOK    -16(%rsp)
        LOOK    -8(%rsp)
        ZONE_POP
        LOOK    -24(%rsp)
        LOOK    -16(%rsp)
        LOOK    -8(%rsp)
        lea     (%rsp,%r15), %r15
        STACK_LOOP_END rax
        KERNEL_LEAVE
END stack_redzone_run
