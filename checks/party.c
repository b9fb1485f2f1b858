/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/party.h"

#include <errno.h>

#include "base/memory.h"

struct party_memory *party_shared;

int party_prepare(void)
{
        if (!party_shared)
                party_shared = memory_map_shared("assay-party", sizeof(*party_shared));
        return party_shared ? 0 : -errno;
}
