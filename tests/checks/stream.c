/* SPDX-License-Identifier: Apache-2.0 */
/* Streams compare every bit of every answer: one bit of a table is changed, in a column, block and kernel
 * chosen at random, and the round that uses it must be a mismatch. The masks name the columns of answers
 * that a check compares whole. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/random.h"
#include "checks/answers.h"
#include "checks/check.h"
#include "checks/registers.h"
#include "checks/vector_stream.h"
#include "tests/tap.h"

#define FLIPS 16 /* in each column */

struct subject {
        const char *check;
        uint32_t columns, compared; /* how many; bit k: column k */
};

static const struct subject subjects[] = {
        { "fma_stream_f32_fma3", 7, 0x78 },
        { "fma_stream_f64_fma3", 7, 0x78 },
        { "fma_stream_f32_avx512", 7, 0x78 },
        { "fma_stream_f64_avx512", 7, 0x78 },
        /* SSE has 8 of the 32 predicates in column 9. */
        { "vector_arith_f32_sse2", 10, 0x1fc },
        { "vector_arith_f64_sse2", 10, 0x1fc },
        { "vector_arith_f32_avx", 10, 0x3fc },
        { "vector_arith_f64_avx", 10, 0x3fc },
        { "vector_arith_f32_avx512", 10, 0x3fc },
        { "vector_arith_f64_avx512", 10, 0x3fc },
        { "vector_bf16_avx512", 7, 0x60 },
        { "vector_convert_sse2", 11, 0xf0 },
        { "vector_convert_avx", 11, 0xf0 },
        { "vector_convert_avx512", 11, 0x7f0 },
        { "vector_integer_sse2", 9, 0x1fc },
        { "vector_integer_avx2", 9, 0x1fc },
        { "vector_integer_avx512", 9, 0x1fc },
        { "vector_multiply_sse2", 12, 0x7c },
        { "vector_multiply_sse41", 12, 0x7fc },
        { "vector_multiply_avx2", 12, 0x7fc },
        { "vector_multiply_avx512", 12, 0xffc },
};

/* Makes the table writable in this process and returns its payload. */
static uint8_t *open_table(const struct answers *answers)
{
        uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), begin = (uintptr_t)answers->begin & ~(page - 1);

        if (mprotect((void *)begin, (uintptr_t)answers->end - begin, PROT_READ | PROT_WRITE))
                return NULL;
        return (uint8_t *)answers->begin + ANSWERS_HEADER_SIZE;
}

static bool noticed(const struct check *check, void *state, uint64_t random, uint32_t block)
{
        uint32_t kernels = check->cycle / VECTOR_STREAM_BLOCKS;
        struct check_round round = { .seed = 9,
                .number = block + VECTOR_STREAM_BLOCKS * (uint32_t)(random % kernels) };
        struct check_mismatch mismatch;

        check->setup(state, &round);
        check->run(state);
        return check->verify(state, &mismatch) == 1;
}

static void test_column(
        const struct subject *subject, uint32_t column, uint8_t *payload, void *state, uint64_t *seed)
{
        const struct check *check = check_find(subject->check);
        unsigned seen = 0;

        for (unsigned i = 0; i < FLIPS; i++) {
                uint64_t random = random_next(seed);
                uint32_t block = random % VECTOR_STREAM_BLOCKS;
                uint8_t *byte = payload + (block * subject->columns + column) * VECTOR_STREAM_COLUMN +
                                (random >> 8) % VECTOR_STREAM_COLUMN,
                        mask = (uint8_t)(1 << (random >> 32 & 7));

                *byte ^= mask;
                seen += noticed(check, state, random >> 36, block);
                *byte ^= mask;
        }
        tap_ok(seen == FLIPS, "%s: a wrong bit in column %u is noticed: %u of %u", check->name, column, seen,
                FLIPS);
}

int main(void)
{
        isa_set features = isa_read();
        uint64_t seed = tap_seed(0xc01);
        void *state = aligned_alloc(CHECK_ALIGN, CHECK_STATE_MAX);

        registers_use(features);
        for (size_t i = 0; i < sizeof(subjects) / sizeof(*subjects); i++) {
                const struct check *check = check_find(subjects[i].check);
                uint8_t *payload = open_table(check->answers[0]);

                if (check->needs & ~features) {
                        tap_skip(check->name, "not on this CPU");
                        continue;
                }
                if (!tap_ok(payload != NULL, "%s: its table can be changed", check->name))
                        continue;
                for (uint32_t column = 0; column < subjects[i].columns; column++)
                        if (subjects[i].compared >> column & 1)
                                test_column(&subjects[i], column, payload, state, &seed);
                tap_ok(!noticed(check, state, 0, 0), "%s: the whole table is right again", check->name);
        }
        free(state);
        return tap_end();
}
