/* SPDX-License-Identifier: Apache-2.0 */
/* The border between a worker, whose CPU may be bad, and all that trusts an observation. The contract is in
 * observation.h. */
#include <errno.h>
#include <string.h>

#include "agent/observation.h"
#include "base/array.h"
#include "checks/party.h"

#define ERRNO_MAX 4095 /* MAX_ERRNO of Linux include/linux/err.h */

static bool is_cpu(int32_t cpu)
{
        return cpu >= 0 && cpu < CHECK_CPU_MAX;
}

/* A bool that holds anything but 0 or 1 is undefined behaviour to read. */
static void admit_bool(bool *flag)
{
        unsigned char byte;

        memcpy(&byte, flag, 1);
        *flag = byte != 0;
}

static void admit_mismatch(struct check_mismatch *mismatch, uint32_t size)
{
        mismatch->offset = MIN(mismatch->offset, size - 1);
        mismatch->window = mismatch->offset / CHECK_WINDOW * CHECK_WINDOW;
        mismatch->bytes = MAX(MIN(mismatch->bytes, size), 1U);
        mismatch->bits = MAX(MIN(mismatch->bits, 8 * size), 1U);
}

static void admit_details(struct observation *o)
{
        admit_bool(&o->known);
        admit_bool(&o->synthetic);
        admit_bool(&o->in_frame);
        admit_bool(&o->answers_intact);
        admit_bool(&o->death.by_ptrace);
        for (size_t i = 0; i < ARRAY_SIZE(o->seen_on); i++)
                if (!is_cpu(o->seen_on[i]))
                        o->seen_on[i] = -1;
        if (o->round.parties > PARTY_MOST || (o->round.party && o->round.party >= o->round.parties))
                o->round.party = o->round.parties = 0;
        o->n_together = MIN(o->n_together, ARRAY_SIZE(o->together));
        for (size_t i = 0; i < o->n_together; i++)
                if (o->together[i] >= CHECK_CPU_MAX)
                        o->n_together = 0;
        if (!is_cpu(o->reviewer) || (unsigned)o->review > REVIEW_REFUTED) {
                o->reviewer = -1;
                o->review = REVIEW_NONE;
        }
        if (o->error < 0 || o->error > ERRNO_MAX)
                o->error = EIO;
        o->tracer = MAX(o->tracer, 0);
        o->unit = MIN((unsigned)o->unit, CHECK_UNIT_COUNT);
        if ((unsigned)o->step >= STEP_COUNT)
                o->step = STEP_NONE;
        admit_mismatch(&o->mismatch, check_list[o->check]->output_size);
        o->death.n_code = MIN(o->death.n_code, OBSERVATION_CODE);
        o->death.n_red_zone = MIN(o->death.n_red_zone, OBSERVATION_RED_ZONE);
        if (o->death.running > check_list[o->check]->output_size)
                o->death.running = 0;
}

int observation_admit(struct observation *observation)
{
        const struct observation *o = observation;

        if ((unsigned)o->kind >= OBSERVATION_KIND_COUNT || (unsigned)o->regime >= REGIME_COUNT ||
                (unsigned)o->stress >= STRESS_COUNT || (unsigned)o->experiment >= EXPERIMENT_COUNT ||
                !check_exists(o->check) || !is_cpu(o->cpu) || o->round.cpu >= CHECK_CPU_MAX ||
                o->round.process >= CHECK_PROCESS_MAX ||
                (o->kind == OBSERVATION_ERRATUM && !check_list[o->check]->erratum))
                return -EBADMSG;
        admit_details(observation);
        return 0;
}
