/* SPDX-License-Identifier: Apache-2.0 */
/* %rsp read into vector registers by the VEX encodings. */
#include "checks/stack_pointer.inc"

.macro VECTOR_movq
        vmovq   %rsp, %xmm0
.endm
.macro VECTOR_movd
        vmovd   %esp, %xmm0
.endm
.macro VECTOR_pinsrw
        vpinsrw $1, %esp, %xmm0, %xmm0
.endm
.macro VECTOR_cvtsi2sd
        vcvtsi2sdq %rsp, %xmm0, %xmm0
.endm
.macro VECTOR_pinsrb
        vpinsrb $9, %esp, %xmm0, %xmm0
.endm
.macro VECTOR_pinsrd
        vpinsrd $3, %esp, %xmm0, %xmm0
.endm
.macro VECTOR_pinsrq
        vpinsrq $1, %rsp, %xmm0, %xmm0
.endm

.macro VECTOR_READ way, event, sum
        vpaddq  %xmm0, %xmm9, %xmm9
        EVENT_\event
        VECTOR_\way
        vpaddq  %xmm0, %xmm\sum, %xmm\sum
        EVENT_UNDO \event
.endm

FUNCTION stack_pointer_avx_run
        KERNEL_ENTER
        POINTER_BEGIN
        STACK_POINTER_AVX(VECTOR_READ_WAY)
        POINTER_END
        KERNEL_LEAVE
END stack_pointer_avx_run
