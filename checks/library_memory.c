/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/library_memory.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

#include "checks/check.h"

#define ARENA \
        (2 * 1024 * 1024) /* OpenSSL 3.0 takes 300 KiB of it; pages that are never touched cost nothing */
#define LEAST 5           /* the smallest block has 2^5 bytes */
#define ORDERS 16         /* the largest 2^20 */

/* Before every block. */
struct block {
        uint64_t order;
        struct block *next; /* of the list, while it is in one */
};
_Static_assert(sizeof(struct block) == 16, "blocks keep the alignment");

/* The bookkeeping lies in the arena too: run writes no variable of the program. */
static struct arena {
        uint8_t *next, *end;
        uint64_t taken;
        struct block *given[ORDERS];
} * arena;

int library_memory_open(void)
{
        void *map;

        if (arena)
                return 0;
        map = mmap(NULL, ARENA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (map == MAP_FAILED)
                return -errno;
        arena = map;
        arena->end = (uint8_t *)map + ARENA;
        arena->next = (uint8_t *)map + ((sizeof(*arena) + 63) & ~(size_t)63);
        return 0;
}

static uint64_t order_of(uint64_t size)
{
        uint64_t order = 0;

        while (order < ORDERS && (UINT64_C(1) << (LEAST + order)) < size)
                order++;
        return order;
}

static uint64_t size_of(uint64_t order)
{
        return sizeof(struct block) + (UINT64_C(1) << (LEAST + order));
}

void *library_memory_take(uint64_t size)
{
        uint64_t order = order_of(size);
        struct block *block;

        if (order == ORDERS)
                return NULL;
        block = arena->given[order];
        if (block) {
                arena->given[order] = block->next;
        } else {
                if (size_of(order) > (uint64_t)(arena->end - arena->next))
                        return NULL;
                block = (struct block *)arena->next;
                block->order = order;
                arena->next += size_of(order);
        }
        arena->taken += size_of(order);
        return block + 1;
}

void library_memory_give(void *memory)
{
        struct block *block = memory;

        if (!block)
                return;
        block--;
        arena->taken -= size_of(block->order);
        block->next = arena->given[block->order];
        arena->given[block->order] = block;
}

void *library_memory_resize(void *memory, uint64_t size)
{
        uint64_t kept = memory ? size_of(((struct block *)memory - 1)->order) - sizeof(struct block) : 0;
        void *larger;

        if (size <= kept)
                return memory;
        larger = library_memory_take(size);
        if (larger && memory) {
                check_copy(larger, memory, kept);
                library_memory_give(memory);
        }
        return larger;
}

uint64_t library_memory_taken(void)
{
        return arena ? arena->taken : 0;
}
