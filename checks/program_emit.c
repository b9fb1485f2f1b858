/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts: Intel SDM volume 2, 2.1 (modrm, SIB), 2.2 (REX), 2.3.5 (VEX), 2.7.1 (EVEX). */
#include "checks/program_emit.h"

#define NONE 4 /* modrm.rm: a SIB byte follows; SIB.index: no index */

/* The registers by the place where their numbers go. */
struct places {
        uint8_t reg, rm, source, opcode, is4;
        bool rex; /* spl, bpl, sil or dil is among them */
};

static void places_find(struct places *places, const struct program_choice *choice)
{
        const struct program_form *form = choice->form;

        *places = (struct places){ .reg = form->modrm >> 3 & 7, .rm = form->modrm & 7 };
        for (unsigned i = 0; i < 4 && form->operands[i].class; i++) {
                uint8_t number = choice->number[i];

                if (form->operands[i].class >= PROGRAM_MEMORY)
                        continue;
                switch (form->operands[i].slot) {
                case PROGRAM_REG:
                        places->reg = number;
                        break;
                case PROGRAM_RM:
                        places->rm = number;
                        break;
                case PROGRAM_SOURCE:
                        places->source = number;
                        break;
                case PROGRAM_OPCODE:
                        places->opcode = number;
                        break;
                case PROGRAM_IS4:
                        places->is4 = number;
                        break;
                default:
                        continue;
                }
                places->rex |= form->operands[i].class == PROGRAM_GENERAL8 && (number & 0x1c) == 4;
        }
}

/* The highest bits of what modrm, SIB and the opcode name: REX's R, X and B. */
static unsigned high_bits(const struct places *places, const struct program_choice *choice)
{
        bool indirect = choice->form->layout & PROGRAM_INDIRECT;
        unsigned index = indirect && choice->address.index != PROGRAM_NO_INDEX ? choice->address.index : 0;
        unsigned b = indirect ? choice->address.base : places->rm | places->opcode;

        return (places->reg >> 3 & 1) << 2 | (index >> 3 & 1) << 1 | (b >> 3 & 1);
}

static uint8_t *emit_legacy(uint8_t *at, const struct program_choice *choice, const struct places *places)
{
        static const uint8_t prefixes[8][2] = { { 0 }, { 0x66 }, { 0xf3 }, { 0xf2 }, { 0x66, 0xf3 },
                { 0x66, 0xf2 }, { 0x67 } };
        const struct program_form *form = choice->form;
        unsigned rex = high_bits(places, choice) | (form->layout & PROGRAM_WIDE ? 8 : 0);

        if (choice->lock)
                *at++ = 0xf0;
        for (unsigned i = 0; i < 2 && prefixes[form->prefix][i]; i++)
                *at++ = prefixes[form->prefix][i];
        if (rex || (places->rex && !choice->high))
                *at++ = (uint8_t)(0x40 | rex);
        if (form->map)
                *at++ = 0x0f;
        if (form->map > 1)
                *at++ = form->map == 2 ? 0x38 : 0x3a;
        return at;
}

static uint8_t *emit_vex(uint8_t *at, const struct program_choice *choice, const struct places *places)
{
        const struct program_form *form = choice->form;
        unsigned high = high_bits(places, choice) ^ 7, length = form->layout >> PROGRAM_LENGTH_SHIFT & 1;
        unsigned wide = form->layout & PROGRAM_WIDE ? 0x80 : 0;
        unsigned tail = (~places->source & 15u) << 3 | length << 2 | form->prefix;

        if ((high & 3) == 3 && !wide && form->map == 1 && !choice->long_vex) {
                *at++ = 0xc5;
                *at++ = (uint8_t)((high & 4) << 5 | tail);
                return at;
        }
        *at++ = 0xc4;
        *at++ = (uint8_t)(high << 5 | form->map);
        *at++ = (uint8_t)(wide | tail);
        return at;
}

static uint8_t *emit_evex(uint8_t *at, const struct program_choice *choice, const struct places *places)
{
        const struct program_form *form = choice->form;
        bool indirect = form->layout & PROGRAM_INDIRECT;
        unsigned high = high_bits(places, choice), source = places->source;
        unsigned length = form->layout >> PROGRAM_LENGTH_SHIFT & 3;

        if (!indirect) /* X is the fifth bit of a register */
                high = (high & 5) | (places->rm >> 4 & 1) << 1;
        else if (form->index) /* V' is that of a vector of indexes */
                source = (source & 15) | (choice->address.index & 16);
        if (choice->b && form->ability & PROGRAM_ROUNDS && !indirect)
                length = choice->rounding;
        *at++ = 0x62;
        *at++ = (uint8_t)((high ^ 7) << 5 | (~places->reg & 16u) | form->map);
        *at++ = (uint8_t)((form->layout & PROGRAM_WIDE ? 0x80 : 0) | (~source & 15u) << 3 | 4 |
                          form->prefix);
        *at++ = (uint8_t)((choice->zeroes ? 0x80 : 0) | length << 5 | (choice->b ? 0x10 : 0) |
                          (~source & 16u) >> 1 | choice->mask);
        return at;
}

static uint8_t *emit_bytes(uint8_t *at, uint64_t value, unsigned bytes)
{
        for (unsigned i = 0; i < bytes; i++, value >>= 8)
                *at++ = (uint8_t)value;
        return at;
}

static uint8_t *emit_memory(uint8_t *at, const struct program_choice *choice, unsigned reg)
{
        const struct program_address *address = &choice->address;
        const struct program_form *form = choice->form;
        unsigned scale = form->scale, base = address->base & 7;
        bool sib = address->index != PROGRAM_NO_INDEX || base == NONE;
        int32_t displacement = address->displacement, eighth;
        unsigned mod = 2;

        if (choice->b && form->ability & PROGRAM_BROADCASTS)
                scale = (unsigned)__builtin_ctz(form->element);
        eighth = displacement >> scale;
        if (!address->wide && displacement == 0 && base != 5)
                mod = 0;
        else if (!address->wide && eighth == (int8_t)eighth && eighth * (1 << scale) == displacement)
                mod = 1;
        *at++ = (uint8_t)(mod << 6 | (reg & 7) << 3 | (sib ? NONE : base));
        if (sib)
                *at++ = (uint8_t)(address->index == PROGRAM_NO_INDEX
                                          ? NONE << 3 | base
                                          : address->scale << 6 | (address->index & 7u) << 3 | base);
        if (mod == 1)
                *at++ = (uint8_t)eighth;
        return mod == 2 ? emit_bytes(at, (uint32_t)displacement, 4) : at;
}

uint8_t *program_emit(uint8_t *at, const struct program_choice *choice)
{
        const struct program_form *form = choice->form;
        struct places places;

        places_find(&places, choice);
        if (form->space == PROGRAM_LEGACY)
                at = emit_legacy(at, choice, &places);
        else if (form->space == PROGRAM_VEX)
                at = emit_vex(at, choice, &places);
        else
                at = emit_evex(at, choice, &places);
        *at++ = (uint8_t)(form->opcode | (places.opcode & 7));
        if (form->layout & PROGRAM_INDIRECT)
                at = emit_memory(at, choice, places.reg);
        else if (form->layout & PROGRAM_MODRM)
                *at++ = (uint8_t)((form->layout & PROGRAM_WHOLE ? form->modrm : 0xc0) |
                                  (places.reg & 7) << 3 | (places.rm & 7));
        if (form->operands[3].class && form->operands[3].slot == PROGRAM_IS4)
                return emit_bytes(at, (uint64_t)places.is4 << 4 | (choice->immediate & 15), 1);
        return emit_bytes(at, choice->immediate, form->immediate);
}
