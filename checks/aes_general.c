/* SPDX-License-Identifier: Apache-2.0 */
/* AES byte by byte (FIPS 197): the other implementation, whose tables and shifts share no unit with AES-NI.
 */
#include "checks/crypto.h"

/* FIPS 197, figures 7 and 14. */
static const uint8_t substitute[256] = {
        0x63,
        0x7c,
        0x77,
        0x7b,
        0xf2,
        0x6b,
        0x6f,
        0xc5,
        0x30,
        0x01,
        0x67,
        0x2b,
        0xfe,
        0xd7,
        0xab,
        0x76,
        0xca,
        0x82,
        0xc9,
        0x7d,
        0xfa,
        0x59,
        0x47,
        0xf0,
        0xad,
        0xd4,
        0xa2,
        0xaf,
        0x9c,
        0xa4,
        0x72,
        0xc0,
        0xb7,
        0xfd,
        0x93,
        0x26,
        0x36,
        0x3f,
        0xf7,
        0xcc,
        0x34,
        0xa5,
        0xe5,
        0xf1,
        0x71,
        0xd8,
        0x31,
        0x15,
        0x04,
        0xc7,
        0x23,
        0xc3,
        0x18,
        0x96,
        0x05,
        0x9a,
        0x07,
        0x12,
        0x80,
        0xe2,
        0xeb,
        0x27,
        0xb2,
        0x75,
        0x09,
        0x83,
        0x2c,
        0x1a,
        0x1b,
        0x6e,
        0x5a,
        0xa0,
        0x52,
        0x3b,
        0xd6,
        0xb3,
        0x29,
        0xe3,
        0x2f,
        0x84,
        0x53,
        0xd1,
        0x00,
        0xed,
        0x20,
        0xfc,
        0xb1,
        0x5b,
        0x6a,
        0xcb,
        0xbe,
        0x39,
        0x4a,
        0x4c,
        0x58,
        0xcf,
        0xd0,
        0xef,
        0xaa,
        0xfb,
        0x43,
        0x4d,
        0x33,
        0x85,
        0x45,
        0xf9,
        0x02,
        0x7f,
        0x50,
        0x3c,
        0x9f,
        0xa8,
        0x51,
        0xa3,
        0x40,
        0x8f,
        0x92,
        0x9d,
        0x38,
        0xf5,
        0xbc,
        0xb6,
        0xda,
        0x21,
        0x10,
        0xff,
        0xf3,
        0xd2,
        0xcd,
        0x0c,
        0x13,
        0xec,
        0x5f,
        0x97,
        0x44,
        0x17,
        0xc4,
        0xa7,
        0x7e,
        0x3d,
        0x64,
        0x5d,
        0x19,
        0x73,
        0x60,
        0x81,
        0x4f,
        0xdc,
        0x22,
        0x2a,
        0x90,
        0x88,
        0x46,
        0xee,
        0xb8,
        0x14,
        0xde,
        0x5e,
        0x0b,
        0xdb,
        0xe0,
        0x32,
        0x3a,
        0x0a,
        0x49,
        0x06,
        0x24,
        0x5c,
        0xc2,
        0xd3,
        0xac,
        0x62,
        0x91,
        0x95,
        0xe4,
        0x79,
        0xe7,
        0xc8,
        0x37,
        0x6d,
        0x8d,
        0xd5,
        0x4e,
        0xa9,
        0x6c,
        0x56,
        0xf4,
        0xea,
        0x65,
        0x7a,
        0xae,
        0x08,
        0xba,
        0x78,
        0x25,
        0x2e,
        0x1c,
        0xa6,
        0xb4,
        0xc6,
        0xe8,
        0xdd,
        0x74,
        0x1f,
        0x4b,
        0xbd,
        0x8b,
        0x8a,
        0x70,
        0x3e,
        0xb5,
        0x66,
        0x48,
        0x03,
        0xf6,
        0x0e,
        0x61,
        0x35,
        0x57,
        0xb9,
        0x86,
        0xc1,
        0x1d,
        0x9e,
        0xe1,
        0xf8,
        0x98,
        0x11,
        0x69,
        0xd9,
        0x8e,
        0x94,
        0x9b,
        0x1e,
        0x87,
        0xe9,
        0xce,
        0x55,
        0x28,
        0xdf,
        0x8c,
        0xa1,
        0x89,
        0x0d,
        0xbf,
        0xe6,
        0x42,
        0x68,
        0x41,
        0x99,
        0x2d,
        0x0f,
        0xb0,
        0x54,
        0xbb,
        0x16,
};
static const uint8_t substitute_inverse[256] = {
        0x52,
        0x09,
        0x6a,
        0xd5,
        0x30,
        0x36,
        0xa5,
        0x38,
        0xbf,
        0x40,
        0xa3,
        0x9e,
        0x81,
        0xf3,
        0xd7,
        0xfb,
        0x7c,
        0xe3,
        0x39,
        0x82,
        0x9b,
        0x2f,
        0xff,
        0x87,
        0x34,
        0x8e,
        0x43,
        0x44,
        0xc4,
        0xde,
        0xe9,
        0xcb,
        0x54,
        0x7b,
        0x94,
        0x32,
        0xa6,
        0xc2,
        0x23,
        0x3d,
        0xee,
        0x4c,
        0x95,
        0x0b,
        0x42,
        0xfa,
        0xc3,
        0x4e,
        0x08,
        0x2e,
        0xa1,
        0x66,
        0x28,
        0xd9,
        0x24,
        0xb2,
        0x76,
        0x5b,
        0xa2,
        0x49,
        0x6d,
        0x8b,
        0xd1,
        0x25,
        0x72,
        0xf8,
        0xf6,
        0x64,
        0x86,
        0x68,
        0x98,
        0x16,
        0xd4,
        0xa4,
        0x5c,
        0xcc,
        0x5d,
        0x65,
        0xb6,
        0x92,
        0x6c,
        0x70,
        0x48,
        0x50,
        0xfd,
        0xed,
        0xb9,
        0xda,
        0x5e,
        0x15,
        0x46,
        0x57,
        0xa7,
        0x8d,
        0x9d,
        0x84,
        0x90,
        0xd8,
        0xab,
        0x00,
        0x8c,
        0xbc,
        0xd3,
        0x0a,
        0xf7,
        0xe4,
        0x58,
        0x05,
        0xb8,
        0xb3,
        0x45,
        0x06,
        0xd0,
        0x2c,
        0x1e,
        0x8f,
        0xca,
        0x3f,
        0x0f,
        0x02,
        0xc1,
        0xaf,
        0xbd,
        0x03,
        0x01,
        0x13,
        0x8a,
        0x6b,
        0x3a,
        0x91,
        0x11,
        0x41,
        0x4f,
        0x67,
        0xdc,
        0xea,
        0x97,
        0xf2,
        0xcf,
        0xce,
        0xf0,
        0xb4,
        0xe6,
        0x73,
        0x96,
        0xac,
        0x74,
        0x22,
        0xe7,
        0xad,
        0x35,
        0x85,
        0xe2,
        0xf9,
        0x37,
        0xe8,
        0x1c,
        0x75,
        0xdf,
        0x6e,
        0x47,
        0xf1,
        0x1a,
        0x71,
        0x1d,
        0x29,
        0xc5,
        0x89,
        0x6f,
        0xb7,
        0x62,
        0x0e,
        0xaa,
        0x18,
        0xbe,
        0x1b,
        0xfc,
        0x56,
        0x3e,
        0x4b,
        0xc6,
        0xd2,
        0x79,
        0x20,
        0x9a,
        0xdb,
        0xc0,
        0xfe,
        0x78,
        0xcd,
        0x5a,
        0xf4,
        0x1f,
        0xdd,
        0xa8,
        0x33,
        0x88,
        0x07,
        0xc7,
        0x31,
        0xb1,
        0x12,
        0x10,
        0x59,
        0x27,
        0x80,
        0xec,
        0x5f,
        0x60,
        0x51,
        0x7f,
        0xa9,
        0x19,
        0xb5,
        0x4a,
        0x0d,
        0x2d,
        0xe5,
        0x7a,
        0x9f,
        0x93,
        0xc9,
        0x9c,
        0xef,
        0xa0,
        0xe0,
        0x3b,
        0x4d,
        0xae,
        0x2a,
        0xf5,
        0xb0,
        0xc8,
        0xeb,
        0xbb,
        0x3c,
        0x83,
        0x53,
        0x99,
        0x61,
        0x17,
        0x2b,
        0x04,
        0x7e,
        0xba,
        0x77,
        0xd6,
        0x26,
        0xe1,
        0x69,
        0x14,
        0x63,
        0x55,
        0x21,
        0x0c,
        0x7d,
};

static uint8_t twice(uint8_t x)
{
        return (uint8_t)(x << 1 ^ (x >> 7) * 0x1b);
}

static void add_key(uint8_t *text, const uint8_t *key)
{
        for (unsigned i = 0; i < 16; i++)
                text[i] ^= key[i];
}

/* ShiftRows and SubBytes, or their inverses: byte r of column c comes from column c + step * r. */
static void substitute_shifted(uint8_t *text, const uint8_t *table, unsigned step)
{
        uint8_t from[16];

        check_copy(from, text, sizeof(from));
        for (unsigned c = 0; c < 4; c++)
                for (unsigned r = 0; r < 4; r++)
                        text[4 * c + r] = table[from[4 * ((c + step * r) % 4) + r]];
}

static void mix_columns(uint8_t *text)
{
        for (uint8_t *t = text; t < text + 16; t += 4) {
                uint8_t a = t[0], all = t[0] ^ t[1] ^ t[2] ^ t[3];

                t[0] ^= all ^ twice(t[0] ^ t[1]);
                t[1] ^= all ^ twice(t[1] ^ t[2]);
                t[2] ^= all ^ twice(t[2] ^ t[3]);
                t[3] ^= all ^ twice(t[3] ^ a);
        }
}

/* InvMixColumns = MixColumns after adding 4 (t[0] + t[2]) and 4 (t[1] + t[3]), because its square is that.
 */
static void mix_columns_inverse(uint8_t *text)
{
        for (uint8_t *t = text; t < text + 16; t += 4) {
                uint8_t even = twice(twice(t[0] ^ t[2])), odd = twice(twice(t[1] ^ t[3]));

                t[0] ^= even;
                t[1] ^= odd;
                t[2] ^= even;
                t[3] ^= odd;
        }
        mix_columns(text);
}

/* FIPS 197, 5.2: the key has n words; to: 4 (n + 7) words. */
static void make_schedule(uint8_t *to, const uint8_t *key, unsigned n)
{
        uint8_t constant = 1, word[4];

        check_copy(to, key, 4 * n);
        for (unsigned i = n; i < 4 * (n + 7); i++) {
                check_copy(word, to + 4 * i - 4, sizeof(word));
                if (i % n == 0) {
                        uint8_t first = word[0];

                        word[0] = substitute[word[1]] ^ constant;
                        word[1] = substitute[word[2]];
                        word[2] = substitute[word[3]];
                        word[3] = substitute[first];
                        constant = twice(constant);
                } else if (n == 8 && i % 8 == 4) {
                        for (unsigned j = 0; j < 4; j++)
                                word[j] = substitute[word[j]];
                }
                for (unsigned j = 0; j < 4; j++)
                        to[4 * i + j] = to[4 * (i - n) + j] ^ word[j];
        }
}

static void encrypt(uint8_t *text, const uint8_t *keys, unsigned rounds)
{
        add_key(text, keys);
        for (unsigned round = 1; round <= rounds; round++) {
                substitute_shifted(text, substitute, 1);
                if (round < rounds)
                        mix_columns(text);
                add_key(text, keys + 16 * round);
        }
}

/* The equivalent inverse cipher (FIPS 197, 5.3.5), as aesdec computes it. */
static void decrypt(uint8_t *text, const uint8_t *keys, unsigned rounds)
{
        add_key(text, keys + 16 * rounds);
        for (unsigned round = rounds; round--;) {
                substitute_shifted(text, substitute_inverse, 3);
                if (round)
                        mix_columns_inverse(text);
                add_key(text, keys + 16 * round);
        }
}

static void invert_schedule(uint8_t *keys, unsigned rounds)
{
        for (unsigned round = 1; round < rounds; round++)
                mix_columns_inverse(keys + 16 * round);
}

static void pass(struct crypto_state *state, bool inverse)
{
        const uint8_t *texts = state->input + 32 * AES_SIZES;
        uint8_t *keys = state->result;

        for (uint32_t size = 0; size < AES_SIZES; size++) {
                uint32_t rounds = 10 + 2 * size, offset = 16 * (AES_KEYS + AES_COUNT * size);

                make_schedule(keys, state->input + 32 * size, 4 + 2 * size);
                if (inverse)
                        invert_schedule(keys, rounds);
                for (uint32_t i = 0; i < AES_COUNT; i++) {
                        uint8_t *text = state->result + offset + 16 * i;

                        check_copy(text, texts + 16 * i, 16);
                        (inverse ? decrypt : encrypt)(text, keys, rounds);
                }
                crypto_compare(state, size, offset, 16 * AES_COUNT);
                keys += 16 * (rounds + 1);
        }
        state->passes[0]++;
}

static void encrypt_all(void *argument)
{
        struct crypto_state *state = argument;

        for (crypto_begin(state); state->remaining; state->remaining--)
                pass(state, false);
}

static void decrypt_all(void *argument)
{
        struct crypto_state *state = argument;

        for (crypto_begin(state); state->remaining; state->remaining--)
                pass(state, true);
}

void aes_encrypt_general_run(void *state)
{
        registers_call(&((struct crypto_state *)state)->registers, encrypt_all, state);
}

void aes_decrypt_general_run(void *state)
{
        registers_call(&((struct crypto_state *)state)->registers, decrypt_all, state);
}
