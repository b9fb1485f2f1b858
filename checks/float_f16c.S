/* SPDX-License-Identifier: Apache-2.0 */
/* float_convert_f16c: half precision to single and back. A tuple is a source and an answer of 16 bytes each. */
#include "checks/float_block.inc"

#define TUPLE 32

.macro F16C_JUDGE p, r
        vmovq   %xmm\r, %rax
        xor     TUPLE*\p+16(%rsi), %rax
        or      %rax, 16*\p(%rdi)
        vpextrq $1, %xmm\r, %rax
        xor     TUPLE*\p+24(%rsi), %rax
        or      %rax, 16*\p+8(%rdi)
.endm

.macro F16C_WIDEN p
        vcvtph2ps TUPLE*\p(%rsi), %xmm\p
        F16C_JUDGE \p, \p
.endm

/* Rounding as the immediate says; 4: as MXCSR says. */
.macro F16C_NARROW p, rounding
        vmovdqu TUPLE*\p(%rsi), %xmm\p
        vcvtps2ph $\rounding, %xmm\p, %xmm\p
        F16C_JUDGE \p, \p
.endm

FUNCTION float_f16c_run
        KERNEL_ENTER
        FLOAT_BEGIN 1024
float_f16c_done:
        KERNEL_LEAVE
END float_f16c_run

FLOAT_LOOP widen
        .irp    p, 0,1,2,3,4,5,6,7
        F16C_WIDEN \p
        .endr
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 16*FLOAT_GROUP, float_f16c_done

FLOAT_LOOP narrow
        F16C_NARROW 0, 0
        F16C_NARROW 1, 1
        F16C_NARROW 2, 2
        F16C_NARROW 3, 3
        F16C_NARROW 4, 4
        F16C_NARROW 5, 4
        F16C_NARROW 6, 4
        F16C_NARROW 7, 4
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 16*FLOAT_GROUP, float_f16c_done

        .section .data.rel.ro, "aw"
        .balign 8
        .globl  float_f16c_loops
        .hidden float_f16c_loops
float_f16c_loops:
        .quad   widen, narrow
