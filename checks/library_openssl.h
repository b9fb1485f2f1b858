/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's libcrypto in a worker. It gets a context of its own: no configuration file, no variable of the environment
 * but OPENSSL_ia32cap (which libcrypto reads before main), no module but the built-in default provider, no entropy
 * (RSA's blinding gets the same bytes in every round), all memory from checks/library_memory.h, nothing to do at the
 * process's end. Nothing of it is initialised before a check's prepare. */
#pragma once

#include <openssl/types.h>
#include <stdbool.h>

/* Opens the context; again it does nothing. Returns 0, or a negative errno: -EBUSY where something else in this process
 * has used libcrypto before, -ENOTSUP where it refuses. */
int library_openssl_open(void);

/* The context. Valid after library_openssl_open. */
OSSL_LIB_CTX *library_openssl_context(void);

/* The provider whose only random generator gives the same bytes each time. Adds it to the context and makes it the
 * context's. Returns whether libcrypto took it. */
bool library_random_install(OSSL_LIB_CTX *context);
