/* SPDX-License-Identifier: Apache-2.0 */
/* The software forms of the cryptographic kernels, of general registers alone, and what they share: the
 * layout of a block of AES. Each has the contract of its unit's kernel (checks/crypto_unit.h) and makes one
 * pass. */
#pragma once

#include "checks/crypto_unit.h"

#define AES_COUNT 96 /* texts */
#define AES_SIZES 3  /* of keys: 128, 192, 256 bits */
#define AES_KEYS 39  /* of 16 bytes in the three schedules: 11, 13, 15 */
#define LANES_COUNT 64
#define SHA_COUNT 64
#define SHA_TUPLE 96 /* bytes of state and message */
#define SHA_STATE 32

void aes_encrypt_general_run(void *state);
void aes_decrypt_general_run(void *state);
void sha256_compress_general_run(void *state);
void sha1_compress_general_run(void *state);
void carryless_multiply_general_run(void *state);
void galois_bytes_general_run(void *state);
void crc32c_general_run(void *state); /* on checks/integer_unit.h */
