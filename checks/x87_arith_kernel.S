/* SPDX-License-Identifier: Apache-2.0 */
/* x87_arith. */
#include "checks/x87.inc"

/* a in st(0), b in st(1), the result in st(0). */
.macro X87_TWO p, code:vararg
        X87_LOAD \p
        \code
        fstpt   (%r12)
        fstp    %st(0)
        X87_JUDGE \p
.endm

/* The code takes both from the stack and stores the result. */
.macro X87_STORED p, code:vararg
        X87_LOAD \p
        \code
        X87_JUDGE \p
.endm

.macro X87_ALL name, even, odd
FLOAT_LOOP \name
        .irp    p, 0,2,4,6
        X87_TWO \p, \even
        X87_TWO (\p+1), \odd
        .endr
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 16*FLOAT_GROUP, x87_arith_done, 7
.endm

FUNCTION x87_arith_run
        X87_ENTER 1408
x87_arith_done:
        X87_LEAVE
END x87_arith_run

X87_ALL add, "fadd %st(1), %st", "fadd %st(1), %st"
X87_ALL subtract, "fsub %st(1), %st", "fsubr %st(1), %st"
X87_ALL multiply, "fmul %st(1), %st", "fmul %st(1), %st"
X87_ALL divide, "fdiv %st(1), %st", "fdivr %st(1), %st"
X87_ALL root, "fsqrt", "fsqrt"
X87_ALL sign, "fabs", "fchs"
X87_ALL integral, "frndint", "frndint"
X87_ALL scale, "fscale", "fscale"
X87_ALL remainder, "fprem", "fprem1"

/* The exponent of the even tuples, the significand of the odd ones; b makes room for the second result. */
FLOAT_LOOP extract
        .irp    p, 0,2,4,6
        fldt    TUPLE*\p(%rsi)
        fxtract
        fstp    %st(0)
        fstpt   (%r12)
        X87_JUDGE \p
        fldt    TUPLE*(\p+1)(%rsi)
        fxtract
        fstpt   (%r12)
        fstp    %st(0)
        X87_JUDGE (\p+1)
        .endr
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 16*FLOAT_GROUP, x87_arith_done, 7

/* To integers, decimal, binary32 and binary64, in memory. */
.macro X87_TO p, code
        movq    $0, (%r12)
        movw    $0, 8(%r12)
        fldt    TUPLE*\p(%rsi)
        \code   (%r12)
        X87_JUDGE \p
.endm
FLOAT_LOOP store
        X87_TO  0, fistps
        X87_TO  1, fistpl
        X87_TO  2, fistpll
        X87_TO  3, fbstp
        X87_TO  4, fstps
        X87_TO  5, fstpl
        X87_TO  6, fistpll
        X87_TO  7, fistpl
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 16*FLOAT_GROUP, x87_arith_done, 7

.macro X87_FROM p, code
        \code   TUPLE*\p(%rsi)
        fstpt   (%r12)
        X87_JUDGE \p
.endm
FLOAT_LOOP load
        X87_FROM 0, filds
        X87_FROM 1, fildl
        X87_FROM 2, fildll
        X87_FROM 3, fbld
        X87_FROM 4, flds
        X87_FROM 5, fldl
        X87_FROM 6, fildll
        X87_FROM 7, fildl
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 16*FLOAT_GROUP, x87_arith_done, 7

/* The answer is CF PF AF ZF SF OF. */
.macro X87_COMPARE p, code
        X87_LOAD \p
        \code   %st(1), %st
        pushf
        pop     %rax
        fstp    %st(0)
        and     $0x8d5, %eax
        xor     TUPLE*\p+32(%rsi), %rax
        or      %rax, 16*\p(%rdi)
.endm
FLOAT_LOOP compare
        .irp    p, 0,2,4,6
        X87_COMPARE \p, fcomip
        X87_COMPARE (\p+1), fucomip
        .endr
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 16*FLOAT_GROUP, x87_arith_done, 7

        .section .data.rel.ro, "aw"
        .balign 8
        .globl  x87_arith_loops
        .hidden x87_arith_loops
x87_arith_loops:
        .quad   add, subtract, multiply, divide, root, sign, integral, scale, remainder, extract, store, load, compare
