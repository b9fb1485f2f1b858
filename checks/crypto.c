/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of cryptographic units by their instructions: layouts, fields, facts. */
#include "checks/crypto_unit.h"

#include "base/array.h"
#include "checks/crypto.h"

ANSWERS(aes_encrypt);
ANSWERS(aes_decrypt);
ANSWERS(sha256_compress);
ANSWERS(sha1_compress);
ANSWERS(carryless_multiply);
ANSWERS(galois);

#define FIELD(name_, offset_, count_, stride_, lane_)                                               \
        {                                                                                           \
                .name = (name_), .unit = CHECK_UNIT_CRYPTO, .offset = (offset_), .count = (count_), \
                .stride = (stride_), .lane = (lane_)                                                \
        }

/* Offsets in the output. */
#define DIFFERENCE(index) (sizeof(struct registers) + 64 * (index))
#define RESULT(at) (CRYPTO_RESULT - sizeof(struct registers) + (at))
#define PASSES FIELD("passes", DIFFERENCE(CRYPTO_DIFFERENCES), 1, 64, 8)

#define AES_OUTPUT(size) RESULT(16 * (AES_KEYS + AES_COUNT * (size)))
static const struct check_field aes_fields[] = {
        FIELD("aes-128 difference", DIFFERENCE(0), 1, 64, 8),
        FIELD("aes-192 difference", DIFFERENCE(1), 1, 64, 8),
        FIELD("aes-256 difference", DIFFERENCE(2), 1, 64, 8),
        FIELD("aeskeygenassist difference", DIFFERENCE(3), 2, 64, 8),
        FIELD("count difference", DIFFERENCE(5), 2, 64, 8),
        PASSES,
        FIELD("aes-128 round key", RESULT(0), 11, 16, 4),
        FIELD("aes-192 round key", RESULT(16 * 11), 13, 16, 4),
        FIELD("aes-256 round key", RESULT(16 * 24), 15, 16, 4),
        FIELD("aes-128 text", AES_OUTPUT(0), AES_COUNT, 16, 4),
        FIELD("aes-192 text", AES_OUTPUT(1), AES_COUNT, 16, 4),
        FIELD("aes-256 text", AES_OUTPUT(2), AES_COUNT, 16, 4),
};
#define AES_UNIT                                                                                       \
        .blocks = 11, .input_fixed = 32 * AES_SIZES, .input_arrays = 1, .answer_fixed = 16 * AES_KEYS, \
        .answer_arrays = AES_SIZES, .count = AES_COUNT
#define AES_OUTPUT_SIZE AES_OUTPUT(AES_SIZES)

static const struct check_field sha_fields[] = {
        FIELD("sha difference", DIFFERENCE(0), 1, 64, 8),
        FIELD("count difference", DIFFERENCE(1), 6, 64, 8),
        PASSES,
        FIELD("sha state", RESULT(0), SHA_COUNT, SHA_STATE, 4),
};
#define SHA_UNIT \
        .blocks = 16, .input_fixed = SHA_COUNT * SHA_TUPLE, .answer_fixed = SHA_COUNT * SHA_STATE, .count = 1
#define SHA_OUTPUT_SIZE RESULT(SHA_COUNT *SHA_STATE)

#define LANES_FIELDS(first, second, third, fourth)                                   \
        {                                                                            \
                FIELD(first " difference", DIFFERENCE(0), 1, 64, 8),                 \
                        FIELD(second " difference", DIFFERENCE(1), 1, 64, 8),        \
                        FIELD(third " difference", DIFFERENCE(2), 1, 64, 8),         \
                        FIELD(fourth " difference", DIFFERENCE(3), 1, 64, 8),        \
                        FIELD("count difference", DIFFERENCE(4), 3, 64, 8), PASSES,  \
                        FIELD(first, RESULT(0), LANES_COUNT, 16, 8),                 \
                        FIELD(second, RESULT(16 * LANES_COUNT), LANES_COUNT, 16, 8), \
                        FIELD(third, RESULT(32 * LANES_COUNT), LANES_COUNT, 16, 8),  \
                        FIELD(fourth, RESULT(48 * LANES_COUNT), LANES_COUNT, 16, 8), \
        }
static const struct check_field carryless_fields[] = LANES_FIELDS(
        "pclmulqdq low by low", "pclmulqdq high by low", "pclmulqdq low by high", "pclmulqdq high by high");
static const struct check_field galois_fields[] =
        LANES_FIELDS("gf2p8mulb", "gf2p8affineqb 0x63", "gf2p8affineqb 0xa5", "gf2p8affineinvqb 0x63");
#define LANES_UNIT .blocks = 16, .input_arrays = 2, .answer_arrays = 4, .count = LANES_COUNT
#define LANES_OUTPUT_SIZE RESULT(64 * LANES_COUNT)

/* Defines one check; LAYOUT is AES, SHA or LANES. */
#define CRYPTO_CHECK(name_, detects_, table_, LAYOUT, fields_, needs_, passes_, rotations_, flags_, other_) \
        static const struct crypto_unit unit_##name_ = { .table = &answers_##table_,                        \
                .passes = (passes_),                                                                        \
                .rotations = (rotations_),                                                                  \
                .flags = (flags_),                                                                          \
                LAYOUT##_UNIT };                                                                            \
        static const struct answers *const tables_##name_[] = { &answers_##table_, NULL };                  \
        void name_##_run(void *state);                                                                      \
        static void setup_##name_(void *state, const struct check_round *round)                             \
        {                                                                                                   \
                crypto_setup(state, round, &unit_##name_);                                                  \
        }                                                                                                   \
        static int verify_##name_(const void *state, struct check_mismatch *ret_mismatch)                   \
        {                                                                                                   \
                return crypto_verify(state, &unit_##name_, ret_mismatch);                                   \
        }                                                                                                   \
        const struct check check_##name_ = { .name = #name_,                                                \
                .detects = (detects_),                                                                      \
                .family = CHECK_CRYPTO,                                                                     \
                .needs = (needs_),                                                                          \
                .state_size = sizeof(struct crypto_state),                                                  \
                .output_offset = sizeof(struct registers),                                                  \
                .output_size = LAYOUT##_OUTPUT_SIZE,                                                        \
                .round_us = 3000,                                                                           \
                .cycle = LAYOUT##_BLOCKS * (rotations_),                                                    \
                .other = (other_),                                                                          \
                .answers = tables_##name_,                                                                  \
                .registers = true,                                                                          \
                .fields = fields_,                                                                          \
                .n_fields = ARRAY_SIZE(fields_),                                                            \
                .setup = setup_##name_,                                                                     \
                .run = name_##_run,                                                                         \
                .verify = verify_##name_ }

#define AES_BLOCKS 11
#define SHA_BLOCKS 16
#define LANES_BLOCKS 16
#define LEFT CRYPTO_FLAGS_LEFT

CRYPTO_CHECK(aes_encrypt_aesni,
        "Wrong ciphertexts or round keys of AES: every text is compared, not only what decrypts again.",
        aes_encrypt, AES, aes_fields, ISA(AES), 300, 1, LEFT, "aes_encrypt_general");

CRYPTO_CHECK(aes_decrypt_aesni, "Wrong plaintexts or inverse round keys of AES.", aes_decrypt, AES,
        aes_fields, ISA(AES), 300, 1, LEFT, "aes_decrypt_general");

CRYPTO_CHECK(aes_encrypt_vaes,
        "Wrong ciphertexts or round keys of AES: every text is compared, not only what decrypts again, two "
        "at a time.",
        aes_encrypt, AES, aes_fields, ISA(VAES) | ISA(AVX2), 600, 2, LEFT, "aes_encrypt_general");

CRYPTO_CHECK(aes_decrypt_vaes, "Wrong plaintexts or inverse round keys of AES, two at a time.", aes_decrypt,
        AES, aes_fields, ISA(VAES) | ISA(AVX2), 600, 2, LEFT, "aes_decrypt_general");

CRYPTO_CHECK(aes_encrypt_vaes512,
        "Wrong ciphertexts or round keys of AES: every text is compared, not only what decrypts again, four "
        "at a time.",
        aes_encrypt, AES, aes_fields, ISA(VAES) | ISA(AVX512F), 700, 4, LEFT, "aes_encrypt_general");

CRYPTO_CHECK(aes_decrypt_vaes512, "Wrong plaintexts or inverse round keys of AES, four at a time.",
        aes_decrypt, AES, aes_fields, ISA(VAES) | ISA(AVX512F), 700, 4, LEFT, "aes_decrypt_general");

CRYPTO_CHECK(aes_encrypt_general, "Wrong loads, shifts or exclusive ors in AES made of general registers.",
        aes_encrypt, AES, aes_fields, 0, 1, 1, 0, "aes_encrypt_aesni");

CRYPTO_CHECK(aes_decrypt_general,
        "Wrong loads, shifts or exclusive ors in the inverse of AES made of general registers.", aes_decrypt,
        AES, aes_fields, 0, 1, 1, 0, "aes_decrypt_aesni");

CRYPTO_CHECK(sha256_compress_shani, "Wrong hashes by the SHA extensions: SHA-256.", sha256_compress, SHA,
        sha_fields, ISA(SHA) | ISA(SSSE3), 100, 1, LEFT, "sha256_compress_general");

CRYPTO_CHECK(sha256_compress_general, "Wrong rotations or sums in SHA-256 made of general registers.",
        sha256_compress, SHA, sha_fields, 0, 10, 1, 0, "sha256_compress_shani");

CRYPTO_CHECK(sha1_compress_shani, "Wrong hashes by the SHA extensions: SHA-1.", sha1_compress, SHA,
        sha_fields, ISA(SHA), 100, 1, LEFT, "sha1_compress_general");

CRYPTO_CHECK(sha1_compress_general, "Wrong rotations or sums in SHA-1 made of general registers.",
        sha1_compress, SHA, sha_fields, 0, 20, 1, 0, "sha1_compress_shani");

CRYPTO_CHECK(carryless_multiply_pclmul, "Wrong products of polynomials over GF(2): pclmulqdq.",
        carryless_multiply, LANES, carryless_fields, ISA(PCLMUL), 1600, 1, LEFT,
        "carryless_multiply_general");

CRYPTO_CHECK(carryless_multiply_vpclmul512, "Wrong products of polynomials over GF(2), four at a time.",
        carryless_multiply, LANES, carryless_fields, ISA(VPCLMUL) | ISA(AVX512F), 4000, 4, LEFT,
        "carryless_multiply_general");

CRYPTO_CHECK(carryless_multiply_general,
        "Wrong shifts in products of polynomials made of general registers.", carryless_multiply, LANES,
        carryless_fields, 0, 5, 1, 0, "carryless_multiply_pclmul");

CRYPTO_CHECK(galois_bytes_gfni, "Wrong products or affine maps in GF(2^8): GFNI.", galois, LANES,
        galois_fields, ISA(GFNI), 1800, 1, LEFT, "galois_bytes_general");

CRYPTO_CHECK(galois_bytes_gfni512, "Wrong products or affine maps in GF(2^8), 64 at a time.", galois, LANES,
        galois_fields, ISA(GFNI) | ISA(AVX512F), 4000, 4, LEFT, "galois_bytes_general");

CRYPTO_CHECK(galois_bytes_general, "Wrong shifts in GF(2^8) made of general registers.", galois, LANES,
        galois_fields, 0, 2, 1, 0, "galois_bytes_gfni");
