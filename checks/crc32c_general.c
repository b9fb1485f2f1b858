/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32C bit by bit (RFC 3720, 12.1), for each line of crc32c_sse42.inc: the other implementation. */
#include "base/array.h"
#include "checks/crypto.h"
#include "checks/integer_unit.h"

/* The widths of the lines' data. */
static const uint8_t widths[] = { 8, 16, 32, 64, 8, 8, 16, 32, 64 };

static uint32_t crc32c(uint32_t crc, uint64_t data, unsigned width)
{
        for (; width--; data >>= 1)
                crc = crc >> 1 ^ ((crc ^ data) & 1) * 0x82f63b78;
        return crc;
}

static uint64_t rotate(uint64_t x)
{
        return x << 1 | x >> 63;
}

static void line(struct integer_state *state, unsigned index)
{
        struct integer_record *record = &state->records[index];
        struct integer_accumulators *last = &record->last;
        const struct integer_accumulators *expected = &state->expected[index];

        check_clear(last, sizeof(*last));
        for (unsigned i = 0; i < INTEGER_TUPLES; i++) {
                const uint64_t *tuple = state->operands + 4 * i;

                last->value = rotate(last->value) ^ crc32c((uint32_t)tuple[0], tuple[1], widths[index]);
                last->second = rotate(last->second) ^ tuple[1];
        }
        record->difference.value |= last->value ^ expected->value;
        record->difference.second |= last->second ^ expected->second;
        record->difference.flags |= last->flags ^ expected->flags;
}

static void compute(void *argument)
{
        struct integer_state *state = argument;

        for (unsigned i = 0; i < ARRAY_SIZE(widths); i++)
                check_clear(&state->records[i].difference, sizeof(state->records[i].difference));
        state->held = state->passes = 0;
        for (; state->remaining; state->remaining--, state->passes++)
                for (unsigned i = 0; i < ARRAY_SIZE(widths); i++)
                        line(state, i);
}

void crc32c_general_run(void *state)
{
        registers_call(&((struct integer_state *)state)->registers, compute, state);
}
