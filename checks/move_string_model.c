/* SPDX-License-Identifier: Apache-2.0 */
/* The loops that the manual writes for the string instructions (Intel SDM volume 2, REP, MOVS, STOS, LODS, CMPS,
 * SCAS), byte by byte in general registers. */
#include "checks/move_string.h"

enum { CF = 1 << 0, PF = 1 << 2, AF = 1 << 4, ZF = 1 << 6, SF = 1 << 7, OF = 1 << 11 };

static uint64_t load(const struct move_string_state *state, uint64_t address, uint32_t width)
{
        uint64_t value = 0;

        check_copy(&value, state->after + (address - (uintptr_t)state->now), width);
        return value;
}

static void store(struct move_string_state *state, uint64_t address, uint64_t value, uint32_t width)
{
        check_copy(state->after + (address - (uintptr_t)state->now), &value, width);
}

/* The low bytes of rax; 32 bits clear the upper half. */
static void set_rax(struct move_string_registers *r, uint64_t value, uint32_t width)
{
        if (width == 4)
                r->rax = 0;
        check_copy(&r->rax, &value, width);
}

/* The flags of a - b: Intel SDM volume 1, 3.4.3.1. */
static void compare(struct move_string_registers *r, uint64_t a, uint64_t b, uint32_t width)
{
        uint32_t top = 8 * width - 1;
        uint64_t difference = (a - b) & (~UINT64_C(0) >> (63 - top));
        uint64_t parity = (difference ^ difference >> 4) & 15;

        r->flags &= ~(uint64_t)(CF | PF | AF | ZF | SF | OF);
        r->flags |= a < b ? CF : 0;
        r->flags |= 0x6996 >> parity & 1 ? 0 : PF; /* bit n: whether n has an odd number of ones */
        r->flags |= (a ^ b ^ difference) & AF;
        r->flags |= difference ? 0 : ZF;
        r->flags |= difference >> top & 1 ? SF : 0;
        r->flags |= ((a ^ b) & (a ^ difference)) >> top & 1 ? OF : 0;
}

/* One element. */
static void step(struct move_string_state *state, struct move_string_registers *r,
        enum move_string_operation base, uint32_t width)
{
        uint64_t move = r->flags & MOVE_STRING_DF ? -(uint64_t)width : width;

        if (base == MOVE_STRING_MOVS)
                store(state, r->rdi, load(state, r->rsi, width), width);
        else if (base == MOVE_STRING_STOS)
                store(state, r->rdi, r->rax, width);
        else if (base == MOVE_STRING_LODS)
                set_rax(r, load(state, r->rsi, width), width);
        else if (base == MOVE_STRING_CMPS)
                compare(r, load(state, r->rsi, width), load(state, r->rdi, width), width);
        else
                compare(r, r->rax & (~UINT64_C(0) >> (64 - 8 * width)), load(state, r->rdi, width), width);
        if (base == MOVE_STRING_MOVS || base == MOVE_STRING_LODS || base == MOVE_STRING_CMPS)
                r->rsi += move;
        if (base != MOVE_STRING_LODS)
                r->rdi += move;
}

void move_string_model(struct move_string_state *state, struct move_string_registers *r,
        enum move_string_operation operation, uint32_t width)
{
        static const uint8_t base[] = { MOVE_STRING_MOVS, MOVE_STRING_STOS, MOVE_STRING_LODS,
                MOVE_STRING_CMPS, MOVE_STRING_CMPS, MOVE_STRING_SCAS, MOVE_STRING_SCAS };
        bool until_unequal = operation == MOVE_STRING_REPE_CMPS || operation == MOVE_STRING_REPE_SCAS;
        bool until_equal = operation == MOVE_STRING_REPNE_CMPS || operation == MOVE_STRING_REPNE_SCAS;

        if (operation >= MOVE_STRING_MOVS) {
                step(state, r, operation, width);
                return;
        }
        while (r->rcx) {
                step(state, r, base[operation], width);
                r->rcx--;
                if ((until_unequal && !(r->flags & ZF)) || (until_equal && r->flags & ZF))
                        break;
        }
}
