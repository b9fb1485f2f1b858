/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/corrupt.h"

#include <string.h>

#include "base/array.h"
#include "base/random.h"
#include "tests/faulty/place.h"

#define ONE_IN 4
#define ZERO_FLAG 0x40
#define RAX 0
#define RCX 1

/* ---- what was written ---- */

static unsigned first_byte(const struct result_part *part)
{
        return part->first / 8U;
}

static unsigned bytes_of(const struct result_part *part)
{
        return part->mask || part->kind == RESULT_WAY ? 8 : (part->bits + 7U) / 8;
}

static bool has_lanes(const struct result_part *part)
{
        return part->kind == RESULT_VECTOR || part->kind == RESULT_MEMORY || part->kind == RESULT_SCATTER;
}

/* Whether a lane of the destination is written. */
static bool lane_written(const struct look *look, unsigned lane)
{
        const struct result *r = look->result;
        unsigned bytes = r->lane_bits / 8U, sign = (lane + 1) * bytes - 1;

        switch (r->lanes) {
        case RESULT_LANES_MASKED:
                return lane < 64 && place_mask(look, r->lane_register) >> lane & 1;
        case RESULT_LANES_LOWEST:
                return (int)lane < __builtin_popcountll(place_mask(look, r->lane_register));
        case RESULT_LANES_FIRST:
                return lane || (place_mask(look, r->lane_register) & 1);
        case RESULT_LANES_BY_SIGN:
                return place_vector_byte(look, r->lane_register, sign) & 0x80;
        case RESULT_LANES_BY_SIGN_MMX:
                return look->before->xsave[RESULT_AREA_X87 + 16 * r->lane_register + sign] & 0x80;
        default:
                return true;
        }
}

/* The flags that a shift or rotation defines: Intel SDM volume 2, SAL/SAR/SHL/SHR, RCL/RCR/ROL/ROR, SHLD, SHRD. */
static uint64_t shift_flags(const struct look *look, uint64_t mask)
{
        const struct result *r = look->result;
        unsigned count = (r->shift < 0 ? (unsigned)look->before->general[RCX] : (unsigned)r->shift) &
                         (r->shift_bits == 64 ? 63 : 31);

        if (!count || (r->shift_double && count > r->shift_bits))
                return 0;
        if (count > 1)
                mask &= ~(uint64_t)ZYDIS_CPUFLAG_OF;
        if (r->shift_plain && count >= r->shift_bits)
                mask &= ~(uint64_t)ZYDIS_CPUFLAG_CF;
        return mask;
}

/* Whether the instruction wrote this part this time. */
static bool part_written(const struct look *look, const struct result_part *part)
{
        const struct result *r = look->result;
        bool zero = look->after->flags & ZERO_FLAG;

        if (part->restored && !(look->before->general[RAX] >> (part->restored - 1) & 1))
                return false;
        switch (r->when) {
        case RESULT_REPEATED:
                return look->before->general[RCX] != 0;
        case RESULT_EXCHANGED:
                return part->kind == RESULT_FLAGS || (part == r->parts ? zero : !zero);
        case RESULT_FOUND:
                return part->kind == RESULT_FLAGS || !zero;
        case RESULT_SHIFTED:
                return part->kind != RESULT_FLAGS || shift_flags(look, part->mask);
        default:
                return true;
        }
}

/* ---- the value, and the flip ---- */

static bool read_byte(const struct look *look, const struct place *place, uint8_t *ret_byte)
{
        if (!place->byte)
                return look->memory->read(look->memory->user, place->address, ret_byte, 1);
        *ret_byte = *place->byte;
        return true;
}

static bool lane_of_byte_written(const struct look *look, const struct result_part *part, unsigned byte)
{
        return !has_lanes(part) || look->result->lanes == RESULT_LANES_ALL ||
               lane_written(look, byte * 8 / look->result->lane_bits);
}

/* Memory is read at once where it lies together: a system call a byte would be slow. */
static uint64_t hash_memory(const struct look *look, const struct result_part *part, uint64_t hash)
{
        uint8_t bytes[128] = { 0 };
        unsigned n = MIN(bytes_of(part), (unsigned)sizeof(bytes));

        if (!look->memory->read(look->memory->user, place_address(look) + part->offset, bytes, n))
                return hash;
        for (unsigned i = 0; i < n; i++)
                if (lane_of_byte_written(look, part, i))
                        hash = random_mix(hash ^ bytes[i]);
        return hash;
}

static uint64_t hash_part(const struct look *look, const struct result_part *part, uint64_t hash)
{
        uint64_t mask = part->mask ? part->mask : UINT64_MAX;

        if (part->kind == RESULT_MEMORY)
                return hash_memory(look, part, hash);
        if (look->result->when == RESULT_SHIFTED && part->kind == RESULT_FLAGS)
                mask = shift_flags(look, mask);
        for (unsigned i = first_byte(part); i < first_byte(part) + bytes_of(part); i++) {
                struct place place = place_of(look, part, i);
                uint8_t byte;

                if (lane_of_byte_written(look, part, i) && read_byte(look, &place, &byte))
                        hash = random_mix(hash ^ (byte & (uint8_t)(mask >> 8 * (i & 7))));
        }
        return hash;
}

static bool goes_wrong(const struct look *look, uint64_t seed)
{
        uint64_t hash = random_mix(seed ^ look->result->mnemonic);

        for (unsigned i = 0; i < look->result->n_parts; i++)
                if (part_written(look, &look->result->parts[i]))
                        hash = hash_part(look, &look->result->parts[i], hash + i);
        return random_mix(hash) % ONE_IN == 0;
}

/* Bit `choice` (of any size) of the part: of its mask's bits, or of all its bits. */
static unsigned choose_bit(const struct result_part *part, uint64_t mask, uint64_t choice)
{
        unsigned n;

        if (!part->mask)
                return part->first + (unsigned)(choice % part->bits);
        n = (unsigned)(choice % (unsigned)__builtin_popcountll(mask));
        for (; n; n--)
                mask &= mask - 1;
        return (unsigned)__builtin_ctzll(mask);
}

/* Another top turns the registers, of which the area holds st(0) first. */
static void turn_x87(struct corrupt_machine *machine, unsigned top_before)
{
        uint8_t copy[8][16];
        unsigned turn = (place_top(machine) - top_before) & 7;

        memcpy(copy, machine->xsave + RESULT_AREA_X87, sizeof(copy));
        for (unsigned i = 0; i < 8; i++)
                memcpy(machine->xsave + RESULT_AREA_X87 + 16 * i, copy[(i + turn) & 7], sizeof(copy[0]));
}

static enum corrupt_change flip_at(const struct look *look, const struct place *place, unsigned bit)
{
        uint8_t byte;
        uint64_t present;

        if (!read_byte(look, place, &byte))
                return CORRUPT_NOTHING;
        byte ^= (uint8_t)(1U << bit % 8);
        if (!place->byte)
                return look->memory->write(look->memory->user, place->address, &byte, 1) ? CORRUPT_MEMORY
                                                                                         : CORRUPT_NOTHING;
        *place->byte = byte;
        if (place->change == CORRUPT_EXTENDED) {
                memcpy(&present, look->after->xsave + RESULT_AREA_PRESENT, sizeof(present));
                present |= place->components;
                memcpy(look->after->xsave + RESULT_AREA_PRESENT, &present, sizeof(present));
        }
        return place->change;
}

static enum corrupt_change flip(const struct look *look, const struct result_part *part, uint64_t choice)
{
        uint64_t mask = part->mask;
        unsigned bit, top;
        struct place place;
        enum corrupt_change change;

        if (part->kind == RESULT_WAY) {
                uint64_t next = look->before->instruction + look->result->length;

                look->after->instruction =
                        look->after->instruction == next ? next + (uint64_t)look->result->jump : next;
                return CORRUPT_GENERAL;
        }
        if (look->result->when == RESULT_SHIFTED && part->kind == RESULT_FLAGS)
                mask = shift_flags(look, mask);
        bit = choose_bit(part, mask, choice);
        if (!lane_of_byte_written(look, part, bit / 8))
                return CORRUPT_NOTHING;
        place = place_of(look, part, bit / 8);
        top = look->after->xsave ? place_top(look->after) : 0;
        change = flip_at(look, &place, bit);
        if (part->kind == RESULT_AREA && part->mask == RESULT_X87_TOP)
                turn_x87(look->after, top);
        return change;
}

enum corrupt_change corrupt(uint64_t seed, const struct result *result, const struct corrupt_machine *before,
        struct corrupt_machine *after, const struct corrupt_memory *memory)
{
        const struct look look = { result, before, after, memory };
        uint64_t choice = random_mix(random_mix(seed) + result->mnemonic);
        const struct result_part *part = &result->parts[choice % result->n_parts];

        if (!part_written(&look, part) || !goes_wrong(&look, seed))
                return CORRUPT_NOTHING;
        return flip(&look, part, random_mix(choice));
}
