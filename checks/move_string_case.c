/* SPDX-License-Identifier: Apache-2.0 */
/* Which lengths, places and operands the string instructions get in a round. */
#include "checks/move_string.h"

#include "base/random.h"

#define AREA MOVE_STRING_AREA
#define MARGIN 32   /* of a case's room on both sides of what it writes, where it repeats */
#define READ_MAX 64 /* elements */

enum { RANDOM, EQUAL, UNEQUAL, CONSTANT };

extern const char move_string_handlers[] __attribute__((visibility("hidden")));

/* What is read: random bytes; the same but for one byte in about 40; their complement but for 24 bytes in about
 * 200, which are the same; one byte all over but for one in about 40. */
static void areas_fill(uint8_t *arena, uint64_t *random)
{
        uint8_t *areas[MOVE_STRING_AREAS];

        for (uint32_t i = 0; i < MOVE_STRING_AREAS; i++)
                areas[i] = arena + i * AREA;
        for (uint32_t i = 0; i < AREA; i += 8) {
                uint64_t word = random_next(random), inverse = ~word;

                check_copy(areas[RANDOM] + i, &word, 8);
                check_copy(areas[EQUAL] + i, &word, 8);
                check_copy(areas[UNEQUAL] + i, &inverse, 8);
        }
        for (uint32_t i = 0; i < AREA; i++)
                areas[CONSTANT][i] = (uint8_t)*random;
        for (uint64_t i = random_next(random) % 40; i < AREA; i += 1 + random_next(random) % 80) {
                areas[EQUAL][i] = (uint8_t)(areas[EQUAL][i] ^ 1u << i % 8);
                areas[CONSTANT][AREA - 1 - i] = (uint8_t)(areas[CONSTANT][AREA - 1 - i] ^ 1u << i % 8);
        }
        for (uint64_t i = random_next(random) % 200; i < AREA - 24; i += 24 + random_next(random) % 350)
                check_copy(areas[UNEQUAL] + i, areas[RANDOM] + i, 24);
}

/* A case as it is made. */
struct draft {
        struct move_string_state *state;
        struct move_string_registers *r;
        enum move_string_operation operation;
        uint32_t log_width, index;
        uint64_t bytes; /* that it may read or write, one way */
        bool repeated, backward, overlapping;
        uint64_t *random;
};

static uint64_t draw(struct draft *draft, uint64_t below)
{
        return random_next(draft->random) % below;
}

static uint32_t width_of(const struct draft *draft)
{
        return 1u << draft->log_width;
}

/* The register that begins at the lowest or the highest of the elements from `lowest` on. */
static uint64_t begin(const struct draft *draft, uint64_t lowest)
{
        uint64_t last = draft->bytes ? draft->bytes - width_of(draft) : 0;

        return (uintptr_t)draft->state->now + lowest + (draft->backward ? last : 0);
}

/* The room that the case may write: its offset in the arena and its size. */
static uint32_t room(const struct draft *draft, uint32_t *ret_size)
{
        bool stores = draft->operation == MOVE_STRING_STOS || draft->operation == MOVE_STRING_REP_STOS;
        uint32_t handler = stores * MOVE_STRING_WIDTHS + draft->log_width;
        uint32_t at = MOVE_STRING_AREAS * AREA;

        if (!draft->repeated) {
                *ret_size = MOVE_STRING_SINGLE;
                at += 2 * MOVE_STRING_WIDTHS * MOVE_STRING_REPEATED;
                return at + (handler * MOVE_STRING_CASES + draft->index) * MOVE_STRING_SINGLE;
        }
        *ret_size = draft->index + 1 == MOVE_STRING_CASES ? MOVE_STRING_LARGE : MOVE_STRING_SMALL;
        return at + handler * MOVE_STRING_REPEATED + draft->index * MOVE_STRING_SMALL;
}

/* How many elements: now and then 0 to 3, else any number that fits. */
static void set_count(struct draft *draft, uint64_t most)
{
        if (draft->repeated)
                draft->r->rcx = draw(draft, draft->index ? most + 1 : 4);
        draft->bytes = (draft->repeated ? draft->r->rcx : 1) * width_of(draft);
}

static void set_write(struct draft *draft)
{
        uint32_t size, at = room(draft, &size), margin = draft->repeated ? MARGIN : 0;
        uint64_t lowest;

        set_count(draft, (size - 2 * margin) / width_of(draft));
        lowest = at + margin + draw(draft, size - 2 * margin - draft->bytes + 1);
        draft->r->rdi = begin(draft, lowest);
        if (draft->operation == MOVE_STRING_STOS || draft->operation == MOVE_STRING_REP_STOS)
                return;
        if (draft->repeated && draft->overlapping)
                draft->r->rsi = begin(draft, lowest - MARGIN + draw(draft, 2 * MARGIN + 1));
        else
                draft->r->rsi = begin(draft, RANDOM * AREA + draw(draft, AREA - draft->bytes + 1));
}

static void set_lods(struct draft *draft)
{
        set_count(draft, READ_MAX);
        draft->r->rsi = begin(draft, RANDOM * AREA + draw(draft, AREA - draft->bytes + 1));
}

static void set_cmps(struct draft *draft)
{
        bool unequal =
                draft->operation == MOVE_STRING_REPNE_CMPS || (!draft->repeated && draft->overlapping);
        uint64_t offset;

        set_count(draft, READ_MAX);
        offset = draw(draft, AREA - draft->bytes + 1);
        draft->r->rsi = begin(draft, RANDOM * AREA + offset);
        draft->r->rdi = begin(draft, (unequal ? UNEQUAL : EQUAL) * AREA + offset);
}

/* What is looked for is the byte that is everywhere, or lies ahead, sometimes too far. */
static void set_scas(struct draft *draft)
{
        bool constant =
                draft->operation == MOVE_STRING_REPE_SCAS || (!draft->repeated && draft->overlapping);
        const uint8_t *after = draft->state->after;
        uint64_t area = (constant ? CONSTANT : RANDOM) * AREA, offset;

        set_count(draft, READ_MAX);
        offset = draw(draft, AREA - draft->bytes + 1);
        draft->r->rdi = begin(draft, area + offset);
        if (constant)
                draft->r->rax = UINT64_C(0x0101010101010101) * after[CONSTANT * AREA + AREA / 2];
        else if (draft->bytes && draw(draft, 4))
                check_copy(&draft->r->rax,
                        after + area + offset +
                                draw(draft, draft->bytes / width_of(draft)) * width_of(draft),
                        width_of(draft));
}

static void set_case(struct draft *draft)
{
        switch (draft->operation) {
        case MOVE_STRING_REP_MOVS:
        case MOVE_STRING_REP_STOS:
        case MOVE_STRING_MOVS:
        case MOVE_STRING_STOS:
                return set_write(draft);
        case MOVE_STRING_REP_LODS:
        case MOVE_STRING_LODS:
                return set_lods(draft);
        case MOVE_STRING_REPE_CMPS:
        case MOVE_STRING_REPNE_CMPS:
        case MOVE_STRING_CMPS:
                return set_cmps(draft);
        default:
                return set_scas(draft);
        }
}

static void one_case(
        struct move_string_state *state, const struct check_round *round, uint32_t number, uint64_t *random)
{
        uint32_t handler = number / MOVE_STRING_CASES, turn = number % MOVE_STRING_CASES ^ round->number;
        struct move_string_case *c = &state->list[number];
        struct draft draft = { .state = state,
                .r = &c->in,
                .operation = handler / MOVE_STRING_WIDTHS,
                .log_width = handler % MOVE_STRING_WIDTHS,
                .index = number % MOVE_STRING_CASES,
                .repeated = handler / MOVE_STRING_WIDTHS < MOVE_STRING_MOVS,
                .backward = turn & 1,
                .overlapping = turn & 2,
                .random = random };

        c->code = (uintptr_t)move_string_handlers + MOVE_STRING_HANDLER * handler;
        c->reserved = 0;
        c->in.rax = random_next(random);
        c->in.rcx = random_next(random);
        c->in.rsi = random_next(random);
        c->in.rdi = random_next(random);
        c->in.flags = random_next(random) & REGISTERS_FLAGS_HELD & ~MOVE_STRING_DF;
        c->in.flags |= draft.backward ? MOVE_STRING_DF : 0;
        set_case(&draft);
        check_copy(&c->expected, &c->in, sizeof(c->expected));
        move_string_model(state, &c->expected, draft.operation, width_of(&draft));
}

void move_string_cases(struct move_string_state *state, const struct check_round *round)
{
        uint64_t random = check_round_hash(round, 10);

        for (uint32_t at = MOVE_STRING_AREAS * AREA; at < MOVE_STRING_ARENA; at += 8) {
                uint64_t word = random_next(&random);

                check_copy(state->before + at, &word, sizeof(word));
        }
        areas_fill(state->before, &random);
        check_copy(state->after, state->before, sizeof(state->after));
        for (uint32_t number = 0; number < MOVE_STRING_ALL; number++)
                one_case(state, round, number, &random);
}
