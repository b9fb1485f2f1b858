/* SPDX-License-Identifier: Apache-2.0 */
/* Products of polynomials over GF(2), and arithmetic in GF(2^8), bit by bit: the other implementation of
 * pclmulqdq and of GFNI (Intel SDM volume 2; volume 1, 5.22). */
#include "checks/crypto.h"

#define SIZE (16 * LANES_COUNT) /* of an array */

static void multiply(uint64_t *to, uint64_t a, uint64_t b)
{
        to[0] = to[1] = 0;
        for (unsigned i = 0; i < 64; i++)
                if (b >> i & 1) {
                        to[0] ^= a << i;
                        to[1] ^= i ? a >> (64 - i) : 0;
                }
}

static uint8_t product(uint8_t a, uint8_t b)
{
        uint8_t result = 0;

        for (; b; b >>= 1) {
                if (b & 1)
                        result ^= a;
                a = (uint8_t)(a << 1 ^ (a >> 7) * 0x1b);
        }
        return result;
}

/* x^254 = 1 / x, and 0 for 0. */
static uint8_t inverse(uint8_t x)
{
        uint8_t square = product(x, x), result = square;

        for (unsigned i = 0; i < 6; i++) {
                square = product(square, square);
                result = product(result, square);
        }
        return result;
}

static uint8_t affine(uint8_t x, const uint8_t *matrix, uint8_t constant)
{
        for (unsigned i = 0; i < 8; i++)
                constant ^= (uint8_t)(__builtin_parity(matrix[7 - i] & x) << i);
        return constant;
}

static void compare_all(struct crypto_state *state)
{
        for (uint32_t i = 0; i < 4; i++)
                crypto_compare(state, i, SIZE * i, SIZE);
        state->passes[0]++;
}

static void carryless_pass(struct crypto_state *state)
{
        const uint64_t *a = (const uint64_t *)state->input, *b = (const uint64_t *)(state->input + SIZE);

        for (uint32_t index = 0; index < 4; index++)
                for (uint32_t i = 0; i < 2 * LANES_COUNT; i += 2)
                        multiply((uint64_t *)(state->result + SIZE * index) + i, a[i + (index & 1)],
                                b[i + index / 2]);
        compare_all(state);
}

static void galois_pass(struct crypto_state *state)
{
        const uint8_t *a = state->input, *b = a + SIZE;
        uint8_t *to = state->result;

        for (uint32_t i = 0; i < SIZE; i++) {
                const uint8_t *matrix = b + (i & ~7u);

                to[i] = product(a[i], b[i]);
                to[SIZE + i] = affine(a[i], matrix, 0x63);
                to[2 * SIZE + i] = affine(a[i], matrix, 0xa5);
                to[3 * SIZE + i] = affine(inverse(a[i]), matrix, 0x63);
        }
        compare_all(state);
}

static void carryless_all(void *argument)
{
        struct crypto_state *state = argument;

        for (crypto_begin(state); state->remaining; state->remaining--)
                carryless_pass(state);
}

static void galois_all(void *argument)
{
        struct crypto_state *state = argument;

        for (crypto_begin(state); state->remaining; state->remaining--)
                galois_pass(state);
}

void carryless_multiply_general_run(void *state)
{
        registers_call(&((struct crypto_state *)state)->registers, carryless_all, state);
}

void galois_bytes_general_run(void *state)
{
        registers_call(&((struct crypto_state *)state)->registers, galois_all, state);
}
