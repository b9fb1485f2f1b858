/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/stack_pointer.h"

#include "base/array.h"
#include "checks/stack.h"

#define VECTOR_BEFORE 9 /* sums what the temporary held before */

void stack_pointer_sse2_run(void *state);
void stack_pointer_avx_run(void *state);
void stack_pointer_avx512_run(void *state);

static const struct event {
        uint8_t below, sum, vector_sum;
} events[] = {
#define EVENT(name, below, sum, number, vector) { below, number, vector },
        STACK_POINTER_EVENTS(EVENT)
#undef EVENT
};

enum scalar_way {
#define WAY(name, before) SCALAR_##name,
        STACK_POINTER_SCALAR(WAY) SCALAR_COUNT
#undef WAY
};

/* The wider encodings add ways at the end: a number stands for the same way in all of them. */
#define WAY(name) VECTOR_##name,
enum vector_way { STACK_POINTER_AVX512(WAY) VECTOR_COUNT };
#undef WAY
#define WAY(name) +1
enum { SSE2_COUNT = STACK_POINTER_SSE2(WAY), AVX_COUNT = STACK_POINTER_AVX(WAY) };
#undef WAY

/* How a kernel writes vector registers. */
struct encoding {
        uint8_t temporary; /* the register that is read into */
        uint8_t ways;      /* of enum vector_way */
        bool keeps_upper;  /* bits 128 and up stay (legacy), else they become 0 */
};
static const struct encoding legacy = { 0, SSE2_COUNT, true }, vex = { 0, AVX_COUNT, false },
                             evex = { 16, VECTOR_COUNT, false };

/* A vector register. */
union vector {
        uint64_t quad[8];
        uint32_t dword[16];
        uint16_t word[32];
        uint8_t byte[64];
};

static void setup(void *state, const struct check_round *round)
{
        struct stack_state *s = state;
        uint64_t *general = s->registers.in.general;

        stack_setup(s, round);
        general[REGISTERS_RCX] = STACK_POINTER_LOOPS;
        general[13] = STACK_POINTER_INDEX;
        general[REGISTERS_R15] = general[REGISTERS_RSP] - 8; /* below the flags */
}

/* %rsp written to the stack and read from there. */
static uint64_t store(struct stack_model *model, uint64_t address, uint64_t value)
{
        stack_model_store(model, address, value);
        return value;
}

/* What a way reads where %rsp is `rsp`; `number` counts the ways and events of a pass. */
static uint64_t scalar(struct stack_model *model, enum scalar_way way, uint64_t rsp, uint32_t number)
{
        switch (way) {
        case SCALAR_mov32:
                return (uint32_t)rsp;
        case SCALAR_mov16:
                return (uint16_t)rsp;
        case SCALAR_mov8:
                return (uint8_t)rsp;
        case SCALAR_signed32:
                return (uint64_t)(int32_t)rsp;
        case SCALAR_lea:
                return rsp + 17;
        case SCALAR_lea_index:
                return rsp + 8 * STACK_POINTER_INDEX;
        case SCALAR_add:
                return STACK_POINTER_NUMBER + rsp;
        case SCALAR_sub:
                return STACK_POINTER_NUMBER - rsp;
        case SCALAR_or:
                return STACK_POINTER_NUMBER | rsp;
        case SCALAR_xor:
                return STACK_POINTER_NUMBER ^ rsp;
        case SCALAR_imul:
                return 3 * rsp;
        case SCALAR_load:
                return stack_model_load(model, rsp + STACK_POINTER_LOAD_AT);
        case SCALAR_load_index:
                return stack_model_load(model, rsp + STACK_POINTER_LOAD_AT + 8 * STACK_POINTER_INDEX);
        case SCALAR_store:
                return store(
                        model, rsp - STACK_POINTER_STORE_AT, number - ARRAY_SIZE(events) * SCALAR_store + 1);
        case SCALAR_store_index:
                return store(model, rsp - STACK_POINTER_STORE_INDEX_AT + 8 * STACK_POINTER_INDEX,
                        number - ARRAY_SIZE(events) * SCALAR_store + 1);
        case SCALAR_store_data:
                return store(model, rsp - STACK_POINTER_STORE_DATA_AT, rsp);
        default: /* mov, and, push */
                return rsp;
        }
}

static void scalar_ways(struct stack_model *model)
{
        uint64_t *general = model->registers.general;

        for (uint32_t i = 0; i < SCALAR_COUNT * ARRAY_SIZE(events); i++) {
                const struct event *event = &events[i % ARRAY_SIZE(events)];
                uint64_t rsp = general[REGISTERS_RSP] - event->below;

                stack_model_look(model, scalar(model, i / ARRAY_SIZE(events), rsp, i));
                general[event->sum] += general[REGISTERS_RDX];
        }
}

/* The double that equals `value`, which has at most 53 bits (IEEE 754 binary64). */
static uint64_t double_of(uint64_t value)
{
        uint32_t top = 63 - (uint32_t)__builtin_clzll(value);

        return (uint64_t)(1023 + top) << 52 | (value << (52 - top) & ((UINT64_C(1) << 52) - 1));
}

static void broadcast(union vector *vector, uint64_t value, uint32_t size)
{
        for (uint32_t at = 0; at < sizeof(*vector); at += size)
                check_copy(vector->byte + at, &value, size);
}

static void broadcast_masked(union vector *vector, uint64_t value, uint64_t mask)
{
        for (uint32_t lane = 0; lane < ARRAY_SIZE(vector->quad); lane++)
                if (mask >> lane & 1)
                        vector->quad[lane] = value;
}

/* What a way leaves in bits 0 to 127. */
static void insert(union vector *vector, enum vector_way way, uint64_t rsp)
{
        switch (way) {
        case VECTOR_movd:
                vector->quad[0] = (uint32_t)rsp;
                vector->quad[1] = 0;
                break;
        case VECTOR_pinsrw:
                vector->word[1] = (uint16_t)rsp;
                break;
        case VECTOR_pinsrb:
                vector->byte[9] = (uint8_t)rsp;
                break;
        case VECTOR_pinsrd:
                vector->dword[3] = (uint32_t)rsp;
                break;
        case VECTOR_pinsrq:
                vector->quad[1] = rsp;
                break;
        case VECTOR_cvtsi2sd:
        case VECTOR_cvtusi2sd:
                vector->quad[0] = double_of(rsp);
                break;
        default:
                vector->quad[0] = rsp;
                vector->quad[1] = 0;
        }
}

static void vector_read(
        struct stack_model *model, const struct encoding *encoding, enum vector_way way, uint64_t rsp)
{
        union vector *temporary = (union vector *)model->registers.vector[encoding->temporary];

        switch (way) {
        case VECTOR_broadcastq:
        case VECTOR_broadcastd:
        case VECTOR_broadcastw:
        case VECTOR_broadcastb:
                broadcast(temporary, rsp, 8U >> (way - VECTOR_broadcastq));
                break;
        case VECTOR_broadcast_masked:
                broadcast_masked(temporary, rsp, model->registers.mask[1]);
                break;
        default:
                insert(temporary, way, rsp);
                if (!encoding->keeps_upper)
                        check_clear(&temporary->quad[2], 48);
        }
}

/* sum += the temporary: 128 bits by the legacy and VEX encodings, 512 by EVEX. */
static void vector_sum(struct stack_model *model, const struct encoding *encoding, uint32_t sum)
{
        union vector *to = (union vector *)model->registers.vector[sum];
        const union vector *from = (const union vector *)model->registers.vector[encoding->temporary];
        uint32_t lanes = encoding->temporary ? 8 : 2;

        for (uint32_t lane = 0; lane < lanes; lane++)
                to->quad[lane] += from->quad[lane];
        if (!encoding->keeps_upper)
                check_clear(&to->quad[lanes], 64 - 8 * lanes);
}

static void vector_ways(struct stack_model *model, const struct encoding *encoding)
{
        for (uint32_t i = 0; i < encoding->ways * ARRAY_SIZE(events); i++) {
                const struct event *event = &events[i % ARRAY_SIZE(events)];
                uint64_t rsp = model->registers.general[REGISTERS_RSP] - event->below;

                vector_sum(model, encoding, VECTOR_BEFORE);
                vector_read(model, encoding, i / ARRAY_SIZE(events), rsp);
                vector_sum(model, encoding, event->vector_sum);
        }
}

static void mask_ways(struct stack_model *model)
{
        uint64_t *mask = model->registers.mask;

        for (uint32_t bits = 64; bits >= 8; bits /= 2)
                for (uint32_t i = 0; i < ARRAY_SIZE(events); i++) {
                        uint64_t rsp = model->registers.general[REGISTERS_RSP] - events[i].below;

                        mask[5] += mask[2];
                        mask[2] = rsp & ~UINT64_C(0) >> (64 - bits);
                        mask[events[i].below ? 3 : 4] += mask[2];
                }
}

static void one_pass(struct stack_model *model, const struct encoding *encoding)
{
        uint64_t *general = model->registers.general;

        general[REGISTERS_RSP] -= 8;
        scalar_ways(model);
        vector_ways(model, encoding);
        if (encoding == &evex)
                mask_ways(model);
        for (uint32_t i = 0; i < STACK_POINTER_FILL; i++)
                stack_model_store(model, general[REGISTERS_RSP] - 8 * (i + 1), general[14]);
        general[REGISTERS_RSP] += 8;
        stack_model_store(model, general[REGISTERS_RSP] - 8, general[14]);
}

static void pass_legacy(struct stack_model *model)
{
        one_pass(model, &legacy);
}

static void pass_vex(struct stack_model *model)
{
        one_pass(model, &vex);
}

static void pass_evex(struct stack_model *model)
{
        one_pass(model, &evex);
}

static int verify_loop(const void *state, stack_pass *pass, struct check_mismatch *ret_mismatch)
{
        const struct stack_loop loop = {
                .pass = pass,
                .block = 1,
                .passes = STACK_POINTER_PASSES,
                .events = STACK_POINTER_LOOPS,
                .sum = REGISTERS_RAX,
                .counted = true,
        };
        struct stack_model model;

        stack_begin(&model, state);
        stack_run(&model, &loop);
        return stack_compare(&model, state, ret_mismatch);
}

static int verify_sse2(const void *state, struct check_mismatch *ret_mismatch)
{
        return verify_loop(state, pass_legacy, ret_mismatch);
}

static int verify_avx(const void *state, struct check_mismatch *ret_mismatch)
{
        return verify_loop(state, pass_vex, ret_mismatch);
}

static int verify_avx512(const void *state, struct check_mismatch *ret_mismatch)
{
        return verify_loop(state, pass_evex, ret_mismatch);
}

const struct check check_stack_pointer_sse2 = {
        .name = "stack_pointer_sse2",
        .family = CHECK_STACK,
        .detects = "A stale or wrong stack pointer, read in every way right after it moved.",
        .needs = ISA(SSE2),
        .round_us = 2500,
        .other = "stack_pointer_avx",
        STACK_CHECK(stack_pointer_sse2_run, setup, verify_sse2),
};

const struct check check_stack_pointer_avx = {
        .name = "stack_pointer_avx",
        .family = CHECK_STACK,
        .detects = "A stale or wrong stack pointer, read in every way right after it moved (VEX encodings).",
        .needs = ISA(AVX),
        .round_us = 2500,
        .other = "stack_pointer_sse2",
        STACK_CHECK(stack_pointer_avx_run, setup, verify_avx),
};

const struct check check_stack_pointer_avx512 = {
        .name = "stack_pointer_avx512",
        .family = CHECK_STACK,
        .detects = "A stale or wrong stack pointer, read in every way right after it moved (EVEX encodings, "
                   "masks).",
        .needs = ISA(AVX512F) | ISA(AVX512BW) | ISA(AVX512DQ),
        .round_us = 2500,
        .other = "stack_pointer_sse2",
        STACK_CHECK(stack_pointer_avx512_run, setup, verify_avx512),
};
