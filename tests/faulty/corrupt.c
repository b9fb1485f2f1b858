/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/corrupt.h"

#include <string.h>

#include "base/array.h"
#include "base/random.h"

#define ONE_IN 4
#define ZERO_FLAG 0x40
#define RAX 0
#define RCX 1
#define RSP 4
#define COMPONENT_YMM 2
#define COMPONENT_MASK 5
#define COMPONENT_ZMM 6
#define COMPONENT_ZMM_HIGH 7

/* What is at hand while one instruction is looked at. */
struct look {
        const struct result *result;
        const struct corrupt_machine *before;
        struct corrupt_machine *after;
        const struct corrupt_memory *memory;
};

/* One byte of a part: in a register, or in memory at an address. */
struct place {
        uint8_t *byte; /* NULL: in memory */
        uint64_t address;
        enum corrupt_change change;
        uint64_t components; /* that must be present in the area */
};

/* ---- registers ---- */

/* Where byte `byte` of vector register `index` lies in the area; *ret_component is the one that holds it. */
static uint32_t vector_offset(unsigned index, unsigned byte, unsigned *ret_component)
{
        if (index >= 16) {
                *ret_component = COMPONENT_ZMM_HIGH;
                return result_component_offset(COMPONENT_ZMM_HIGH) + 64 * (index - 16) + byte;
        }
        if (byte < 16) {
                *ret_component = 1;
                return RESULT_AREA_XMM + 16 * index + byte;
        }
        *ret_component = byte < 32 ? COMPONENT_YMM : COMPONENT_ZMM;
        if (byte < 32)
                return result_component_offset(COMPONENT_YMM) + 16 * index + byte - 16;
        return result_component_offset(COMPONENT_ZMM) + 32 * index + byte - 32;
}

static uint64_t mask_register(const struct corrupt_machine *machine, unsigned index)
{
        uint64_t value;

        memcpy(&value, machine->xsave + result_component_offset(COMPONENT_MASK) + 8 * index, sizeof(value));
        return value;
}

static unsigned x87_top(const struct corrupt_machine *machine)
{
        return (machine->xsave[RESULT_AREA_X87_STATUS + 1] & RESULT_X87_TOP >> 8) >> 3;
}

/* The area holds st(0) first. A push numbers the registers anew before it writes, a pop after it has written. */
static uint32_t x87_offset(const struct look *look, unsigned index)
{
        unsigned before = x87_top(look->before), after = x87_top(look->after);
        unsigned from = ((before - after) & 7) == 1 ? after : before;

        return RESULT_AREA_X87 + 16 * ((from + index - after) & 7);
}

/* ---- addresses ---- */

static uint64_t segment_base(const struct look *look)
{
        switch (look->result->address.segment) {
        case 'f':
                return look->before->fs_base;
        case 'g':
                return look->before->gs_base;
        default:
                return 0;
        }
}

static uint64_t base_of(const struct look *look)
{
        const struct result_address *a = &look->result->address;

        if (a->base == RESULT_NO_REGISTER)
                return 0;
        if (a->base == RESULT_RIP)
                return look->before->instruction + look->result->length;
        return a->after ? look->after->general[a->base] : look->before->general[a->base];
}

/* A bit number in a register, signed, moves the operand by whole operands. */
static uint64_t beyond(const struct look *look)
{
        const struct result_address *a = &look->result->address;
        int64_t number;

        if (!a->bit_width)
                return 0;
        number = (int64_t)(look->before->general[a->bit_index] << (64 - a->bit_width)) >> (64 - a->bit_width);
        return (uint64_t)((number >> (a->bit_width == 64 ? 6 : a->bit_width == 32 ? 5 : 4)) * (a->bit_width / 8));
}

static uint64_t address_of(const struct look *look)
{
        const struct result_address *a = &look->result->address;
        uint64_t address = base_of(look) + (uint64_t)a->displacement + beyond(look);

        if (a->index != RESULT_NO_REGISTER && !a->index_bits)
                address += look->before->general[a->index] * a->scale;
        if (a->narrow)
                address = (uint32_t)address;
        return address + segment_base(look);
}

/* The address of one element of a scatter. */
static uint64_t element_address(const struct look *look, unsigned element)
{
        const struct result_address *a = &look->result->address;
        uint64_t index = 0;
        unsigned component, size = a->index_bits / 8U;

        for (unsigned i = 0; i < size; i++)
                index |= (uint64_t)look->before->xsave[vector_offset(a->index, element * size + i, &component)]
                         << 8 * i;
        if (size == 4)
                index = (uint64_t)(int32_t)index;
        return address_of(look) + index * a->scale;
}

/* ---- parts ---- */

static struct place place_of(const struct look *look, const struct result_part *part, unsigned byte)
{
        struct corrupt_machine *after = look->after;
        struct place place = { .change = CORRUPT_EXTENDED };
        unsigned component = 0, element;

        switch (part->kind) {
        case RESULT_GENERAL:
                return (struct place){ (uint8_t *)&after->general[part->index] + byte, 0, CORRUPT_GENERAL, 0 };
        case RESULT_FLAGS:
                return (struct place){ (uint8_t *)&after->flags + byte, 0, CORRUPT_GENERAL, 0 };
        case RESULT_WAY:
        case RESULT_TARGET:
                return (struct place){ (uint8_t *)&after->instruction + byte, 0, CORRUPT_GENERAL, 0 };
        case RESULT_FS_BASE:
                return (struct place){ (uint8_t *)&after->fs_base + byte, 0, CORRUPT_BASE, 0 };
        case RESULT_GS_BASE:
                return (struct place){ (uint8_t *)&after->gs_base + byte, 0, CORRUPT_BASE, 0 };
        case RESULT_VECTOR:
                place.byte = after->xsave + vector_offset(part->index, byte, &component);
                break;
        case RESULT_MASK:
                component = COMPONENT_MASK;
                place.byte = after->xsave + result_component_offset(component) + 8 * part->index + byte;
                break;
        case RESULT_X87:
                place.byte = after->xsave + x87_offset(look, part->index) + byte;
                break;
        case RESULT_AREA:
                place.byte = after->xsave + part->offset + byte;
                for (unsigned c = 2; c < RESULT_COMPONENTS; c++) /* the components' order is not that of their offsets */
                        if (result_component_offset(c) && part->offset >= result_component_offset(c) &&
                                result_component_offset(c) > result_component_offset(component))
                                component = c;
                break;
        case RESULT_MEMORY:
                return (struct place){ NULL, address_of(look) + byte, CORRUPT_MEMORY, 0 };
        case RESULT_SCATTER:
                element = 8 * byte / look->result->lane_bits;
                return (struct place){ NULL,
                        element_address(look, element) + byte % (look->result->lane_bits / 8U), CORRUPT_MEMORY,
                        0 };
        }
        place.components = UINT64_C(1) << component;
        return place;
}

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
        unsigned component, bytes = r->lane_bits / 8U, sign = (lane + 1) * bytes - 1;

        switch (r->lanes) {
        case RESULT_LANES_MASKED:
                return lane < 64 && mask_register(look->before, r->lane_register) >> lane & 1;
        case RESULT_LANES_LOWEST:
                return (int)lane < __builtin_popcountll(mask_register(look->before, r->lane_register));
        case RESULT_LANES_FIRST:
                return lane || (mask_register(look->before, r->lane_register) & 1);
        case RESULT_LANES_BY_SIGN:
                return look->before->xsave[vector_offset(r->lane_register, sign, &component)] & 0x80;
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

/* Xsavec and xsaveopt leave out what is in its initial state: the header that they write tells. */
static bool sse_saved(const struct look *look)
{
        uint64_t present = 0;

        if (!(look->before->general[RAX] & 2))
                return false;
        if (look->result->parts[0].kind != RESULT_MEMORY)
                return true;
        return look->memory->read(look->memory->user,
                       address_of(look) - RESULT_AREA_XMM + RESULT_AREA_PRESENT, &present, sizeof(present)) &&
               present & 2;
}

/* Whether the instruction wrote this part this time. */
static bool part_written(const struct look *look, const struct result_part *part)
{
        const struct result *r = look->result;
        bool zero = look->after->flags & ZERO_FLAG;

        switch (r->when) {
        case RESULT_REPEATED:
                return look->before->general[RCX] != 0;
        case RESULT_EXCHANGED:
                return part->kind == RESULT_FLAGS || (part == r->parts ? zero : !zero);
        case RESULT_FOUND:
                return part->kind == RESULT_FLAGS || !zero;
        case RESULT_SHIFTED:
                return part->kind != RESULT_FLAGS || shift_flags(look, part->mask);
        case RESULT_SAVED_SSE:
                return sse_saved(look);
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

        if (!look->memory->read(look->memory->user, address_of(look), bytes, n))
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
        unsigned turn = (x87_top(machine) - top_before) & 7;

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
        top = look->after->xsave ? x87_top(look->after) : 0;
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
