/* SPDX-License-Identifier: Apache-2.0 */
/* Turns, messages and rings: every value that passes from one party to another is known beforehand, so a word that
 * comes late, early or from another time is a wrong word. */
#include "checks/coherence.h"

#define SHARED PARTY_MOST /* a number that is no party's own */

static uint64_t shared_number(const struct coherence_model *model, unsigned index)
{
        return coherence_number(model->round, SHARED, index);
}

static unsigned next(const struct coherence_model *model)
{
        return model->party + 1 < model->parties ? model->party + 1 : 0;
}

static unsigned previous(const struct coherence_model *model)
{
        return (model->party ? model->party : model->parties) - 1;
}

/* ---- pingpong ---- */

enum { TURN_BASE, TURN_OTHER_BASE, TURN_STEP };

static void pingpong_begin(const struct coherence_model *model)
{
        COHERENCE_AT(uint64_t, model, 0) = 0;
        COHERENCE_AT(uint64_t, model, 8) = shared_number(model, TURN_BASE);
        COHERENCE_AT(uint64_t, model, 56) = shared_number(model, TURN_OTHER_BASE);
}

static void pingpong_give(const struct coherence_model *model, uint64_t *parameters)
{
        uint64_t step = shared_number(model, TURN_STEP);

        parameters[0] = shared_number(model, TURN_BASE) + model->party * step;
        parameters[1] = shared_number(model, TURN_OTHER_BASE) + model->party * step;
        parameters[2] = step;
        parameters[3] = model->parties * step;
}

static void pingpong_expect(const struct coherence_model *model)
{
        uint64_t turns = model->passes * model->parties, moved = turns * shared_number(model, TURN_STEP),
                 parameters[COHERENCE_PARAMETER_WORDS];

        COHERENCE_AT(uint64_t, model, 0) += turns;
        COHERENCE_AT(uint64_t, model, 8) += moved;
        COHERENCE_AT(uint64_t, model, 56) += moved;
        pingpong_give(model, parameters);
        model->results[COHERENCE_RESULT_R10] = model->party + turns;
        model->results[COHERENCE_RESULT_R14] = parameters[0] + moved;
        model->results[COHERENCE_RESULT_R15] = parameters[1] + moved;
        coherence_waited(model, model->passes, 0);
}

static const struct coherence_unit pingpong_unit = {
        .lines = 1,
        .passes = 768,
        .collects = COHERENCE_COLLECT(R10) | COHERENCE_COLLECT(R14) | COHERENCE_COLLECT(R15),
        .begin = pingpong_begin,
        .give = pingpong_give,
        .expect = pingpong_expect,
};

COHERENCE_CHECK(
        pingpong, 0, "A line that goes from CPU to CPU: a stale word in it, or a turn that is taken twice.");

/* ---- message ---- */

#define MESSAGE_SIZE (64 * COHERENCE_MESSAGE_LINES)
#define MESSAGE_FLAG 256
#define MESSAGE_ANSWER 320
enum { MESSAGE_STEP, MESSAGE_WORD_STEP };

static uint64_t message_base(const struct coherence_model *model, unsigned party)
{
        return coherence_number(model->round, party, 0);
}

static void message_begin(const struct coherence_model *model)
{
        for (unsigned party = 0; party < PARTY_MOST; party++) {
                COHERENCE_AT(uint64_t, model, MESSAGE_SIZE * party + MESSAGE_FLAG) = 0;
                COHERENCE_AT(uint64_t, model, MESSAGE_SIZE * party + MESSAGE_ANSWER) = 0;
        }
}

static void message_give(const struct coherence_model *model, uint64_t *parameters)
{
        parameters[0] = message_base(model, model->party);
        parameters[1] = message_base(model, previous(model));
        parameters[2] = shared_number(model, MESSAGE_STEP);
        parameters[3] = shared_number(model, MESSAGE_WORD_STEP);
}

static void message_expect(const struct coherence_model *model)
{
        uint64_t passes = model->passes, moved = passes * shared_number(model, MESSAGE_STEP);
        uint64_t word_step = passes % 4 == 3 ? 0 : shared_number(model, MESSAGE_WORD_STEP);

        for (unsigned party = 0; party < model->parties; party++) {
                uint32_t at = MESSAGE_SIZE * party;

                for (uint32_t word = 0; word < MESSAGE_FLAG / 8; word++)
                        COHERENCE_AT(uint64_t, model, at + 8 * word) =
                                message_base(model, party) + moved + word * word_step;
                COHERENCE_AT(uint64_t, model, at + MESSAGE_FLAG) = passes;
                COHERENCE_AT(uint64_t, model, at + MESSAGE_ANSWER) = passes;
        }
        model->results[COHERENCE_RESULT_R9] = message_base(model, model->party) + moved;
        model->results[COHERENCE_RESULT_R10] = message_base(model, previous(model)) + moved;
        model->results[COHERENCE_RESULT_R14] = MESSAGE_SIZE * model->party;
        model->results[COHERENCE_RESULT_R15] = MESSAGE_SIZE * previous(model);
        model->results[COHERENCE_RESULT_RBX] = passes + 1;
        coherence_waited(model, 2 * passes, 0);
}

static const struct coherence_unit message_unit = {
        .lines = COHERENCE_MESSAGE_LINES * PARTY_MOST,
        .passes = 256,
        .collects = COHERENCE_COLLECT(RBX) | COHERENCE_COLLECT(R9) | COHERENCE_COLLECT(R10) |
                    COHERENCE_COLLECT(R14) | COHERENCE_COLLECT(R15),
        .begin = message_begin,
        .give = message_give,
        .expect = message_expect,
};

COHERENCE_CHECK(message, 0,
        "A message of four lines and a flag from one CPU to the next: a flag that is seen before what was "
        "stored "
        "before it, or a stale line.");

/* ---- order ---- */

#define ORDER_LINE 128
#define ORDER_BITS 512

static void order_begin(const struct coherence_model *model)
{
        for (unsigned party = 0; party < PARTY_MOST; party++) {
                COHERENCE_AT(uint64_t, model, ORDER_LINE * party) = 0;
                for (unsigned word = 0; word < COHERENCE_ORDER_WORDS; word++)
                        COHERENCE_AT(uint64_t, model, ORDER_BITS + 64 * party + 8 * word) = 0;
        }
}

static void order_expect(const struct coherence_model *model)
{
        for (unsigned party = 0; party < model->parties; party++)
                COHERENCE_AT(uint64_t, model, ORDER_LINE * party) = model->passes;
        model->results[COHERENCE_RESULT_RBX] = COHERENCE_ORDER_WORDS;
        model->results[COHERENCE_RESULT_R10] = model->passes + 1;
        model->results[COHERENCE_RESULT_R14] = ORDER_LINE * model->party;
        model->results[COHERENCE_RESULT_R15] = ORDER_LINE * next(model);
        coherence_waited(model, model->passes, 2);
}

static const struct coherence_unit order_unit = {
        .lines = 12,
        .passes = 512,
        .collects = COHERENCE_COLLECT(RBX) | COHERENCE_COLLECT(R9) | COHERENCE_COLLECT(R10) |
                    COHERENCE_COLLECT(R14) | COHERENCE_COLLECT(R15),
        .begin = order_begin,
        .expect = order_expect,
};

COHERENCE_CHECK(order, 0,
        "Stores and loads of several CPUs around a fence, an exchange or a locked instruction: a load that "
        "comes "
        "before the store that it must follow.");

/* ---- ring ---- */

#define RING_SIZE (64 * COHERENCE_RING_LINES)
#define RING_SLOT 16
#define RING_PUT 128
#define RING_TAKEN 192

static uint64_t ring_value(const struct coherence_model *model, unsigned party, uint64_t count)
{
        return coherence_number(model->round, party, 0) + count * shared_number(model, 0);
}

static void ring_begin(const struct coherence_model *model)
{
        for (unsigned party = 0; party < PARTY_MOST; party++) {
                COHERENCE_AT(uint64_t, model, RING_SIZE * party + RING_PUT) = 0;
                COHERENCE_AT(uint64_t, model, RING_SIZE * party + RING_TAKEN) = 0;
        }
}

static void ring_give(const struct coherence_model *model, uint64_t *parameters)
{
        parameters[0] = ring_value(model, model->party, 0);
        parameters[1] = ring_value(model, previous(model), 0);
        parameters[2] = shared_number(model, 0);
}

static void ring_expect(const struct coherence_model *model)
{
        uint64_t passes = model->passes;

        for (unsigned party = 0; party < model->parties; party++) {
                uint32_t at = RING_SIZE * party;

                for (uint32_t slot = 0; slot < COHERENCE_RING_SLOTS; slot++) {
                        uint64_t value = ring_value(model, party, passes - COHERENCE_RING_SLOTS + slot);

                        COHERENCE_AT(uint64_t, model, at + RING_SLOT * slot) = value;
                        COHERENCE_AT(uint64_t, model, at + RING_SLOT * slot + 8) =
                                ~(value << 32 | value >> 32);
                }
                COHERENCE_AT(uint64_t, model, at + RING_PUT) = passes;
                COHERENCE_AT(uint64_t, model, at + RING_TAKEN) = passes;
        }
        model->results[COHERENCE_RESULT_R9] = passes;
        model->results[COHERENCE_RESULT_R10] = passes;
        model->results[COHERENCE_RESULT_R14] = ring_value(model, model->party, passes);
        model->results[COHERENCE_RESULT_R15] = ring_value(model, previous(model), passes);
        model->results[COHERENCE_RESULT_RBX] = (passes - 1) % COHERENCE_RING_SLOTS * RING_SLOT;
        coherence_waited(model, 2 * passes, 0);
}

static const struct coherence_unit ring_unit = {
        .lines = COHERENCE_RING_LINES * PARTY_MOST,
        .passes = 1024,
        .collects = COHERENCE_COLLECT(RBX) | COHERENCE_COLLECT(R9) | COHERENCE_COLLECT(R10) |
                    COHERENCE_COLLECT(R14) | COHERENCE_COLLECT(R15),
        .begin = ring_begin,
        .give = ring_give,
        .expect = ring_expect,
};

COHERENCE_CHECK(ring, 0,
        "A ring of slots that one CPU fills and the next one empties: a value that is lost, doubled, stale "
        "or at odds "
        "with its sum.");
