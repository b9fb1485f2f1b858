/* SPDX-License-Identifier: Apache-2.0 */
/* float_arith_sse2 and float_convert_sse2. A tuple is three quadwords: a, b, the answer. Operands are loaded into the
 * low 64 bits of a register and nothing else of it is touched: the bits above are sentinels. */
#include "checks/float_block.inc"

#define TUPLE 24

.macro SSE_LOAD p, a, b
        movlpd  TUPLE*\p(%rsi), %xmm\a
        movlpd  TUPLE*\p+8(%rsi), %xmm\b
.endm

/* Compares the result in rax. */
.macro SSE_JUDGE p
        xor     TUPLE*\p+16(%rsi), %rax
        or      %rax, 8*\p(%rdi)
.endm

.macro SSE_RESULT p, a
        movq    %xmm\a, %rax
        SSE_JUDGE \p
.endm

/* operation code p a b: for each tuple of a group. */
.macro SSE_GROUP operation, code0, code1
        \operation \code0, 0, 0, 1
        \operation \code1, 1, 2, 3
        \operation \code0, 2, 4, 5
        \operation \code1, 3, 6, 7
        \operation \code0, 4, 8, 9
        \operation \code1, 5, 10, 11
        \operation \code0, 6, 12, 13
        \operation \code1, 7, 14, 15
.endm

.macro SSE_TWO code, p, a, b
        SSE_LOAD \p, \a, \b
        \code   %xmm\b, %xmm\a
        SSE_RESULT \p, \a
.endm

.macro SSE_ARITH name, code0, code1
FLOAT_LOOP \name
        SSE_GROUP SSE_TWO, \code0, \code1
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 8*FLOAT_GROUP, float_sse2_done
.endm

FUNCTION float_sse2_run
        KERNEL_ENTER
        FLOAT_BEGIN 512
float_sse2_done:
        KERNEL_LEAVE
END float_sse2_run

SSE_ARITH addss, addss, addss
SSE_ARITH addsd, addsd, addsd
SSE_ARITH subss, subss, subss
SSE_ARITH subsd, subsd, subsd
SSE_ARITH mulss, mulss, mulss
SSE_ARITH mulsd, mulsd, mulsd
SSE_ARITH divss, divss, divss
SSE_ARITH divsd, divsd, divsd
SSE_ARITH sqrtss, sqrtss, sqrtss
SSE_ARITH sqrtsd, sqrtsd, sqrtsd
SSE_ARITH selectss, minss, maxss
SSE_ARITH selectsd, minsd, maxsd
SSE_ARITH between, cvtss2sd, cvtsd2ss

/* Predicate p in tuple p. */
.macro SSE_CMP code, p, a, b
        SSE_LOAD \p, \a, \b
        \code   $\p, %xmm\b, %xmm\a
        SSE_RESULT \p, \a
.endm
FLOAT_LOOP cmpss_all
        SSE_GROUP SSE_CMP, cmpss, cmpss
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 8*FLOAT_GROUP, float_sse2_done
FLOAT_LOOP cmpsd_all
        SSE_GROUP SSE_CMP, cmpsd, cmpsd
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 8*FLOAT_GROUP, float_sse2_done

/* The answer is CF PF AF ZF SF OF. */
.macro SSE_COMI code, p, a, b
        SSE_LOAD \p, \a, \b
        \code   %xmm\b, %xmm\a
        pushf
        pop     %rax
        and     $0x8d5, %eax
        SSE_JUDGE \p
.endm
FLOAT_LOOP comis
        SSE_GROUP SSE_COMI, comiss, ucomiss
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 8*FLOAT_GROUP, float_sse2_done
FLOAT_LOOP comid
        SSE_GROUP SSE_COMI, comisd, ucomisd
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 8*FLOAT_GROUP, float_sse2_done

/* Rounded and truncated, to 32 bits (zero-extended) and to 64. */
.macro SSE_INTEGER code, p, a, b, to
        SSE_LOAD \p, \a, \b
        \code   %xmm\a, \to
        SSE_JUDGE \p
.endm
.macro SSE_INTEGERS name, rounded, truncated
FLOAT_LOOP \name
        SSE_INTEGER \rounded, 0, 0, 1, %eax
        SSE_INTEGER \rounded, 1, 2, 3, %rax
        SSE_INTEGER \truncated, 2, 4, 5, %eax
        SSE_INTEGER \truncated, 3, 6, 7, %rax
        SSE_INTEGER \rounded, 4, 8, 9, %eax
        SSE_INTEGER \rounded, 5, 10, 11, %rax
        SSE_INTEGER \truncated, 6, 12, 13, %eax
        SSE_INTEGER \truncated, 7, 14, 15, %rax
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 8*FLOAT_GROUP, float_sse2_done
.endm
SSE_INTEGERS ss_integers, cvtss2si, cvttss2si
SSE_INTEGERS sd_integers, cvtsd2si, cvttsd2si

.macro SSE_FROM code, p, a, b, from
        SSE_LOAD \p, \a, \b
        mov     TUPLE*\p+8(%rsi), %rax
        \code   \from, %xmm\a
        SSE_RESULT \p, \a
.endm
FLOAT_LOOP from_integers
        SSE_FROM cvtsi2ssl, 0, 0, 1, %eax
        SSE_FROM cvtsi2ssq, 1, 2, 3, %rax
        SSE_FROM cvtsi2sdl, 2, 4, 5, %eax
        SSE_FROM cvtsi2sdq, 3, 6, 7, %rax
        SSE_FROM cvtsi2ssl, 4, 8, 9, %eax
        SSE_FROM cvtsi2ssq, 5, 10, 11, %rax
        SSE_FROM cvtsi2sdl, 6, 12, 13, %eax
        SSE_FROM cvtsi2sdq, 7, 14, 15, %rax
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 8*FLOAT_GROUP, float_sse2_done

.macro LOOPS table, loops:vararg
        .section .data.rel.ro, "aw"
        .balign 8
        .globl  \table
        .hidden \table
\table:
        .irp    loop, \loops
        .quad   \loop
        .endr
.endm
LOOPS float_arith_loops, addss, addsd, subss, subsd, mulss, mulsd, divss, divsd, sqrtss, sqrtsd, selectss, selectsd, \
        cmpss_all, cmpsd_all, comis, comid
LOOPS float_convert_loops, ss_integers, sd_integers, from_integers, between
