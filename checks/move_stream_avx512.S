/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/move_chain.inc"
#include "checks/move_chain_vector.inc"

.macro MOVE_EACH arguments:vararg
        MOVE_ONE \arguments, 0, xmm0, ymm0, zmm0, xmm16, ymm16, zmm16
        MOVE_ONE \arguments, 1, xmm1, ymm1, zmm1, xmm17, ymm17, zmm17
        MOVE_ONE \arguments, 2, xmm2, ymm2, zmm2, xmm18, ymm18, zmm18
        MOVE_ONE \arguments, 3, xmm3, ymm3, zmm3, xmm19, ymm19, zmm19
        MOVE_ONE \arguments, 4, xmm4, ymm4, zmm4, xmm20, ymm20, zmm20
        MOVE_ONE \arguments, 5, xmm5, ymm5, zmm5, xmm21, ymm21, zmm21
        MOVE_ONE \arguments, 6, xmm6, ymm6, zmm6, xmm22, ymm22, zmm22
        MOVE_ONE \arguments, 7, xmm7, ymm7, zmm7, xmm23, ymm23, zmm23
        MOVE_ONE \arguments, 8, xmm8, ymm8, zmm8, xmm24, ymm24, zmm24
        MOVE_ONE \arguments, 9, xmm9, ymm9, zmm9, xmm25, ymm25, zmm25
        MOVE_ONE \arguments, 10, xmm10, ymm10, zmm10, xmm26, ymm26, zmm26
        MOVE_ONE \arguments, 11, xmm11, ymm11, zmm11, xmm27, ymm27, zmm27
        MOVE_ONE \arguments, 12, xmm12, ymm12, zmm12, xmm28, ymm28, zmm28
        MOVE_ONE \arguments, 13, xmm13, ymm13, zmm13, xmm29, ymm29, zmm29
        MOVE_ONE \arguments, 14, xmm14, ymm14, zmm14, xmm30, ymm30, zmm30
        MOVE_ONE \arguments, 15, xmm15, ymm15, zmm15, xmm31, ymm31, zmm31
.endm

FUNCTION move_stream_avx512_run
        MOVE_CHAIN_ENTER
#include "checks/move_stream_avx512.inc"
        MOVE_CHAIN_END
        mov     registers_state(%rip), %r12
        .irp    n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        vmovdqa64 REGISTERS_VECTOR+64*\n(%r12), %zmm\n
        .endr
        mov     $0, %r12
        KERNEL_LEAVE
END move_stream_avx512_run
