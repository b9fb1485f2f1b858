/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/library_openssl.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/provider.h>

#include "checks/library_memory.h"

static OSSL_LIB_CTX *context;

static void *take(size_t size, const char *file, int line)
{
        (void)file, (void)line;
        return library_memory_take(size);
}

static void *resize(void *memory, size_t size, const char *file, int line)
{
        (void)file, (void)line;
        return library_memory_resize(memory, size);
}

static void give(void *memory, const char *file, int line)
{
        (void)file, (void)line;
        library_memory_give(memory);
}

static OSSL_LIB_CTX *new_context(void)
{
        OSSL_LIB_CTX *made = OSSL_LIB_CTX_new();

        if (made && OSSL_PROVIDER_load(made, "default") && library_random_install(made))
                return made;
        OSSL_LIB_CTX_free(made);
        return NULL;
}

int library_openssl_open(void)
{
        const uint64_t bare = OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT |
                              OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
                              OPENSSL_INIT_NO_ADD_ALL_DIGESTS;
        int r;

        if (context)
                return 0;
        r = library_memory_open();
        if (r < 0)
                return r;
        if (!CRYPTO_set_mem_functions(take, resize, give))
                return -EBUSY;
        if (!OPENSSL_init_crypto(bare, NULL))
                return -ENOTSUP;
        context = new_context();
        return context ? 0 : -ENOTSUP;
}

OSSL_LIB_CTX *library_openssl_context(void)
{
        return context;
}
