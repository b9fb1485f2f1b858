/* SPDX-License-Identifier: Apache-2.0 */
/* What locks protect: a count on a line of its own, and multiples of it in words of three lines. */
#include "checks/coherence.h"

#define SHARED PARTY_MOST /* a number that is no party's own */

static uint64_t step(const struct coherence_model *model)
{
        return coherence_number(model->round, SHARED, 0);
}

static uint64_t base(const struct coherence_model *model)
{
        return coherence_number(model->round, SHARED, 1);
}

static void give(const struct coherence_model *model, uint64_t *parameters)
{
        parameters[0] = step(model);
        parameters[1] = base(model);
}

static void set(const struct coherence_model *model, uint32_t at, uint64_t count)
{
        uint64_t multiple = count * step(model) + base(model);

        COHERENCE_AT(uint64_t, model, at) = count;
        COHERENCE_AT(uint64_t, model, at + 64 + 24) = multiple;
        COHERENCE_AT(uint64_t, model, at + 128 + 40) = multiple;
        COHERENCE_AT(uint64_t, model, at - 64 + 32) = multiple;
}

/* The counts that the parties found, each once, are summed at `sum_at`. */
static void expect(const struct coherence_model *model, uint32_t at, uint32_t sum_at)
{
        uint64_t n = model->passes * model->parties, count = COHERENCE_AT(uint64_t, model, at);

        set(model, at, count + n);
        COHERENCE_AT(uint64_t, model, sum_at) += n * count + n * (n - 1) / 2;
}

static void exchange_begin(const struct coherence_model *model)
{
        COHERENCE_AT(uint64_t, model, 0) = 0;
        set(model, 64, COHERENCE_AT(uint64_t, model, 64));
}

static void exchange_expect(const struct coherence_model *model)
{
        expect(model, 64, 8);
        coherence_waited(model, model->passes, 0);
}

static const struct coherence_unit exchange_unit = {
        .lines = 4,
        .passes = 2048,
        .collects = COHERENCE_COLLECT(RBX) | COHERENCE_COLLECT(R9),
        .begin = exchange_begin,
        .give = give,
        .expect = exchange_expect,
};

COHERENCE_CHECK(exchange, 0,
        "A lock made of exchanges that lets two CPUs in, or data behind it that the next CPU does not find "
        "as the "
        "one before left them.");

/* Over the same window. */
static const struct coherence_unit transaction_rtm_unit = {
        .lines = 4,
        .passes = 2048,
        .collects = COHERENCE_COLLECT(RBX) | COHERENCE_COLLECT(R9) | COHERENCE_COLLECT(R10),
        .begin = exchange_begin,
        .give = give,
        .expect = exchange_expect,
};

COHERENCE_CHECK(transaction_rtm, ISA(RTM),
        "Transactions of several CPUs on the same lines: one that is seen in part, or that another's store "
        "does not abort.");

#define MUTEX_COUNT 576
#define MUTEX_SUM (64 * 12)

static void mutex_begin(const struct coherence_model *model)
{
        for (unsigned party = 0; party < PARTY_MOST; party++)
                COHERENCE_AT(uint64_t, model, 64 * party) = 0;
        set(model, MUTEX_COUNT, COHERENCE_AT(uint64_t, model, MUTEX_COUNT));
}

static void mutex_expect(const struct coherence_model *model)
{
        for (unsigned level = 1; level < PARTY_MOST; level++)
                COHERENCE_AT(uint64_t, model, 64 * (4 + level)) = 0;
        expect(model, MUTEX_COUNT, MUTEX_SUM);
        model->results[COHERENCE_RESULT_R10] = model->parties;
        model->results[COHERENCE_RESULT_R14] = 64 * model->party;
        coherence_waited(model, model->passes * (model->parties - 1), 1);
}

static const struct coherence_unit mutex_unit = {
        .lines = 13,
        .passes = 192,
        .collects = COHERENCE_COLLECT(RBX) | COHERENCE_COLLECT(R9) | COHERENCE_COLLECT(R10) |
                    COHERENCE_COLLECT(R14),
        .begin = mutex_begin,
        .give = give,
        .expect = mutex_expect,
};

COHERENCE_CHECK(mutex, 0,
        "Mutual exclusion by stores, loads and fences alone (Peterson): two CPUs that are in at once, "
        "because a load "
        "came before an earlier store.");
