/* SPDX-License-Identifier: Apache-2.0 */
/* 24 accumulators, three pairs of constants, two differences: all 32 registers. */
#define ACCUMULATORS 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23
#define M0 24
#define M1 25
#define M2 26
#define B0 27
#define B1 28
#define B2 29
#define VECTOR(n) %zmm##n
#include "checks/fma_chain.inc"

.macro LOAD
        .irp    x, ACCUMULATORS
        vmovaps 64*\x(%rsi), %zmm\x
        .endr
.endm

.macro DIFFER /* 0xf6: a | (b ^ c) */
        .irp    x, 0,2,4,6,8,10,12,14,16,18,20,22
        vpternlogd $0xf6, 64*\x(%rdi), %zmm\x, %zmm30
        .endr
        .irp    x, 1,3,5,7,9,11,13,15,17,19,21,23
        vpternlogd $0xf6, 64*\x(%rdi), %zmm\x, %zmm31
        .endr
.endm

.macro RESTORE
.endm

FMA_CHAIN fma_chain_f32_avx512_run, ps, 4
FMA_CHAIN fma_chain_f64_avx512_run, pd, 4
