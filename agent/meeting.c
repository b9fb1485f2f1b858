/* SPDX-License-Identifier: Apache-2.0 */
/* A worker's part of meetings. */
#include "agent/meeting.h"

#include "agent/meeting_wait.h"
#include "agent/meeting_words.h"
#include "agent/worker.h"
#include "base/array.h"
#include "base/clock.h"

#define ABSENT_NS (5 * CLOCK_MS) /* for somebody to be there who can be asked */
#define FIRST_NS (2 * CLOCK_MS)  /* from the first partner on, others of a group have so long */
#define STEP_NS (50 * CLOCK_MS)  /* from one step to the next: all are there, but one may be off its CPU */
#define END_NS (20 * CLOCK_MS)   /* the others run as long as we do */

void meeting_begin(struct meeting *meeting, const struct worker *worker, struct review *review)
{
        *meeting = (struct meeting){ .worker = worker, .all = worker->meetings, .review = review };
        if (meeting->all)
                atomic_store(&meeting->all->workers[worker->index].present, 1);
}

static struct meeting_worker *self(const struct meeting *meeting)
{
        return &meeting->all->workers[meeting->worker->index];
}

/* Who sits there. The number may be what a wild store of any CPU left: then it is the wrong one, but one. */
static struct meeting_worker *sitter(const struct meeting *meeting, unsigned seat)
{
        return &meeting->all->workers[MIN(meeting->table->seats[seat].worker, meeting->all->n - 1)];
}

/* Says what holds at the table that we lead. */
static void say(const struct meeting *meeting, unsigned low)
{
        atomic_store_explicit(&meeting->table->call, word(meeting->sequence, low), memory_order_release);
        meeting_ring_table(meeting);
}

/* ---- the leader ---- */

static unsigned seat_low(const struct meeting *meeting, unsigned seat)
{
        return word_low(atomic_load_explicit(&meeting->table->seats[seat].state, memory_order_acquire));
}

static bool table_is_free(const struct meeting_table *table)
{
        for (unsigned seat = 0; seat < ARRAY_SIZE(table->seats); seat++)
                if (word_low(atomic_load(&table->seats[seat].state)) != SEAT_FREE)
                        return false;
        return true;
}

/* Somebody who never came back may still sit at one. */
static bool take_table(struct meeting *meeting)
{
        struct meeting_table *own = &meeting->all->tables[MEETING_TABLES * meeting->worker->index];

        for (unsigned i = 0; i < MEETING_TABLES; i++)
                if (table_is_free(&own[i])) {
                        meeting->table = &own[i];
                        meeting->sequence = word_sequence(atomic_load(&own[i].call)) + 1;
                        meeting->seat = PARTY_MOST;
                        for (unsigned seat = 0; seat < ARRAY_SIZE(own[i].seats); seat++)
                                own[i].seats[seat].party = 0;
                        say(meeting, TABLE_CALLING);
                        return true;
                }
        return false;
}

static uint64_t invitation_to(const struct meeting *meeting, unsigned seat)
{
        return invitation(meeting->sequence, (uint32_t)(meeting->table - meeting->all->tables), seat);
}

/* A mailbox that holds another's invitation is tried again later. */
static void ask(const struct meeting *meeting, const uint32_t *partners, unsigned n)
{
        for (unsigned seat = 0; seat < n; seat++) {
                struct meeting_seat *s = &meeting->table->seats[seat];
                struct meeting_worker *partner = &meeting->all->workers[partners[seat]];
                uint64_t nothing = 0;

                if (seat_low(meeting, seat) != SEAT_FREE || atomic_load(&partner->asked))
                        continue;
                s->worker = partners[seat];
                atomic_store(&s->state, word(meeting->sequence, SEAT_ASKED));
                if (atomic_compare_exchange_strong(&partner->asked, &nothing, invitation_to(meeting, seat)))
                        meeting_ring(meeting, partners[seat]);
                else
                        atomic_store(&s->state, word(meeting->sequence, SEAT_FREE));
        }
}

/* Takes back what nobody has taken up. Whoever has is a partner. */
static void take_back(const struct meeting *meeting)
{
        for (unsigned seat = 0; seat < ARRAY_SIZE(meeting->table->seats); seat++) {
                uint64_t asked = invitation_to(meeting, seat);

                if (seat_low(meeting, seat) == SEAT_ASKED &&
                        atomic_compare_exchange_strong(&sitter(meeting, seat)->asked, &asked, 0))
                        atomic_store(&meeting->table->seats[seat].state, word(meeting->sequence, SEAT_FREE));
        }
}

static unsigned joined(const struct meeting *meeting)
{
        unsigned n = 0;

        for (unsigned seat = 0; seat < ARRAY_SIZE(meeting->table->seats); seat++)
                n += seat_low(meeting, seat) != SEAT_FREE;
        return n;
}

static unsigned taken(const struct meeting *meeting)
{
        unsigned n = 0;

        for (unsigned seat = 0; seat < ARRAY_SIZE(meeting->table->seats); seat++)
                n += seat_low(meeting, seat) >= SEAT_TAKEN;
        return n;
}

/* True where the one who asks us led fewer rounds than we; of equals the lower number goes first. */
static bool goes_first(const struct meeting *meeting, uint64_t asked)
{
        uint32_t other = invitation_table(asked) / MEETING_TABLES, led = atomic_load(&self(meeting)->led),
                 other_led;

        if (!asked || other >= meeting->all->n)
                return false;
        other_led = atomic_load(&meeting->all->workers[other].led);
        return other_led != led ? (int32_t)(other_led - led) < 0 : other < meeting->worker->index;
}

static bool all_present(const struct meeting *meeting)
{
        for (uint32_t i = 0; i < meeting->all->n; i++)
                if (!atomic_load(&meeting->all->workers[i].present))
                        return false;
        return true;
}

/* Whom to ask. Where a round is run again all are wanted, who may just be starting: half of the time is theirs. */
static unsigned choose(const struct meeting *meeting, uint32_t turn, unsigned most, uint64_t half_ns,
        uint32_t partners[PARTY_MOST - 1])
{
        bool all = meeting->worker->run->round;

        if (all && !all_present(meeting) && clock_ns(CLOCK_MONOTONIC) < half_ns)
                return 0;
        return meeting_partners(meeting->all, meeting->worker->index, turn, most, all, partners);
}

/* Waits until all that were asked are there, or time is up, or somebody else goes first and nobody is there yet. Not long
 * for workers that are only starting: this one has other things to run. */
static enum meeting_result gather(struct meeting *meeting, uint32_t turn, unsigned most, uint64_t end_ns)
{
        struct meeting_wait wait = meeting_wait_until(meeting, end_ns);
        uint64_t begin_ns = clock_ns(CLOCK_MONOTONIC),
                 half_ns = begin_ns + (end_ns - MIN(begin_ns, end_ns)) / 2,
                 absent_ns = meeting->worker->run->round ? end_ns : begin_ns + ABSENT_NS;
        uint32_t partners[PARTY_MOST - 1];
        bool some = false;
        unsigned n = 0;

        do {
                unsigned here = taken(meeting);

                if (!n)
                        n = choose(meeting, turn, most, half_ns, partners);
                if (n ? here == n : clock_ns(CLOCK_MONOTONIC) > absent_ns)
                        break;
                if (here && !some) {
                        some = true;
                        wait.end_ns = MIN(wait.end_ns, clock_ns(CLOCK_MONOTONIC) + FIRST_NS);
                }
                if (!some)
                        ask(meeting, partners, n);
                if (!here && goes_first(meeting, atomic_load(&self(meeting)->asked))) {
                        take_back(meeting);
                        if (!joined(meeting))
                                return MEETING_YIELD;
                }
        } while (meeting_wait_on(&wait));
        take_back(meeting);
        return joined(meeting) ? MEETING_MET : MEETING_NOBODY;
}

/* Says what is played, and who is which party. False where nobody sits there any more. */
static bool lay(struct meeting *meeting, struct slot_current *now)
{
        struct meeting_table *table = meeting->table;
        uint8_t parties = 1;

        table->cpus[0] = (uint16_t)meeting->worker->cpu;
        for (unsigned seat = 0; seat < ARRAY_SIZE(table->seats); seat++)
                if (seat_low(meeting, seat) != SEAT_FREE) {
                        table->cpus[parties] = sitter(meeting, seat)->cpu;
                        table->seats[seat].party = parties++;
                }
        if (parties < 2)
                return false;
        now->round.party = 0;
        now->round.parties = meeting->parties = parties;
        table->now = *now;
        party_shared = &table->memory;
        check_list[now->check]->share(party_shared, &now->round);
        say(meeting, TABLE_LAID);
        return true;
}

enum meeting_result meeting_call(
        struct meeting *meeting, struct slot_current *now, uint32_t turn, uint64_t end_ns)
{
        struct meeting_wait wait = meeting_wait_until(meeting, end_ns);
        enum meeting_result result;

        if (meeting_hopeless(meeting))
                return MEETING_NOBODY;
        while (!take_table(meeting))
                if (!meeting_wait_on(&wait))
                        return MEETING_NOBODY;
        result = gather(meeting, turn, check_list[now->check]->parties, end_ns);
        if (result == MEETING_MET && !lay(meeting, now))
                result = MEETING_NOBODY;
        if (result != MEETING_MET)
                say(meeting, TABLE_OVER);
        return result;
}

/* ---- the partner ---- */

/* Changes our seat's state, if it is still ours. */
static bool move(const struct meeting *meeting, unsigned from, unsigned to)
{
        uint64_t state = word(meeting->sequence, from);
        bool ours = atomic_compare_exchange_strong(
                &meeting->table->seats[meeting->seat].state, &state, word(meeting->sequence, to));

        if (ours)
                meeting_ring_table(meeting);
        return ours;
}

static bool sit_down(struct meeting *meeting)
{
        uint64_t asked = atomic_load(&self(meeting)->asked);
        uint32_t table = invitation_table(asked);
        unsigned seat = invitation_seat(asked);

        if (!asked)
                return false;
        if (!atomic_compare_exchange_strong(&self(meeting)->asked, &asked, 0))
                return false;
        if (table >= MEETING_TABLES * meeting->all->n || seat >= PARTY_MOST - 1)
                return false;
        meeting->table = &meeting->all->tables[table];
        meeting->sequence = invitation_sequence(asked);
        meeting->seat = seat;
        return move(meeting, SEAT_ASKED, SEAT_TAKEN);
}

/* Waits until the table says so, at most for a step. */
static bool await(const struct meeting *meeting, unsigned low)
{
        struct meeting_wait wait = meeting_wait_seated(meeting, STEP_NS);

        do {
                uint64_t call = atomic_load_explicit(&meeting->table->call, memory_order_acquire);

                if (word_sequence(call) != meeting->sequence || word_low(call) == TABLE_OVER)
                        return false;
                if (word_low(call) >= low)
                        return true;
        } while (meeting_wait_on(&wait));
        return false;
}

/* What lies on the table was written by another CPU. */
static bool makes_sense(const struct meeting *meeting, const struct slot_current *now)
{
        return now->check < meeting->worker->n_checks && check_list[now->check]->parties &&
               (unsigned)now->regime < REGIME_COUNT && (unsigned)now->stress < STRESS_COUNT &&
               now->round.cpu < CHECK_CPU_MAX && now->round.process < CHECK_PROCESS_MAX &&
               now->round.parties <= check_list[now->check]->parties &&
               now->round.party < now->round.parties && now->round.party > 0;
}

bool meeting_join(struct meeting *meeting, struct slot_current *ret_now)
{
        struct slot_current now;

        if (!meeting->all || !atomic_load_explicit(&self(meeting)->asked, memory_order_relaxed))
                return false;
        if (!sit_down(meeting))
                return false;
        if (!await(meeting, TABLE_LAID)) {
                (void)move(meeting, SEAT_TAKEN, SEAT_FREE);
                return false;
        }
        now = meeting->table->now;
        now.round.party = (uint8_t)meeting->table->seats[meeting->seat].party;
        if (!makes_sense(meeting, &now)) {
                (void)move(meeting, SEAT_TAKEN, SEAT_FREE);
                return false;
        }
        party_shared = &meeting->table->memory;
        *ret_now = now;
        return true;
}

/* ---- both ---- */

static bool leads(const struct meeting *meeting)
{
        return meeting->seat == PARTY_MOST;
}

/* How many seats of a party are in the state `low`. */
static unsigned count(const struct meeting *meeting, unsigned low)
{
        unsigned n = 0;

        for (unsigned seat = 0; seat < ARRAY_SIZE(meeting->table->seats); seat++)
                n += meeting->table->seats[seat].party && seat_low(meeting, seat) == low;
        return n;
}

bool meeting_start(struct meeting *meeting)
{
        struct meeting_wait wait = meeting_wait_seated(meeting, STEP_NS);

        if (!leads(meeting)) {
                if (move(meeting, SEAT_TAKEN, SEAT_READY) && await(meeting, TABLE_GO))
                        return true;
                (void)meeting_end(meeting);
                return false;
        }
        while (count(meeting, SEAT_READY) < meeting->parties - 1U)
                if (count(meeting, SEAT_FREE) || !meeting_wait_on(&wait)) {
                        say(meeting, TABLE_OVER);
                        return false;
                }
        say(meeting, TABLE_GO);
        return true;
}

bool meeting_end(struct meeting *meeting)
{
        struct meeting_wait wait = meeting_wait_seated(meeting, END_NS);
        bool done = true;

        if (!leads(meeting))
                return move(meeting, SEAT_READY, SEAT_FREE) || move(meeting, SEAT_TAKEN, SEAT_FREE);
        while (count(meeting, SEAT_FREE) < meeting->parties - 1U)
                if (!meeting_wait_on(&wait)) {
                        done = false;
                        break;
                }
        for (unsigned party = 0; party < meeting->parties; party++)
                done &= meeting->table->memory.line[party].fate == PARTY_DONE;
        say(meeting, TABLE_OVER);
        if (done)
                atomic_fetch_add(&self(meeting)->led, 1);
        return done;
}

void meeting_cpus(const struct meeting *meeting, uint16_t ret_cpus[PARTY_MOST])
{
        for (unsigned party = 0; party < PARTY_MOST; party++)
                ret_cpus[party] = meeting->table->cpus[party];
}

bool meeting_needed(const struct meeting *meeting)
{
        if (!meeting->all)
                return false;
        atomic_store(&self(meeting)->finished, 1);
        for (uint32_t i = 0; i < meeting->all->n; i++)
                if (!atomic_load(&meeting->all->workers[i].finished))
                        return true;
        return false;
}
