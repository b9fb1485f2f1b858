/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for a library that takes and gives back memory in every round: an arena of fixed size, mapped once a process
 * and never grown, so that no round touches libc's heap. Sizes are rounded up to powers of two, and what is given back
 * waits in a list of its size: a round that gives back what it takes leaves the arena as it was. */
#pragma once

#include <stdint.h>

/* Maps the arena; again it does nothing. Returns 0 or -errno. */
int library_memory_open(void);

/* As malloc, realloc and free, aligned to 16 bytes; NULL where the arena is full. */
void *library_memory_take(uint64_t size);
void *library_memory_resize(void *memory, uint64_t size);
void library_memory_give(void *memory);

/* How many bytes are taken just now, rounded up as above. */
uint64_t library_memory_taken(void);
