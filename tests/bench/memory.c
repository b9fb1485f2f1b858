/* SPDX-License-Identifier: Apache-2.0 */
/* The bandwidth at which the patterns go through caches and memory, beside that of a plain copy loop with vectors of
 * the same width through as many bytes (half of them read, half written), flushed in the same way: MB/s, bytes that
 * are read and bytes that are written both counted. The two take turns, and the best of many turns counts. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "checks/pattern.h"

#define TURNS 100
#define AIM 0.8

void memory_copy_sse2(void *to, const void *from, uint64_t bytes);
void memory_copy_avx(void *to, const void *from, uint64_t bytes);
void memory_copy_avx512(void *to, const void *from, uint64_t bytes);
void memory_flush_clflush(void *begin, uint64_t bytes);
void memory_flush_clflushopt(void *begin, uint64_t bytes);
void memory_flush_clwb(void *begin, uint64_t bytes);

static const struct way {
        const char *check;
        void (*copy)(void *to, const void *from, uint64_t bytes);
        void (*flush)(void *begin, uint64_t bytes);
        uint32_t sizes; /* rounds take them in turn */
} ways[] = {
        { "cache_pattern_sse41", memory_copy_sse2, NULL, 3 },
        { "cache_pattern_avx2", memory_copy_avx, NULL, 3 },
        { "cache_pattern_avx512", memory_copy_avx512, NULL, 3 },
        { "memory_pattern_clflush", memory_copy_sse2, memory_flush_clflush, 1 },
        { "memory_pattern_clflushopt", memory_copy_sse2, memory_flush_clflushopt, 1 },
        { "memory_pattern_clwb", memory_copy_sse2, memory_flush_clwb, 1 },
};

static double now_us(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double better(double best, double bytes, double begin_us)
{
        double rate = bytes / (now_us() - begin_us);

        return rate > best ? rate : best;
}

/* Sweeps of the copy loop: as many bytes as the check moves. */
static double copy(const struct way *way, uint8_t *buffer, uint64_t size, double bytes, double best)
{
        uint64_t sweeps = (uint64_t)(bytes / (double)size);
        double begin = now_us();

        for (uint64_t i = 0; i < sweeps; i++) {
                way->copy(buffer, buffer + size / 2, size / 2);
                if (way->flush)
                        way->flush(buffer, size);
        }
        return better(best, (double)(sweeps * size), begin);
}

static int measure(const struct way *way, const struct check *check, struct pattern_state *state,
        uint8_t *buffer, uint32_t number)
{
        double plain = 0, checked = 0, bytes = 0;
        uint64_t size = 0;

        for (uint32_t turn = 0; turn < TURNS; turn++) {
                struct check_round round = { .seed = 1, .number = turn * way->sizes + number };
                struct check_mismatch mismatch;

                check->setup(state, &round);
                size = state->list[0].count * (uint64_t)llabs(state->list[0].stride);
                bytes = (double)(size * (2 * state->turns * (PATTERN_PASSES - 1) + 1));
                double begin = now_us();
                check->run(state);
                checked = better(checked, bytes, begin);
                plain = copy(way, buffer, size, bytes, plain);
                if (check->verify(state, &mismatch)) {
                        (void)fprintf(stderr, "%s: wrong answer in round %u\n", check->name, turn);
                        return 1;
                }
        }
        printf("%-26s %5u KiB: %8.0f of %8.0f MB/s, ratio %.2f, aim %.1f\n", check->name,
                (unsigned)(size / 1024), checked, plain, checked / plain, AIM);
        return 0;
}

int main(void)
{
        isa_set features = isa_read();
        struct pattern_state *state = aligned_alloc(CHECK_ALIGN, sizeof(*state));
        uint8_t *buffer = aligned_alloc(4096, PATTERN_BUFFER);
        int status = 0;

        if (!state || !buffer)
                return 1;
        memset(state, 0, sizeof(*state));
        memset(buffer, 0, PATTERN_BUFFER);
        registers_use(features);
        for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
                const struct check *check = check_find(ways[i].check);

                if (check->needs & ~features || check_prepare(check) < 0) {
                        printf("%-26s not on this host\n", check->name);
                        continue;
                }
                for (uint32_t number = 0; number < ways[i].sizes; number++)
                        status |= measure(&ways[i], check, state, buffer, number);
        }
        free(buffer);
        free(state);
        return status;
}
