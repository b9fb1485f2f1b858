/* SPDX-License-Identifier: Apache-2.0 */
/* The checks that are lists of instructions beyond their contract: one wrong bit in the answer of any line is a
 * mismatch of that line alone, and a wrong bit in the result of any instruction of a kernel is noticed. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/random.h"
#include "checks/registers.h"
#include "checks/vector_lines.h"
#include "tests/checks/integer_fault.h"
#include "tests/tap.h"

/* Makes the table writable in this process and returns its payload. */
static uint8_t *open_table(const struct answers *answers)
{
        uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), begin = (uintptr_t)answers->begin & ~(page - 1);

        if (mprotect((void *)begin, (uintptr_t)answers->end - begin, PROT_READ | PROT_WRITE))
                return NULL;
        return (uint8_t *)answers->begin + ANSWERS_HEADER_SIZE;
}

/* Whether the records of a round are right but for the one of `line`, which has one bit. */
static bool alone(const struct check *check, struct vector_lines_state *state, uint32_t line, uint32_t block)
{
        struct check_round round = { .seed = 9, .number = block };
        const struct check_field *field = &check->fields[line];
        struct check_mismatch mismatch;

        check->setup(state, &round);
        check->run(state);
        return check->verify(state, &mismatch) == CHECK_MISMATCH && mismatch.bits == 1 &&
               mismatch.offset - field->offset < field->stride;
}

static bool is_right(const struct check *check, struct vector_lines_state *state)
{
        struct check_round round = { .seed = 9, .number = 0 };

        check->setup(state, &round);
        check->run(state);
        return check->verify(state, &(struct check_mismatch){ 0 }) == CHECK_EQUAL;
}

/* The lines' parts of the table differ in size: they are found by the records that change. */
static void test_answers(const struct check *check, struct vector_lines_state *state, uint64_t *seed)
{
        const struct answers *answers = check->answers[1];
        uint32_t blocks = check->cycle / VECTOR_LINES_SLOTS;
        size_t size = (size_t)(answers->end - answers_payload(answers)) / blocks;
        uint8_t *payload = open_table(answers);
        unsigned wrong = 0;
        uint32_t line = 0;

        if (!tap_ok(payload != NULL, "%s: its table can be changed", check->name))
                return;
        for (size_t at = 0; at < size; at += 16) {
                uint64_t random = random_next(seed);
                uint32_t block = random % blocks;
                uint8_t *byte = payload + block * size + at + (random >> 8) % 16,
                        mask = (uint8_t)(1 << (random >> 32 & 7));

                *byte ^= mask;
                if (!alone(check, state, line, block) && ++line < check->n_fields)
                        wrong += !alone(check, state, line, block);
                *byte ^= mask;
        }
        tap_ok(!wrong && line == check->n_fields - 1, "%s: a wrong bit in the answers of %zu lines is named",
                check->name, check->n_fields);
        tap_ok(is_right(check, state), "%s: the whole table is right again", check->name);
}

static void test_faults(const struct check *check, uint64_t *random)
{
        struct integer_fault_count all;
        bool enough = integer_fault_noticed(check, random, &all);

        tap_ok(enough, "%s: %d of %d wrong bits noticed, %d by a crash", check->name, all.noticed,
                all.injected, all.crashed);
}

int main(void)
{
        isa_set features = isa_read();
        uint64_t random = tap_seed(0x11e5);
        void *state = aligned_alloc(CHECK_ALIGN, CHECK_STATE_MAX);

        registers_use(features);
        for (const struct check *const *c = check_list; *c; c++) {
                if ((*c)->run != vector_lines_run)
                        continue;
                if ((*c)->needs & ~features) {
                        tap_skip((*c)->name, "this CPU does not have the instructions");
                        continue;
                }
                test_answers(*c, state, &random);
                test_faults(*c, &random);
        }
        free(state);
        return tap_end();
}
