/* SPDX-License-Identifier: Apache-2.0 */
/* 11 accumulators, two pairs of constants, one difference: all 16 registers. */
#define ACCUMULATORS 0,1,2,3,4,5,6,7,8,9,10
#define M0 11
#define M1 12
#define M2 12
#define B0 13
#define B1 14
#define B2 14
#define VECTOR(n) %ymm##n
#include "checks/fma_chain.inc"

.macro LOAD
        .irp    x, ACCUMULATORS
        vmovaps 32*\x(%rsi), %ymm\x
        .endr
.endm

.macro DIFFER
        .irp    x, ACCUMULATORS
        vxorps  32*\x(%rdi), %ymm\x, %ymm\x
        vorps   %ymm\x, %ymm15, %ymm15
        .endr
.endm

/* What the last block computed: there is no register to keep it in while the difference is taken. */
.macro RESTORE
        .irp    x, ACCUMULATORS
        vxorps  32*\x(%rdi), %ymm\x, %ymm\x
        .endr
.endm

FMA_CHAIN fma_chain_f32_fma3_run, ps, 8
FMA_CHAIN fma_chain_f64_fma3_run, pd, 8
