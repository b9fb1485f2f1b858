/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of meetings, and what is said in it, by hand: of a leader that has died between two words, of partners
 * that get up just then, of partners that are not there. */
#include "agent/meeting.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "agent/cpu_set.h"
#include "agent/meeting_words.h"
#include "agent/review.h"
#include "agent/worker.h"
#include "base/array.h"
#include "base/clock.h"
#include "base/random.h"
#include "tests/tap.h"

#define CALLS 20000
#define RACE_NS (4 * CLOCK_SECOND) /* at most */
#define LONG_NS (20 * CLOCK_SECOND)
#define PAUSES 6

static void share(struct party_memory *memory, const struct check_round *round)
{
        (void)round;
        check_clear(memory, sizeof(*memory));
}

static const struct check together = {
        .name = "together", .family = CHECK_COHERENCE, .parties = 2, .share = share
};
const struct check *const check_list[] = { &together, NULL };

static struct meetings all;

static void make(unsigned cpus)
{
        struct cpu_set set = { 0 };

        for (unsigned cpu = 0; cpu < cpus; cpu++)
                cpu_set_add(&set, cpu);
        assert(meetings_create(&all, &set, NULL) == 0);
}

static unsigned seat_is(uint32_t table, unsigned seat)
{
        return word_low(atomic_load(&all.tables[table].seats[seat].state));
}

static void sit(uint32_t table, unsigned seat, uint32_t worker, unsigned low)
{
        all.tables[table].seats[seat].worker = worker;
        atomic_store(&all.tables[table].seats[seat].state, word(5, low));
}

/* ---- the dead ---- */

static void dead_leader(void)
{
        make(4);
        atomic_store(&all.tables[2].call, word(5, TABLE_CALLING)); /* of worker 1 */
        sit(2, 0, 0, SEAT_TAKEN);
        sit(2, 1, 2, SEAT_ASKED); /* and its mailbox is empty */
        sit(2, 2, 3, SEAT_ASKED);
        atomic_store(&all.workers[3].asked, invitation(5, 2, 2));
        sit(0, 0, 1, SEAT_READY); /* worker 1 at the table of worker 0 */
        sit(6, 0, 2, SEAT_ASKED); /* worker 2 at that of worker 3 */
        meetings_bury(&all, 1, false);
        tap_ok(seat_is(2, 1) == SEAT_FREE && seat_is(2, 2) == SEAT_FREE,
                "a leader that dies while it asks: the seats of those that have not sat down are free");
        tap_ok(seat_is(2, 0) == SEAT_TAKEN && word_low(atomic_load(&all.tables[2].call)) == TABLE_OVER,
                "whoever sits gets up by itself: the table is over");
        tap_ok(seat_is(0, 0) == SEAT_FREE && seat_is(6, 0) == SEAT_ASKED,
                "where it sat it sits no more, and nobody else's seat is free");
        meetings_destroy(&all);
}

/* ---- a worker of this process ---- */

struct leader {
        struct worker worker;
        struct review review;
        struct meeting meeting;
};

static void lead(struct leader *leader)
{
        static const struct supervisor_run run;

        *leader = (struct leader){ .worker = { .run = &run, .meetings = &all, .n_checks = 1 } };
        leader->worker.slot = aligned_alloc(4096, sizeof(struct slot));
        assert(leader->worker.slot);
        memset(leader->worker.slot, 0, offsetof(struct slot, state));
        review_begin(&leader->review, &leader->worker);
        meeting_begin(&leader->meeting, &leader->worker, &leader->review);
}

static _Atomic bool enough;

/* To the `nth` CPU that this process may use: the two are to be at it at the same time. */
static void pin(unsigned nth)
{
        static cpu_set_t allowed;
        cpu_set_t one;

        if (!CPU_COUNT(&allowed))
                assert(sched_getaffinity(0, sizeof(allowed), &allowed) == 0);
        CPU_ZERO(&one);
        for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
                if (CPU_ISSET(cpu, &allowed) && nth-- == 0)
                        CPU_SET(cpu, &one);
        (void)sched_setaffinity(0, sizeof(one), &one); /* refused where there is none */
}

/* Takes what it is offered, and gets up again, as if it had died there. */
static void *fickle(void *unused)
{
        uint64_t random = 1;

        pin(1);
        while (!enough) {
                uint64_t asked = atomic_exchange(&all.workers[1].asked, 0),
                         sequence = invitation_sequence(asked);
                struct meeting_seat *seat =
                        &all.tables[invitation_table(asked)].seats[invitation_seat(asked)];

                if (!asked)
                        continue;
                atomic_store(&seat->state, word(sequence, SEAT_TAKEN));
                for (uint64_t i = random_next(&random) % PAUSES; i; i--)
                        __asm__ volatile("pause");
                atomic_store(&seat->state, word(sequence, SEAT_FREE));
        }
        return unused;
}

/* Between the count of those who sit and the laying of the table. */
static void partner_gets_up(void)
{
        uint64_t begin = clock_ns(CLOCK_MONOTONIC);
        unsigned met = 0, alone = 0, calls = 0;
        struct leader leader;
        pthread_t thread;

        make(2);
        lead(&leader);
        atomic_store(&all.workers[1].present, 1);
        pin(0);
        enough = false;
        assert(pthread_create(&thread, NULL, fickle, NULL) == 0);
        for (; calls < CALLS && clock_ns(CLOCK_MONOTONIC) - begin < RACE_NS; calls++) {
                struct slot_current now = { 0 };

                if (meeting_call(&leader.meeting, &now, calls, begin + RACE_NS) != MEETING_MET)
                        continue;
                met++;
                alone += now.round.parties < 2;
                (void)meeting_start(&leader.meeting);
        }
        enough = true;
        (void)pthread_join(thread, NULL);
        if (met)
                tap_ok(!alone,
                        "a partner that gets up while the table is laid: %u of %u rounds laid, %u for one "
                        "party",
                        met, calls, alone);
        else
                tap_skip("a partner that gets up while the table is laid", "the two never met");
        free(leader.worker.slot);
        meetings_destroy(&all);
}

/* The times are far from each other: what is over at once, or after some milliseconds, is over long before 20 s. */
static void nobody_there(void)
{
        struct slot_current now = { 0 };
        uint64_t end = clock_ns(CLOCK_MONOTONIC) + LONG_NS;
        struct leader leader;

        make(2);
        lead(&leader);
        tap_ok(!meeting_hopeless(&leader.meeting) &&
                        meeting_call(&leader.meeting, &now, 0, end) == MEETING_NOBODY &&
                        clock_ns(CLOCK_MONOTONIC) < end,
                "the other is not there yet: it is not waited for to the end");
        meetings_bury(&all, 1, true);
        tap_ok(meeting_hopeless(&leader.meeting) &&
                        meeting_call(&leader.meeting, &now, 1, UINT64_MAX) == MEETING_NOBODY,
                "the other is lost: it is not waited for");
        atomic_store(&all.workers[1].present, 1);
        tap_ok(!meeting_hopeless(&leader.meeting), "one that is through with its own rounds still joins");
        free(leader.worker.slot);
        meetings_destroy(&all);
        leader.meeting.all = NULL;
        tap_ok(meeting_hopeless(&leader.meeting), "a run without meetings has none");
}

/* ---- memory ---- */

static bool no_memory;
static off_t taken;

int __real_fallocate(int fd, int mode, off_t offset, off_t size);
int __wrap_fallocate(int fd, int mode, off_t offset, off_t size);

int __wrap_fallocate(int fd, int mode, off_t offset, off_t size)
{
        taken += size;
        if (!no_memory)
                return __real_fallocate(fd, mode, offset, size);
        errno = ENOSPC;
        return -1;
}

static void memory_is_taken(void)
{
        struct cpu_set set = { 0 };

        taken = 0;
        make(4);
        tap_ok((size_t)taken >= all.size, "meetings: all of their memory is taken at once");
        meetings_destroy(&all);
        cpu_set_add(&set, 0);
        no_memory = true;
        tap_ok(meetings_create(&all, &set, NULL) == -ENOSPC && !all.workers,
                "where there is none it is said then");
        tap_ok(party_prepare() == -ENOSPC && !party_shared, "and that of rounds alone likewise");
        no_memory = false;
        taken = 0;
        tap_ok(party_prepare() == 0 && (size_t)taken >= sizeof(*party_shared), "which is taken at once too");
}

int main(void)
{
        dead_leader();
        nobody_there();
        memory_is_taken();
        partner_gets_up();
        return tap_end();
}
