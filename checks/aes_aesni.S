/* SPDX-License-Identifier: Apache-2.0 */
/* AES with AES-NI: the key schedule by aeskeygenassist (FIPS 197, 5.2), aesimc for the equivalent inverse
 * cipher, twelve texts at a time. The round keys lie in the results, where they are compared as well. */
#include "checks/aes.inc"

/* xmm2 = aeskeygenassist of the word in eax, in every lane; rax = the result's lower half. What the schedule
 * does not need is compared too: that movd cleared, that the lanes are equal, that RotWord is a rotation of
 * SubWord. */
.macro ASSIST constant
        movd    %eax, %xmm0
        pshufd  $0, %xmm0, %xmm1
        aeskeygenassist $\constant, %xmm1, %xmm2
        psrldq  $4, %xmm0
        pshufd  $0x39, %xmm1, %xmm3
        pxor    %xmm1, %xmm3
        por     %xmm3, %xmm0
        pshufd  $0x4e, %xmm2, %xmm3
        pxor    %xmm2, %xmm3
        por     %xmm3, %xmm0
        por     DIFFERENCE(3), %xmm0
        movdqa  %xmm0, DIFFERENCE(3)
        movq    %xmm2, %rax
        mov     %rax, %rdx
        ror     $8, %eax
        xor     $\constant, %eax
        mov     %rax, %rsi
        mov     %rdx, %rax
        shr     $32, %rdx
        xor     %rdx, %rsi
        or      %rsi, DIFFERENCE(4)
.endm

/* One schedule, word by word: rcx points to its first, eax is the last. Word i ^= a function of word i -
 * 1. */
.macro SCHEDULE size
        .set    aes_words, 4 + 2 * \size
        .set    aes_word, aes_words
        .set    aes_constant, 1
        lea     CRYPTO_RESULT + AES_SCHEDULE(\size)(%rbp), %rcx
        movdqu  AES_KEY(\size)(%rbp), %xmm0
        movdqu  AES_KEY(\size) + 4 * (aes_words - 4)(%rbp), %xmm1
        movdqu  %xmm0, (%rcx)
        movdqu  %xmm1, 4 * (aes_words - 4)(%rcx)
        mov     4 * (aes_words - 1)(%rcx), %eax
        .rept   4 * (AES_ROUNDS(\size) + 1) - aes_words
        .if     aes_word % aes_words == 0
        ASSIST  aes_constant
        mov     %edx, %eax              /* RotWord(SubWord(word)) ^ constant */
        .set    aes_constant, (aes_constant << 1) ^ (0x11b * (aes_constant >> 7))
        .elseif aes_words == 8 && aes_word % 8 == 4
        ASSIST  0                       /* SubWord(word) in eax */
        .endif
        xor     4 * (aes_word - aes_words)(%rcx), %eax
        mov     %eax, 4 * aes_word(%rcx)
        .set    aes_word, aes_word + 1
        .endr
.endm

.macro INVERSE size
        .set    aes_round, 1
        .rept   AES_ROUNDS(\size) - 1
        movdqu  CRYPTO_RESULT + AES_SCHEDULE(\size) + 16 * aes_round(%rbp), %xmm1
        aesimc  %xmm1, %xmm0
        movdqu  %xmm0, CRYPTO_RESULT + AES_SCHEDULE(\size) + 16 * aes_round(%rbp)
        .set    aes_round, aes_round + 1
        .endr
.endm

/* rsi: the texts; rdi: the results; rdx: the answers; ecx: groups of twelve. Key `round` of the key's
 * size. */
.macro EACH instruction, key
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11
        \instruction \key, %xmm\r
        .endr
.endm
.macro TEXTS size, step, direction
        lea     AES_TEXT(%rbp), %rsi
        lea     CRYPTO_RESULT + AES_OUTPUT(\size)(%rbp), %rdi
        lea     CRYPTO_ANSWER + AES_OUTPUT(\size)(%rbp), %rdx
        lea     CRYPTO_RESULT + AES_SCHEDULE(\size)(%rbp), %rax
        mov     $AES_COUNT / 12, %ecx
        movdqa  DIFFERENCE(\size), %xmm14
1:      .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11
        movdqu  16 * \r(%rsi), %xmm\r
        .endr
        .set    aes_round, \direction * AES_ROUNDS(\size)
        movdqu  16 * aes_round(%rax), %xmm12
        EACH    pxor, %xmm12
        .rept   AES_ROUNDS(\size) - 1
        .set    aes_round, aes_round + 1 - 2 * \direction
        movdqu  16 * aes_round(%rax), %xmm12
        EACH    \step, %xmm12
        .endr
        .set    aes_round, aes_round + 1 - 2 * \direction
        movdqu  16 * aes_round(%rax), %xmm12
        EACH    \step\()last, %xmm12
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11
        movdqu  %xmm\r, 16 * \r(%rdi)
        movdqu  16 * \r(%rdx), %xmm13
        pxor    %xmm13, %xmm\r
        por     %xmm\r, %xmm14
        .endr
        add     $192, %rsi
        add     $192, %rdi
        add     $192, %rdx
        dec     %rcx
        jnz     1b
        movdqa  %xmm14, DIFFERENCE(\size)
        lea     AES_TEXT + 16 * AES_COUNT(%rbp), %rax   /* rsi counted up as ecx counted down */
        sub     %rsi, %rax
        or      %rax, DIFFERENCE(5)
.endm

FUNCTION aes_encrypt_aesni_run
        CRYPTO_ENTER
        .irp    size, 0,1,2
        SCHEDULE \size
        TEXTS   \size, aesenc, 0
        .endr
        CRYPTO_LEAVE legacy, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14
END aes_encrypt_aesni_run

FUNCTION aes_decrypt_aesni_run
        CRYPTO_ENTER
        .irp    size, 0,1,2
        SCHEDULE \size
        INVERSE \size
        TEXTS   \size, aesdec, 1
        .endr
        CRYPTO_LEAVE legacy, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14
END aes_decrypt_aesni_run
