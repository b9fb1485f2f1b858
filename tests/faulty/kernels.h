/* SPDX-License-Identifier: Apache-2.0 */
/* Where the kernels of a program lie: functions whose name ends in _run or that the kernels jump to. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct kernels {
        struct {
                uint64_t begin, end; /* from the program's load address */
        } range[1024];
        size_t n;
};

/* Reads the symbols of a program with nm(1); *kernels is zeroed before. Returns false where it has none. */
bool kernels_read(const char *path, struct kernels *kernels);

/* Where the program of a process was loaded; 0: that cannot be read. */
uint64_t kernels_base(pid_t pid);

/* True where an address, less the base, lies in one of them. */
bool kernels_hold(const struct kernels *kernels, uint64_t address);
