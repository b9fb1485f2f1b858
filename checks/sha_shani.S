/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-1 and SHA-256 by the SHA extensions (Intel SDM volume 2): the compression of one block (FIPS 180-4,
 * 6.1.2 and 6.2.2). Input: 64 times the state as the instructions hold it (FEBA, HGDC; DCBA, 000E) and the
 * message, whose words are already in their order. Answers: 64 states. */
#include "checks/crypto.inc"

#define SHA_COUNT 64
#define SHA_TUPLE 96
#define SHA_STATE 32

        .section .rodata
        .balign 64
sha256_constants: /* FIPS 180-4, 4.2.2 */
        .long   0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5
        .long   0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5
        .long   0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3
        .long   0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174
        .long   0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc
        .long   0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da
        .long   0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7
        .long   0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967
        .long   0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13
        .long   0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85
        .long   0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3
        .long   0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070
        .long   0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5
        .long   0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3
        .long   0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208
        .long   0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
        .text

/* rsi: the tuple; rdi: the result; rdx: the answer; ecx: tuples left. */
.macro SHA_BEGIN
        lea     CRYPTO_INPUT(%rbp), %rsi
        lea     CRYPTO_RESULT(%rbp), %rdi
        lea     CRYPTO_ANSWER(%rbp), %rdx
        mov     $SHA_COUNT, %ecx
        movdqa  DIFFERENCE(0), %xmm12
1:      movdqu  (%rsi), %xmm1
        movdqu  16(%rsi), %xmm2
        movdqu  32(%rsi), %xmm4
        movdqu  48(%rsi), %xmm5
        movdqu  64(%rsi), %xmm6
        movdqu  80(%rsi), %xmm7
        movdqa  %xmm1, %xmm10
        movdqa  %xmm2, %xmm11
.endm
.macro SHA_END
        movdqu  %xmm1, (%rdi)
        movdqu  %xmm2, 16(%rdi)
        movdqu  (%rdx), %xmm8
        movdqu  16(%rdx), %xmm9
        pxor    %xmm8, %xmm1
        pxor    %xmm9, %xmm2
        por     %xmm1, %xmm12
        por     %xmm2, %xmm12
        add     $SHA_TUPLE, %rsi
        add     $SHA_STATE, %rdi
        add     $SHA_STATE, %rdx
        dec     %rcx
        jnz     1b
        movdqa  %xmm12, DIFFERENCE(0)
        lea     CRYPTO_INPUT + SHA_COUNT * SHA_TUPLE(%rbp), %rax /* rsi counted up as ecx counted down */
        sub     %rsi, %rax
        or      %rax, DIFFERENCE(1)
.endm

/* w becomes the words four groups later: x, y, z are the three groups after w. */
.macro SHA256_MESSAGE w, x, y, z
        sha256msg1 \x, \w
        movdqa  \z, %xmm8
        palignr $4, \y, %xmm8
        paddd   %xmm8, \w
        sha256msg2 \z, \w
.endm
.macro SHA256_ROUNDS group, w
        movdqa  sha256_constants + 16 * (\group)(%rip), %xmm0
        paddd   \w, %xmm0
        sha256rnds2 %xmm0, %xmm1, %xmm2
        pshufd  $0xee, %xmm0, %xmm0     /* one half is used: they are compared */
        sha256rnds2 %xmm0, %xmm2, %xmm1
        pshufd  $0x4e, %xmm0, %xmm8
        pxor    %xmm0, %xmm8
        por     %xmm8, %xmm12
.endm

FUNCTION sha256_compress_shani_run
        CRYPTO_ENTER
        SHA_BEGIN
        .irp    turn, 0,1,2,3
        .if     \turn > 0
        SHA256_MESSAGE %xmm4, %xmm5, %xmm6, %xmm7
        .endif
        SHA256_ROUNDS 4*\turn, %xmm4
        .if     \turn > 0
        SHA256_MESSAGE %xmm5, %xmm6, %xmm7, %xmm4
        .endif
        SHA256_ROUNDS 4*\turn+1, %xmm5
        .if     \turn > 0
        SHA256_MESSAGE %xmm6, %xmm7, %xmm4, %xmm5
        .endif
        SHA256_ROUNDS 4*\turn+2, %xmm6
        .if     \turn > 0
        SHA256_MESSAGE %xmm7, %xmm4, %xmm5, %xmm6
        .endif
        SHA256_ROUNDS 4*\turn+3, %xmm7
        .endr
        paddd   %xmm10, %xmm1
        paddd   %xmm11, %xmm2
        SHA_END
        CRYPTO_LEAVE legacy, 0,1,2,4,5,6,7,8,9,10,11,12
END sha256_compress_shani_run

.macro SHA1_MESSAGE w, x, y, z
        sha1msg1 \x, \w
        pxor    \y, \w
        sha1msg2 \z, \w
.endm
/* Four rounds: `next` holds the state before the last four, whose top word becomes E; `keep` takes this
 * one. */
.macro SHA1_ROUNDS group, w, next, keep
        sha1nexte \w, \next
        movdqa  %xmm1, \keep
        sha1rnds4 $(\group) / 5, \next, %xmm1
.endm

FUNCTION sha1_compress_shani_run
        CRYPTO_ENTER
        SHA_BEGIN
        paddd   %xmm4, %xmm2            /* the first E is not rotated */
        movdqa  %xmm1, %xmm3
        sha1rnds4 $0, %xmm2, %xmm1
        SHA1_ROUNDS 1, %xmm5, %xmm3, %xmm2
        SHA1_ROUNDS 2, %xmm6, %xmm2, %xmm3
        SHA1_ROUNDS 3, %xmm7, %xmm3, %xmm2
        .irp    turn, 1,2,3,4
        SHA1_MESSAGE %xmm4, %xmm5, %xmm6, %xmm7
        SHA1_ROUNDS 4*\turn, %xmm4, %xmm2, %xmm3
        SHA1_MESSAGE %xmm5, %xmm6, %xmm7, %xmm4
        SHA1_ROUNDS 4*\turn+1, %xmm5, %xmm3, %xmm2
        SHA1_MESSAGE %xmm6, %xmm7, %xmm4, %xmm5
        SHA1_ROUNDS 4*\turn+2, %xmm6, %xmm2, %xmm3
        SHA1_MESSAGE %xmm7, %xmm4, %xmm5, %xmm6
        SHA1_ROUNDS 4*\turn+3, %xmm7, %xmm3, %xmm2
        .endr
        sha1nexte %xmm11, %xmm2
        paddd   %xmm10, %xmm1
        SHA_END
        CRYPTO_LEAVE legacy, 0,1,2,3,4,5,6,7,8,9,10,11,12
END sha1_compress_shani_run
