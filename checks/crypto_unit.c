/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/crypto_unit.h"

#include <assert.h>

#define ELEMENT 16

static_assert(
        offsetof(struct crypto_state, difference) == CRYPTO_DIFFERENCE, "crypto_unit.h agrees with itself");
static_assert(offsetof(struct crypto_state, passes) == CRYPTO_PASSES, "");
static_assert(offsetof(struct crypto_state, result) == CRYPTO_RESULT, "");
static_assert(offsetof(struct crypto_state, remaining) == CRYPTO_REMAINING, "");
static_assert(offsetof(struct crypto_state, input) == CRYPTO_INPUT, "");
static_assert(offsetof(struct crypto_state, answer) == CRYPTO_ANSWER, "");

static uint32_t result_size(const struct crypto_unit *unit)
{
        return unit->answer_fixed + unit->answer_arrays * unit->count * ELEMENT;
}

/* Copies a fixed part and arrays whose elements move down by `rotation`. */
static void copy_rotated(
        uint8_t *to, const uint8_t *from, uint32_t fixed, uint32_t arrays, uint32_t size, uint32_t rotation)
{
        check_copy(to, from, fixed);
        for (to += fixed, from += fixed; arrays--; to += size, from += size) {
                check_copy(to, from + rotation, size - rotation);
                check_copy(to + size - rotation, from, rotation);
        }
}

void crypto_setup(
        struct crypto_state *state, const struct check_round *round, const struct crypto_unit *unit)
{
        uint32_t block = round->number % unit->blocks, size = unit->count * ELEMENT;
        uint32_t rotation = round->number / unit->blocks % unit->rotations * ELEMENT;
        uint32_t input_size = unit->input_fixed + unit->input_arrays * size;
        const uint8_t *from =
                answers_payload(unit->table) + (size_t)block * (input_size + result_size(unit));

        registers_setup(&state->registers, round, state->stack + sizeof(state->stack));
        check_poison(state->difference, CRYPTO_REMAINING - CRYPTO_DIFFERENCE);
        copy_rotated(state->input, from, unit->input_fixed, unit->input_arrays, size, rotation);
        copy_rotated(
                state->answer, from + input_size, unit->answer_fixed, unit->answer_arrays, size, rotation);
        state->remaining = unit->passes;
}

int crypto_verify(const struct crypto_state *state, const struct crypto_unit *unit,
        struct check_mismatch *ret_mismatch)
{
        uint64_t counts[CRYPTO_DIFFERENCES + 1][8];
        struct registers expected;
        struct check_compare compare;

        check_clear(counts, sizeof(counts));
        counts[CRYPTO_DIFFERENCES][0] = unit->passes;
        check_copy(&expected, &state->registers.in, sizeof(expected));
        if (unit->flags)
                expected.flags = unit->flags;
        check_compare_begin(&compare);
        registers_compare(&compare, &expected, &state->registers.out);
        check_compare(&compare, CRYPTO_DIFFERENCE - sizeof(struct registers), counts, state->difference,
                sizeof(counts));
        check_compare(&compare, CRYPTO_RESULT - sizeof(struct registers), state->answer, state->result,
                result_size(unit));
        return check_compare_end(&compare, ret_mismatch);
}

void crypto_begin(struct crypto_state *state)
{
        check_clear(state->difference, CRYPTO_RESULT - CRYPTO_DIFFERENCE);
}

void crypto_compare(struct crypto_state *state, uint32_t index, uint32_t offset, uint32_t size)
{
        for (uint32_t i = 0; i < size; i += 8) {
                uint64_t result, answer;

                check_copy(&result, state->result + offset + i, sizeof(result));
                check_copy(&answer, state->answer + offset + i, sizeof(answer));
                state->difference[index][i / 8 % 2] |= result ^ answer;
        }
}
