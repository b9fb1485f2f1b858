/* SPDX-License-Identifier: Apache-2.0 */
/* Words that all parties change by locked instructions. What they add commutes, so that the end is known whatever the
 * order; what an exchange-and-add hands out is handed out once, so that its sum is known too. */
#include "checks/coherence.h"

#define SHARED PARTY_MOST /* a number that is no party's own */

/* What `add` and `compare` have alike: the four words whose old values are summed, and the two sums. */
static uint64_t amount_64(const struct coherence_model *model)
{
        return coherence_number(model->round, SHARED, 0) >> 24 | 1;
}

static uint32_t amount_32(const struct coherence_model *model)
{
        return (uint32_t)coherence_number(model->round, SHARED, 1) | 1;
}

/* The first of the 64-bit numbers: none is 0, and they do not wrap. */
static void tickets_begin(const struct coherence_model *model)
{
        COHERENCE_AT(uint64_t, model, 0) = coherence_number(model->round, SHARED, 2) >> 2 | 1;
}

/* Returns the sum of the numbers that `n` additions to the words of 32, 16 and 8 bits find. */
static uint64_t tickets_sum(const struct coherence_model *model, uint32_t n)
{
        uint64_t sum = 0;

        for (uint32_t i = 0; i < n; i++) {
                sum += (uint64_t)COHERENCE_AT(uint32_t, model, 8) + COHERENCE_AT(uint16_t, model, 12) +
                       COHERENCE_AT(uint8_t, model, 14);
                COHERENCE_AT(uint32_t, model, 8) += amount_32(model);
                COHERENCE_AT(uint16_t, model, 12) += (uint16_t)amount_32(model);
                COHERENCE_AT(uint8_t, model, 14) += (uint8_t)amount_32(model);
        }
        return sum;
}

/* The sum of `n` numbers from `first` on, `step` apart. */
static uint64_t series(uint64_t first, uint64_t step, uint64_t n)
{
        return n * first + step * (n * (n - 1) / 2);
}

static void tickets_expect(const struct coherence_model *model, uint32_t n)
{
        COHERENCE_AT(uint64_t, model, 72) += series(COHERENCE_AT(uint64_t, model, 0), amount_64(model), n);
        COHERENCE_AT(uint64_t, model, 0) += n * amount_64(model);
        COHERENCE_AT(uint64_t, model, 80) += tickets_sum(model, n);
}

/* ---- add ---- */

static uint64_t add_own(const struct coherence_model *model, unsigned party)
{
        return coherence_number(model->round, party, 0);
}

static void add_give(const struct coherence_model *model, uint64_t *parameters)
{
        parameters[0] = amount_64(model);
        parameters[1] = amount_32(model);
        parameters[2] = add_own(model, model->party);
}

static void add_expect(const struct coherence_model *model)
{
        uint32_t n = (uint32_t)model->passes * model->parties;
        uint64_t sum = 0;

        for (unsigned party = 0; party < model->parties; party++)
                sum += model->passes * add_own(model, party);
        tickets_expect(model, n);
        COHERENCE_AT(uint8_t, model, 15) += (uint8_t)n;
        COHERENCE_AT(uint64_t, model, 16) += sum;
        COHERENCE_AT(uint32_t, model, 24) -= (uint32_t)sum;
        COHERENCE_AT(uint16_t, model, 28) += (uint16_t)sum;
        COHERENCE_AT(uint8_t, model, 30) -= (uint8_t)sum;
        COHERENCE_AT(uint8_t, model, 31) -= (uint8_t)n;
        COHERENCE_AT(uint64_t, model, 32) -= sum;
        COHERENCE_AT(uint64_t, model, 40) += n;
        COHERENCE_AT(uint64_t, model, 48) -= n;
        COHERENCE_AT(uint32_t, model, 56) += (uint32_t)sum + n; /* the carry */
        COHERENCE_AT(uint32_t, model, 60) -= (uint32_t)sum + n;
        if (n % 2)
                COHERENCE_AT(uint64_t, model, 64) = -COHERENCE_AT(uint64_t, model, 64);
}

static const struct coherence_unit add_unit = {
        .lines = 2,
        .passes = 513,
        .collects = COHERENCE_COLLECT(R9) | COHERENCE_COLLECT(R10) | COHERENCE_COLLECT(R14),
        .begin = tickets_begin,
        .give = add_give,
        .expect = add_expect,
};

COHERENCE_CHECK(add, 0,
        "Locked additions that several CPUs make to the same words: one that is lost, made twice, or "
        "hands out a number twice.");

/* ---- bits ---- */

static uint64_t bits_any(const struct coherence_model *model, unsigned party)
{
        return coherence_number(model->round, party, 0);
}

static unsigned bits_index(const struct coherence_model *model, unsigned party)
{
        return 16 * party + (unsigned)(coherence_number(model->round, party, 1) % 16);
}

/* Bits of the party's bytes of a word: one in each half. */
static uint64_t bits_own(const struct coherence_model *model, unsigned party)
{
        uint64_t lanes = UINT64_C(0xff000000ff) << 8 * party;

        return (coherence_number(model->round, party, 2) | UINT64_C(0x0101010101010101)) & lanes;
}

static void bits_begin(const struct coherence_model *model)
{
        for (unsigned party = 0; party < PARTY_MOST; party++) {
                COHERENCE_AT(uint64_t, model, 16) &= ~(UINT64_C(1) << bits_index(model, party));
                COHERENCE_AT(uint64_t, model, 32) &= ~bits_own(model, party);
                COHERENCE_AT(uint32_t, model, 56) &= ~(uint32_t)bits_own(model, party);
        }
}

static void bits_give(const struct coherence_model *model, uint64_t *parameters)
{
        parameters[0] = bits_any(model, model->party);
        parameters[1] = bits_index(model, model->party);
        parameters[2] = bits_own(model, model->party);
}

static uint64_t turn(uint64_t value)
{
        return value << COHERENCE_CARRY_TURN | value >> (64 - COHERENCE_CARRY_TURN);
}

/* What the carry flag said: of the bit that toggles, the one that was clear, the one that was set. */
static uint64_t bits_carries(const struct coherence_model *model, uint64_t toggling)
{
        uint64_t bit = toggling >> bits_index(model, model->party) & 1, carries = 0;

        for (unsigned pass = 0; pass < model->passes; pass++) {
                carries = turn(turn(turn(carries + bit)) + 1);
                bit ^= 1;
        }
        return carries;
}

static void bits_expect(const struct coherence_model *model)
{
        model->results[COHERENCE_RESULT_RBX] = model->party;
        model->results[COHERENCE_RESULT_R9] = bits_carries(model, COHERENCE_AT(uint64_t, model, 8));
        for (unsigned party = 0; model->passes % 2 && party < model->parties; party++) {
                COHERENCE_AT(uint64_t, model, 0) ^= bits_any(model, party);
                COHERENCE_AT(uint64_t, model, 8) ^= UINT64_C(1) << bits_index(model, party);
                COHERENCE_AT(uint8_t, model, 40 + party) ^= (uint8_t)bits_index(model, party);
                COHERENCE_AT(uint16_t, model, 48 + 2 * party) ^= 0xffff;
                COHERENCE_AT(uint32_t, model, 60) ^= (uint32_t)bits_own(model, party);
        }
        if (model->passes * model->parties % 2)
                COHERENCE_AT(uint64_t, model, 24) = ~COHERENCE_AT(uint64_t, model, 24);
}

static const struct coherence_unit bits_unit = {
        .lines = 1,
        .passes = 513,
        .collects = COHERENCE_COLLECT(RBX) | COHERENCE_COLLECT(R9),
        .begin = bits_begin,
        .give = bits_give,
        .expect = bits_expect,
};

COHERENCE_CHECK(bits, 0,
        "Locked changes of single bits and bytes among those of other CPUs: one that is lost or that "
        "changes a neighbour's.");

/* ---- compare, compare_cx16 ---- */

static uint64_t pair_step(const struct coherence_model *model)
{
        return coherence_number(model->round, SHARED, 3);
}

static uint64_t pair_base(const struct coherence_model *model)
{
        return coherence_number(model->round, SHARED, 4);
}

static void pair_give(const struct coherence_model *model, uint64_t *parameters)
{
        parameters[0] = amount_64(model);
        parameters[1] = amount_32(model);
        parameters[2] = pair_step(model);
        parameters[3] = pair_base(model);
}

/* The count of a pair is at `at`, the multiple of it behind. */
static void pair_set_32(const struct coherence_model *model, uint32_t count)
{
        COHERENCE_AT(uint32_t, model, 16) = count;
        COHERENCE_AT(uint32_t, model, 20) = count * (uint32_t)pair_step(model) + (uint32_t)pair_base(model);
}

static void pair_set_64(const struct coherence_model *model, uint64_t count)
{
        COHERENCE_AT(uint64_t, model, 0) = count;
        COHERENCE_AT(uint64_t, model, 8) = count * pair_step(model) + pair_base(model);
}

static void compare_begin(const struct coherence_model *model)
{
        tickets_begin(model);
        pair_set_32(model, COHERENCE_AT(uint32_t, model, 16) >> 2);
}

static void compare_expect(const struct coherence_model *model)
{
        uint32_t n = (uint32_t)model->passes * model->parties, count = COHERENCE_AT(uint32_t, model, 16);

        tickets_expect(model, n);
        COHERENCE_AT(uint64_t, model, 80) += series(count, 1, n);
        pair_set_32(model, count + n);
        coherence_waited(model, 5 * model->passes, 0);
}

static const struct coherence_unit compare_unit = {
        .lines = 2,
        .passes = 1024,
        .collects = COHERENCE_COLLECT(RBX) | COHERENCE_COLLECT(R9) | COHERENCE_COLLECT(R14),
        .begin = compare_begin,
        .give = pair_give,
        .expect = compare_expect,
};

COHERENCE_CHECK(compare, ISA(CX8),
        "Compare-and-exchange of 1 to 8 bytes by several CPUs: one that succeeds over another's "
        "change, or a pair that comes apart.");

static void pair_begin(const struct coherence_model *model)
{
        pair_set_64(model, COHERENCE_AT(uint64_t, model, 0));
}

static void pair_expect(const struct coherence_model *model)
{
        uint64_t n = model->passes * model->parties, count = COHERENCE_AT(uint64_t, model, 0);

        pair_set_64(model, count + n);
        COHERENCE_AT(uint64_t, model, 72) += series(count, 1, n);
        coherence_waited(model, model->passes, 0);
}

static const struct coherence_unit compare_cx16_unit = {
        .lines = 2,
        .passes = 4096,
        .collects = COHERENCE_COLLECT(RBX) | COHERENCE_COLLECT(R9),
        .begin = pair_begin,
        .give = pair_give,
        .expect = pair_expect,
};

COHERENCE_CHECK(compare_cx16, ISA(CX16),
        "Compare-and-exchange of 16 bytes by several CPUs: one that succeeds over another's change, or "
        "a pair that comes apart.");
