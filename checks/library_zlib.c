/* SPDX-License-Identifier: Apache-2.0 */
/* zlib: committed streams are inflated, whole, raw and in pieces; blocks are deflated at every level and strategy and
 * inflated again. */
#include <errno.h>
#include <sys/mman.h>
#include <zlib.h>

#include "base/array.h"
#include "checks/library.h"

#define RESULTS 4
#define ROOM (LIBRARY_CONTENT + 1024) /* for a block that cannot be compressed */
#define MEMORY (352 * 1024) /* for what deflateInit and inflateInit allocate; zlib itself takes half of it */
#define WINDOW 14           /* of 16 KiB: that of the largest distance */

ANSWERS(library_deflate);

/* What the library allocates from: never given back, but begun anew with every stream. */
struct memory {
        uint8_t *next, *end;
};

struct zlib_state {
        struct registers_pair registers;
        uint8_t content[LIBRARY_CONTENT]; /* of the last result */
        struct library_result results[RESULTS];
        /* not output */
        struct memory memory;
        uint32_t number; /* of the round */
        uint32_t reserved[3];
        uint8_t compressed[ROOM];
        uint8_t bytes[MEMORY];
};

/* zlib's alloc_func and free_func (zlib.h). */
static void *take(void *opaque, unsigned items, unsigned size)
{
        struct memory *memory = opaque;
        uint64_t wanted = ((uint64_t)items * size + 63) & ~UINT64_C(63);
        uint8_t *taken = memory->next;

        if (wanted > (uint64_t)(memory->end - memory->next))
                return Z_NULL;
        memory->next += wanted;
        return taken;
}

static void give(void *opaque, void *address)
{
        (void)opaque;
        (void)address;
}

static void stream_begin(z_stream *stream, struct memory *memory, uint8_t *bytes)
{
        check_clear(stream, sizeof(*stream));
        memory->next = bytes;
        memory->end = bytes + MEMORY;
        stream->zalloc = take;
        stream->zfree = give;
        stream->opaque = memory;
}

/* ---- inflating ---- */

/* How a stream is fed: with its wrapper or without, and by how many bytes; 0: at once. */
struct feed {
        bool raw;
        uint32_t in, out;
};

static const struct feed feeds[RESULTS] = { { false, 0, 0 }, { false, 1021, 4093 }, { true, 0, 0 },
        { true, 61, 257 } };

static uint32_t portion(uint32_t limit, uint32_t left)
{
        return limit ? MIN(limit, left) : left;
}

/* Inflates what `from` holds into state->content and fills `result`. */
static void inflate_fed(struct zlib_state *state, const uint8_t *from, uint32_t size,
        const struct feed *feed, struct library_result *result)
{
        z_stream stream;
        int r;

        stream_begin(&stream, &state->memory, state->bytes);
        check_poison(state->content, sizeof(state->content));
        stream.next_in = (uint8_t *)(uintptr_t)from;
        stream.next_out = state->content;
        r = inflateInit2(&stream, feed->raw ? -WINDOW : WINDOW + 1);
        while (r == Z_OK) {
                uint32_t in = portion(feed->in, size - (uint32_t)stream.total_in);
                uint32_t out = portion(feed->out, LIBRARY_CONTENT - (uint32_t)stream.total_out);

                stream.avail_in = in;
                stream.avail_out = out;
                r = inflate(&stream, Z_NO_FLUSH);
                if (stream.avail_in == in && stream.avail_out == out && r == Z_OK)
                        r = Z_BUF_ERROR; /* no progress would be for ever */
        }
        result->end = (uint64_t)(int64_t)r;
        result->size = stream.total_out;
        (void)inflateEnd(&stream);
}

static void judge(const struct zlib_state *state, uint32_t index, struct library_result *result)
{
        result->adler = adler32(adler32(0, Z_NULL, 0), state->content, LIBRARY_CONTENT);
        result->crc = crc32(crc32(0, Z_NULL, 0), state->content, LIBRARY_CONTENT);
        result->difference = library_difference(library_block(index), state->content, LIBRARY_CONTENT);
}

static const struct library_stream *stream_of(uint32_t index)
{
        return (const struct library_stream *)answers_payload(&answers_library_deflate) +
               index % LIBRARY_BLOCKS;
}

static void inflate_all(void *argument)
{
        struct zlib_state *state = argument;

        for (uint32_t i = 0; i < RESULTS; i++) {
                const struct library_stream *known = stream_of(state->number + i);
                const uint8_t *from = answers_payload(&answers_library_deflate) + known->offset;
                uint32_t size = known->size;

                /* Without its wrapper (RFC 1950): two bytes before, four behind. */
                if (feeds[i].raw)
                        from += 2, size -= 6;
                inflate_fed(state, from, size, &feeds[i], &state->results[i]);
                judge(state, state->number + i, &state->results[i]);
        }
}

/* ---- deflating ---- */

static const struct {
        int8_t level, strategy, window, memory;
} forms[] = {
        { 6, Z_DEFAULT_STRATEGY, WINDOW, 7 },
        { 1, Z_DEFAULT_STRATEGY, WINDOW, 7 },
        { 2, Z_DEFAULT_STRATEGY, WINDOW, 7 },
        { 3, Z_DEFAULT_STRATEGY, WINDOW, 7 },
        { 4, Z_DEFAULT_STRATEGY, WINDOW, 7 },
        { 5, Z_DEFAULT_STRATEGY, WINDOW, 7 },
        { 7, Z_DEFAULT_STRATEGY, WINDOW, 7 },
        { 8, Z_DEFAULT_STRATEGY, WINDOW, 7 },
        { 9, Z_DEFAULT_STRATEGY, WINDOW, 8 },
        { 0, Z_DEFAULT_STRATEGY, WINDOW, 7 },
        { 6, Z_FILTERED, WINDOW, 7 },
        { 6, Z_HUFFMAN_ONLY, WINDOW, 7 },
        { 6, Z_RLE, WINDOW, 7 },
        { 6, Z_FIXED, WINDOW, 7 },
        { 6, Z_DEFAULT_STRATEGY, 10, 1 },
        { 1, Z_DEFAULT_STRATEGY, 12, 4 },
};
#define DEFLATED 2 /* results of a round */
#define FORM_STEP 8

static int deflate_begin(z_stream *stream, uint32_t form)
{
        return deflateInit2(stream, forms[form].level, Z_DEFLATED, forms[form].window, forms[form].memory,
                forms[form].strategy);
}

/* Deflates a block into state->compressed. Returns how many bytes there are; 0: it went wrong. */
static uint32_t deflate_block(struct zlib_state *state, const uint8_t *from, uint32_t form)
{
        z_stream stream;
        int r;

        stream_begin(&stream, &state->memory, state->bytes);
        r = deflate_begin(&stream, form);
        if (r != Z_OK)
                return 0;
        stream.next_in = (uint8_t *)(uintptr_t)from;
        stream.avail_in = LIBRARY_CONTENT;
        stream.next_out = state->compressed;
        stream.avail_out = ROOM;
        r = deflate(&stream, Z_FINISH);
        (void)deflateEnd(&stream);
        return r == Z_STREAM_END ? (uint32_t)stream.total_out : 0;
}

static void deflate_all(void *argument)
{
        static const struct feed whole = { false, 0, 0 };
        struct zlib_state *state = argument;

        for (uint32_t i = 0; i < DEFLATED; i++) {
                uint32_t form = (state->number + i * FORM_STEP) % ARRAY_SIZE(forms);
                uint32_t size = deflate_block(state, library_block(state->number + i), form);

                inflate_fed(state, state->compressed, size, &whole, &state->results[i]);
                judge(state, state->number + i, &state->results[i]);
        }
}

/* ---- the checks ---- */

/* Tries what every round will ask for: a library that takes more memory is none that we can test. */
static int prepare(void)
{
        uint8_t *bytes = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        struct memory memory;
        z_stream stream;
        int r = Z_OK;

        if (bytes == MAP_FAILED)
                return -errno;
        for (uint32_t i = 0; r == Z_OK && i < ARRAY_SIZE(forms); i++) {
                stream_begin(&stream, &memory, bytes);
                r = deflate_begin(&stream, i);
                if (r == Z_OK)
                        (void)deflateEnd(&stream);
        }
        stream_begin(&stream, &memory, bytes);
        if (r == Z_OK)
                r = inflateInit2(&stream, WINDOW + 1);
        if (r == Z_OK)
                (void)inflateEnd(&stream);
        (void)munmap(bytes, MEMORY);
        return r == Z_OK ? 0 : r == Z_MEM_ERROR ? -ENOMEM : -ENOTSUP;
}

static void setup(void *argument, const struct check_round *round)
{
        struct zlib_state *state = argument;

        registers_setup_foreign(&state->registers, round);
        check_poison(state->results, sizeof(state->results));
        check_poison(state->content, sizeof(state->content));
        state->number = round->number;
}

static int compare(const struct zlib_state *state, uint32_t n_results, struct check_mismatch *ret_mismatch)
{
        struct library_result expected[RESULTS];
        struct check_compare compare;

        for (uint32_t i = 0; i < n_results; i++) {
                const struct library_stream *known = stream_of(state->number + i);

                expected[i].end = Z_STREAM_END;
                expected[i].size = LIBRARY_CONTENT;
                expected[i].adler = known->adler;
                expected[i].crc = known->crc;
                expected[i].difference = 0;
        }
        check_compare_begin(&compare);
        registers_compare(&compare, &state->registers.in, &state->registers.out);
        check_compare(&compare, sizeof(struct registers), library_block(state->number + n_results - 1),
                state->content, sizeof(state->content));
        check_compare(&compare, sizeof(struct registers) + LIBRARY_CONTENT, expected, state->results,
                n_results * (uint32_t)sizeof(expected[0]));
        return check_compare_end(&compare, ret_mismatch);
}

static int inflate_verify(const void *state, struct check_mismatch *ret_mismatch)
{
        return compare(state, RESULTS, ret_mismatch);
}

static int deflate_verify(const void *state, struct check_mismatch *ret_mismatch)
{
        return compare(state, DEFLATED, ret_mismatch);
}

static void inflate_run(void *state)
{
        registers_call_foreign(&((struct zlib_state *)state)->registers, inflate_all, state);
}

static void deflate_run(void *state)
{
        registers_call_foreign(&((struct zlib_state *)state)->registers, deflate_all, state);
}

static const struct answers *const tables[] = { &library_content, &answers_library_deflate, NULL };
static const struct check_field inflate_fields[] = { LIBRARY_FIELDS("inflated", RESULTS) };
static const struct check_field deflate_fields[] = { LIBRARY_FIELDS("deflated and inflated", DEFLATED) };

const struct check check_library_zlib_inflate = {
        .name = "library_zlib_inflate",
        .detects = "Wrong bytes or checksums from the system's zlib when it decompresses.",
        .family = CHECK_LIBRARY,
        .state_size = sizeof(struct zlib_state),
        .output_offset = offsetof(struct zlib_state, registers.out),
        .output_size = LIBRARY_OUTPUT_SIZE(RESULTS),
        .round_us = 3000,
        .cycle = LIBRARY_BLOCKS,
        .answers = tables,
        .registers = true,
        .fields = inflate_fields,
        .n_fields = ARRAY_SIZE(inflate_fields),
        .prepare = prepare,
        .setup = setup,
        .run = inflate_run,
        .verify = inflate_verify,
};

const struct check check_library_zlib_deflate = {
        .name = "library_zlib_deflate",
        .detects = "Bytes that the system's zlib compresses and does not get back.",
        .family = CHECK_LIBRARY,
        .state_size = sizeof(struct zlib_state),
        .output_offset = offsetof(struct zlib_state, registers.out),
        .output_size = LIBRARY_OUTPUT_SIZE(DEFLATED),
        .round_us = 5000,
        .cycle = ARRAY_SIZE(forms),
        .answers = tables,
        .registers = true,
        .fields = deflate_fields,
        .n_fields = ARRAY_SIZE(deflate_fields),
        .prepare = prepare,
        .setup = setup,
        .run = deflate_run,
        .verify = deflate_verify,
};
