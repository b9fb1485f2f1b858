/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's hashes, and what is derived with them, of a block: RESULTS in tests/model/library_hash.py. */
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "base/array.h"
#include "checks/library.h"
#include "checks/library_openssl.h"

#define WIDTH 64 /* of a result: the largest */
#define ITERATIONS 20

ANSWERS(library_digest);

static const char *const digest_names[] = { "SHA1", "SHA2-256", "SHA2-384", "SHA2-512", "SHA3-256",
        "SHA3-512" };
#define DIGESTS 6
enum { HMAC = DIGESTS, HKDF, PBKDF2, RESULTS };

struct digest_state {
        struct registers_pair registers;
        uint8_t results[RESULTS][WIDTH];
        uint64_t succeeded; /* how many functions said that they did what they should */
        /* not output */
        uint32_t number; /* of the round */
        uint32_t reserved;
};

/* Made by prepare. */
static EVP_MD *digests[DIGESTS];
static EVP_MD_CTX *digest_context;
static EVP_MAC_CTX *hmac_context;
static EVP_KDF_CTX *hkdf_context, *pbkdf2_context;

static EVP_KDF_CTX *derivation(const char *name)
{
        EVP_KDF *kdf = EVP_KDF_fetch(library_openssl_context(), name, NULL);

        return kdf ? EVP_KDF_CTX_new(kdf) : NULL;
}

static int prepare(void)
{
        int r = library_openssl_open();
        EVP_MAC *hmac;

        if (r < 0 || pbkdf2_context)
                return r;
        for (uint32_t i = 0; i < DIGESTS; i++) {
                digests[i] = EVP_MD_fetch(library_openssl_context(), digest_names[i], NULL);
                if (!digests[i])
                        return -ENOTSUP;
        }
        digest_context = EVP_MD_CTX_new();
        hmac = EVP_MAC_fetch(library_openssl_context(), "HMAC", NULL);
        hmac_context = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
        hkdf_context = derivation("HKDF");
        pbkdf2_context = derivation("PBKDF2");
        return digest_context && hmac_context && hkdf_context && pbkdf2_context ? 0 : -ENOTSUP;
}

/* In two portions of odd size: so the tail of the first waits in the context. */
#define PORTION 5003

static bool hash(uint32_t which, const uint8_t *content, uint8_t *to)
{
        unsigned size;

        return EVP_DigestInit_ex2(digest_context, digests[which], NULL) &&
               EVP_DigestUpdate(digest_context, content, PORTION) &&
               EVP_DigestUpdate(digest_context, content + PORTION, LIBRARY_CONTENT - PORTION) &&
               EVP_DigestFinal_ex(digest_context, to, &size);
}

static OSSL_PARAM text(const char *key, const char *value)
{
        return OSSL_PARAM_construct_utf8_string(key, (char *)(uintptr_t)value, 0);
}

static OSSL_PARAM octets(const char *key, const uint8_t *from, size_t size)
{
        return OSSL_PARAM_construct_octet_string(key, (void *)(uintptr_t)from, size);
}

static bool authenticate(const uint8_t *content, uint8_t *to)
{
        const OSSL_PARAM parameters[] = { text(OSSL_MAC_PARAM_DIGEST, "SHA2-512"),
                OSSL_PARAM_construct_end() };
        size_t size;

        return EVP_MAC_init(hmac_context, content, 48, parameters) &&
               EVP_MAC_update(hmac_context, content, LIBRARY_CONTENT) &&
               EVP_MAC_final(hmac_context, to, &size, WIDTH);
}

static bool derive_hkdf(const uint8_t *content, uint8_t *to)
{
        const OSSL_PARAM parameters[] = { text(OSSL_KDF_PARAM_DIGEST, "SHA2-256"),
                octets(OSSL_KDF_PARAM_KEY, content + 64, 32), octets(OSSL_KDF_PARAM_SALT, content + 96, 16),
                octets(OSSL_KDF_PARAM_INFO, content + 112, 40), OSSL_PARAM_construct_end() };

        EVP_KDF_CTX_reset(hkdf_context);
        return EVP_KDF_derive(hkdf_context, to, WIDTH, parameters) > 0;
}

/* "pkcs5" asks for no more than RFC 8018 does: no least numbers of iterations and of bytes of salt. */
static bool derive_pbkdf2(const uint8_t *content, uint8_t *to)
{
        uint64_t iterations = ITERATIONS;
        int plain = 1;
        const OSSL_PARAM parameters[] = { text(OSSL_KDF_PARAM_DIGEST, "SHA2-256"),
                octets(OSSL_KDF_PARAM_PASSWORD, content + 200, 24),
                octets(OSSL_KDF_PARAM_SALT, content + 224, 16),
                OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_ITER, &iterations),
                OSSL_PARAM_construct_int(OSSL_KDF_PARAM_PKCS5, &plain), OSSL_PARAM_construct_end() };

        EVP_KDF_CTX_reset(pbkdf2_context);
        return EVP_KDF_derive(pbkdf2_context, to, WIDTH, parameters) > 0;
}

static void compute(void *argument)
{
        struct digest_state *state = argument;
        const uint8_t *content = library_block(state->number);

        check_clear(state->results, sizeof(state->results));
        state->succeeded = 0;
        for (uint32_t i = 0; i < DIGESTS; i++)
                state->succeeded += hash(i, content, state->results[i]);
        state->succeeded += authenticate(content, state->results[HMAC]);
        state->succeeded += derive_hkdf(content, state->results[HKDF]);
        state->succeeded += derive_pbkdf2(content, state->results[PBKDF2]);
}

static void setup(void *argument, const struct check_round *round)
{
        struct digest_state *state = argument;

        registers_setup_foreign(&state->registers, round);
        check_poison(state->results, sizeof(state->results));
        check_poison(&state->succeeded, sizeof(state->succeeded));
        state->number = round->number;
}

static void run(void *state)
{
        registers_call_foreign(&((struct digest_state *)state)->registers, compute, state);
}

static int verify(const void *argument, struct check_mismatch *ret_mismatch)
{
        static const uint64_t all = RESULTS;
        const struct digest_state *state = argument;
        const uint8_t *expected = answers_payload(&answers_library_digest) +
                                  state->number % LIBRARY_BLOCKS * sizeof(state->results);
        struct check_compare compare;

        check_compare_begin(&compare);
        registers_compare(&compare, &state->registers.in, &state->registers.out);
        check_compare(&compare, sizeof(struct registers), expected, state->results, sizeof(state->results));
        check_compare(&compare, sizeof(struct registers) + sizeof(state->results), &all, &state->succeeded,
                sizeof(all));
        return check_compare_end(&compare, ret_mismatch);
}

static const struct answers *const tables[] = { &library_content, &answers_library_digest, NULL };

#define FIELD(index, name)                                                                      \
        {                                                                                       \
                name, CHECK_UNIT_CRYPTO, sizeof(struct registers) + WIDTH *(index), 1, WIDTH, 8 \
        }
static const struct check_field fields[] = {
        FIELD(0, "SHA-1"),
        FIELD(1, "SHA-256"),
        FIELD(2, "SHA-384"),
        FIELD(3, "SHA-512"),
        FIELD(4, "SHA3-256"),
        FIELD(5, "SHA3-512"),
        FIELD(HMAC, "HMAC-SHA-512"),
        FIELD(HKDF, "HKDF-SHA-256"),
        FIELD(PBKDF2, "PBKDF2-HMAC-SHA-256"),
        { "functions that succeeded", CHECK_UNIT_CRYPTO, sizeof(struct registers) + WIDTH *RESULTS, 1, 8,
                8 },
};

const struct check check_library_openssl_digest = {
        .name = "library_openssl_digest",
        .detects = "Wrong hashes, message authentication codes or derived keys from the system's OpenSSL.",
        .family = CHECK_LIBRARY,
        .state_size = sizeof(struct digest_state),
        .output_offset = offsetof(struct digest_state, registers.out),
        .output_size = sizeof(struct registers) + WIDTH * RESULTS + 8,
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
