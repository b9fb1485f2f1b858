/* SPDX-License-Identifier: Apache-2.0 */
/* x87_forms. The order of the loops is that of FORMS in tests/model/scalar_x87_forms.py. */
#include "checks/x87.inc"

#define CONDITIONS 0x4700       /* C0 to C3 */
#define FAULTS 0x3a41            /* IE, SF, C1, TOP; the other conditions are not defined */
#define EXAMINED 0x7f41
#define SAVED -128(%rsp)        /* 108 bytes of fnsave */
#define ENVIRONMENT -192(%rsp)  /* 28 bytes of fnstenv; the tag word is at 8 */

FUNCTION x87_forms_run
        X87_ENTER 512
x87_forms_done:
        X87_LEAVE
END x87_forms_run

/* Operations with a pop, whose result is in st(0); the last two have it in st(1) and pop nothing. Bytes, because the
 * names of fsub and fsubr, fdiv and fdivr to st(1) differ between assemblers. */
.macro X87_POPPED p, code:vararg
        X87_LOAD \p
        \code
        fstpt   (%r12)
        X87_JUDGE \p
.endm
FLOAT_LOOP popped
        X87_POPPED 0, faddp
        X87_POPPED 1, fmulp
        X87_POPPED 2, .byte 0xde, 0xe9          /* fsubp: st(1) - st(0) */
        X87_POPPED 3, .byte 0xde, 0xe1          /* fsubrp: st(0) - st(1) */
        X87_POPPED 4, .byte 0xde, 0xf9          /* fdivp */
        X87_POPPED 5, .byte 0xde, 0xf1          /* fdivrp */
        X87_POPPED 6, .byte 0xdc, 0xe9, 0xdd, 0xd8 /* fsub to st(1), fstp */
        X87_POPPED 7, .byte 0xdc, 0xf1, 0xdd, 0xd8 /* fdivr to st(1), fstp */
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 16*FLOAT_GROUP, x87_forms_done, 7

/* What is in rax, with zeros above it. */
.macro X87_JUDGE_WORD p
        xor     TUPLE*\p+32(%rsi), %rax
        or      %rax, 16*\p(%rdi)
        mov     TUPLE*\p+40(%rsi), %rax
        or      %rax, 16*\p+8(%rdi)
.endm

.macro X87_JUDGE_STATUS p
        fnstsw  %ax
        and     $CONDITIONS, %eax
        X87_JUDGE_WORD \p
.endm

/* st(0) = a, the other operand in memory. */
.macro X87_MEMORY p, code
        fldt    TUPLE*\p(%rsi)
        \code   TUPLE*\p+16(%rsi)
        fstpt   (%r12)
        X87_JUDGE \p
.endm

.macro X87_MEMORY_LOOP name, integer, suffix
FLOAT_LOOP \name
        X87_MEMORY 0, f\integer\()add\suffix
        X87_MEMORY 1, f\integer\()mul\suffix
        X87_MEMORY 2, f\integer\()sub\suffix
        X87_MEMORY 3, f\integer\()subr\suffix
        X87_MEMORY 4, f\integer\()div\suffix
        X87_MEMORY 5, f\integer\()divr\suffix
        fldt    TUPLE*6(%rsi)
        f\integer\()com\suffix TUPLE*6+16(%rsi)
        X87_JUDGE_STATUS 6
        fstp    %st(0)
        fldt    TUPLE*7(%rsi)
        f\integer\()comp\suffix TUPLE*7+16(%rsi)
        X87_JUDGE_STATUS 7
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 16*FLOAT_GROUP, x87_forms_done, 7
.endm
X87_MEMORY_LOOP single, , s
X87_MEMORY_LOOP double, , l
X87_MEMORY_LOOP short, i, s
X87_MEMORY_LOOP long, i, l

/* \left: how many of the two operands are still there. */
.macro X87_STATUS p, left, code:vararg
        X87_LOAD \p
        \code
        X87_JUDGE_STATUS \p
        .rept   \left
        fstp    %st(0)
        .endr
.endm
FLOAT_LOOP status
        X87_STATUS 0, 2, fcom %st(1)
        X87_STATUS 1, 1, fcomp %st(1)
        X87_STATUS 2, 0, fcompp
        X87_STATUS 3, 2, fucom %st(1)
        X87_STATUS 4, 1, fucomp %st(1)
        X87_STATUS 5, 0, fucompp
        X87_STATUS 6, 2, ftst
        X87_STATUS 7, 2, fxam
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 16*FLOAT_GROUP, x87_forms_done, 7

.macro X87_CONDITION p, code
        X87_LOAD \p
        fcomi   %st(1), %st
        \code   %st(1), %st
        fstpt   (%r12)
        fstp    %st(0)
        X87_JUDGE \p
.endm
FLOAT_LOOP condition
        X87_CONDITION 0, fcmovb
        X87_CONDITION 1, fcmove
        X87_CONDITION 2, fcmovbe
        X87_CONDITION 3, fcmovu
        X87_CONDITION 4, fcmovnb
        X87_CONDITION 5, fcmovne
        X87_CONDITION 6, fcmovnbe
        X87_CONDITION 7, fcmovnu
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 16*FLOAT_GROUP, x87_forms_done, 7

/* The answer is CF PF AF ZF SF OF. */
.macro X87_ORDER p, code
        X87_LOAD \p
        \code   %st(1), %st
        pushf
        pop     %rax
        fstp    %st(0)
        fstp    %st(0)
        and     $0x8d5, %eax
        X87_JUDGE_WORD \p
.endm
FLOAT_LOOP order
        .irp    p, 0,2,4,6
        X87_ORDER \p, fcomi
        X87_ORDER (\p+1), fucomi
        .endr
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 16*FLOAT_GROUP, x87_forms_done, 7

.macro X87_KEPT p, code
        movq    $0, (%r12)
        movw    $0, 8(%r12)
        fldt    TUPLE*\p(%rsi)
        \code   (%r12)
        fstp    %st(0)
        X87_JUDGE \p
.endm
.macro X87_TRUNCATED p, code
        movq    $0, (%r12)
        movw    $0, 8(%r12)
        fldt    TUPLE*\p(%rsi)
        \code   (%r12)
        X87_JUDGE \p
.endm
FLOAT_LOOP store
        X87_KEPT 0, fists
        X87_KEPT 1, fistl
        X87_TRUNCATED 2, fisttps
        X87_TRUNCATED 3, fisttpl
        X87_TRUNCATED 4, fisttpll
        X87_KEPT 5, fsts
        X87_KEPT 6, fstl
        X87_LOAD 7
        fst     %st(1)
        fstp    %st(0)
        fstpt   (%r12)
        X87_JUDGE 7
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 16*FLOAT_GROUP, x87_forms_done, 7

.macro X87_CONSTANT p, code
        \code
        fstpt   (%r12)
        X87_JUDGE \p
.endm
FLOAT_LOOP constant
        X87_CONSTANT 0, fld1
        X87_CONSTANT 1, fldl2t
        X87_CONSTANT 2, fldl2e
        X87_CONSTANT 3, fldpi
        X87_CONSTANT 4, fldlg2
        X87_CONSTANT 5, fldln2
        X87_CONSTANT 6, fldz
        X87_CONSTANT 7, "fld1; fchs"
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 16*FLOAT_GROUP, x87_forms_done, 7

/* From an empty stack with the top at 0. The code leaves the value at r12, where it is not a status word, and the status
 * word in ax; the whole of x87 is as it was before. */
.macro X87_FAULT p, mask, code
        fnsave  SAVED
        movq    $0, (%r12)
        movl    $0, 8(%r12)
        \code
        and     $\mask, %eax
        mov     %ax, 10(%r12)
        frstor  SAVED
        mov     (%r12), %rax
        xor     TUPLE*\p+32(%rsi), %rax
        or      %rax, 16*\p(%rdi)
        mov     8(%r12), %eax
        xor     TUPLE*\p+40(%rsi), %rax
        or      %rax, 16*\p+8(%rdi)
.endm
.macro X87_OVERFLOW p
        .rept   8
        fld1
        .endr
        fldt    TUPLE*\p(%rsi)
        fnstsw  %ax
        fstpt   (%r12)
.endm
.macro X87_EXCHANGED p
        fldt    TUPLE*\p(%rsi)
        fxch    %st(1)
        fnstsw  %ax
        fstp    %st(0)
        fstpt   (%r12)
.endm
.macro X87_FREED p
        fldt    TUPLE*\p(%rsi)
        ffree   %st(0)
        fxam
        fnstsw  %ax
.endm
.macro X87_TAGS p
        fldt    TUPLE*\p(%rsi)
        fldt    TUPLE*\p+16(%rsi)
        fnstenv ENVIRONMENT
        movzwl  8+ENVIRONMENT, %eax
        mov     %rax, (%r12)
        fnstsw  %ax
.endm
/* The exceptions are masked; fnop and fwait change nothing. */
.macro X87_CLEAR
        fld1
        fldz
        .byte   0xde, 0xf9              /* fdivp: 1 / 0 */
        fnstsw  %ax
        and     $0x7f, %eax
        mov     %rax, (%r12)
        fnop
        fwait
        fnclex
        fnstsw  %ax
.endm
FLOAT_LOOP fault
        X87_FAULT 0, FAULTS, "fldt (%rsi); fadd %st(1), %st; fnstsw %ax; fstpt (%r12)"
        X87_FAULT 1, FAULTS, "X87_OVERFLOW 1"
        X87_FAULT 2, FAULTS, "X87_EXCHANGED 2"
        X87_FAULT 3, FAULTS, "fstpt (%r12); fnstsw %ax"
        X87_FAULT 4, FAULTS, "fistpl (%r12); fnstsw %ax"
        X87_FAULT 5, EXAMINED, "X87_FREED 5"
        X87_FAULT 6, FAULTS, "X87_TAGS 6"
        X87_FAULT 7, 0x387f, "X87_CLEAR"
        FLOAT_NEXT TUPLE*FLOAT_GROUP, 16*FLOAT_GROUP, x87_forms_done, 7

        .section .data.rel.ro, "aw"
        .balign 8
        .globl  x87_forms_loops
        .hidden x87_forms_loops
x87_forms_loops:
        .quad   popped, single, double, short, long, status, condition, order, store, constant, fault
