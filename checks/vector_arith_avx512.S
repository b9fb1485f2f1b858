/* SPDX-License-Identifier: Apache-2.0 */
/* Three kinds of kernel: plain; masked, where lanes of k1 are computed with zeroing and those of k2 merge into them;
 * and with embedded rounding, {rn-sae} to {rz-sae}. */
#include "checks/vector_arith.inc"

.macro LOAD column, a
        vmovaps COLUMN(\column), %zmm\a
.endm

.macro DIFFER t, column, d /* 0xf6: a | (b ^ c) */
        vpternlogd $0xf6, COLUMN(\column), %zmm\t, %zmm\d
.endm

.macro BINARY how, name, type, a, b, t
        .ifc    \how, plain
        v\name\type %zmm\b, %zmm\a, %zmm\t
        .else
        .ifc    \how, masked
        v\name\type %zmm\b, %zmm\a, %zmm\t{%k1}{z}
        v\name\type %zmm\b, %zmm\a, %zmm\t{%k2}
        .else
        v\name\type {\how\()-sae}, %zmm\b, %zmm\a, %zmm\t
        .endif
        .endif
.endm

.macro SELECT how, name, type, a, b, t
        .ifc    \how, plain
        v\name\type %zmm\b, %zmm\a, %zmm\t
        .else
        .ifc    \how, masked
        v\name\type %zmm\b, %zmm\a, %zmm\t{%k1}{z}
        v\name\type %zmm\b, %zmm\a, %zmm\t{%k2}
        .else
        v\name\type {sae}, %zmm\b, %zmm\a, %zmm\t
        .endif
        .endif
.endm

.macro ROOT how, type, a, t
        .ifc    \how, plain
        vsqrt\type %zmm\a, %zmm\t
        .else
        .ifc    \how, masked
        vsqrt\type %zmm\a, %zmm\t{%k1}{z}
        vsqrt\type %zmm\a, %zmm\t{%k2}
        .else
        vsqrt\type {\how\()-sae}, %zmm\a, %zmm\t
        .endif
        .endif
.endm

.macro CODE type, p, mask, u
        .ifc    \type, ps
        vpord   predicate_ps+32*\p(%rip){1to16}, %zmm\u, %zmm\u{%\mask}
        .else
        vporq   predicate_pd+32*\p(%rip){1to8}, %zmm\u, %zmm\u{%\mask}
        .endif
.endm

.macro COMPARE how, type, a, b, t, u, d
        vpxord  %zmm\u, %zmm\u, %zmm\u
        .irp    p, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        .ifc    \how, plain
        vcmp\type $\p, %zmm\b, %zmm\a, %k3
        .else
        .ifc    \how, masked
        vcmp\type $\p, %zmm\b, %zmm\a, %k3{%k1}
        vcmp\type $\p, %zmm\b, %zmm\a, %k4{%k2}
        CODE    \type, \p, k4, \u
        .else
        vcmp\type $\p, {sae}, %zmm\b, %zmm\a, %k3
        .endif
        .endif
        CODE    \type, \p, k3, \u
        .endr
        DIFFER  \u, 9, \d
        vpxord  %zmm\t, %zmm\t, %zmm\t
        vpxord  %zmm\u, %zmm\u, %zmm\u
        kxorq   %k3, %k3, %k3
        kxorq   %k4, %k4, %k4
.endm

#define FIRST 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
#define SECOND 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23
#define THIRD 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20
.macro KERNELS bits, type
VECTOR_STREAM vector_arith_\bits\()_avx512_plain, 64, ARITH_BODY plain, \type, FIRST
VECTOR_STREAM vector_arith_\bits\()_avx512_masked, 64, ARITH_BODY masked, \type, SECOND
VECTOR_STREAM vector_arith_\bits\()_avx512_rn, 64, ARITH_BODY rn, \type, THIRD
VECTOR_STREAM vector_arith_\bits\()_avx512_rd, 64, ARITH_BODY rd, \type, THIRD
VECTOR_STREAM vector_arith_\bits\()_avx512_ru, 64, ARITH_BODY ru, \type, THIRD
VECTOR_STREAM vector_arith_\bits\()_avx512_rz, 64, ARITH_BODY rz, \type, THIRD
.endm

KERNELS f32, ps
KERNELS f64, pd
