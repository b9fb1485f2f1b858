/* SPDX-License-Identifier: Apache-2.0 */
/* %rsp read into vector registers by the legacy encodings. */
#include "checks/stack_pointer.inc"

.macro VECTOR_movq
        movq    %rsp, %xmm0
.endm
.macro VECTOR_movd
        movd    %esp, %xmm0
.endm
.macro VECTOR_pinsrw
        pinsrw  $1, %esp, %xmm0
.endm
.macro VECTOR_cvtsi2sd
        cvtsi2sdq %rsp, %xmm0
.endm

.macro VECTOR_READ way, event, sum
        paddq   %xmm0, %xmm9
        EVENT_\event
        VECTOR_\way
        paddq   %xmm0, %xmm\sum
        EVENT_UNDO \event
.endm

FUNCTION stack_pointer_return
        ret
END stack_pointer_return

FUNCTION stack_pointer_sse2_run
        KERNEL_ENTER
        POINTER_BEGIN
        STACK_POINTER_SSE2(VECTOR_READ_WAY)
        POINTER_END
        KERNEL_LEAVE
END stack_pointer_sse2_run
