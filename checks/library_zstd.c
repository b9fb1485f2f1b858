/* SPDX-License-Identifier: Apache-2.0 */
/* zstd: committed frames are decompressed; blocks are compressed by every strategy whose memory fits and decompressed
 * again. The contexts lie in the state: zstd's static contexts take no other memory. */
#include <errno.h>

#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include "base/array.h"
#include "checks/library.h"

#define DECOMPRESSED 4 /* results of a round */
#define COMPRESSED 2
#define RESULTS DECOMPRESSED
#define ROOM (LIBRARY_CONTENT + 1024) /* ZSTD_compressBound is less */
#define WORKSPACE (384 * 1024)        /* zstd 1.5 wants 278 KiB at level 9, 94 KiB to decompress */

ANSWERS(library_zstd);

static const int8_t levels[] = { 3, 1, 2, 4, 5, 6, 9, -5 };

struct zstd_state {
        struct registers_pair registers;
        uint8_t content[LIBRARY_CONTENT]; /* of the last result */
        struct library_result results[RESULTS];
        /* not output */
        uint32_t number; /* of the round */
        uint32_t reserved[7];
        uint8_t compressed[ROOM];
        uint8_t workspace[WORKSPACE] __attribute__((aligned(64)));
};

static const struct library_stream *stream_of(uint32_t index)
{
        return (const struct library_stream *)answers_payload(&answers_library_zstd) +
               index % LIBRARY_BLOCKS;
}

/* zstd proves the frame's checksum itself (XXH64). It has none that it offers to users: adler and crc stay 0. */
static void decompress(struct zstd_state *state, const uint8_t *from, size_t size, uint32_t index,
        struct library_result *result)
{
        ZSTD_DCtx *context = ZSTD_initStaticDCtx(state->workspace, WORKSPACE);

        check_poison(state->content, sizeof(state->content));
        result->end = ZSTD_decompressDCtx(context, state->content, LIBRARY_CONTENT, from, size);
        result->size = ZSTD_getFrameContentSize(from, size);
        result->adler = result->crc = 0;
        result->difference = library_difference(library_block(index), state->content, LIBRARY_CONTENT);
}

static void decompress_all(void *argument)
{
        struct zstd_state *state = argument;

        for (uint32_t i = 0; i < DECOMPRESSED; i++) {
                const struct library_stream *known = stream_of(state->number + i);

                decompress(state, answers_payload(&answers_library_zstd) + known->offset, known->size,
                        state->number + i, &state->results[i]);
        }
}

static ZSTD_CCtx *compressor(void *workspace, int level)
{
        ZSTD_CCtx *context = ZSTD_initStaticCCtx(workspace, WORKSPACE);

        (void)ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
        (void)ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1); /* 0 in a static context */
        (void)ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
        return context;
}

static void compress_all(void *argument)
{
        struct zstd_state *state = argument;

        for (uint32_t i = 0; i < COMPRESSED; i++) {
                uint32_t index = state->number + i;
                int level = levels[(state->number + i * (ARRAY_SIZE(levels) / 2)) % ARRAY_SIZE(levels)];
                size_t size = ZSTD_compress2(compressor(state->workspace, level), state->compressed, ROOM,
                        library_block(index), LIBRARY_CONTENT);

                decompress(
                        state, state->compressed, ZSTD_isError(size) ? 0 : size, index, &state->results[i]);
        }
}

/* A library that wants more memory, or other parameters, is none that we can test. */
static int prepare(void)
{
        for (uint32_t i = 0; i < ARRAY_SIZE(levels); i++) {
                ZSTD_compressionParameters parameters = ZSTD_getCParams(levels[i], LIBRARY_CONTENT, 0);

                if (ZSTD_estimateCCtxSize_usingCParams(parameters) > WORKSPACE)
                        return -ENOMEM;
        }
        return ZSTD_estimateDCtxSize() > WORKSPACE ? -ENOMEM : 0;
}

static void setup(void *argument, const struct check_round *round)
{
        struct zstd_state *state = argument;

        registers_setup_foreign(&state->registers, round);
        check_poison(state->results, sizeof(state->results));
        check_poison(state->content, sizeof(state->content));
        state->number = round->number;
}

static int compare(const struct zstd_state *state, uint32_t n_results, struct check_mismatch *ret_mismatch)
{
        static const struct library_result right = { .end = LIBRARY_CONTENT, .size = LIBRARY_CONTENT };
        uint32_t at = sizeof(struct registers);
        struct check_compare compare;

        check_compare_begin(&compare);
        registers_compare(&compare, &state->registers.in, &state->registers.out);
        check_compare(&compare, at, library_block(state->number + n_results - 1), state->content,
                sizeof(state->content));
        at += LIBRARY_CONTENT;
        for (uint32_t i = 0; i < n_results; i++, at += sizeof(right))
                check_compare(&compare, at, &right, &state->results[i], sizeof(right));
        return check_compare_end(&compare, ret_mismatch);
}

static int decompress_verify(const void *state, struct check_mismatch *ret_mismatch)
{
        return compare(state, DECOMPRESSED, ret_mismatch);
}

static int compress_verify(const void *state, struct check_mismatch *ret_mismatch)
{
        return compare(state, COMPRESSED, ret_mismatch);
}

static void decompress_run(void *state)
{
        registers_call_foreign(&((struct zstd_state *)state)->registers, decompress_all, state);
}

static void compress_run(void *state)
{
        registers_call_foreign(&((struct zstd_state *)state)->registers, compress_all, state);
}

static const struct answers *const tables[] = { &library_content, &answers_library_zstd, NULL };
static const struct check_field decompress_fields[] = { LIBRARY_FIELDS("decompressed", DECOMPRESSED) };
static const struct check_field compress_fields[] = { LIBRARY_FIELDS(
        "compressed and decompressed", COMPRESSED) };

const struct check check_library_zstd_decompress = {
        .name = "library_zstd_decompress",
        .detects = "Wrong bytes or checksums from the system's zstd when it decompresses.",
        .family = CHECK_LIBRARY,
        .state_size = sizeof(struct zstd_state),
        .output_offset = offsetof(struct zstd_state, registers.out),
        .output_size = LIBRARY_OUTPUT_SIZE(DECOMPRESSED),
        .round_us = 3000,
        .cycle = LIBRARY_BLOCKS,
        .answers = tables,
        .registers = true,
        .fields = decompress_fields,
        .n_fields = ARRAY_SIZE(decompress_fields),
        .prepare = prepare,
        .setup = setup,
        .run = decompress_run,
        .verify = decompress_verify,
};

const struct check check_library_zstd_compress = {
        .name = "library_zstd_compress",
        .detects = "Bytes that the system's zstd compresses and does not get back.",
        .family = CHECK_LIBRARY,
        .state_size = sizeof(struct zstd_state),
        .output_offset = offsetof(struct zstd_state, registers.out),
        .output_size = LIBRARY_OUTPUT_SIZE(COMPRESSED),
        .round_us = 5000,
        .cycle = LIBRARY_BLOCKS,
        .answers = tables,
        .registers = true,
        .fields = compress_fields,
        .n_fields = ARRAY_SIZE(compress_fields),
        .prepare = prepare,
        .setup = setup,
        .run = compress_run,
        .verify = compress_verify,
};
