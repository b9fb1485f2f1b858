/* SPDX-License-Identifier: Apache-2.0 */
/* The peak kernel: long dependent chains of fused multiply-add, all twelve forms, both units busy, every
 * lane with data of its own, and chains that never contract, so that one wrong bit in one step reaches the
 * end. A round repeats one block of the table; nothing in it is overwritten unseen, because the differences
 * of all repetitions are gathered. Blocks differ in operands, rounding, FTZ and DAZ. Answers:
 * tests/model/fma_chain.py. */
#include "checks/fma_chain.h"

#include "checks/answers.h"
#include "checks/check.h"
#include "checks/registers.h"

#define TABLE_BLOCKS 16 /* block b is computed in mode b: rounding in bits 0 and 1, then FTZ, DAZ */

/* The registers of a kernel in the order of a block's rows: constants, then accumulators from register 0 on.
 * After them come the differences. */
struct fma_chain {
        const struct answers *answers;
        uint32_t width; /* bytes of a register */
        uint32_t accumulators, constants, differences;
        void (*run)(void *state);
};

/* After a kernel the accumulators and the differences are moved from the image of their registers to an
 * output of their own, whose parts name the unit that computed them. */
struct fma_chain_state {
        struct registers_pair pair;
        uint8_t results[26 * 64];
        const struct fma_chain *chain;
        const uint8_t *block;
        uint8_t stack[1024] __attribute__((aligned(64)));
};

static uint32_t mxcsr_of(uint32_t mode)
{
        return UINT32_C(0x1f80) | (mode & 3) << 13 | (mode >> 2 & 1) << 15 | (mode >> 3 & 1) << 6;
}

static void setup(
        struct fma_chain_state *state, const struct check_round *round, const struct fma_chain *chain)
{
        struct registers *in = &state->pair.in;
        uint32_t width = chain->width, block = round->number % TABLE_BLOCKS;

        registers_setup(&state->pair, round, state->stack + sizeof(state->stack));
        in->shape &= ~(uint32_t)REGISTERS_SHAPE_VECTOR_INITIAL;
        check_poison(state->results, sizeof(state->results));
        state->chain = chain;
        state->block = answers_payload(chain->answers) +
                       (chain->constants + 2 * chain->accumulators) * width * block;
        for (uint32_t i = 0; i < chain->constants; i++)
                check_copy(in->vector[chain->accumulators + i], state->block + i * width, width);
        for (uint32_t i = 0; i < chain->differences; i++)
                check_clear(in->vector[chain->accumulators + chain->constants + i], width);
        in->general[REGISTERS_RSI] = (uintptr_t)(state->block + chain->constants * width);
        in->general[REGISTERS_RDI] = in->general[REGISTERS_RSI] + chain->accumulators * width;
        in->general[REGISTERS_R8] = 0;
        in->general[REGISTERS_R8 + 1] = FMA_CHAIN_BLOCKS / FMA_CHAIN_EVENT;
        in->general[REGISTERS_RCX] = FMA_CHAIN_EVENT;
        in->mxcsr = mxcsr_of(block);
}

/* The register of result `i`: the accumulators, then the differences. */
static uint32_t number_of(const struct fma_chain *chain, uint32_t i)
{
        return i < chain->accumulators ? i : i + chain->constants;
}

static void run(void *data)
{
        struct fma_chain_state *state = data;
        const struct fma_chain *chain = state->chain;

        chain->run(state);
        for (uint32_t i = 0; i < chain->accumulators + chain->differences; i++) {
                uint8_t *image = state->pair.out.vector[number_of(chain, i)];

                check_copy(state->results + i * chain->width, image, chain->width);
                check_clear(image, chain->width);
        }
}

static int verify(const void *data, struct check_mismatch *ret_mismatch)
{
        const struct fma_chain_state *state = data;
        const struct fma_chain *chain = state->chain;
        static const uint8_t zeros[2 * 64];
        const uint8_t *last = state->block + (chain->constants + chain->accumulators) * chain->width;
        uint32_t size = chain->accumulators * chain->width;
        struct registers image;
        struct check_compare compare;

        check_copy(&image, &state->pair.in, sizeof(image));
        /* SDM volume 1, 14.3.1.2: a VEX or EVEX instruction clears the rest of its destination. */
        for (uint32_t i = 0; i < chain->accumulators + chain->differences; i++)
                check_clear(image.vector[number_of(chain, i)], sizeof(image.vector[0]));
        image.general[REGISTERS_R8] = FMA_CHAIN_BLOCKS;
        image.general[REGISTERS_R8 + 1] = 0;
        check_compare_begin(&compare);
        registers_compare(&compare, &image, &state->pair.out);
        check_compare(&compare, sizeof(image), last, state->results, size);
        check_compare(&compare, sizeof(image) + size, zeros, state->results + size,
                chain->differences * chain->width);
        return check_compare_end(&compare, ret_mismatch);
}

#define FMA_CHAIN(label, bits, features, bytes, element, n_accumulators, n_constants, n_differences, twin) \
        ANSWERS(label);                                                                                    \
        void label##_run(void *state);                                                                     \
        static void label##_setup(void *state, const struct check_round *round)                            \
        {                                                                                                  \
                static const struct fma_chain chain = { &answers_##label, bytes, n_accumulators,           \
                        n_constants, n_differences, label##_run };                                         \
                setup(state, round, &chain);                                                               \
        }                                                                                                  \
        static const struct answers *const label##_answers[] = { &answers_##label, NULL };                 \
        static const struct check_field label##_fields[] = {                                               \
                { "accumulator", CHECK_UNIT_FMA, sizeof(struct registers), n_accumulators, bytes,          \
                        element },                                                                         \
                { "accumulated difference", CHECK_UNIT_FMA,                                                \
                        sizeof(struct registers) + (n_accumulators) * (bytes), n_differences, bytes,       \
                        element },                                                                         \
        };                                                                                                 \
        const struct check check_##label = {                                                               \
                .name = #label,                                                                            \
                .detects = "Wrong " bits                                                                   \
                           " fused multiply-add at full load, or a vector register that loses bits.",      \
                .family = CHECK_VECTOR,                                                                    \
                .needs = features,                                                                         \
                .state_size = sizeof(struct fma_chain_state),                                              \
                .output_offset = sizeof(struct registers),                                                 \
                .output_size = sizeof(struct registers) + ((n_accumulators) + (n_differences)) * (bytes),  \
                .round_us = 4000,                                                                          \
                .cycle = TABLE_BLOCKS,                                                                     \
                .events = true,                                                                            \
                .other = twin,                                                                             \
                .answers = label##_answers,                                                                \
                .registers = true,                                                                         \
                .fields = label##_fields,                                                                  \
                .n_fields = 2,                                                                             \
                .setup = label##_setup,                                                                    \
                .run = run,                                                                                \
                .verify = verify,                                                                          \
        }

/* Without BW the upper registers are not loaded. */
#define WIDE_NEEDS (ISA(AVX512F) | ISA(AVX512BW))

FMA_CHAIN(fma_chain_f32_avx512, "single precision", WIDE_NEEDS, 64, 4, 24, 6, 2, "fma_chain_f32_fma3");
FMA_CHAIN(fma_chain_f64_avx512, "double precision", WIDE_NEEDS, 64, 8, 24, 6, 2, "fma_chain_f64_fma3");
FMA_CHAIN(fma_chain_f32_fma3, "single precision", ISA(AVX) | ISA(FMA), 32, 4, 11, 4, 1,
        "fma_chain_f32_avx512");
FMA_CHAIN(fma_chain_f64_fma3, "double precision", ISA(AVX) | ISA(FMA), 32, 8, 11, 4, 1,
        "fma_chain_f64_avx512");
