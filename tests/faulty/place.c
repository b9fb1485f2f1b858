/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/place.h"

#include <string.h>

#define COMPONENT_YMM 2
#define COMPONENT_MASK 5
#define COMPONENT_ZMM 6
#define COMPONENT_ZMM_HIGH 7

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

uint64_t place_mask(const struct look *look, unsigned index)
{
        uint64_t value;

        memcpy(&value, look->before->xsave + result_component_offset(COMPONENT_MASK) + 8 * index,
                sizeof(value));
        return value;
}

uint8_t place_vector_byte(const struct look *look, unsigned index, unsigned byte)
{
        unsigned component;

        return look->before->xsave[vector_offset(index, byte, &component)];
}

unsigned place_top(const struct corrupt_machine *machine)
{
        return (machine->xsave[RESULT_AREA_X87_STATUS + 1] & RESULT_X87_TOP >> 8) >> 3;
}

/* The area holds st(0) first. A push numbers the registers anew before it writes, a pop after it has written. */
static uint32_t x87_offset(const struct look *look, unsigned index)
{
        unsigned before = place_top(look->before), after = place_top(look->after);
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
        number =
                (int64_t)(look->before->general[a->bit_index] << (64 - a->bit_width)) >> (64 - a->bit_width);
        return (uint64_t)((number >> (a->bit_width == 64          ? 6
                                             : a->bit_width == 32 ? 5
                                                                  : 4)) *
                          (a->bit_width / 8));
}

uint64_t place_address(const struct look *look)
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
        unsigned size = a->index_bits / 8U;

        for (unsigned i = 0; i < size; i++)
                index |= (uint64_t)place_vector_byte(look, a->index, element * size + i) << 8 * i;
        if (size == 4)
                index = (uint64_t)(int32_t)index;
        return place_address(look) + index * a->scale;
}

/* ---- parts ---- */

/* The component that lies at an offset of the area: their order is not that of their offsets. */
static unsigned component_at(uint32_t offset)
{
        unsigned found = 0;

        for (unsigned c = 2; c < RESULT_COMPONENTS; c++)
                if (result_component_offset(c) && offset >= result_component_offset(c) &&
                        result_component_offset(c) > result_component_offset(found))
                        found = c;
        return found;
}

struct place place_of(const struct look *look, const struct result_part *part, unsigned byte)
{
        struct corrupt_machine *after = look->after;
        struct place place = { .change = CORRUPT_EXTENDED };
        unsigned component = 0, element;

        switch (part->kind) {
        case RESULT_GENERAL:
                return (struct place){ (uint8_t *)&after->general[part->index] + byte, 0, CORRUPT_GENERAL,
                        0 };
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
                component = component_at(part->offset);
                break;
        case RESULT_MEMORY:
                return (struct place){ NULL, place_address(look) + part->offset + byte, CORRUPT_MEMORY, 0 };
        case RESULT_SCATTER:
                element = 8 * byte / look->result->lane_bits;
                return (struct place){ NULL,
                        element_address(look, element) + byte % (look->result->lane_bits / 8U),
                        CORRUPT_MEMORY, 0 };
        }
        place.components = UINT64_C(1) << component;
        return place;
}
