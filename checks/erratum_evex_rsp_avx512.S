/* SPDX-License-Identifier: Apache-2.0 */
/* vmovq %rsp, %xmm13 with EVEX.X clear, right after %rsp moved, and the same by other encodings. EVEX.X extends an
 * index register or the number of a vector register in ModRM.rm (Intel SDM volume 2, 2.7, EVEX encoding); here is
 * neither, so all must read alike. */
#include "checks/stack.inc"
#include "checks/erratum_evex_rsp.h"

.macro EVENT_push
        push    %r14
.endm
.macro EVENT_pop
        push    %r14
        pop     %r14
.endm
.macro EVENT_call
        call    201f
201:
.endm

.macro PROBE event, expected, above
        EVENT_\event
        .byte   0x62, 0x31, 0xfd, 0x08, 0x6e, 0xec
        lea     \above(%rsp), %rsp
        vpbroadcastq %xmm13, %zmm14
        vpsubq  %zmm\expected, %zmm14, %zmm14
        vpminsq %zmm14, %zmm20, %zmm20
        vpmaxsq %zmm14, %zmm21, %zmm21
        vporq   %zmm14, %zmm22, %zmm22
.endm

.macro CONTROL event, expected, above, read:vararg
        EVENT_\event
        \read
        lea     \above(%rsp), %rsp
        vpbroadcastq %xmm12, %zmm11
        vpxorq  %zmm\expected, %zmm11, %zmm11
        vporq   %zmm11, %zmm23, %zmm23
.endm

/* The same EVEX encoding with EVEX.X set, as assemblers make it; VEX; the legacy encoding. */
.macro CONTROLS event, expected, above
        CONTROL \event, \expected, \above, .byte 0x62, 0x71, 0xfd, 0x08, 0x6e, 0xe4
        CONTROL \event, \expected, \above, vmovq %rsp, %xmm12
        CONTROL \event, \expected, \above, movq %rsp, %xmm12
.endm

FUNCTION erratum_evex_rsp_run
        KERNEL_ENTER
        STACK_LOOP ERRATUM_EVEX_RSP_PASSES
        PROBE   push, ERRATUM_EVEX_RSP_LOW, 8
        PROBE   pop, ERRATUM_EVEX_RSP_HIGH, 0
        PROBE   call, ERRATUM_EVEX_RSP_LOW, 8
        CONTROLS call, ERRATUM_EVEX_RSP_LOW, 8
        CONTROLS pop, ERRATUM_EVEX_RSP_HIGH, 0
        CONTROLS push, ERRATUM_EVEX_RSP_LOW, 8
        LOOK    %rsp
        lea     1(%r15), %r15
        STACK_LOOP_END rax
        KERNEL_LEAVE
END erratum_evex_rsp_run
