/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor's part of meetings. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "agent/cpu_set.h"
#include "agent/host.h"
#include "agent/meeting_words.h"
#include "base/array.h"
#include "base/memory.h"

_Static_assert(MEETING_TABLES *CHECK_CPU_MAX <= 1 << INVITATION_TABLE_BITS, "every table has a number");

static void place(struct meeting_worker *worker, unsigned cpu, const struct host *host)
{
        const struct host_cpu *where = host ? host_cpu_find(host, cpu) : NULL;

        worker->cpu = (uint16_t)cpu;
        worker->package = (int16_t)(where ? where->package : -1);
        worker->core = (int16_t)(where ? where->core : -1);
}

int meetings_create(struct meetings *meetings, const struct cpu_set *cpus, const struct host *host)
{
        uint32_t n = cpu_set_count(cpus), i = 0;
        size_t before = ((size_t)n * sizeof(struct meeting_worker) + 4095) & ~(size_t)4095,
               size = before + (size_t)n * MEETING_TABLES * sizeof(struct meeting_table);
        void *memory = memory_map_shared("assay-meetings", size);

        if (!memory)
                return -errno;
        *meetings = (struct meetings){ .n = n,
                .workers = memory,
                .tables = (struct meeting_table *)(void *)((uint8_t *)memory + before),
                .size = size };
        for (int cpu = cpu_set_next(cpus, -1); cpu >= 0; cpu = cpu_set_next(cpus, cpu))
                place(&meetings->workers[i++], (unsigned)cpu, host);
        return 0;
}

void meetings_destroy(struct meetings *meetings)
{
        if (meetings->workers)
                (void)munmap(meetings->workers, meetings->size);
        *meetings = (struct meetings){ 0 };
}

/* Whoever has died sits nowhere. At its own table the others that sit get up by themselves; whom it asked and who has not
 * sat down may have no invitation: it may have died before it wrote that, or had taken it back. */
static void free_seats(struct meeting_table *table, uint32_t index, bool own)
{
        for (size_t seat = 0; seat < ARRAY_SIZE(table->seats); seat++) {
                uint64_t state = atomic_load(&table->seats[seat].state);

                if (own ? word_low(state) == SEAT_ASKED
                        : table->seats[seat].worker == index && word_low(state) != SEAT_FREE)
                        (void)atomic_compare_exchange_strong(
                                &table->seats[seat].state, &state, word(word_sequence(state), SEAT_FREE));
        }
}

void meetings_bury(const struct meetings *meetings, uint32_t index, bool lost)
{
        struct meeting_worker *worker;

        if (!meetings->workers)
                return;
        worker = &meetings->workers[index];
        atomic_store(&worker->present, 0);
        atomic_store(&worker->asked, 0);
        if (lost)
                atomic_store(&worker->finished, 1);
        for (uint32_t i = 0; i < MEETING_TABLES * meetings->n; i++) {
                struct meeting_table *table = &meetings->tables[i];
                uint64_t call = atomic_load(&table->call);
                bool own = i / MEETING_TABLES == index;

                free_seats(table, index, own);
                if (own)
                        atomic_store(&table->call, word(word_sequence(call), TABLE_OVER));
        }
}
