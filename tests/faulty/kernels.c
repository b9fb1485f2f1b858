/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/kernels.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"

bool kernels_read(const char *path, struct kernels *kernels)
{
        char command[PATH_MAX + 64], name[256], type;
        uint64_t value, size;
        FILE *nm;

        (void)snprintf(command, sizeof(command), "nm -S --defined-only '%s'", path);
        nm = popen(command, "r");
        while (nm && fscanf(nm, "%" SCNx64 " ", &value) == 1) {
                char line[512], first[64];

                if (!fgets(line, sizeof(line), nm))
                        break;
                if (sscanf(line, "%63s %c %255s", first, &type, name) == 3 && strlen(first) == 16) {
                        size = strtoull(first, NULL, 16);
                        size_t length = strlen(name);
                        bool kernel = (length > 4 && strcmp(name + length - 4, "_run") == 0) ||
                                      strncmp(name, "registers_load", 14) == 0 ||
                                      strncmp(name, "registers_store", 15) == 0;

                        if (kernel && (type == 't' || type == 'T') &&
                                kernels->n < ARRAY_SIZE(kernels->range)) {
                                kernels->range[kernels->n].begin = value;
                                kernels->range[kernels->n++].end = value + size;
                        }
                }
        }
        return nm && pclose(nm) == 0 && kernels->n > 0;
}

/* The first mapping of a file is the program itself. */
uint64_t kernels_base(pid_t pid)
{
        char path[64], line[512];
        uint64_t begin;
        AUTO_FILE FILE *maps = NULL;

        (void)snprintf(path, sizeof(path), "/proc/%d/maps", pid);
        maps = fopen(path, "re");
        while (maps && fgets(line, sizeof(line), maps))
                if (strchr(line, '/') && !strstr(line, "/memfd:") && sscanf(line, "%" SCNx64, &begin) == 1)
                        return begin;
        return 0;
}

bool kernels_hold(const struct kernels *kernels, uint64_t address)
{
        for (size_t i = 0; i < kernels->n; i++)
                if (address >= kernels->range[i].begin && address < kernels->range[i].end)
                        return true;
        return false;
}
