/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/bochs/paging.h"

#include "tests/model/bochs/machine.h"

#define ENTRIES 512
#define LEVELS 4
#define TABLES_MAX \
        32 /* three ranges, each at most across one border, at most three tables a level, and more */

enum {
        PRESENT = 1,
        WRITE = 2,
        USER = 4,
};
#define NO_EXECUTE (1ULL << 63)

static uint64_t tables[TABLES_MAX][ENTRIES] __attribute__((aligned(PAGING_PAGE)));
static unsigned tables_used;

/* The table of boot.S, whose upper half maps the guest. */
static uint64_t *top(void)
{
        uint64_t physical;
        __asm__ volatile("mov %%cr3, %0" : "=r"(physical));
        return (uint64_t *)(physical + MACHINE_KERNEL_BASE);
}

void paging_begin(void)
{
        machine_fill(top(), 0, PAGING_PAGE / 2);
        tables_used = 0;
}

static uint64_t *next_level(uint64_t *entry)
{
        if (!*entry) {
                if (tables_used == TABLES_MAX)
                        machine_stop("too many page tables");
                uint64_t *table = tables[tables_used++];
                machine_fill(table, 0, PAGING_PAGE);
                *entry = machine_physical(table) | PRESENT | WRITE | USER;
        }
        return (uint64_t *)((*entry & ~0xfffULL) + MACHINE_KERNEL_BASE);
}

void paging_map(uint64_t linear, const void *page, enum paging_use use)
{
        uint64_t *table = top();
        for (unsigned level = LEVELS; level > 1; level--)
                table = next_level(&table[linear >> (3 + 9 * level) & (ENTRIES - 1)]);
        table[linear >> 12 & (ENTRIES - 1)] =
                machine_physical(page) | PRESENT | USER | (use == PAGING_DATA ? WRITE | NO_EXECUTE : 0);
}

void paging_use(void)
{
        __asm__ volatile("mov %0, %%cr3" : : "r"(machine_physical(top())) : "memory");
}
