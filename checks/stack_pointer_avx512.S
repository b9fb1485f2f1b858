/* SPDX-License-Identifier: Apache-2.0 */
/* %rsp read into vector and mask registers by the EVEX encodings (%zmm16 has no other) and kmov. */
#include "checks/stack_pointer.inc"

.macro VECTOR_movq
        vmovq   %rsp, %xmm16
.endm
.macro VECTOR_movd
        vmovd   %esp, %xmm16
.endm
.macro VECTOR_pinsrw
        vpinsrw $1, %esp, %xmm16, %xmm16
.endm
.macro VECTOR_cvtsi2sd
        vcvtsi2sdq %rsp, %xmm16, %xmm16
.endm
.macro VECTOR_pinsrb
        vpinsrb $9, %esp, %xmm16, %xmm16
.endm
.macro VECTOR_pinsrd
        vpinsrd $3, %esp, %xmm16, %xmm16
.endm
.macro VECTOR_pinsrq
        vpinsrq $1, %rsp, %xmm16, %xmm16
.endm
.macro VECTOR_cvtusi2sd
        vcvtusi2sdq %rsp, %xmm16, %xmm16
.endm
.macro VECTOR_broadcastq
        vpbroadcastq %rsp, %zmm16
.endm
.macro VECTOR_broadcastd
        vpbroadcastd %esp, %zmm16
.endm
.macro VECTOR_broadcastw
        vpbroadcastw %esp, %zmm16
.endm
.macro VECTOR_broadcastb
        vpbroadcastb %esp, %zmm16
.endm
.macro VECTOR_broadcast_masked
        vpbroadcastq %rsp, %zmm16{%k1}
.endm
.macro VECTOR_kmovq
        kmovq   %rsp, %k2
.endm
.macro VECTOR_kmovd
        kmovd   %esp, %k2
.endm
.macro VECTOR_kmovw
        kmovw   %esp, %k2
.endm
.macro VECTOR_kmovb
        kmovb   %esp, %k2
.endm

/* %k3 sums what is read while %rsp is below its start, %k4 what is read at it. */
.macro MASK_READ way, event
        kaddq   %k2, %k5, %k5
        EVENT_\event
        VECTOR_\way
        .if     below_\event
        kaddq   %k2, %k3, %k3
        .else
        kaddq   %k2, %k4, %k4
        .endif
        EVENT_UNDO \event
.endm
.macro MASK_READ_EACH way
#define MASK_READ_ONE(name, below, sum, number, vector) MASK_READ \way, name;
        STACK_POINTER_EVENTS(MASK_READ_ONE)
.endm
#define MASK_READ_WAY(way) MASK_READ_EACH way;

.macro VECTOR_READ way, event, sum
        vpaddq  %zmm16, %zmm9, %zmm9
        EVENT_\event
        VECTOR_\way
        vpaddq  %zmm16, %zmm\sum, %zmm\sum
        EVENT_UNDO \event
.endm

FUNCTION stack_pointer_avx512_run
        KERNEL_ENTER
        POINTER_BEGIN
        STACK_POINTER_AVX512(VECTOR_READ_WAY)
        STACK_POINTER_MASK(MASK_READ_WAY)
        POINTER_END
        KERNEL_LEAVE
END stack_pointer_avx512_run
