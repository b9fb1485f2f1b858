/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/coherence.h"

#include "base/array.h"
#include "base/random.h"

static_assert(offsetof(struct coherence_state, results) == COHERENCE_RESULTS &&
                      offsetof(struct coherence_state, seen) == COHERENCE_SEEN &&
                      offsetof(struct coherence_state, memory) == COHERENCE_MEMORY &&
                      offsetof(struct coherence_state, own) == COHERENCE_OWN &&
                      offsetof(struct coherence_state, party) == COHERENCE_PARTY &&
                      offsetof(struct coherence_state, passes) == COHERENCE_PASSES &&
                      offsetof(struct coherence_state, cycles_most) == COHERENCE_CYCLES_MOST &&
                      offsetof(struct coherence_state, turns) == COHERENCE_TURNS &&
                      offsetof(struct coherence_state, pulses) == COHERENCE_PULSES &&
                      offsetof(struct coherence_state, collects) == COHERENCE_COLLECTS &&
                      offsetof(struct coherence_state, parameters) == COHERENCE_PARAMETERS,
        "as the kernels have it");

#define LINE 64
#define FLAGS_AT_END 0x44 /* ZF PF: a register cleared by xor */
#define RESULT(name) (uint32_t)(sizeof(struct registers) + 8 * COHERENCE_RESULT_##name)

const struct check_field coherence_fields[COHERENCE_FIELDS] = {
        { "pointer into the shared lines", CHECK_UNIT_GENERAL, RESULT(POINTERS), 1, 8, 8 },
        { "count of waits", CHECK_UNIT_GENERAL, RESULT(WAITS), 1, 8, 8 },
        { "count of passes", CHECK_UNIT_GENERAL, RESULT(R8), 1, 8, 8 },
        { "wait without end", CHECK_UNIT_COHERENCE, RESULT(FATE), 1, 8, 8 },
        { "what a party collected, word", CHECK_UNIT_COHERENCE, RESULT(R11),
                COHERENCE_RESULT_WORDS - COHERENCE_RESULT_R11, 8, 8 },
        { "shared line", CHECK_UNIT_COHERENCE, sizeof(struct registers) + 8 * COHERENCE_RESULT_WORDS,
                PARTY_DATA_SIZE / LINE, LINE, 8 },
};

uint64_t coherence_number(const struct check_round *round, unsigned party, unsigned index)
{
        return random_mix(check_round_hash(round, 'c') + 256 * (uint64_t)(party + 1) + index);
}

static uint32_t window_offset(const struct check_round *round, const struct coherence_unit *unit)
{
        return LINE * (uint32_t)(check_round_hash(round, 'l') % (PARTY_DATA_SIZE / LINE - unit->lines + 1));
}

static struct coherence_model make_model(
        const struct check_round *round, uint8_t *data, const struct coherence_unit *unit)
{
        return (struct coherence_model){ .round = round,
                .parties = MAX(round->parties, 1),
                .party = round->party,
                .passes = unit->passes,
                .lines = data + window_offset(round, unit) };
}

static void fill(uint8_t *data, const struct check_round *round, const struct coherence_unit *unit)
{
        struct coherence_model model = make_model(round, data, unit);
        uint64_t pattern = check_round_hash(round, 'p'), *words = (uint64_t *)(void *)data;

        for (size_t i = 0; i < PARTY_DATA_SIZE / 8; i++)
                words[i] = random_next(&pattern);
        if (unit->begin)
                unit->begin(&model);
}

void coherence_share(
        struct party_memory *memory, const struct check_round *round, const struct coherence_unit *unit)
{
        check_clear(memory, PARTY_DATA);
        fill(memory->data, round, unit);
}

void coherence_setup(
        struct coherence_state *state, const struct check_round *round, const struct coherence_unit *unit)
{
        struct coherence_model model = make_model(round, party_shared->data, unit);
        struct registers *in = &state->registers.in;

        if (!round->parties)
                coherence_share(party_shared, round, unit);
        registers_setup(&state->registers, round, state->stack + sizeof(state->stack));
        in->general[REGISTERS_RBP] = (uintptr_t)state;
        check_poison(state->results, sizeof(state->results) + sizeof(state->seen));
        state->memory = (uintptr_t)party_shared;
        state->lines = (uintptr_t)model.lines;
        state->own = (uintptr_t)&party_shared->line[model.party];
        state->parties = model.parties;
        state->party = model.party;
        state->next = model.party + 1 < model.parties ? model.party + 1 : 0;
        state->previous = (model.party ? model.party : model.parties) - 1;
        state->passes = model.passes;
        state->cycles_most = COHERENCE_PATIENCE;
        state->since = state->alike = state->turns = 0;
        for (unsigned i = 0; i < COHERENCE_COLLECT_WORDS; i++)
                state->collects[i] = unit->collects >> i & 1 ? UINT64_MAX : 0;
        check_clear(state->pulses, sizeof(state->pulses));
        check_clear(state->parameters, sizeof(state->parameters));
        if (unit->give)
                unit->give(&model, state->parameters);
        check_copy(&state->round, round, sizeof(*round));
}

/* Of a party that is through. */
static void expect(const struct coherence_state *state, const struct coherence_unit *unit, uint8_t *data,
        uint64_t *results)
{
        struct coherence_model model = make_model(&state->round, data, unit);

        model.passes = state->passes;
        model.results = results;
        check_clear(results, 8 * COHERENCE_RESULT_WORDS);
        results[COHERENCE_RESULT_FATE] = PARTY_DONE;
        coherence_waited(&model, 0, 2);
        fill(data, &state->round, unit);
        unit->expect(&model);
}

/* Of a party that left in a wait, after some passes: what it has collected by then is chance. Where all waited for each
 * other, only that is wrong. */
static void expect_left(const struct coherence_state *state, const struct coherence_unit *unit,
        uint8_t *data, uint64_t *results)
{
        check_copy(results, state->results, sizeof(state->results));
        if (results[COHERENCE_RESULT_FATE] == PARTY_STALLED)
                results[COHERENCE_RESULT_FATE] = PARTY_DONE;
        results[COHERENCE_RESULT_POINTERS] = results[COHERENCE_RESULT_R11] = 0;
        results[COHERENCE_RESULT_WAITS] &= -COHERENCE_A_WAIT;
        results[COHERENCE_RESULT_R8] = MIN(results[COHERENCE_RESULT_R8], state->passes);
        for (unsigned i = 0; i < COHERENCE_COLLECT_WORDS; i++)
                if (!(unit->collects >> i & 1))
                        results[COHERENCE_RESULT_RBX + i] = 0;
        check_poison(data, PARTY_DATA_SIZE);
}

int coherence_verify(const struct coherence_state *state, const struct coherence_unit *unit,
        struct check_mismatch *ret_mismatch)
{
        uint64_t results[COHERENCE_RESULT_WORDS], fate = state->results[COHERENCE_RESULT_FATE];
        uint8_t data[PARTY_DATA_SIZE] __attribute__((aligned(LINE)));
        struct check_compare compare;
        struct registers image;

        if (fate == PARTY_LEFT || fate == PARTY_STALLED)
                expect_left(state, unit, data, results);
        else
                expect(state, unit, data, results);
        check_copy(&image, &state->registers.in, sizeof(image));
        image.flags = FLAGS_AT_END;
        check_compare_begin(&compare);
        registers_compare(&compare, &image, &state->registers.out);
        check_compare(&compare, sizeof(image), results, state->results, sizeof(results));
        check_compare(&compare, sizeof(image) + sizeof(results), data, state->seen, sizeof(data));
        return check_compare_end(&compare, ret_mismatch);
}
