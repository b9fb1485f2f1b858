/* SPDX-License-Identifier: Apache-2.0 */
/* The lower half of the address space: what user mode can reach. */
#pragma once

#include <stdint.h>

#define PAGING_PAGE 4096

/* Begins an address space without a page in its lower half. */
void paging_begin(void);

enum paging_use {
        PAGING_DATA, /* readable, writable */
        PAGING_CODE, /* readable, executable */
};

/* Maps a page of the guest's variables at the linear address. */
void paging_map(uint64_t linear, const void *page, enum paging_use use);

/* Makes the address space that was begun the one in use. */
void paging_use(void);
