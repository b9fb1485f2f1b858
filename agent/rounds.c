/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/rounds.h"

#include <limits.h>
#include <sched.h>
#include <unistd.h>

#include "agent/drill.h"
#include "agent/handler.h"
#include "agent/regime.h"
#include "agent/stress.h"
#include "base/array.h"
#include "base/clock.h"

#define MEET_NS (100 * CLOCK_MS)       /* how long a round waits for its partners */
#define MEET_AGAIN_NS (300 * CLOCK_MS) /* where there is nothing else to run */

void rounds_begin(struct rounds *rounds, const struct worker *worker)
{
        rounds->worker = worker;
        rounds->slot = worker->slot;
        rounds->record.reviewer = -1;
        rounds->record.cpu = rounds->record.seen_on[0] = (int32_t)worker->cpu;
        rounds->record.seen_on[1] = rounds->record.seen_on[2] = rounds->record.seen_on[3] = -1;
        rounds->record.experiment = worker->run->experiment;
        handler_state.scratch = &rounds->record;
        review_begin(&rounds->review, worker);
        meeting_begin(&rounds->meeting, worker, &rounds->review);
}

static void beat(const struct rounds *rounds)
{
        atomic_fetch_add_explicit(&rounds->slot->heartbeat, 1, memory_order_relaxed);
}

static uint64_t thread_ns(void)
{
        return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

static void push(struct rounds *rounds, enum observation_kind kind)
{
        rounds->record.kind = kind;
        rounds->record.time_ns = clock_ns(CLOCK_REALTIME);
        slot_push(rounds->slot, &rounds->record);
}

_Noreturn void rounds_fail(struct rounds *rounds, int error, enum observation_step step,
        enum worker_exit status, enum observation_kind kind)
{
        rounds->record.error = error;
        rounds->record.step = step;
        push(rounds, kind);
        _exit(status);
}

static bool on_own_cpu(const struct rounds *rounds)
{
        unsigned cpu = UINT_MAX;

        return getcpu(&cpu, NULL) == 0 && cpu == rounds->worker->cpu;
}

/* The round may have run elsewhere: said once, then we try to come back. */
static void come_back(struct rounds *rounds)
{
        unsigned cpu = 0;
        int r;

        if (!rounds->moved) {
                rounds->moved = true;
                (void)getcpu(&cpu, NULL);
                rounds->record.seen_on[1] = (int32_t)cpu;
                push(rounds, OBSERVATION_MOVED);
                rounds->record.seen_on[1] = -1;
        }
        r = cpu_set_bind_one(rounds->worker->cpu);
        if (r < 0)
                rounds_fail(rounds, -r, STEP_PIN, WORKER_LOST, OBSERVATION_LOST);
}

static void begin_record(struct rounds *rounds, const struct slot_current *now, const struct check *check)
{
        struct observation *o = &rounds->record;

        o->time_ns = 0;
        o->check = now->check;
        o->regime = now->regime;
        o->stress = now->stress;
        o->round = now->round;
        o->cpu = (int32_t)rounds->worker->cpu;
        o->seen_on[0] = o->cpu;
        o->seen_on[1] = o->seen_on[2] = o->seen_on[3] = -1;
        o->n_together = check->parties ? now->round.parties : 0;
        if (o->n_together)
                meeting_cpus(&rounds->meeting, o->together);
        o->known = !check->voted;
        o->reviewer = -1;
        o->review = REVIEW_NONE;
        o->synthetic = rounds->worker->run->drill != DRILL_NONE;
}

static void suspect(struct observation *o, unsigned cpu)
{
        size_t i = 0;

        while (i < ARRAY_SIZE(o->seen_on) && o->seen_on[i] >= 0 && o->seen_on[i] != (int32_t)cpu)
                i++;
        if (i < ARRAY_SIZE(o->seen_on))
                o->seen_on[i] = (int32_t)cpu;
}

/* Lines that several CPUs used may be the work of any of them; a register image is that of the CPU that held it. */
static void suspect_together(struct observation *o)
{
        struct check_place place;

        check_locate(check_list[o->check], o->mismatch.offset, &place);
        for (uint32_t i = 0; place.unit == CHECK_UNIT_COHERENCE && i < o->n_together; i++)
                suspect(o, o->together[i]);
}

static void report_mismatch(struct rounds *rounds, const struct slot_current *now, bool own_cpu)
{
        struct observation *o = &rounds->record;
        unsigned cpu = 0;

        if (now->regime == REGIME_MIGRATE)
                regime_landed(o->seen_on);
        else if (!own_cpu && getcpu(&cpu, NULL) == 0)
                suspect(o, cpu);
        suspect_together(o);
        o->review = review_mismatch(&rounds->review, now, rounds->which);
        o->reviewer = o->review == REVIEW_NONE ? -1 : rounds->worker->reviewer_cpu;
        push(rounds, OBSERVATION_MISMATCH);
}

static bool is_power_of_two(uint64_t number)
{
        return (number & (number - 1)) == 0;
}

/* Verifies what run has left, and says what is wrong. */
static int judge(struct rounds *rounds, const struct slot_current *now, bool own_cpu, struct tally *tally)
{
        const struct check *check = check_list[now->check];
        int found = check->verify(rounds->slot->state[rounds->which], &rounds->record.mismatch);

        if (found == CHECK_MISMATCH) {
                tally->mismatches++;
                rounds->slot->mismatches++;
                report_mismatch(rounds, now, own_cpu);
        } else if (found == CHECK_ERRATUM_SEEN && is_power_of_two(++rounds->errata)) {
                /* An affected CPU shows it in every round: now and then is enough. */
                push(rounds, OBSERVATION_ERRATUM);
        }
        return found;
}

/* How long a round takes when nothing happens to it. Some are short, but the storm is to fit the long ones: the longest
 * of late. Of rounds of several CPUs the shortest, since one that waited for a partner took longer than it takes. */
static void learn_quiet(uint64_t *quiet_ns, uint64_t spent, bool together)
{
        if (!*quiet_ns || (together ? spent < *quiet_ns : spent > *quiet_ns))
                *quiet_ns = spent;
        else if (!together)
                *quiet_ns -= (*quiet_ns - spent) / 16;
}

/* Sets up and runs. Returns the regime's events; *ret_own_cpu is false where it may have run elsewhere. */
static uint64_t run(
        struct rounds *rounds, const struct slot_current *now, struct tally *tally, bool *ret_own_cpu)
{
        const struct check *check = check_list[now->check];
        uint8_t *state = rounds->slot->state[rounds->which];
        uint64_t *quiet_ns = &rounds->quiet_ns[now->check], begin, spent, events;

        *ret_own_cpu = on_own_cpu(rounds);
        begin = thread_ns();
        events = regime_run(rounds->worker, now->regime, check, state);
        spent = thread_ns() - begin;
        *ret_own_cpu &= on_own_cpu(rounds);
        drill_spoil(rounds->worker, now, events, state);
        rounds->slot->events += events;
        tally->run_ns += spent;
        tally->events += events;
        if (now->regime == REGIME_STORM_ASYNC)
                regime_adapt(spent, *quiet_ns, check->parties);
        if (now->regime == REGIME_QUIET)
                learn_quiet(quiet_ns, spent, check->parties);
        return events;
}

static void set_up(struct rounds *rounds, const struct slot_current *now)
{
        const struct check *check = check_list[now->check];

        rounds->slot->current = *now;
        begin_record(rounds, now, check);
        beat(rounds);
        check->setup(rounds->slot->state[rounds->which], &now->round);
}

/* Counts a round that was compared. Returns its events, none where it may have run elsewhere. */
static uint64_t count(struct rounds *rounds, const struct slot_current *now, struct tally *tally, int found,
        bool own_cpu, uint64_t events)
{
        rounds->slot->rounds++;
        if (!own_cpu) {
                tally->void_rounds++;
                come_back(rounds);
                return 0;
        }
        tally->rounds++;
        rounds->slot->stressed[now->stress]++;
        if (now->regime == REGIME_QUIET || events)
                tally->covered++;
        if (found != CHECK_MISMATCH && review_share(&rounds->review, now, rounds->which, tally))
                rounds->which ^= 1;
        return events;
}

/* ---- rounds of several CPUs ---- */

/* Runs our part of a round that another worker leads, if one asks. */
static void join(struct rounds *rounds)
{
        struct slot_current before = rounds->slot->current, now;
        const struct check *check;
        bool own_cpu;

        if (!meeting_join(&rounds->meeting, &now))
                return;
        now.item = before.item;
        check = check_list[now.check];
        set_up(rounds, &now);
        own_cpu = on_own_cpu(rounds);
        if (meeting_start(&rounds->meeting)) {
                uint8_t *state = rounds->slot->state[rounds->which];

                atomic_store(&rounds->slot->in_run, 1);
                check->run(state);
                atomic_store(&rounds->slot->in_run, 0);
                own_cpu &= on_own_cpu(rounds);
                drill_spoil(rounds->worker, &now, 0, state);
                if (!own_cpu)
                        party_shared->line[now.round.party].fate = PARTY_LEFT;
                (void)meeting_end(&rounds->meeting);
                (void)judge(rounds, &now, own_cpu, &rounds->slot->tallies[now.check][now.regime]);
        }
        rounds->slot->current = before;
        if (!own_cpu)
                come_back(rounds);
}

/* Brings partners to the table for the round in *now, joining those who go first. */
static bool meet(struct rounds *rounds, struct slot_current *now)
{
        uint64_t end_ns = clock_ns(CLOCK_MONOTONIC) + (rounds->worker->run->round ? MEET_AGAIN_NS : MEET_NS);
        enum meeting_result result;

        rounds->slot->current = *now;
        while ((result = meeting_call(&rounds->meeting, now, rounds->calls, end_ns)) == MEETING_YIELD)
                join(rounds);
        rounds->calls++;
        return result == MEETING_MET;
}

/* Leads a round of several CPUs. One that came to nothing is judged too: what brought it to nothing may show. */
static uint64_t lead(struct rounds *rounds, struct slot_current *now, struct tally *tally)
{
        uint64_t events;
        bool own_cpu, all;
        int found;

        if (!meet(rounds, now)) {
                tally->unmet++;
                return 0;
        }
        stress_before(now->stress, rounds->worker->cpu, now->round.number);
        set_up(rounds, now);
        if (!meeting_start(&rounds->meeting)) {
                tally->unmet++;
                return 0;
        }
        events = run(rounds, now, tally, &own_cpu);
        all = meeting_end(&rounds->meeting);
        found = judge(rounds, now, own_cpu, tally);
        if (all || !own_cpu)
                return count(rounds, now, tally, found, own_cpu, events);
        tally->unmet++;
        return 0;
}

void rounds_answer(struct rounds *rounds)
{
        beat(rounds);
        review_answer(&rounds->review);
        join(rounds);
}

uint64_t rounds_run(struct rounds *rounds, const struct slot_current *now, struct tally *tally)
{
        struct slot_current together = *now;
        uint64_t events;
        bool own_cpu;
        int found;

        if (check_list[now->check]->parties) {
                events = lead(rounds, &together, tally);
        } else {
                set_up(rounds, now);
                stress_before(now->stress, rounds->worker->cpu, now->round.number);
                events = run(rounds, now, tally, &own_cpu);
                found = judge(rounds, now, own_cpu, tally);
                events = count(rounds, now, tally, found, own_cpu, events);
        }
        rounds_answer(rounds);
        return events;
}

void rounds_time(struct rounds *rounds, const struct slot_current *now)
{
        struct tally aside = { 0 };
        bool own_cpu;

        set_up(rounds, now);
        (void)run(rounds, now, &aside, &own_cpu);
        (void)judge(rounds, now, own_cpu, &rounds->slot->tallies[now->check][REGIME_QUIET]);
        if (!own_cpu)
                come_back(rounds);
        rounds_answer(rounds);
}

void rounds_refused(
        struct rounds *rounds, const struct slot_current *now, int error, enum observation_step step)
{
        begin_record(rounds, now, check_list[now->check]);
        rounds->record.error = error;
        rounds->record.step = step;
        push(rounds, OBSERVATION_FAILED);
        rounds->record.error = 0;
        rounds->record.step = STEP_NONE;
}
