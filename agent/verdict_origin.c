/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/verdict_origin.h"

#include <string.h>

/* Two sentinels of one register differ in few bits when their rounds do; fewer than these may be flips. */
#define ORIGIN_BITS_MIN 8

const char *verdict_origin_text(enum verdict_origin origin)
{
        switch (origin) {
        case ORIGIN_ZERO:
                return "zeros";
        case ORIGIN_STALE:
                return "its value of another round";
        case ORIGIN_FOREIGN:
                return "a value of another process or CPU";
        case ORIGIN_SWAPPED:
                return "another register's value";
        default:
                return "a value that nothing has written";
        }
}

static bool is_register(unsigned id)
{
        return id < REGISTERS_ID_GENERAL + 16 || (id >= REGISTERS_ID_MASK && id < REGISTERS_ID_MASK + 8) ||
               (id >= REGISTERS_ID_X87 && id < REGISTERS_ID_X87 + 8) ||
               (id >= REGISTERS_ID_VECTOR && id < REGISTERS_ID_VECTOR + 32);
}

bool verdict_origin_decode(uint64_t value, struct check_round *ret_round, unsigned *ret_register)
{
        /* The complement of an odd round is undone; whichever form has the right parity is the sentinel. */
        for (unsigned odd = 0; odd < 2; odd++) {
                uint64_t plain = odd ? ~value : value;
                unsigned id = plain >> 35 & 0x7f;

                if ((plain & 1) != odd || !is_register(id))
                        continue;
                *ret_round = (struct check_round){
                        .number = (uint32_t)plain,
                        .cpu = (uint16_t)(plain >> 52),
                        .process = plain >> 42 & 0x3ff,
                };
                *ret_register = id;
                return true;
        }
        return false;
}

static enum verdict_origin word_origin(
        uint64_t expected, uint64_t actual, const struct check_round *round, const struct cpu_set *cpus)
{
        struct check_round from, wanted;
        unsigned id, wanted_id;

        if (!actual)
                return ORIGIN_ZERO;
        if (!verdict_origin_decode(actual, &from, &id) || !cpu_set_has(cpus, from.cpu))
                return ORIGIN_UNKNOWN;
        if (from.cpu != round->cpu || from.process != round->process)
                return ORIGIN_FOREIGN;
        if (from.number < round->number)
                return ORIGIN_STALE;
        if (from.number > round->number)
                return ORIGIN_UNKNOWN;
        return verdict_origin_decode(expected, &wanted, &wanted_id) ? ORIGIN_SWAPPED : ORIGIN_UNKNOWN;
}

/* All words of the image but those that hold no sentinel of 64 bits: %rsp, flags, bases, control words, exponents
 * of x87. */
static bool word_has_sentinel(uint32_t offset)
{
        if (offset == REGISTERS_GENERAL + 8 * REGISTERS_RSP)
                return false;
        if (offset >= REGISTERS_X87 && offset < REGISTERS_X87_CONTROL)
                return (offset - REGISTERS_X87) % 16 == 0;
        return offset < REGISTERS_FLAGS || (offset >= REGISTERS_MASK && offset < REGISTERS_X87) ||
               (offset >= REGISTERS_VECTOR && offset < REGISTERS_SIZE);
}

enum verdict_origin verdict_origin_of(
        const struct observation *observation, bool image, const struct cpu_set *cpus)
{
        const struct check_mismatch *m = &observation->mismatch;
        enum verdict_origin origin = ORIGIN_UNKNOWN;
        unsigned bits = 0;

        if (!image || m->window % 8)
                return ORIGIN_UNKNOWN;
        for (uint32_t i = 0; i < CHECK_WINDOW; i += 8) {
                enum verdict_origin word;
                uint64_t expected, actual;

                memcpy(&expected, m->expected + i, sizeof(expected));
                memcpy(&actual, m->actual + i, sizeof(actual));
                if (expected == actual)
                        continue;
                word = word_has_sentinel(m->window + i)
                               ? word_origin(expected, actual, &observation->round, cpus)
                               : ORIGIN_UNKNOWN;
                if (word == ORIGIN_UNKNOWN || (origin != ORIGIN_UNKNOWN && word != origin))
                        return ORIGIN_UNKNOWN;
                origin = word;
                bits += (unsigned)__builtin_popcountll(expected ^ actual);
        }
        return bits >= ORIGIN_BITS_MIN ? origin : ORIGIN_UNKNOWN;
}
