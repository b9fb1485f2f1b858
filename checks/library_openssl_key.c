/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's public keys: RSA, ECDSA and ECDH over P-256, Ed25519, X25519, with the keys and the signatures of
 * tests/model/library_key.py. What is signed has one right signature; what is verified is right, and once wrong. */
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include "base/array.h"
#include "checks/library.h"
#include "checks/library_openssl.h"

#define MESSAGE 1024     /* of a block: what Ed25519 signs */
#define RSA_VERIFIED 256 /* bytes of a signature that is only verified */
#define RSA_SIGNED 128   /* of one that is made: so that a round stays short */
#define POINT 65

ANSWERS(library_key);

/* The table: the keys (numbers little endian), then a record for each block. */
struct keys {
        uint8_t verified_n[RSA_VERIFIED], verified_e[8];
        uint8_t signed_n[RSA_SIGNED], signed_d[RSA_SIGNED], signed_e[8];
        uint8_t p256_private[32], p256_public[POINT];
        uint8_t ed25519_private[32], ed25519_public[32], x25519_private[32], reserved[7];
};
struct record {
        uint8_t digest[32], rsa_verified[RSA_VERIFIED], rsa_signed[RSA_SIGNED], ed25519[64];
        uint8_t x25519_peer[32], x25519_shared[32], p256_peer[POINT], p256_shared[32];
        uint8_t ecdsa[72], ecdsa_size, reserved[6];
};
_Static_assert(
        sizeof(struct keys) == 728 && sizeof(struct record) == 720, "tests/model/library_key.py agrees");

enum verified { RSA_RIGHT, RSA_WRONG, ECDSA_RIGHT, ECDSA_WRONG, ED25519_RIGHT, ED25519_WRONG, VERIFIED };

/* What a round computes. */
struct results {
        uint8_t rsa[RSA_SIGNED], ed25519[64], x25519[32], p256[32];
        uint64_t verified[VERIFIED]; /* 1: the signature was found right */
        uint64_t succeeded;          /* how many of the four above were said to have worked */
};

struct key_state {
        struct registers_pair registers;
        struct results results;
        /* not output */
        uint32_t number; /* of the round */
        uint32_t reserved;
};

/* Made by prepare. */
static struct {
        EVP_PKEY *ed25519, *ed25519_public;
        EVP_PKEY *x25519_peer[LIBRARY_BLOCKS], *p256_peer[LIBRARY_BLOCKS];
        EVP_PKEY_CTX *rsa_sign, *rsa_verify, *ecdsa_verify, *x25519, *p256;
        EVP_MD_CTX *message;
        bool ready;
} made;

static const struct keys *keys(void)
{
        return (const struct keys *)answers_payload(&answers_library_key);
}

static const struct record *record_of(uint32_t index)
{
        return (const struct record *)(keys() + 1) + index % LIBRARY_BLOCKS;
}

/* ---- the keys ---- */

static OSSL_PARAM integer(const char *key, const uint8_t *from, size_t size)
{
        return OSSL_PARAM_construct_BN(key, (unsigned char *)(uintptr_t)from, size);
}

static OSSL_PARAM octets(const char *key, const uint8_t *from, size_t size)
{
        return OSSL_PARAM_construct_octet_string(key, (void *)(uintptr_t)from, size);
}

static EVP_PKEY *key_from(const char *type, OSSL_PARAM *parameters)
{
        EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(library_openssl_context(), type, NULL);
        EVP_PKEY *key = NULL;

        if (context && EVP_PKEY_fromdata_init(context) > 0)
                (void)EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters);
        EVP_PKEY_CTX_free(context);
        return key;
}

static EVP_PKEY *rsa_verified(void)
{
        OSSL_PARAM parameters[] = {
                integer(OSSL_PKEY_PARAM_RSA_N, keys()->verified_n, RSA_VERIFIED),
                integer(OSSL_PKEY_PARAM_RSA_E, keys()->verified_e, sizeof(keys()->verified_e)),
                OSSL_PARAM_construct_end(),
        };

        return key_from("RSA", parameters);
}

/* Without its primes. With them OpenSSL proves each signature by the public exponent, and where that fails signs once
 * more, without them: an error would not be seen. */
static EVP_PKEY *rsa_signed(void)
{
        OSSL_PARAM parameters[] = {
                integer(OSSL_PKEY_PARAM_RSA_N, keys()->signed_n, RSA_SIGNED),
                integer(OSSL_PKEY_PARAM_RSA_E, keys()->signed_e, sizeof(keys()->signed_e)),
                integer(OSSL_PKEY_PARAM_RSA_D, keys()->signed_d, RSA_SIGNED),
                OSSL_PARAM_construct_end(),
        };

        return key_from("RSA", parameters);
}

/* With our private key, or, without one, a peer's. */
static EVP_PKEY *p256_key(const uint8_t *point, const uint8_t *secret)
{
        OSSL_PARAM parameters[] = {
                OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)(uintptr_t) "P-256", 0),
                octets(OSSL_PKEY_PARAM_PUB_KEY, point, POINT),
                secret ? integer(OSSL_PKEY_PARAM_PRIV_KEY, secret, 32) : OSSL_PARAM_construct_end(),
                OSSL_PARAM_construct_end(),
        };

        return key_from("EC", parameters);
}

static EVP_PKEY_CTX *context_of(EVP_PKEY *key)
{
        return key ? EVP_PKEY_CTX_new_from_pkey(library_openssl_context(), key, NULL) : NULL;
}

static EVP_PKEY *private_key(const char *type, const uint8_t *secret)
{
        return EVP_PKEY_new_raw_private_key_ex(library_openssl_context(), type, NULL, secret, 32);
}

static EVP_PKEY *public_key(const char *type, const uint8_t *key)
{
        return EVP_PKEY_new_raw_public_key_ex(library_openssl_context(), type, NULL, key, 32);
}

static bool prepare_rsa(void)
{
        const EVP_MD *sha256 = EVP_MD_fetch(library_openssl_context(), "SHA2-256", NULL);

        made.rsa_sign = context_of(rsa_signed());
        made.rsa_verify = context_of(rsa_verified());
        return sha256 && made.rsa_sign && made.rsa_verify && EVP_PKEY_sign_init(made.rsa_sign) > 0 &&
               EVP_PKEY_verify_init(made.rsa_verify) > 0 &&
               EVP_PKEY_CTX_set_rsa_padding(made.rsa_sign, RSA_PKCS1_PADDING) > 0 &&
               EVP_PKEY_CTX_set_rsa_padding(made.rsa_verify, RSA_PKCS1_PADDING) > 0 &&
               EVP_PKEY_CTX_set_signature_md(made.rsa_sign, sha256) > 0 &&
               EVP_PKEY_CTX_set_signature_md(made.rsa_verify, sha256) > 0;
}

static bool prepare_curves(void)
{
        EVP_PKEY *p256 = p256_key(keys()->p256_public, keys()->p256_private);

        made.ecdsa_verify = context_of(p256);
        made.p256 = context_of(p256);
        made.x25519 = context_of(private_key("X25519", keys()->x25519_private));
        made.ed25519 = private_key("ED25519", keys()->ed25519_private);
        made.ed25519_public = public_key("ED25519", keys()->ed25519_public);
        made.message = EVP_MD_CTX_new();
        for (uint32_t i = 0; i < LIBRARY_BLOCKS; i++) {
                made.x25519_peer[i] = public_key("X25519", record_of(i)->x25519_peer);
                made.p256_peer[i] = p256_key(record_of(i)->p256_peer, NULL);
                if (!made.x25519_peer[i] || !made.p256_peer[i])
                        return false;
        }
        return made.ecdsa_verify && made.p256 && made.x25519 && made.ed25519 && made.ed25519_public &&
               made.message && EVP_PKEY_verify_init(made.ecdsa_verify) > 0 &&
               EVP_PKEY_derive_init(made.p256) > 0 && EVP_PKEY_derive_init(made.x25519) > 0;
}

static int prepare(void)
{
        int r = library_openssl_open();

        if (r < 0 || made.ready)
                return r;
        made.ready = prepare_rsa() && prepare_curves();
        return made.ready ? 0 : -ENOTSUP;
}

/* ---- a round ---- */

static bool sign_rsa(const struct record *record, uint8_t *to)
{
        size_t size = RSA_SIGNED;

        return EVP_PKEY_sign(made.rsa_sign, to, &size, record->digest, sizeof(record->digest)) > 0;
}

static bool sign_ed25519(const uint8_t *message, uint8_t *to)
{
        size_t size = 64;

        return EVP_MD_CTX_reset(made.message) &&
               EVP_DigestSignInit_ex(
                       made.message, NULL, NULL, library_openssl_context(), NULL, made.ed25519, NULL) > 0 &&
               EVP_DigestSign(made.message, to, &size, message, MESSAGE) > 0;
}

static bool verify_ed25519(const uint8_t *message, const uint8_t *signature)
{
        return EVP_MD_CTX_reset(made.message) &&
               EVP_DigestVerifyInit_ex(made.message, NULL, NULL, library_openssl_context(), NULL,
                       made.ed25519_public, NULL) > 0 &&
               EVP_DigestVerify(made.message, signature, 64, message, MESSAGE) > 0;
}

static bool agree(EVP_PKEY_CTX *own, EVP_PKEY *peer, uint8_t *to)
{
        size_t size = 32;

        return EVP_PKEY_derive_set_peer(own, peer) > 0 && EVP_PKEY_derive(own, to, &size) > 0;
}

static bool verify_digest(
        EVP_PKEY_CTX *context, const uint8_t *signature, size_t size, const uint8_t *digest)
{
        return EVP_PKEY_verify(context, signature, size, digest, 32) > 0;
}

/* The wrong one is the right one for another block. */
static void verify_all(struct results *results, uint32_t number)
{
        const struct record *right = record_of(number), *other = record_of(number + 1);
        const uint8_t *message = library_block(number), *strange = library_block(number + 1);
        uint64_t *verified = results->verified;

        verified[RSA_RIGHT] =
                verify_digest(made.rsa_verify, right->rsa_verified, RSA_VERIFIED, right->digest);
        verified[RSA_WRONG] =
                verify_digest(made.rsa_verify, right->rsa_verified, RSA_VERIFIED, other->digest);
        verified[ECDSA_RIGHT] =
                verify_digest(made.ecdsa_verify, right->ecdsa, right->ecdsa_size, right->digest);
        verified[ECDSA_WRONG] =
                verify_digest(made.ecdsa_verify, right->ecdsa, right->ecdsa_size, other->digest);
        verified[ED25519_RIGHT] = verify_ed25519(message, right->ed25519);
        verified[ED25519_WRONG] = verify_ed25519(strange, right->ed25519);
        ERR_clear_error();
}

static void compute(void *argument)
{
        struct key_state *state = argument;
        struct results *results = &state->results;
        uint32_t index = state->number % LIBRARY_BLOCKS;

        results->succeeded = sign_rsa(record_of(index), results->rsa);
        results->succeeded += sign_ed25519(library_block(index), results->ed25519);
        results->succeeded += agree(made.x25519, made.x25519_peer[index], results->x25519);
        results->succeeded += agree(made.p256, made.p256_peer[index], results->p256);
        verify_all(results, state->number);
}

static void setup(void *argument, const struct check_round *round)
{
        struct key_state *state = argument;

        registers_setup_foreign(&state->registers, round);
        check_poison(&state->results, sizeof(state->results));
        state->number = round->number;
}

static void run(void *state)
{
        registers_call_foreign(&((struct key_state *)state)->registers, compute, state);
}

static int verify(const void *argument, struct check_mismatch *ret_mismatch)
{
        const struct key_state *state = argument;
        const struct record *record = record_of(state->number);
        struct results expected;
        struct check_compare compare;

        check_clear(&expected, sizeof(expected));
        check_copy(expected.rsa, record->rsa_signed, sizeof(expected.rsa));
        check_copy(expected.ed25519, record->ed25519, sizeof(expected.ed25519));
        check_copy(expected.x25519, record->x25519_shared, sizeof(expected.x25519));
        check_copy(expected.p256, record->p256_shared, sizeof(expected.p256));
        expected.verified[RSA_RIGHT] = expected.verified[ECDSA_RIGHT] = expected.verified[ED25519_RIGHT] = 1;
        expected.succeeded = 4;
        check_compare_begin(&compare);
        registers_compare(&compare, &state->registers.in, &state->registers.out);
        check_compare(&compare, sizeof(struct registers), &expected, &state->results, sizeof(expected));
        return check_compare_end(&compare, ret_mismatch);
}

static const struct answers *const tables[] = { &library_content, &answers_library_key, NULL };

#define FIELD(member, name)                                                                              \
        {                                                                                                \
                name, CHECK_UNIT_CRYPTO, sizeof(struct registers) + offsetof(struct results, member), 1, \
                        sizeof(((struct results *)0)->member), 8                                         \
        }
static const struct check_field fields[] = {
        FIELD(rsa, "RSA signature"),
        FIELD(ed25519, "Ed25519 signature"),
        FIELD(x25519, "X25519 secret"),
        FIELD(p256, "P-256 secret"),
        FIELD(verified, "RSA, ECDSA, Ed25519 verification, right and wrong"),
        FIELD(succeeded, "functions that succeeded"),
};

const struct check check_library_openssl_key = {
        .name = "library_openssl_key",
        .detects =
                "Wrong signatures, verifications or shared secrets from the system's OpenSSL: RSA, P-256, "
                "Ed25519, X25519.",
        .family = CHECK_LIBRARY,
        .state_size = sizeof(struct key_state),
        .output_offset = offsetof(struct key_state, registers.out),
        .output_size = sizeof(struct registers) + sizeof(struct results),
        .round_us = 5000,
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
