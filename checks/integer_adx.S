/* SPDX-License-Identifier: Apache-2.0 */
/* Products of numbers of eight words by mulx with two carry chains at once, adcx and adox: one row for each
 * word of the second factor. The operands of a block are taken as 32 numbers; number i meets number 31 - i;
 * a record folds the sixteen words of four products. All fifteen registers are in use. */
#include "checks/integer.inc"

#define P rbp
#define LEFT -8(%rsp)
#define VALUE -16(%rsp)
#define PRODUCT -144 /* of %rsp: sixteen words */

/* t0..t8 += rdx * number at rsi; t8 begins at 0. Word `row` of the product is then complete. */
.macro ROW row, t0, t1, t2, t3, t4, t5, t6, t7, t8
        mov     8 * \row(%rdi), %rdx
        xor     %\t8, %\t8              /* clears CF and OF too */
        .set    integer_limb, 0
        STEP    \t0, \t1
        STEP    \t1, \t2
        STEP    \t2, \t3
        STEP    \t3, \t4
        STEP    \t4, \t5
        STEP    \t5, \t6
        STEP    \t6, \t7
        STEP    \t7, \t8
        mov     $0, %eax
        adcx    %rax, %\t8
        mov     %\t0, PRODUCT + 8 * \row(%rsp)
.endm
.macro STEP low, high
        mulx    integer_limb(%rsi), %rax, %rcx
        adcx    %rax, %\low
        adox    %rcx, %\high
        .set    integer_limb, integer_limb + 8
.endm

.macro MULTIPLY
        .irp    r, r8,r9,r10,r11,r12,r13,r14,r15
        mov     $0, %\r
        .endr
        ROW     0, r8, r9, r10, r11, r12, r13, r14, r15, rbx
        ROW     1, r9, r10, r11, r12, r13, r14, r15, rbx, r8
        ROW     2, r10, r11, r12, r13, r14, r15, rbx, r8, r9
        ROW     3, r11, r12, r13, r14, r15, rbx, r8, r9, r10
        ROW     4, r12, r13, r14, r15, rbx, r8, r9, r10, r11
        ROW     5, r13, r14, r15, rbx, r8, r9, r10, r11, r12
        ROW     6, r14, r15, rbx, r8, r9, r10, r11, r12, r13
        ROW     7, r15, rbx, r8, r9, r10, r11, r12, r13, r14
        .set    integer_limb, 64
        .irp    r, rbx,r8,r9,r10,r11,r12,r13,r14
        mov     %\r, PRODUCT + integer_limb(%rsp)
        .set    integer_limb, integer_limb + 8
        .endr
.endm

.macro FOLD_PRODUCT
        mov     VALUE, %rax
        .irp    word, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        rol     %rax
        xor     PRODUCT + 8 * \word(%rsp), %rax
        .endr
        mov     %rax, VALUE
.endm

FUNCTION integer_multiply_adx_run
        INTEGER_ENTER
        ROLES_BEGIN
        mov     %rbp, %rsi
        lea     64 * 31(%rbp), %rdi
        .rept   8
        movq    $4, LEFT
        movq    $0, VALUE
1:      MULTIPLY
        FOLD_PRODUCT
        lea     64(%rsi), %rsi
        lea     -64(%rdi), %rdi
        decq    LEFT
        jnz     1b
        STORE(%rax, 0)
        xor     %eax, %eax
        STORE(%rax, 1)
        STORE(%rax, 2)
        .set    integer_line, integer_line + 1
        .endr
        incq    MEMBER(INTEGER_PASSES)
        INTEGER_LEAVE
END integer_multiply_adx_run
