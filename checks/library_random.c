/* SPDX-License-Identifier: Apache-2.0 */
/* A random generator that is none, as libcrypto's provider interface wants it (provider-rand(7)): RSA signs with
 * blinding, whose random numbers the signature does not depend on. So no round waits for entropy, and each can be run
 * again exactly. */
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include "base/random.h"
#include "checks/library_memory.h"
#include "checks/library_openssl.h"

#define SEED UINT64_C(0xa55a5a5)
#define STRENGTH 256 /* bits: what the callers ask for */
#define LARGEST 65536

static void *new_generator(void *provider, void *parent, const OSSL_DISPATCH *parent_calls)
{
        (void)provider, (void)parent, (void)parent_calls;
        return library_memory_take(1); /* only not NULL */
}

static int instantiate(void *generator, unsigned strength, int prediction_resistance,
        const unsigned char *text, size_t text_size, const OSSL_PARAM parameters[])
{
        (void)generator, (void)strength, (void)prediction_resistance;
        (void)text, (void)text_size, (void)parameters;
        return 1;
}

static int yes(void *generator)
{
        (void)generator;
        return 1;
}

static int generate(void *generator, unsigned char *to, size_t size, unsigned strength,
        int prediction_resistance, const unsigned char *extra, size_t extra_size)
{
        uint64_t random = SEED;

        (void)generator, (void)strength, (void)prediction_resistance, (void)extra, (void)extra_size;
        while (size--)
                *to++ = (unsigned char)random_next(&random);
        return 1;
}

static int get_parameters(void *generator, OSSL_PARAM parameters[])
{
        OSSL_PARAM *state = OSSL_PARAM_locate(parameters, OSSL_RAND_PARAM_STATE);
        OSSL_PARAM *strength = OSSL_PARAM_locate(parameters, OSSL_RAND_PARAM_STRENGTH);
        OSSL_PARAM *largest = OSSL_PARAM_locate(parameters, OSSL_RAND_PARAM_MAX_REQUEST);

        (void)generator;
        return (!state || OSSL_PARAM_set_int(state, EVP_RAND_STATE_READY)) &&
               (!strength || OSSL_PARAM_set_uint(strength, STRENGTH)) &&
               (!largest || OSSL_PARAM_set_size_t(largest, LARGEST));
}

typedef void (*function)(void);

static const OSSL_DISPATCH generator_functions[] = {
        { OSSL_FUNC_RAND_NEWCTX, (function)new_generator },
        { OSSL_FUNC_RAND_FREECTX, (function)library_memory_give },
        { OSSL_FUNC_RAND_INSTANTIATE, (function)instantiate },
        { OSSL_FUNC_RAND_UNINSTANTIATE, (function)yes },
        { OSSL_FUNC_RAND_GENERATE, (function)generate },
        { OSSL_FUNC_RAND_ENABLE_LOCKING, (function)yes },
        { OSSL_FUNC_RAND_GET_CTX_PARAMS, (function)get_parameters },
        { 0, NULL },
};

static const OSSL_ALGORITHM generators[] = {
        { "ASSAY-CONSTANT", "provider=assay", generator_functions, "the same bytes each time" },
        { NULL, NULL, NULL, NULL },
};

static const OSSL_ALGORITHM *query(void *provider, int operation, int *ret_no_cache)
{
        (void)provider;
        *ret_no_cache = 0;
        return operation == OSSL_OP_RAND ? generators : NULL;
}

static int begin(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
        const OSSL_DISPATCH **ret_functions, void **ret_provider)
{
        static const OSSL_DISPATCH functions[] = { { OSSL_FUNC_PROVIDER_QUERY_OPERATION, (function)query },
                { 0, NULL } };

        (void)in;
        *ret_functions = functions;
        *ret_provider = (void *)(uintptr_t)handle; /* never read, but not NULL */
        return 1;
}

bool library_random_install(OSSL_LIB_CTX *context)
{
        return OSSL_PROVIDER_add_builtin(context, "assay", begin) && OSSL_PROVIDER_load(context, "assay") &&
               RAND_set_DRBG_type(context, "ASSAY-CONSTANT", NULL, NULL, NULL) &&
               RAND_set_seed_source_type(context, "ASSAY-CONSTANT", NULL);
}
