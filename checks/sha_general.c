/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-1 and SHA-256 with general registers (FIPS 180-4, 6.1.2 and 6.2.2): the other implementation. */
#include "checks/crypto.h"

/* FIPS 180-4, 4.2.2. */
/* clang-format off */
static const uint32_t sha256_constants[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
/* clang-format on */

static uint32_t right(uint32_t x, unsigned n)
{
        return x >> n | x << (32 - n);
}

/* Where the SHA extensions keep a to h: FEBA, HGDC, lowest word first; and a to e: DCBA, 000E. */
static const uint8_t sha256_places[8] = { 3, 2, 7, 6, 1, 0, 5, 4 };
static const uint8_t sha1_places[5] = { 3, 2, 1, 0, 7 };

static void sha256_round(uint32_t *s, uint32_t sum)
{
        uint32_t big1 = right(s[4], 6) ^ right(s[4], 11) ^ right(s[4], 25);
        uint32_t big0 = right(s[0], 2) ^ right(s[0], 13) ^ right(s[0], 22);
        uint32_t t1 = s[7] + big1 + ((s[4] & s[5]) ^ (~s[4] & s[6])) + sum;
        uint32_t t2 = big0 + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

        for (unsigned i = 7; i; i--)
                s[i] = s[i - 1];
        s[4] += t1;
        s[0] = t1 + t2;
}

static void sha256_compress(uint32_t *to, const uint32_t *from)
{
        uint32_t w[64], s[8];

        check_copy(w, from + 8, 64);
        for (unsigned t = 16; t < 64; t++)
                w[t] = w[t - 16] + w[t - 7] + (right(w[t - 15], 7) ^ right(w[t - 15], 18) ^ w[t - 15] >> 3) +
                       (right(w[t - 2], 17) ^ right(w[t - 2], 19) ^ w[t - 2] >> 10);
        for (unsigned i = 0; i < 8; i++)
                s[i] = from[sha256_places[i]];
        for (unsigned t = 0; t < 64; t++)
                sha256_round(s, sha256_constants[t] + w[t]);
        for (unsigned i = 0; i < 8; i++)
                to[sha256_places[i]] = s[i] + from[sha256_places[i]];
}

static uint32_t sha1_function(unsigned t, const uint32_t *s)
{
        switch (t / 20) {
        case 0:
                return ((s[1] & s[2]) ^ (~s[1] & s[3])) + 0x5a827999;
        case 1:
                return (s[1] ^ s[2] ^ s[3]) + 0x6ed9eba1;
        case 2:
                return ((s[1] & s[2]) ^ (s[1] & s[3]) ^ (s[2] & s[3])) + 0x8f1bbcdc;
        default:
                return (s[1] ^ s[2] ^ s[3]) + 0xca62c1d6;
        }
}

static void sha1_compress(uint32_t *to, const uint32_t *from)
{
        uint32_t w[80], s[5];

        for (unsigned t = 0; t < 80; t++)
                w[t] = t < 16 ? from[8 + (t ^ 3)] : right(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 31);
        for (unsigned i = 0; i < 5; i++)
                s[i] = from[sha1_places[i]];
        for (unsigned t = 0; t < 80; t++) {
                uint32_t a = right(s[0], 27) + sha1_function(t, s) + s[4] + w[t];

                s[4] = s[3];
                s[3] = s[2];
                s[2] = right(s[1], 2);
                s[1] = s[0];
                s[0] = a;
        }
        check_clear(to, SHA_STATE);
        for (unsigned i = 0; i < 5; i++)
                to[sha1_places[i]] = s[i] + from[sha1_places[i]];
}

static void compute(struct crypto_state *state, void (*compress)(uint32_t *to, const uint32_t *from))
{
        for (crypto_begin(state); state->remaining; state->remaining--) {
                for (uint32_t i = 0; i < SHA_COUNT; i++)
                        compress((uint32_t *)(state->result + SHA_STATE * i),
                                (const uint32_t *)(state->input + SHA_TUPLE * i));
                crypto_compare(state, 0, 0, SHA_STATE * SHA_COUNT);
                state->passes[0]++;
        }
}

static void sha256_all(void *state)
{
        compute(state, sha256_compress);
}

static void sha1_all(void *state)
{
        compute(state, sha1_compress);
}

void sha256_compress_general_run(void *state)
{
        registers_call(&((struct crypto_state *)state)->registers, sha256_all, state);
}

void sha1_compress_general_run(void *state)
{
        registers_call(&((struct crypto_state *)state)->registers, sha1_all, state);
}
