/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/core.h"

#include <stdio.h>
#include <string.h>

bool core_same(int a, int b)
{
        char path[96], one[256] = "", other[256] = "";
        char *const to[] = { one, other };
        const int cpus[] = { a, b };

        for (size_t i = 0; i < 2; i++) {
                FILE *file;

                (void)snprintf(path, sizeof(path),
                        "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpus[i]);
                file = fopen(path, "re");
                if (!file || !fgets(to[i], sizeof(one), file))
                        (void)snprintf(to[i], sizeof(one), "%d", cpus[i]);
                if (file)
                        (void)fclose(file);
        }
        return strcmp(one, other) == 0;
}
