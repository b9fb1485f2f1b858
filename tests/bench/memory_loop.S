/* SPDX-License-Identifier: Apache-2.0 */
/* Plain loops to compare with: memory_copy_ISA(to, from, bytes) copies with vectors of 128, 256 or 512 bits, bytes a
 * multiple of 512; memory_flush_INSTRUCTION(begin, bytes) puts lines out of the caches. */
#include "checks/asm.h"

.macro COPY name, move, register, bytes
FUNCTION memory_copy_\name
1:
        .irp    n, 0,1,2,3,4,5,6,7
        \move   \bytes*\n(%rsi), %\register\n
        .endr
        .irp    n, 0,1,2,3,4,5,6,7
        \move   %\register\n, \bytes*\n(%rdi)
        .endr
        add     $8*\bytes, %rsi
        add     $8*\bytes, %rdi
        sub     $8*\bytes, %rdx
        jnz     1b
        ret
END memory_copy_\name
.endm

COPY sse2, movdqa, xmm, 16
COPY avx, vmovdqa, ymm, 32
COPY avx512, vmovdqa64, zmm, 64

.macro FLUSH name
FUNCTION memory_flush_\name
1:      \name   (%rdi)
        add     $64, %rdi
        sub     $64, %rsi
        jnz     1b
        mfence
        ret
END memory_flush_\name
.endm

FLUSH clflush
FLUSH clflushopt
FLUSH clwb
