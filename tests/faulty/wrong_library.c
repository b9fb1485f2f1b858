/* SPDX-License-Identifier: Apache-2.0 */
/* A library that errs on one CPU: LD_PRELOAD it with WRONG_LIBRARY=FUNCTION:CPU in the environment, -1 for every CPU.
 * On that CPU one bit of what FUNCTION gives is flipped in one of four calls, at first never: what prepare calls is
 * right. With WRONG_LIBRARY=refuse:-1 the libraries refuse what prepare asks for. The functions have the names and
 * contracts of zlib, zstd and libcrypto. */
#define ZSTD_STATIC_LINKING_ONLY
#include <dlfcn.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define WARM 64 /* calls of a process that are right */

static struct {
        char function[32];
        int cpu;
        unsigned long calls;
} wrong;

__attribute__((constructor)) static void read_environment(void)
{
        const char *text = getenv("WRONG_LIBRARY");

        if (text && sscanf(text, "%31[^:]:%d", wrong.function, &wrong.cpu) != 2)
                _exit(126);
}

static int is_due(const char *function)
{
        if (strcmp(wrong.function, function) != 0 || (wrong.cpu >= 0 && wrong.cpu != sched_getcpu()))
                return 0;
        wrong.calls++;
        return wrong.calls > WARM && wrong.calls % 4 == 0;
}

static void flip(void *memory)
{
        ((unsigned char *)memory)[3] ^= 0x20;
}

static void *real(const char *name)
{
        void *address = dlsym(RTLD_NEXT, name);

        if (!address)
                _exit(126);
        return address;
}

/* Calls the function of this name and this type that comes next. */
#define NEXT(name) ((__typeof__(&(name)))(uintptr_t)real(#name))

int inflate(z_streamp stream, int flush)
{
        unsigned char *out = stream->next_out;
        int r = NEXT(inflate)(stream, flush);

        if (stream->next_out > out + 3 && is_due("inflate"))
                flip(out);
        return r;
}

int deflate(z_streamp stream, int flush)
{
        unsigned char *out = stream->next_out;
        int r = NEXT(deflate)(stream, flush);

        if (stream->next_out > out + 3 && is_due("deflate"))
                flip(out);
        return r;
}

uLong crc32(uLong crc, const Bytef *from, uInt size)
{
        return NEXT(crc32)(crc, from, size) ^ (from && is_due("crc32") ? 0x40000 : 0);
}

uLong adler32(uLong adler, const Bytef *from, uInt size)
{
        return NEXT(adler32)(adler, from, size) ^ (from && is_due("adler32") ? 0x4 : 0);
}

size_t ZSTD_decompressDCtx(ZSTD_DCtx *context, void *to, size_t room, const void *from, size_t size)
{
        size_t r = NEXT(ZSTD_decompressDCtx)(context, to, room, from, size);

        if (is_due("ZSTD_decompressDCtx"))
                flip(to);
        return r;
}

size_t ZSTD_compress2(ZSTD_CCtx *context, void *to, size_t room, const void *from, size_t size)
{
        size_t r = NEXT(ZSTD_compress2)(context, to, room, from, size);

        if (is_due("ZSTD_compress2"))
                flip((char *)to + r - 4); /* the checksum */
        return r;
}

int EVP_DigestFinal_ex(EVP_MD_CTX *context, unsigned char *to, unsigned *size)
{
        int r = NEXT(EVP_DigestFinal_ex)(context, to, size);

        if (is_due("EVP_DigestFinal_ex"))
                flip(to);
        return r;
}

int EVP_MAC_final(EVP_MAC_CTX *context, unsigned char *to, size_t *size, size_t room)
{
        int r = NEXT(EVP_MAC_final)(context, to, size, room);

        if (is_due("EVP_MAC_final"))
                flip(to);
        return r;
}

int EVP_KDF_derive(EVP_KDF_CTX *context, unsigned char *to, size_t size, const OSSL_PARAM parameters[])
{
        int r = NEXT(EVP_KDF_derive)(context, to, size, parameters);

        if (is_due("EVP_KDF_derive"))
                flip(to);
        return r;
}

int EVP_EncryptUpdate(
        EVP_CIPHER_CTX *context, unsigned char *to, int *size, const unsigned char *from, int in)
{
        int r = NEXT(EVP_EncryptUpdate)(context, to, size, from, in);

        if (is_due("EVP_EncryptUpdate"))
                flip(to);
        return r;
}

int EVP_DecryptUpdate(
        EVP_CIPHER_CTX *context, unsigned char *to, int *size, const unsigned char *from, int in)
{
        int r = NEXT(EVP_DecryptUpdate)(context, to, size, from, in);

        if (is_due("EVP_DecryptUpdate"))
                flip(to);
        return r;
}

int EVP_PKEY_sign(
        EVP_PKEY_CTX *context, unsigned char *to, size_t *size, const unsigned char *from, size_t in)
{
        int r = NEXT(EVP_PKEY_sign)(context, to, size, from, in);

        if (is_due("EVP_PKEY_sign"))
                flip(to);
        return r;
}

int EVP_PKEY_verify(EVP_PKEY_CTX *context, const unsigned char *signature, size_t size,
        const unsigned char *digest, size_t in)
{
        int r = NEXT(EVP_PKEY_verify)(context, signature, size, digest, in);

        return is_due("EVP_PKEY_verify") ? r != 1 : r;
}

int EVP_PKEY_derive(EVP_PKEY_CTX *context, unsigned char *to, size_t *size)
{
        int r = NEXT(EVP_PKEY_derive)(context, to, size);

        if (is_due("EVP_PKEY_derive"))
                flip(to);
        return r;
}

int EVP_DigestSign(
        EVP_MD_CTX *context, unsigned char *to, size_t *size, const unsigned char *from, size_t in)
{
        int r = NEXT(EVP_DigestSign)(context, to, size, from, in);

        if (is_due("EVP_DigestSign"))
                flip(to);
        return r;
}

/* What prepare asks for. */
int deflateInit2_(z_streamp stream, int level, int method, int window, int memory, int strategy,
        const char *version, int size)
{
        if (strcmp(wrong.function, "refuse") == 0)
                return Z_MEM_ERROR;
        return NEXT(deflateInit2_)(stream, level, method, window, memory, strategy, version, size);
}

size_t ZSTD_estimateDCtxSize(void)
{
        return strcmp(wrong.function, "refuse") == 0 ? (size_t)1 << 20 : NEXT(ZSTD_estimateDCtxSize)();
}

int CRYPTO_set_mem_functions(CRYPTO_malloc_fn take, CRYPTO_realloc_fn resize, CRYPTO_free_fn give)
{
        return strcmp(wrong.function, "refuse") != 0 && NEXT(CRYPTO_set_mem_functions)(take, resize, give);
}
