/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that several CPUs hold at once. */
#include "checks/coherence.h"

/* ---- share ---- */

static uint64_t share_value(const struct coherence_model *model, unsigned party, uint64_t passes)
{
        return coherence_number(model->round, party, 0) + passes * coherence_number(model->round, party, 1);
}

static uint64_t turn_right(uint64_t value, unsigned bits)
{
        return bits % 64 ? value >> bits % 64 | value << (64 - bits % 64) : value;
}

/* A party's units of one size lie in two lines, every fourth; the value turns from one to the next. */
static void share_units(const struct coherence_model *model, unsigned party, uint64_t passes)
{
        uint64_t value = share_value(model, party, passes);

        for (unsigned unit = 0; unit < 32; unit++)
                COHERENCE_AT(uint8_t, model, 4 * unit + party) = (uint8_t)turn_right(value, 8 * unit);
        for (unsigned unit = 0; unit < 16; unit++)
                COHERENCE_AT(uint16_t, model, 128 + 8 * unit + 2 * party) =
                        (uint16_t)turn_right(value, 8 * unit);
        for (unsigned unit = 0; unit < 8; unit++)
                COHERENCE_AT(uint32_t, model, 256 + 16 * unit + 4 * party) =
                        (uint32_t)turn_right(value, 8 * unit);
        for (unsigned unit = 0; unit < 4; unit++)
                COHERENCE_AT(uint64_t, model, 384 + 32 * unit + 8 * party) = turn_right(value, 16 * unit);
}

static void share_begin(const struct coherence_model *model)
{
        for (unsigned party = 0; party < model->parties; party++)
                share_units(model, party, 0);
}

static void share_give(const struct coherence_model *model, uint64_t *parameters)
{
        parameters[0] = share_value(model, model->party, 0);
        parameters[1] = coherence_number(model->round, model->party, 1);
}

static void share_expect(const struct coherence_model *model)
{
        for (unsigned party = 0; party < model->parties; party++)
                share_units(model, party, model->passes);
        model->results[COHERENCE_RESULT_RBX] = coherence_number(model->round, model->party, 1);
        model->results[COHERENCE_RESULT_R9] = share_value(model, model->party, model->passes);
        model->results[COHERENCE_RESULT_R10] = share_value(model, model->party, model->passes + 1);
}

static const struct coherence_unit share_unit = {
        .lines = 8,
        .passes = 512,
        .collects = COHERENCE_COLLECT(RBX) | COHERENCE_COLLECT(R9) | COHERENCE_COLLECT(R10),
        .begin = share_begin,
        .give = share_give,
        .expect = share_expect,
};

COHERENCE_CHECK(share, 0,
        "Bytes and words of one line, each stored to by its own CPU: one that is lost or changed when "
        "a neighbour is stored to.");

/* ---- invalidate ---- */

static uint64_t invalidate_number(const struct coherence_model *model, unsigned index)
{
        return coherence_number(model->round, PARTY_MOST, index);
}

static void invalidate_give(const struct coherence_model *model, uint64_t *parameters)
{
        for (unsigned i = 0; i < 3; i++)
                parameters[i] = invalidate_number(model, i);
}

static void invalidate_expect(const struct coherence_model *model)
{
        uint64_t last = invalidate_number(model, 0) + (model->passes - 1) * invalidate_number(model, 2);

        for (unsigned line = 0; line < COHERENCE_INVALIDATE_LINES; line++) {
                COHERENCE_AT(uint64_t, model, 64 * line) = last + line * invalidate_number(model, 1);
                COHERENCE_AT(uint64_t, model, 64 * line + 56) = last + line * invalidate_number(model, 1);
        }
        model->results[COHERENCE_RESULT_R9] = last + invalidate_number(model, 2);
        model->results[COHERENCE_RESULT_R10] = model->passes % model->parties;
        coherence_waited(model, 0, 2 * model->passes);
}

static const struct coherence_unit invalidate_unit = {
        .lines = COHERENCE_INVALIDATE_LINES,
        .passes = 192, /* in fours */
        .collects = COHERENCE_COLLECT(RBX) | COHERENCE_COLLECT(R9) | COHERENCE_COLLECT(R10),
        .give = invalidate_give,
        .expect = invalidate_expect,
};

COHERENCE_CHECK(invalidate, 0,
        "Lines that every CPU holds when one of them writes: a stale one that a reader keeps, also "
        "where lines are flushed.");
