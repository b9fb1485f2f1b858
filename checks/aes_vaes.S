/* SPDX-License-Identifier: Apache-2.0 */
/* AES, two or four texts in a register. The key schedules are the answers', copied to the results as they
 * were loaded: there is no wide aeskeygenassist. */
#include "checks/aes.inc"

/* Loads round key aes_round of the schedule at rax and notes in the results what was loaded. */
.macro KEY_256
        vbroadcasti128 16 * aes_round(%rax), %ymm12
        vextracti128 $1, %ymm12, 16 * aes_round(%rsi)
.endm
.macro KEY_512
        vbroadcasti32x4 16 * aes_round(%rax), %zmm24
        vextracti32x4 $3, %zmm24, 16 * aes_round(%rsi)
.endm
.macro EACH_256 instruction
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11
        \instruction %ymm12, %ymm\r, %ymm\r
        .endr
.endm
.macro EACH_512 instruction
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23
        \instruction %zmm24, %zmm\r, %zmm\r
        .endr
.endm

/* rax, rsi: the schedules of answers and results. aes_round walks up or down. */
.macro ROUNDS size, step, direction, width, exclusive
        lea     CRYPTO_ANSWER + AES_SCHEDULE(\size)(%rbp), %rax
        lea     CRYPTO_RESULT + AES_SCHEDULE(\size)(%rbp), %rsi
        .set    aes_round, \direction * AES_ROUNDS(\size)
        KEY_\width
        EACH_\width \exclusive
        .rept   AES_ROUNDS(\size) - 1
        .set    aes_round, aes_round + 1 - 2 * \direction
        KEY_\width
        EACH_\width \step
        .endr
        .set    aes_round, aes_round + 1 - 2 * \direction
        KEY_\width
        EACH_\width \step\()last
.endm

/* rdx: the offset of a group of 24 texts. */
.macro TEXTS_256 size, step, direction
        vmovdqa DIFFERENCE(\size), %ymm14
        xor     %edx, %edx
1:      .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11
        vmovdqu AES_TEXT + 32 * \r(%rbp, %rdx), %ymm\r
        .endr
        ROUNDS  \size, \step, \direction, 256, vpxor
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11
        vmovdqu %ymm\r, CRYPTO_RESULT + AES_OUTPUT(\size) + 32 * \r(%rbp, %rdx)
        vpxor   CRYPTO_ANSWER + AES_OUTPUT(\size) + 32 * \r(%rbp, %rdx), %ymm\r, %ymm\r
        vpor    %ymm\r, %ymm14, %ymm14
        .endr
        add     $24 * 16, %rdx
        cmp     $AES_COUNT * 16, %rdx
        jne     1b
        vmovdqa %ymm14, DIFFERENCE(\size)
.endm

.macro TEXTS_512 size, step, direction
        vmovdqa64 DIFFERENCE(\size), %zmm25
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23
        vmovdqu64 AES_TEXT + 64 * \r(%rbp), %zmm\r
        .endr
        ROUNDS  \size, \step, \direction, 512, vpxorq
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23
        vmovdqu64 %zmm\r, CRYPTO_RESULT + AES_OUTPUT(\size) + 64 * \r(%rbp)
        vpxorq  CRYPTO_ANSWER + AES_OUTPUT(\size) + 64 * \r(%rbp), %zmm\r, %zmm\r
        vporq   %zmm\r, %zmm25, %zmm25
        .endr
        vmovdqa64 %zmm25, DIFFERENCE(\size)
.endm

.macro KERNEL name, step, direction, width, registers:vararg
FUNCTION \name
        CRYPTO_ENTER
        .irp    size, 0,1,2
        TEXTS_\width \size, \step, \direction
        .endr
        CRYPTO_LEAVE vex, \registers
END \name
.endm

KERNEL aes_encrypt_vaes_run, vaesenc, 0, 256, 0,1,2,3,4,5,6,7,8,9,10,11,12,14
KERNEL aes_decrypt_vaes_run, vaesdec, 1, 256, 0,1,2,3,4,5,6,7,8,9,10,11,12,14
KERNEL aes_encrypt_vaes512_run, vaesenc, 0, 512, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25
KERNEL aes_decrypt_vaes512_run, vaesdec, 1, 512, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25
