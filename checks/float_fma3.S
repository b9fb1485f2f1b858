/* SPDX-License-Identifier: Apache-2.0 */
/* float_fma_fma3: the scalar forms, destination xmm a, second source xmm b, third in memory. A tuple is four quadwords:
 * a, b, c, the answer. */
#include "checks/float_block.inc"

#define TUPLE 32

.macro FMA code, p, a, b
        vmovlpd TUPLE*\p(%rsi), %xmm\a, %xmm\a
        vmovlpd TUPLE*\p+8(%rsi), %xmm\b, %xmm\b
        \code   TUPLE*\p+16(%rsi), %xmm\b, %xmm\a
        vmovq   %xmm\a, %rax
        xor     TUPLE*\p+24(%rsi), %rax
        or      %rax, 8*\p(%rdi)
.endm

.macro FMA_LOOP name, order
FLOAT_LOOP \name
        FMA     vfmadd\order, 0, 0, 1
        FMA     vfmsub\order, 1, 2, 3
        FMA     vfnmadd\order, 2, 4, 5
        FMA     vfnmsub\order, 3, 6, 7
        FMA     vfmadd\order, 4, 0, 1
        FMA     vfmsub\order, 5, 2, 3
        FMA     vfnmadd\order, 6, 4, 5
        FMA     vfnmsub\order, 7, 6, 7
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 8*FLOAT_GROUP, float_fma3_done
.endm

FUNCTION float_fma3_run
        KERNEL_ENTER
        FLOAT_BEGIN 512
float_fma3_done:
        KERNEL_LEAVE
END float_fma3_run

FMA_LOOP ss132, 132ss
FMA_LOOP ss213, 213ss
FMA_LOOP ss231, 231ss
FMA_LOOP sd132, 132sd
FMA_LOOP sd213, 213sd
FMA_LOOP sd231, 231sd

        .section .data.rel.ro, "aw"
        .balign 8
        .globl  float_fma3_loops
        .hidden float_fma3_loops
float_fma3_loops:
        .quad   ss132, ss213, ss231, sd132, sd213, sd231
