/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/meeting_wait.h"

#include <sys/syscall.h>
#include <unistd.h>
#include <linux/futex.h>

#include "agent/meeting_words.h"
#include "agent/review.h"
#include "agent/worker.h"
#include "base/array.h"
#include "base/clock.h"

#define LOOK_EVERY 256          /* turns of a wait */
#define SLEEP_AFTER 4096        /* turns: 0.1 ms and more */
#define SLEEP_SEATED 65536      /* turns, 2 ms and more: the other has been woken and will come */
#define SLEEP_NS (2 * CLOCK_MS) /* reviews do not ring */

struct meeting_wait meeting_wait_until(const struct meeting *meeting, uint64_t end_ns)
{
        return (struct meeting_wait){ .meeting = meeting, .end_ns = end_ns };
}

struct meeting_wait meeting_wait_seated(const struct meeting *meeting, uint64_t ns)
{
        struct meeting_wait wait = meeting_wait_until(meeting, clock_ns(CLOCK_MONOTONIC) + ns);

        wait.seated = true;
        return wait;
}

/* Until the bell is not `bell` any more (futex(2)). */
static void sleep_on(struct meeting_worker *self, uint32_t bell)
{
        static const struct timespec longest = { 0, (long)SLEEP_NS };

        atomic_store(&self->asleep, 1);
        (void)syscall(SYS_futex, &self->bell, FUTEX_WAIT, bell, &longest, NULL, 0);
        atomic_store(&self->asleep, 0);
}

bool meeting_wait_on(struct meeting_wait *wait)
{
        const struct worker *worker = wait->meeting->worker;
        struct meeting_worker *self = &wait->meeting->all->workers[worker->index];
        uint32_t bell;

        __asm__ volatile("pause");
        if (++wait->turns % LOOK_EVERY)
                return true;
        atomic_fetch_add_explicit(&worker->slot->heartbeat, 1, memory_order_relaxed);
        review_answer(wait->meeting->review);
        bell = atomic_load(&self->bell);
        if (wait->turns > (wait->seated ? SLEEP_SEATED : SLEEP_AFTER) && bell == wait->bell)
                sleep_on(self, bell);
        wait->bell = bell;
        return !atomic_load_explicit(&worker->slot->stop, memory_order_relaxed) &&
               clock_ns(CLOCK_MONOTONIC) < wait->end_ns;
}

void meeting_ring(const struct meeting *meeting, uint32_t index)
{
        struct meeting_worker *worker;

        if (index >= meeting->all->n) /* read from memory that other CPUs write */
                return;
        worker = &meeting->all->workers[index];
        atomic_fetch_add(&worker->bell, 1);
        if (atomic_load(&worker->asleep))
                (void)syscall(SYS_futex, &worker->bell, FUTEX_WAKE, 1, NULL, NULL, 0);
}

void meeting_ring_table(const struct meeting *meeting)
{
        const struct meeting_table *table = meeting->table;

        if (meeting->seat != PARTY_MOST) {
                meeting_ring(meeting, (uint32_t)(table - meeting->all->tables) / MEETING_TABLES);
                return;
        }
        for (unsigned seat = 0; seat < ARRAY_SIZE(table->seats); seat++)
                if (word_low(atomic_load(&table->seats[seat].state)) != SEAT_FREE)
                        meeting_ring(meeting, table->seats[seat].worker);
}
