/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/recorder.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "checks/answers.h"

#define GROWTH 64
#define STACK_NEAR 4096

void recorder_begin(struct recorder *recorder, const struct supervisor_run *run, struct evidence *evidence)
{
        *recorder = (struct recorder){ .run = run, .evidence = evidence };
        while (check_list[recorder->n_checks])
                recorder->n_checks++;
}

/* ---- what a worker wrote may be anything ---- */

static int32_t valid_cpu(int32_t cpu)
{
        return cpu >= 0 && cpu < CHECK_CPU_MAX ? cpu : -1;
}

static void mend_death(struct observation_death *death)
{
        death->n_code = MIN(death->n_code, OBSERVATION_CODE);
        death->n_red_zone = MIN(death->n_red_zone, OBSERVATION_RED_ZONE);
}

static void mend_mismatch(struct check_mismatch *mismatch, uint32_t size)
{
        mismatch->offset = MIN(mismatch->offset, size - 1);
        mismatch->window = mismatch->offset / CHECK_WINDOW * CHECK_WINDOW;
        mismatch->bytes = MAX(MIN(mismatch->bytes, size), 1U);
        mismatch->bits = MAX(MIN(mismatch->bits, 8 * size), 1U);
}

/* Brings every field within its bounds: what is kept can be indexed with. False where nothing can be made of it. */
static bool mend(const struct recorder *recorder, struct observation *o)
{
        if (o->check >= recorder->n_checks || (unsigned)o->kind >= OBSERVATION_KIND_COUNT ||
                (unsigned)o->regime >= REGIME_COUNT || valid_cpu(o->cpu) < 0)
                return false;
        const struct check *check = check_list[o->check];

        o->round.cpu %= CHECK_CPU_MAX;
        for (size_t i = 0; i < ARRAY_SIZE(o->seen_on); i++)
                o->seen_on[i] = valid_cpu(o->seen_on[i]);
        o->reviewer = valid_cpu(o->reviewer);
        if ((unsigned)o->review > REVIEW_REFUTED)
                o->review = REVIEW_NONE;
        mend_mismatch(&o->mismatch, check->output_size);
        mend_death(&o->death);
        return true;
}

/* ---- what only we know ---- */

static bool tables_intact(const struct check *check)
{
        for (const struct answers *const *a = check->answers; a && *a; a++)
                if (answers_verify(*a) < 0)
                        return false;
        return true;
}

/* A death names the stack where its fault lies near %rsp, else the general registers. */
static enum check_unit unit_of(const struct observation *o)
{
        struct check_place place;
        uint64_t distance = o->death.address - o->death.registers.general[REGISTERS_RSP];

        if (o->kind == OBSERVATION_CRASH || o->kind == OBSERVATION_HANG)
                return distance + STACK_NEAR < 2 * STACK_NEAR ? CHECK_UNIT_STACK : CHECK_UNIT_GENERAL;
        check_locate(check_list[o->check], o->mismatch.offset, &place);
        return place.unit;
}

static bool same_wrong(const struct check_mismatch *a, const struct check_mismatch *b)
{
        return a->offset == b->offset && a->bits == b->bits && memcmp(a->actual, b->actual, sizeof(a->actual)) == 0;
}

static void note_mismatch(struct recorder *recorder, const struct check_mismatch *mismatch)
{
        bool first = recorder->first_wrong.bytes == 0;

        if (first)
                recorder->first_wrong = *mismatch;
        recorder->same_value = first || (recorder->same_value && same_wrong(&recorder->first_wrong, mismatch));
}

static void note_evidence(struct recorder *recorder, struct observation *o)
{
        recorder->failures++;
        cpu_set_add(&recorder->accused, (unsigned)o->cpu);
        o->unit = unit_of(o);
        o->answers_intact = tables_intact(check_list[o->check]);
        if (o->kind != OBSERVATION_CRASH && o->kind != OBSERVATION_HANG)
                note_mismatch(recorder, &o->mismatch);
}

/* Keeps an observation. Out of memory or beyond the bound it is counted as dropped, never silently lost. */
static void keep(struct recorder *recorder, struct observation *o)
{
        struct evidence *e = recorder->evidence;

        if (!mend(recorder, o)) {
                e->dropped++;
                return;
        }
        o->sequence = e->n_observations + e->dropped + 1;
        o->experiment = recorder->run->experiment;
        o->synthetic = recorder->run->drill != DRILL_NONE;
        o->unit = CHECK_UNIT_COUNT;
        if (observation_is_evidence(o->kind))
                note_evidence(recorder, o);
        if (e->n_observations % GROWTH == 0 && e->n_observations < EVIDENCE_MAX) {
                void *more = realloc(e->observations, (e->n_observations + GROWTH) * sizeof(*o));

                if (more)
                        e->observations = more;
                else
                        goto drop;
        }
        if (e->n_observations < EVIDENCE_MAX) {
                e->observations[e->n_observations++] = *o;
                return;
        }
drop:
        e->dropped++;
}

void recorder_drain(struct recorder *recorder, struct member *member)
{
        uint32_t tail = atomic_load(&member->slot->ring_tail);
        uint32_t head = atomic_load_explicit(&member->slot->ring_head, memory_order_acquire);

        for (; tail != head && head - tail <= SLOT_RING; tail++) {
                struct observation o = member->slot->ring[tail % SLOT_RING];

                if (o.kind != OBSERVATION_DISAGREE)
                        o.cpu = (int32_t)member->cpu;
                o.tracer = member->pid > 0 ? member_tracer(member) : 0;
                keep(recorder, &o);
        }
        atomic_store_explicit(&member->slot->ring_tail, head, memory_order_release);
        recorder->evidence->dropped += atomic_exchange(&member->slot->ring_lost, 0);
}

void recorder_tell(struct recorder *recorder, const struct member *member, enum observation_kind kind, int error,
        const struct observation_death *death)
{
        struct observation o = {
                .time_ns = clock_ns(CLOCK_REALTIME),
                .kind = kind,
                .regime = member->slot->current.regime,
                .check = member->slot->current.check,
                .round = member->slot->current.round,
                .cpu = (int32_t)member->cpu,
                .seen_on = { (int32_t)member->cpu, -1, -1, -1 },
                .known = true,
                .reviewer = -1,
                .error = error,
                .step = kind == OBSERVATION_FAILED ? STEP_START : STEP_NONE, /* of the rest a worker tells */
                .tracer = member->pid > 0 ? member_tracer(member) : 0,
        };

        if (death)
                o.death = *death;
        keep(recorder, &o);
}
