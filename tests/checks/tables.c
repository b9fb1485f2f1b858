/* SPDX-License-Identifier: Apache-2.0 */
/* Every answer of a table is compared: with one bit of one changed, a round of the cycle is wrong; with it back, none. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"
#include "base/random.h"
#include "checks/answers.h"
#include "checks/registers.h"
#include "tests/tap.h"

#define FLIPS 200

/* Where the answers lie in the check's last table: from `begin` on of every `stride` bytes of a block, which has a
 * header. */
static const struct {
        const char *check;
        uint32_t block, header, stride, begin, end;
} cases[] = {
        { "x87_forms", 16 + 32 * 48, 16, 48, 32, 48 },
};

static uint8_t *state;

static bool cycle_right(const struct check *check)
{
        for (uint32_t i = 0; i < check->cycle; i++) {
                struct check_round round = { .seed = 3, .number = i };
                struct check_mismatch mismatch;

                check->setup(state, &round);
                check->run(state);
                if (check->verify(state, &mismatch) != CHECK_EQUAL)
                        return false;
        }
        return true;
}

static const struct answers *last_table(const struct check *check)
{
        size_t i = 0;

        while (check->answers[i + 1])
                i++;
        return check->answers[i];
}

/* A random byte of a random answer: its offset in the payload. */
static uint64_t answer_byte(size_t which, size_t size, uint64_t *random)
{
        uint64_t block = random_next(random) % (size / cases[which].block);
        uint64_t tuples = (cases[which].block - cases[which].header) / cases[which].stride;
        uint64_t within = cases[which].begin + random_next(random) % (cases[which].end - cases[which].begin);

        return block * cases[which].block + cases[which].header +
               random_next(random) % tuples * cases[which].stride + within;
}

static void test_case(size_t which, uint64_t *random)
{
        const struct check *check = check_find(cases[which].check);
        const struct answers *table = last_table(check);
        size_t size = (size_t)(table->end - table->begin) - ANSWERS_HEADER_SIZE;
        uint8_t *bytes = (uint8_t *)(uintptr_t)answers_payload(table);
        uintptr_t page = (uintptr_t)table->begin & -(uintptr_t)sysconf(_SC_PAGESIZE);
        unsigned noticed = 0;

        if (mprotect((void *)page, (uintptr_t)table->end - page, PROT_READ | PROT_WRITE) < 0)
                exit(99);
        for (unsigned i = 0; i < FLIPS; i++) {
                uint64_t at = answer_byte(which, size, random);
                uint8_t bit = (uint8_t)(1u << random_next(random) % 8);

                bytes[at] ^= bit;
                noticed += !cycle_right(check);
                bytes[at] ^= bit;
        }
        tap_ok(noticed == FLIPS, "%s: %u of %d bits changed in its answers are noticed", check->name,
                noticed, FLIPS);
        tap_ok(cycle_right(check), "%s: right without", check->name);
}

int main(void)
{
        uint64_t random = tap_seed(0x7ab1e);
        isa_set features = isa_read();

        state = mmap(NULL, CHECK_STATE_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (state == MAP_FAILED)
                return 99;
        registers_use(features);
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
                if (check_find(cases[i].check)->needs & ~features)
                        tap_skip(cases[i].check, "this CPU does not have the instructions");
                else
                        test_case(i, &random);
        return tap_end();
}
