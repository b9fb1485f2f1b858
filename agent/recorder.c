/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/recorder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "checks/answers.h"

#define STACK_NEAR 4096
#define FEW_CPUS 8 /* a look takes some 15 us, and comes 50 times a second */

void recorder_begin(struct recorder *recorder, const struct supervisor_run *run, struct evidence *evidence)
{
        *recorder = (struct recorder){
                .run = run, .evidence = evidence, .few = cpu_set_count(run->cpus) <= FEW_CPUS
        };
}

/* ---- what only we know ---- */

static bool tables_intact(const struct check *check)
{
        for (const struct answers *const *a = check->answers; a && *a; a++)
                if (answers_verify(*a, NULL) < 0)
                        return false;
        return true;
}

/* A crash names the stack where its fault lies near %rsp, else the general registers; a hang tells nothing. */
static enum check_unit unit_of(const struct observation *o)
{
        struct check_place place;
        uint64_t distance = o->death.address - o->death.registers.general[REGISTERS_RSP];

        if (o->kind == OBSERVATION_HANG)
                return CHECK_UNIT_COUNT;
        if (o->kind == OBSERVATION_CRASH)
                return distance + STACK_NEAR < 2 * STACK_NEAR ? CHECK_UNIT_STACK : CHECK_UNIT_GENERAL;
        check_locate(check_list[o->check], o->mismatch.offset, &place);
        return place.unit;
}

static bool same_wrong(const struct check_mismatch *a, const struct check_mismatch *b)
{
        return a->offset == b->offset && a->bits == b->bits &&
               memcmp(a->actual, b->actual, sizeof(a->actual)) == 0;
}

static void note_mismatch(struct recorder *recorder, const struct check_mismatch *mismatch)
{
        bool first = recorder->first_wrong.bytes == 0;

        if (first)
                recorder->first_wrong = *mismatch;
        recorder->same_value =
                first || (recorder->same_value && same_wrong(&recorder->first_wrong, mismatch));
}

static void note_evidence(struct recorder *recorder, struct observation *o)
{
        bool death = observation_is_death(o->kind);

        /* Not the worker's word: a broken one says "a vote" where it never came to say what it does. */
        if (!death)
                o->known = !check_list[o->check]->voted;
        recorder->failures++;
        cpu_set_add(&recorder->accused, (unsigned)o->cpu);
        for (size_t i = 0; i < ARRAY_SIZE(o->seen_on); i++)
                if (o->seen_on[i] >= 0)
                        cpu_set_add(&recorder->accused, (unsigned)o->seen_on[i]);
        o->unit = unit_of(o);
        o->answers_intact = tables_intact(check_list[o->check]);
        if (!death)
                note_mismatch(recorder, &o->mismatch);
}

/* True where there is room for one more. Facts take at most half of it: they never keep an accusation out. */
static bool make_room(struct evidence *e, bool accuses)
{
        void *more;

        if (e->n_observations >= (accuses ? EVIDENCE_MAX : EVIDENCE_MAX / 2))
                return false;
        if (e->n_observations % EVIDENCE_GROWTH || (!e->n_observations && e->observations))
                return true;
        more = realloc(e->observations, (e->n_observations + EVIDENCE_GROWTH) * sizeof(*e->observations));
        if (more)
                e->observations = more;
        return more;
}

/* Keeps an observation. Out of memory or beyond the bound it is counted as dropped, never silently lost. */
static void keep(struct recorder *recorder, struct observation *o)
{
        struct evidence *e = recorder->evidence;
        bool accuses = observation_is_evidence(o->kind);

        if (!o->time_ns) /* a signal handler does not read clocks */
                o->time_ns = clock_ns(CLOCK_REALTIME);
        o->sequence = e->n_observations + e->dropped + 1;
        o->experiment = recorder->run->experiment;
        o->synthetic = recorder->run->drill != DRILL_NONE;
        o->unit = CHECK_UNIT_COUNT;
        if (accuses)
                note_evidence(recorder, o);
        if (make_room(e, accuses)) {
                e->observations[e->n_observations++] = *o;
                return;
        }
        e->dropped++;
        e->unheard += accuses;
}

/* Where a worker says that it is. A wild store may have spoiled that: then the first item stands for it. */
static void place(const struct recorder *recorder, const struct member *member, struct observation *o)
{
        const struct supervisor_run *run = recorder->run;

        o->regime = member->slot->current.regime;
        o->check = member->slot->current.check;
        o->round = member->slot->current.round;
        if (observation_admit(o) == 0)
                return;
        o->regime = run->items[0].regime;
        o->check = run->items[0].check;
        o->round = (struct check_round){
                .seed = run->seed, .cpu = (uint16_t)member->cpu, .process = member->process
        };
}

void recorder_tell(struct recorder *recorder, const struct member *member, enum observation_kind kind,
        int error, const struct observation_death *death)
{
        enum observation_step step = error == EBADMSG     ? STEP_RECORD
                                     : error == ECANCELED ? STEP_AGAIN
                                                          : STEP_START;
        struct observation o = {
                .time_ns = clock_ns(CLOCK_REALTIME),
                .kind = kind,
                .cpu = (int32_t)member->cpu,
                .seen_on = { (int32_t)member->cpu, -1, -1, -1 },
                .known = true,
                .reviewer = -1,
                .error = error,
                .step = kind == OBSERVATION_FAILED ? step : STEP_NONE,
                .tracer = member->tracer,
        };

        if (death)
                o.death = *death;
        place(recorder, member, &o);
        keep(recorder, &o);
}

void recorder_look(struct recorder *recorder, struct member *member)
{
        pid_t tracer = member->pid > 0 ? member_tracer(member) : 0;
        bool first = !member->tracer;

        if (!tracer || tracer == getpid()) /* we take the registers of one that hangs */
                return;
        member->tracer = tracer;
        if (first)
                recorder_tell(recorder, member, OBSERVATION_TRACED, 0, NULL);
}

/* No worker lists a CPU twice: a list that does was never written, or by one that errs. */
static bool repeats(const struct observation *o)
{
        for (size_t i = 0; i < ARRAY_SIZE(o->seen_on); i++)
                for (size_t j = 0; j < i; j++)
                        if (o->seen_on[i] >= 0 && o->seen_on[i] == o->seen_on[j])
                                return true;
        return false;
}

/* Whom an observation accuses is not a worker's word alone: one that is broken could accuse another. It ran the round
 * itself, or compared what the worker that it reviews offered. False where it reviews none. */
static bool put_right(const struct member *member, struct observation *o)
{
        bool death = observation_is_death(o->kind), own = false,
             alone = (death && o->regime != REGIME_MIGRATE) || repeats(o);

        if (o->kind == OBSERVATION_DISAGREE) {
                if (!member->reviewed)
                        return false;
                o->cpu = o->seen_on[0] = (int32_t)member->reviewed->cpu;
                o->seen_on[1] = o->seen_on[2] = o->seen_on[3] = -1;
                o->reviewer = (int32_t)member->cpu;
                if ((unsigned)o->review > REVIEW_REFUTED)
                        o->review = REVIEW_NONE;
                return true;
        }
        o->cpu = (int32_t)member->cpu;
        for (size_t i = 0; i < ARRAY_SIZE(o->seen_on); i++) {
                if (alone)
                        o->seen_on[i] = -1; /* it is bound to its own */
                own |= o->seen_on[i] == o->cpu;
        }
        if (!own)
                o->seen_on[0] = o->cpu;
        return true;
}

void recorder_drain(struct recorder *recorder, struct member *member)
{
        uint32_t tail = atomic_load(&member->slot->ring_tail);
        uint32_t head = atomic_load_explicit(&member->slot->ring_head, memory_order_acquire), unheard;

        if (head != tail || recorder->few)
                recorder_look(recorder, member);
        if (head - tail > SLOT_RING)
                recorder_tell(recorder, member, OBSERVATION_FAILED, EBADMSG, NULL);
        for (; tail != head && head - tail <= SLOT_RING; tail++) {
                struct observation o;

                memcpy(&o, &member->slot->ring[tail % SLOT_RING], sizeof(o));
                bool sane = put_right(member, &o);
                member->recorded |= observation_is_death(o.kind);
                member->excused |= o.kind == OBSERVATION_FAILED || o.kind == OBSERVATION_LOST;
                o.tracer = member->tracer;
                if (sane && observation_admit(&o) == 0 && cpu_set_has(recorder->run->cpus, (unsigned)o.cpu))
                        keep(recorder, &o);
                else
                        recorder_tell(recorder, member, OBSERVATION_FAILED, EBADMSG, NULL);
        }
        atomic_store_explicit(&member->slot->ring_tail, head, memory_order_release);
        unheard = atomic_exchange(&member->slot->ring_unheard, 0);
        recorder->evidence->unheard += unheard;
        recorder->evidence->dropped += unheard + (size_t)atomic_exchange(&member->slot->ring_lost, 0);
}
