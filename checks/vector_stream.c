/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/vector_stream.h"

/* With embedded rounding MXCSR holds another, so that it is the instructions' that counts. */
static uint32_t mxcsr_of(uint32_t mode, bool embedded)
{
        uint32_t rounding = (mode & 3) ^ (embedded ? 2 : 0);

        return UINT32_C(0x1f80) | rounding << 13 | (mode >> 2 & 1) << 15 | (mode >> 3 & 1) << 6;
}

/* The number of a kernel's register. */
static uint32_t number_of(const struct vector_stream_kernel *kernel, uint32_t index)
{
        return (uint32_t)(kernel->first + kernel->step * (int32_t)index);
}

static uint32_t n_registers(const struct vector_stream *stream)
{
        return stream->n_operands + stream->n_temporaries + stream->n_differences;
}

void vector_stream_setup(struct vector_stream_state *state, const struct check_round *round,
        const struct vector_stream *stream)
{
        struct registers *in = &state->pair.in;
        uint32_t block = round->number % VECTOR_STREAM_BLOCKS;

        registers_setup(&state->pair, round, state->stack + sizeof(state->stack));
        in->shape &= ~(uint32_t)REGISTERS_SHAPE_VECTOR_INITIAL;
        state->stream = stream;
        state->kernel = &stream->kernels[round->number / VECTOR_STREAM_BLOCKS % stream->n_kernels];
        state->mode = stream->modes ? block : 0;
        state->block = answers_payload(stream->answers) + stream->columns * VECTOR_STREAM_COLUMN * block;
        check_poison(state->differences, sizeof(state->differences));
        for (uint32_t i = 0; i < n_registers(stream); i++)
                check_clear(in->vector[number_of(state->kernel, i)], stream->width);
        in->general[REGISTERS_RSI] = (uintptr_t)state->block;
        in->general[REGISTERS_RBX] = VECTOR_STREAM_EVENT;
        in->general[REGISTERS_R8] = 0;
        in->general[REGISTERS_R8 + 1] = VECTOR_STREAM_PASSES / VECTOR_STREAM_WHOLE;
        in->general[REGISTERS_R8 + 2] = 0;
        in->general[REGISTERS_RCX] = 0;
        in->general[REGISTERS_R8 + 3] = VECTOR_STREAM_COMMON / stream->width;
        in->general[REGISTERS_R8 + 4] = VECTOR_STREAM_WHOLE / VECTOR_STREAM_EVENT;
        in->mask[1] = check_round_hash(round, 2);
        in->mask[2] = ~in->mask[1];
        in->mask[5] = UINT64_C(0xaaaaaaaaaaaaaaaa);
        in->mxcsr = mxcsr_of(state->mode, state->kernel->embedded);
}

static void move_differences(struct vector_stream_state *state)
{
        const struct vector_stream *stream = state->stream;

        for (uint32_t i = 0; i < stream->n_differences; i++) {
                uint32_t index = stream->n_operands + stream->n_temporaries + i;
                uint8_t *image = state->pair.out.vector[number_of(state->kernel, index)];

                check_copy(state->differences + i * stream->width, image, stream->width);
                check_clear(image, stream->width);
        }
}

void vector_stream_run(void *data)
{
        struct vector_stream_state *state = data;

        state->kernel->run[state->kernel->embedded ? state->mode & 3 : 0](state);
        move_differences(state);
}

/* SDM volume 1, 14.3.1.2: VEX and EVEX instructions clear the rest of their destination, others keep it. */
static void expect_vectors(struct registers *image, const struct vector_stream_state *state)
{
        const struct vector_stream *stream = state->stream;
        const uint8_t *end = state->block + VECTOR_STREAM_COMMON - stream->width;

        for (uint32_t i = 0; i < n_registers(stream); i++) {
                uint8_t *vector = image->vector[number_of(state->kernel, i)];

                check_clear(vector, stream->width > 16 ? 64 : 16);
                if (i < stream->n_operands)
                        check_copy(vector, end + stream->operands[i] * VECTOR_STREAM_COLUMN, stream->width);
        }
}

/* How much of a column all passes together go through. */
static uint32_t elements_bytes(void)
{
        uint32_t whole = VECTOR_STREAM_PASSES / VECTOR_STREAM_WHOLE;

        return whole * VECTOR_STREAM_COLUMN + (VECTOR_STREAM_PASSES - whole) * VECTOR_STREAM_COMMON;
}

int vector_stream_verify(const void *data, struct check_mismatch *ret_mismatch)
{
        const struct vector_stream_state *state = data;
        static const uint8_t zeros[sizeof(state->differences)];
        struct registers image;
        struct check_compare compare;

        check_copy(&image, &state->pair.in, sizeof(image));
        expect_vectors(&image, state);
        for (uint32_t k = 0; k < 8; k++)
                if (state->kernel->cleared_masks >> k & 1)
                        image.mask[k] = 0;
        image.general[REGISTERS_R8] = VECTOR_STREAM_PASSES;
        image.general[REGISTERS_R8 + 1] = 0;
        image.general[REGISTERS_R8 + 2] = elements_bytes() / state->stream->width;
        image.general[REGISTERS_RDX] = VECTOR_STREAM_COMMON;
        check_compare_begin(&compare);
        registers_compare(&compare, &image, &state->pair.out);
        check_compare(&compare, sizeof(image), zeros, state->differences,
                state->stream->n_differences * state->stream->width);
        return check_compare_end(&compare, ret_mismatch);
}
