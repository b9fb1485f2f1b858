/* SPDX-License-Identifier: Apache-2.0 */
/* The first ATA disk, by programmed I/O. */
#pragma once

#include <stdint.h>

#define DISK_SECTOR 512

/* Transfers `count` (at most 255) sectors from or to sector `first`. */
void disk_read(uint32_t first, uint32_t count, void *to);
void disk_write(uint32_t first, uint32_t count, const void *from);
