/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/party.h"

#include <errno.h>
#include <sys/mman.h>

struct party_memory *party_shared;

int party_prepare(void)
{
        void *memory;

        if (party_shared)
                return 0;
        memory =
                mmap(NULL, sizeof(*party_shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
                return -errno;
        party_shared = memory;
        return 0;
}
