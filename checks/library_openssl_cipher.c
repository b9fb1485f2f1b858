/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's ciphers: the start of every block is encrypted and decrypted. The ciphertext itself is compared: a cipher
 * that errs both ways undoes itself. CIPHERS in tests/model/library_cipher.py. */
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/array.h"
#include "checks/library.h"
#include "checks/library_openssl.h"

#define MESSAGE 4096
#define TAG 16
#define SECRET 96 /* at the end of a block: key of 32 bytes, start of 16, extra data of 48 */

ANSWERS(library_cipher);

static const struct {
        const char *name;
        bool authenticated;
} ciphers[] = { { "AES-128-GCM", true }, { "AES-256-GCM", true }, { "AES-256-CBC", false },
        { "AES-128-CTR", false }, { "ChaCha20-Poly1305", true } };
#define CIPHERS 5
_Static_assert(ARRAY_SIZE(ciphers) == CIPHERS, "");

/* As the table has it. */
struct text {
        uint8_t bytes[MESSAGE], tag[TAG];
};

/* Of a cipher, over all blocks of a round. */
struct differences {
        uint64_t text, tag, plain; /* words that differ, or-ed together */
        uint64_t succeeded;        /* how many times encrypting and decrypting were said to have worked */
};

struct cipher_state {
        struct registers_pair registers;
        struct text encrypted[CIPHERS]; /* of the last block */
        struct differences differences[CIPHERS];
        /* not output */
        uint32_t number; /* of the round */
        uint32_t reserved[3];
        uint8_t plain[MESSAGE];
};

/* Made by prepare. */
static EVP_CIPHER *methods[CIPHERS];
static EVP_CIPHER_CTX *contexts[CIPHERS];

static int prepare(void)
{
        int r = library_openssl_open();

        for (uint32_t i = 0; r == 0 && i < CIPHERS && !contexts[CIPHERS - 1]; i++) {
                methods[i] = EVP_CIPHER_fetch(library_openssl_context(), ciphers[i].name, NULL);
                contexts[i] = methods[i] ? EVP_CIPHER_CTX_new() : NULL;
                if (!contexts[i])
                        return -ENOTSUP;
        }
        return r;
}

/* Begins one way: key, start, no padding, extra data. */
static bool begin(uint32_t which, const uint8_t *secret, int encrypting)
{
        EVP_CIPHER_CTX *context = contexts[which];
        int size;

        return EVP_CipherInit_ex2(context, methods[which], secret, secret + 32, encrypting, NULL) &&
               EVP_CIPHER_CTX_set_padding(context, 0) &&
               (!ciphers[which].authenticated ||
                       EVP_CipherUpdate(context, NULL, &size, secret + 48, SECRET - 48));
}

/* The tag goes out after encrypting, in before the end of decrypting. */
static bool tag(uint32_t which, uint8_t *bytes, int encrypting)
{
        OSSL_PARAM parameters[] = {
                OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, bytes, TAG),
                OSSL_PARAM_construct_end(),
        };

        if (!ciphers[which].authenticated)
                return true;
        return encrypting ? EVP_CIPHER_CTX_get_params(contexts[which], parameters)
                          : EVP_CIPHER_CTX_set_params(contexts[which], parameters);
}

static bool encrypt(uint32_t which, const uint8_t *block, struct text *to)
{
        int size = 0, rest = 0;

        return begin(which, block + LIBRARY_CONTENT - SECRET, 1) &&
               EVP_EncryptUpdate(contexts[which], to->bytes, &size, block, MESSAGE) &&
               EVP_EncryptFinal_ex(contexts[which], to->bytes + size, &rest) && size + rest == MESSAGE &&
               tag(which, to->tag, 1);
}

static bool decrypt(uint32_t which, const uint8_t *block, const struct text *from, uint8_t *to)
{
        uint8_t proof[TAG];
        int size = 0, rest = 0;

        check_copy(proof, from->tag, sizeof(proof));
        return begin(which, block + LIBRARY_CONTENT - SECRET, 0) && tag(which, proof, 0) &&
               EVP_DecryptUpdate(contexts[which], to, &size, from->bytes, MESSAGE) &&
               EVP_DecryptFinal_ex(contexts[which], to + size, &rest) && size + rest == MESSAGE;
}

static const struct text *answer(uint32_t index, uint32_t which)
{
        return (const struct text *)answers_payload(&answers_library_cipher) +
               index % LIBRARY_BLOCKS * CIPHERS + which;
}

/* The committed ciphertext is decrypted, not the one that was just made. */
static void both_ways(struct cipher_state *state, uint32_t index, uint32_t which)
{
        const struct text *known = answer(index, which);
        struct text *own = &state->encrypted[which];
        struct differences *differences = &state->differences[which];

        check_poison(state->plain, sizeof(state->plain));
        check_clear(own, sizeof(*own));
        differences->succeeded += encrypt(which, library_block(index), own);
        differences->succeeded += decrypt(which, library_block(index), known, state->plain);
        differences->text |= library_difference(known->bytes, own->bytes, MESSAGE);
        differences->tag |= library_difference(known->tag, own->tag, TAG);
        differences->plain |= library_difference(library_block(index), state->plain, MESSAGE);
}

static void compute(void *argument)
{
        struct cipher_state *state = argument;

        check_clear(state->differences, sizeof(state->differences));
        for (uint32_t i = 0; i < LIBRARY_BLOCKS; i++)
                for (uint32_t which = 0; which < CIPHERS; which++)
                        both_ways(state, state->number + i, which);
}

static void setup(void *argument, const struct check_round *round)
{
        struct cipher_state *state = argument;

        registers_setup_foreign(&state->registers, round);
        check_poison(state->encrypted, sizeof(state->encrypted));
        check_poison(state->differences, sizeof(state->differences));
        state->number = round->number;
}

static void run(void *state)
{
        registers_call_foreign(&((struct cipher_state *)state)->registers, compute, state);
}

static int verify(const void *argument, struct check_mismatch *ret_mismatch)
{
        static const struct differences none = { .succeeded = 2 * LIBRARY_BLOCKS };
        const struct cipher_state *state = argument;
        uint32_t at = sizeof(struct registers);
        struct check_compare compare;

        check_compare_begin(&compare);
        registers_compare(&compare, &state->registers.in, &state->registers.out);
        check_compare(&compare, at, answer(state->number + LIBRARY_BLOCKS - 1, 0), state->encrypted,
                sizeof(state->encrypted));
        at += sizeof(state->encrypted);
        for (uint32_t i = 0; i < CIPHERS; i++, at += sizeof(none))
                check_compare(&compare, at, &none, &state->differences[i], sizeof(none));
        return check_compare_end(&compare, ret_mismatch);
}

static const struct answers *const tables[] = { &library_content, &answers_library_cipher, NULL };

#define TEXTS sizeof(struct registers)
#define DIFFERENCES (TEXTS + CIPHERS * sizeof(struct text))
#define TEXT(index, name)                                                                                 \
        {                                                                                                 \
                name, CHECK_UNIT_CRYPTO, TEXTS + (index) * sizeof(struct text), 1, sizeof(struct text), 8 \
        }
#define DIFFERENCE(index, name)                                                                            \
        {                                                                                                  \
                name " text, tag, plaintext, successes", CHECK_UNIT_CRYPTO,                                \
                        DIFFERENCES + (index) * sizeof(struct differences), 1, sizeof(struct differences), \
                        8                                                                                  \
        }
static const struct check_field fields[] = {
        TEXT(0, "AES-128-GCM"),
        TEXT(1, "AES-256-GCM"),
        TEXT(2, "AES-256-CBC"),
        TEXT(3, "AES-128-CTR"),
        TEXT(4, "ChaCha20-Poly1305"),
        DIFFERENCE(0, "AES-128-GCM"),
        DIFFERENCE(1, "AES-256-GCM"),
        DIFFERENCE(2, "AES-256-CBC"),
        DIFFERENCE(3, "AES-128-CTR"),
        DIFFERENCE(4, "ChaCha20-Poly1305"),
};

const struct check check_library_openssl_cipher = {
        .name = "library_openssl_cipher",
        .detects = "Wrong ciphertexts, tags or plaintexts from the system's OpenSSL: AES and "
                   "ChaCha20-Poly1305.",
        .family = CHECK_LIBRARY,
        .state_size = sizeof(struct cipher_state),
        .output_offset = offsetof(struct cipher_state, registers.out),
        .output_size = DIFFERENCES + CIPHERS * sizeof(struct differences),
        .round_us = 3000,
        .cycle = LIBRARY_BLOCKS,
        .answers = tables,
        .registers = true,
        .fields = fields,
        .n_fields = ARRAY_SIZE(fields),
        .prepare = prepare,
        .setup = setup,
        .run = run,
        .verify = verify,
};
