/* SPDX-License-Identifier: Apache-2.0 */
/* Products of tiles: bytes, signed and unsigned, and bfloat16. The data are such that no order of the additions and no
 * rounding could give another sum. */
#include "checks/amx_multiply.h"

#include <assert.h>

#include "base/array.h"
#include "base/random.h"
#include "checks/answers.h"
#include "checks/registers.h"

ANSWERS(amx_multiply_int8);
ANSWERS(amx_multiply_bf16);

#define ROWS 16
#define ROW 64
#define INT8_OPERATIONS 4
#define BF16_OPERATIONS 1
#define FLAGS_AT_END 0x44 /* ZF PF: dec to zero */

/* What ldtilecfg loads: Intel SDM volume 1, table 18-1. */
struct configuration {
        uint8_t palette, start_row, reserved[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
};
static_assert(sizeof(struct configuration) == 64, "SDM volume 1, table 18-1");

/* In the table: C has rows x 4 columns, A rows x 4 inner, B inner rows x 4 columns bytes; all beyond is 0. */
struct block {
        uint32_t rows, inner, columns, reserved[13];
        uint8_t a[AMX_TILE], b[AMX_TILE], c[AMX_TILE];
        uint8_t results[][AMX_TILE];
};
static_assert(offsetof(struct block, a) == AMX_HEADER, "amx_multiply.h agrees");

struct amx_state {
        struct registers_pair registers;
        uint64_t difference[AMX_OPERATIONS][AMX_SETS]; /* of the result, over all passes */
        uint64_t operand[AMX_SETS];                    /* of A and B, which must stay */
        uint64_t idle[AMX_TILES];                      /* of the tiles that a set leaves out */
        uint8_t reserved[32];
        struct configuration configurations[AMX_SETS];
        uint8_t stored[AMX_TILE];
        uint8_t sentinels[AMX_TILES][AMX_TILE];
        uint8_t stack[AMX_STACK];
} __attribute__((aligned(64)));
static_assert(offsetof(struct amx_state, difference) == AMX_DIFFERENCES, "amx_multiply.h agrees");
static_assert(offsetof(struct amx_state, idle) == AMX_IDLE, "");
static_assert(offsetof(struct amx_state, configurations) == AMX_CONFIGURATIONS, "");
static_assert(offsetof(struct amx_state, stored) == AMX_STORED, "");
static_assert(offsetof(struct amx_state, sentinels) == AMX_SENTINELS, "");
#define OUTPUT_SIZE (AMX_IDLE - AMX_DIFFERENCES + 8 * AMX_TILES) /* beside the registers */

static const struct {
        uint8_t c, a, b;
} sets[AMX_SETS] = {
#define SET(set, c, a, b) { c, a, b },
        AMX_SET_EACH(SET)
#undef SET
};

static void configure(struct configuration *to, uint32_t set, const struct block *block)
{
        check_clear(to, sizeof(*to));
        to->palette = 1;
        for (uint32_t t = 0; t < AMX_TILES; t++) {
                to->rows[t] = ROWS;
                to->row_bytes[t] = ROW;
        }
        to->rows[sets[set].c] = to->rows[sets[set].a] = (uint8_t)block->rows;
        to->rows[sets[set].b] = (uint8_t)block->inner;
        to->row_bytes[sets[set].a] = (uint16_t)(4 * block->inner);
        to->row_bytes[sets[set].c] = to->row_bytes[sets[set].b] = (uint16_t)(4 * block->columns);
}

static void setup(struct amx_state *state, const struct check_round *round, const struct answers *table,
        uint32_t operations)
{
        size_t size = sizeof(struct block) + operations * AMX_TILE;
        size_t blocks = ((size_t)(table->end - table->begin) - ANSWERS_HEADER_SIZE) / size;
        const struct block *block = (const void *)(answers_payload(table) + round->number % blocks * size);
        uint64_t *general = state->registers.in.general, random = check_round_hash(round, 2);

        registers_setup(&state->registers, round, state->stack + sizeof(state->stack));
        general[REGISTERS_RSI] = (uintptr_t)block;
        general[REGISTERS_RCX] = AMX_PASSES;
        check_poison(state->difference, OUTPUT_SIZE);
        for (uint32_t set = 0; set < AMX_SETS; set++)
                configure(&state->configurations[set], set, block);
        check_clear(state->stored, sizeof(state->stored));
        for (uint32_t i = 0; i < sizeof(state->sentinels) / 8; i++)
                ((uint64_t *)state->sentinels)[i] = random_next(&random);
}

static int verify(const struct amx_state *state, uint32_t operations, struct check_mismatch *ret_mismatch)
{
        struct amx_state expected;
        struct registers *registers = &expected.registers.in;
        struct check_compare compare;

        check_copy(registers, &state->registers.in, sizeof(*registers));
        registers->general[REGISTERS_RAX] = registers->general[REGISTERS_RBX] = 0;
        registers->general[REGISTERS_RCX] = registers->general[REGISTERS_RDX] = 0;
        registers->general[REGISTERS_RDI] = (uintptr_t)state->stored;
        registers->general[REGISTERS_RBP] = (uintptr_t)state;
        registers->general[REGISTERS_R8] = ROW;
        registers->flags = FLAGS_AT_END;
        check_clear(expected.difference, OUTPUT_SIZE);
        /* Operations that this kernel has not. */
        check_poison(expected.difference[operations],
                (AMX_OPERATIONS - operations) * sizeof(expected.difference[0]));
        check_compare_begin(&compare);
        registers_compare(&compare, registers, &state->registers.out);
        check_compare(
                &compare, sizeof(struct registers), expected.difference, state->difference, OUTPUT_SIZE);
        return check_compare_end(&compare, ret_mismatch);
}

static const struct check_field fields[] = {
        { "tile product difference, operation", CHECK_UNIT_TILE, sizeof(struct registers), AMX_OPERATIONS,
                8 * AMX_SETS, 8 },
        { "tile operand difference, set", CHECK_UNIT_TILE,
                sizeof(struct registers) + 8 * AMX_OPERATIONS *AMX_SETS, AMX_SETS, 8, 8 },
        { "idle tile difference", CHECK_UNIT_TILE, sizeof(struct registers) + AMX_IDLE - AMX_DIFFERENCES,
                AMX_TILES, 8, 8 },
};

#define AMX_CHECK(name_, operations_, detects_, needs_)                                   \
        void name_##_run(void *state);                                                    \
        static void name_##_setup(void *state, const struct check_round *round)           \
        {                                                                                 \
                setup(state, round, &answers_##name_, operations_);                       \
        }                                                                                 \
        static int name_##_verify(const void *state, struct check_mismatch *ret_mismatch) \
        {                                                                                 \
                return verify(state, operations_, ret_mismatch);                          \
        }                                                                                 \
        static const struct answers *const name_##_tables[] = { &answers_##name_, NULL }; \
        const struct check check_##name_ = {                                              \
                .name = #name_,                                                           \
                .detects = detects_,                                                      \
                .family = CHECK_VECTOR,                                                   \
                .needs = ISA(AMX_TILE) | (needs_),                                        \
                .state_size = sizeof(struct amx_state),                                   \
                .output_offset = offsetof(struct amx_state, registers.out),               \
                .output_size = sizeof(struct registers) + OUTPUT_SIZE,                    \
                .round_us = 3000,                                                         \
                .cycle = 8,                                                               \
                .events = true,                                                           \
                .answers = name_##_tables,                                                \
                .registers = true,                                                        \
                .fields = fields,                                                         \
                .n_fields = ARRAY_SIZE(fields),                                           \
                .setup = name_##_setup,                                                   \
                .run = name_##_run,                                                       \
                .verify = name_##_verify,                                                 \
        }

AMX_CHECK(amx_multiply_int8, INT8_OPERATIONS,
        "Wrong products of tiles of bytes: tdpbssd, tdpbsud, tdpbusd, tdpbuud.", ISA(AMX_INT8));
AMX_CHECK(amx_multiply_bf16, BF16_OPERATIONS, "Wrong products of tiles of bfloat16: tdpbf16ps.",
        ISA(AMX_BF16));
