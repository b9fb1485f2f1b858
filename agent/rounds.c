/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/rounds.h"

#include <limits.h>
#include <sched.h>
#include <unistd.h>

#include "agent/drill.h"
#include "agent/handler.h"
#include "agent/regime.h"
#include "agent/stress.h"
#include "base/clock.h"

void rounds_begin(struct rounds *rounds, const struct worker *worker)
{
        rounds->worker = worker;
        rounds->slot = worker->slot;
        rounds->record.reviewer = -1;
        rounds->record.cpu = (int32_t)worker->cpu;
        rounds->record.experiment = worker->run->experiment;
        handler_state.scratch = &rounds->record;
        review_begin(&rounds->review, worker);
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
        o->known = !check->voted;
        o->reviewer = -1;
        o->review = REVIEW_NONE;
        o->synthetic = rounds->worker->run->drill != DRILL_NONE;
}

static void report_mismatch(struct rounds *rounds, const struct slot_current *now, bool own_cpu)
{
        struct observation *o = &rounds->record;
        unsigned cpu = 0;

        if (now->regime == REGIME_MIGRATE)
                regime_landed(o->seen_on);
        else if (!own_cpu && getcpu(&cpu, NULL) == 0)
                o->seen_on[1] = (int32_t)cpu;
        o->review = review_mismatch(&rounds->review, now, rounds->which);
        o->reviewer = o->review == REVIEW_NONE ? -1 : rounds->worker->reviewer_cpu;
        push(rounds, OBSERVATION_MISMATCH);
}

static bool is_power_of_two(uint64_t number)
{
        return (number & (number - 1)) == 0;
}

uint64_t rounds_run(struct rounds *rounds, const struct slot_current *now, struct tally *tally)
{
        const struct check *check = check_list[now->check];
        uint8_t *state = rounds->slot->state[rounds->which];
        struct observation *o = &rounds->record;
        uint64_t begin, spent, events;
        bool own_cpu;
        int found;

        rounds->slot->current = *now;
        begin_record(rounds, now, check);
        beat(rounds);
        check->setup(state, &now->round);
        stress_before(now->stress, rounds->worker->cpu, now->round.number);
        own_cpu = on_own_cpu(rounds);
        begin = thread_ns();
        events = regime_run(rounds->worker, now->regime, check, state);
        spent = thread_ns() - begin;
        own_cpu &= on_own_cpu(rounds);
        drill_spoil(rounds->worker, now, events, state);
        found = check->verify(state, &o->mismatch);
        if (found == CHECK_MISMATCH) {
                tally->mismatches++;
                rounds->slot->mismatches++;
                report_mismatch(rounds, now, own_cpu);
        } else if (found == CHECK_ERRATUM_SEEN && is_power_of_two(++rounds->errata)) {
                /* An affected CPU shows it in every round: now and then is enough. */
                push(rounds, OBSERVATION_ERRATUM);
        }
        rounds->slot->rounds++;
        rounds->slot->events += events;
        tally->run_ns += spent;
        tally->events += events;
        if (now->regime == REGIME_STORM_ASYNC)
                regime_adapt(spent, rounds->quiet_ns[now->check]);
        if (now->regime == REGIME_QUIET)
                rounds->quiet_ns[now->check] = spent;
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
        review_answer(&rounds->review);
        return events;
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
