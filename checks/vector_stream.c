/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/vector_stream.h"

/* With embedded rounding MXCSR holds another, so that it is the instructions' that counts. */
static uint32_t mxcsr_of(uint32_t mode, bool embedded)
{
        uint32_t rounding = (mode & 3) ^ (embedded ? 2 : 0);

        return UINT32_C(0x1f80) | rounding << 13 | (mode >> 2 & 1) << 15 | (mode >> 3 & 1) << 6;
}

static bool writes(const struct vector_stream_kernel *kernel, uint32_t r)
{
        for (const struct vector_stream_register *use = kernel->registers; use->column != VECTOR_STREAM_END;
                use++)
                if (use->number == r)
                        return true;
        return false;
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
        for (uint32_t r = 0; r < 32; r++)
                if (writes(state->kernel, r))
                        check_clear(in->vector[r], stream->width);
        in->general[REGISTERS_RSI] = (uintptr_t)state->block;
        in->general[REGISTERS_RCX] = 0;
        in->general[REGISTERS_R8] = 0;
        in->general[REGISTERS_R8 + 1] = VECTOR_STREAM_PASSES;
        in->general[REGISTERS_R8 + 2] = 0;
        in->mask[1] = check_round_hash(round, 2);
        in->mask[2] = ~in->mask[1];
        in->mask[5] = UINT64_C(0xaaaaaaaaaaaaaaaa);
        in->mxcsr = mxcsr_of(state->mode, state->kernel->embedded);
}

void vector_stream_run(void *data)
{
        struct vector_stream_state *state = data;

        state->kernel->run[state->kernel->embedded ? state->mode & 3 : 0](state);
}

/* SDM volume 1, 14.3.1.2: VEX and EVEX instructions clear the rest of their destination, others keep it. */
static void expect(struct registers *image, const struct vector_stream_state *state,
        const struct vector_stream_register *use)
{
        const struct vector_stream *stream = state->stream;
        const uint8_t *end = state->block + use->column * VECTOR_STREAM_COLUMN + VECTOR_STREAM_COMMON;

        check_clear(image->vector[use->number], stream->width > 16 ? 64 : 16);
        if (use->column != VECTOR_STREAM_ZERO)
                check_copy(image->vector[use->number], end - stream->width, stream->width);
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
        const struct vector_stream_register *use;
        struct registers image;
        struct check_compare compare;

        check_copy(&image, &state->pair.in, sizeof(image));
        for (use = state->kernel->registers; use->column != VECTOR_STREAM_END; use++)
                expect(&image, state, use);
        for (uint32_t k = 0; k < 8; k++)
                if (state->kernel->cleared_masks >> k & 1)
                        image.mask[k] = 0;
        image.general[REGISTERS_R8] = VECTOR_STREAM_PASSES;
        image.general[REGISTERS_R8 + 1] = 0;
        image.general[REGISTERS_R8 + 2] = elements_bytes() / state->stream->width;
        image.general[REGISTERS_RDX] = VECTOR_STREAM_COMMON;
        image.flags = 0x44; /* cmp of equals: ZF and PF */
        check_compare_begin(&compare);
        registers_compare(&compare, &image, &state->pair.out);
        return check_compare_end(&compare, ret_mismatch);
}
