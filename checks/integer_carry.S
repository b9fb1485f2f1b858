/* SPDX-License-Identifier: Apache-2.0 */
/* Carries through numbers of eight words: sums and differences of 512 bits, and a borrow and a carry that
 * ripple through all of them. The operands of a block are taken as 32 numbers; number i meets number 31 - i.
 * A record is a quarter of them, so that no more results are folded than a word has bits; its flags collect
 * the carries. The quarters use two sets of registers. The order is that of carry_lines in
 * tests/model/integer_limbs.py. */
#include "checks/integer.inc"

#define P rbp
#define CELL MEMBER(INTEGER_RECORDS + INTEGER_RECORD_SIZE * integer_line + 16) /* flags of the record */

/* rsi: the accumulator. */
.macro FOLD_LIMBS limbs:vararg
        .irp    r, \limbs
        rol     %rsi
        xor     %\r, %rsi
        .endr
.endm

.macro STORE_CHAIN
        STORE(%rsi, 0)
        xor     %esi, %esi
        STORE(%rsi, 1)
        mov     CELL, %rsi
        STORE(%rsi, 2)
        .set    integer_line, integer_line + 1
.endm

/* rdi: number i, \other: number 31 - i; \left counts. first, then: add and adc, or sub and sbb. */
.macro CHAIN first, then, quarter, other, left, lowest, limbs:vararg
        lea     512 * (\quarter)(%rbp), %rdi
        lea     64 * 31 - 512 * (\quarter)(%rbp), %\other
        mov     $8, %\left
        xor     %esi, %esi
        movq    $0, CELL
1:      .set    integer_limb, 0
        .irp    r, \lowest, \limbs
        mov     integer_limb(%rdi), %\r
        .set    integer_limb, integer_limb + 8
        .endr
        \first  (%\other), %\lowest
        .set    integer_limb, 8
        .irp    r, \limbs
        \then   integer_limb(%\other), %\r
        .set    integer_limb, integer_limb + 8
        .endr
        rclq    CELL
        FOLD_LIMBS \lowest, \limbs
        lea     64(%rdi), %rdi
        lea     -64(%\other), %\other
        dec     %\left
        jnz     1b
        STORE_CHAIN
.endm

.macro RIPPLE limbs:vararg
        xor     %esi, %esi
        movq    $0, CELL
        .irp    r, \limbs
        mov     $0, %\r
        .endr
        stc
        .irp    r, \limbs
        sbb     $0, %\r
        .endr
        rclq    CELL
        FOLD_LIMBS \limbs
        stc
        .irp    r, \limbs
        adc     $0, %\r
        .endr
        rclq    CELL
        FOLD_LIMBS \limbs
        STORE_CHAIN
.endm

.macro QUARTER quarter, other, left, lowest, limbs:vararg
        CHAIN   add, adc, \quarter, \other, \left, \lowest, \limbs
        CHAIN   sub, sbb, \quarter, \other, \left, \lowest, \limbs
        RIPPLE  \lowest, \limbs
.endm

FUNCTION integer_carry_run
        INTEGER_ENTER
        ROLES_BEGIN
        .irp    half, 0,2
        RELEASE(rax)
        RELEASE(rdx)
        QUARTER \half, rbx, rcx, r8, r9,r10,r11,r12,r13,r14,r15
        CLAIM(rax)
        CLAIM(rdx)
        RELEASE(r10)
        RELEASE(r11)
        QUARTER \half+1, r8, r9, rdx, rax,rbx,rcx,r15,r12,r14,r13
        CLAIM(r10)
        CLAIM(r11)
        .endr
        incq    MEMBER(INTEGER_PASSES)
        INTEGER_LEAVE
END integer_carry_run
