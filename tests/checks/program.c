/* SPDX-License-Identifier: Apache-2.0 */
/* Random programs are what they say, for a sample of each group (PROGRAM_SAMPLE= for more): their code decodes to the
 * intended instructions, reads no undefined flag, stays in its arena; contexts do not matter; wrong results reach the
 * digest; the tables hold every mnemonic, and damaged ones are refused. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/random.h"
#include "checks/program_group.h"
#include "tests/checks/program_decode.h"
#include "tests/checks/program_fault.h"
#include "tests/tap.h"

#define SAMPLE 200 /* programs of a group */
#define FAULTS 300
#define CAUGHT_LEAST 95   /* of a hundred faults */
#define MNEMONIC_LEAST 20 /* times that each is in the programs with known answers */
#define FRESH_LEAST 50    /* of a hundred instructions, what the group is about */
#define DAMAGES 64
#define PLANTED 32
#define BATCH 16 /* programs of a round: checks/program_check.c */

static uint64_t seed;
static uint32_t sample = SAMPLE;
static struct program program, other;
static struct registers_pair pair;

static uint8_t arena_first[PROGRAM_ARENA_SIZE] __attribute__((aligned(64)));

/* The arena alone between pages that cannot be touched, at either of two addresses. */
static uint8_t *fenced_arena(unsigned which)
{
        static uint8_t *maps[2];
        size_t page = (size_t)sysconf(_SC_PAGESIZE);

        static_assert(PROGRAM_ARENA_SIZE % 4096 == 0, "it fills its pages");
        if (!maps[which]) {
                maps[which] = mmap(
                        NULL, PROGRAM_ARENA_SIZE + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                assert(maps[which] != MAP_FAILED);
                assert(mprotect(maps[which] + page, PROGRAM_ARENA_SIZE, PROT_READ | PROT_WRITE) == 0);
        }
        return maps[which] + page;
}

/* Runs it over memory that holds `garbage` where a program may look at nothing. */
static uint64_t digest(const struct program *p, const struct program_group *group, uint8_t *arena,
        uint8_t alignment, uint8_t garbage)
{
        memset(arena, garbage, PROGRAM_ARENA_SIZE);
        memset(&pair.out, garbage, sizeof(pair.out));
        program_image(p, group, &pair.in, arena);
        program_run(p, &pair, alignment % PROGRAM_PLACES, alignment);
        return program_digest(p, &pair.in, &pair.out, arena);
}

/* Calls `test` in a child for each group this CPU has, and where `native` for all its instructions: a program that faults
 * must not end the test. */
static void each_group(const char *what, bool native, bool (*test)(const struct program_group *group))
{
        for (unsigned g = 0; g < PROGRAM_GROUP_COUNT + (unsigned)native; g++) {
                struct program_group group = program_groups[g];
                int status;
                pid_t child;

                if (g == PROGRAM_GROUP_COUNT)
                        program_group_native(&group, seed);
                if (group.needs & ~isa_read()) {
                        tap_skip(group.name, "this CPU lacks its instructions");
                        continue;
                }
                (void)fflush(stdout);
                child = fork();
                assert(child >= 0);
                if (child == 0) {
                        assert(program_prepare() == 0);
                        _exit(test(&group) && fflush(stdout) == 0 ? 0 : 1);
                }
                while (waitpid(child, &status, 0) != child)
                        ;
                if (WIFSIGNALED(status))
                        printf("# ended by signal %d\n", WTERMSIG(status));
                tap_ok(status == 0, "%s: %s", group.name, what);
        }
}

static bool test_code(const struct program_group *group)
{
        uint64_t instructions = 0, fresh = 0;

        for (uint32_t i = 0; i < sample; i++) {
                program_generate(&program, group, seed + i, NULL);
                if (program.overflown || !decode_matches(&program) || !decode_locks_whole(&program) ||
                        !decode_flags_defined(&program))
                        return false;
                if (program.n < 64)
                        return false;
                instructions += program.n;
                fresh += decode_count(&program, group->fresh);
        }
        printf("# %s: %.0f instructions a program, %.0f%% of them what it is about\n", group->name,
                (double)instructions / sample, 100.0 * (double)fresh / (double)instructions);
        return 100 * fresh >= FRESH_LEAST * instructions;
}

static bool test_contexts(const struct program_group *group)
{
        uint64_t random = seed;

        for (uint32_t i = 0; i < sample; i++) {
                uint64_t plain, r = random_next(&random);
                struct program_context context = { r, r & 63, true, i % 8 == 0 };

                program_generate(&program, group, seed + i, NULL);
                program_generate(&other, group, seed + i, &context);
                plain = digest(&program, group, fenced_arena(0), 0, 0);
                if (digest(&program, group, fenced_arena(1), r >> 8 & 63, 0xff) != plain ||
                        digest(&other, group, fenced_arena(i % 2), context.alignment, (uint8_t)r) != plain ||
                        program.n != other.n) {
                        printf("# seed %#llx: another digest in another context\n",
                                (unsigned long long)(seed + i));
                        return false;
                }
        }
        return true;
}

/* The constants of the arena are as they were, and what lies beyond what is kept. */
static bool test_arena(const struct program_group *group)
{
        uint8_t *arena = fenced_arena(0);

        for (uint32_t i = 0; i < sample; i++) {
                uint32_t end;

                program_generate(&program, group, seed + i, NULL);
                end = PROGRAM_KEPT + ((program.kept + 7) & ~7u);
                program_image(&program, group, &pair.in, arena_first);
                (void)digest(&program, group, arena, 0, 0x5a);
                if (memcmp(arena + PROGRAM_CONSTANTS, arena_first + PROGRAM_CONSTANTS,
                            PROGRAM_SLOTS - PROGRAM_CONSTANTS) != 0)
                        return false;
                for (uint32_t at = end; at < PROGRAM_ARENA_SIZE; at++)
                        if (arena[at] != 0x5a)
                                return false;
        }
        return true;
}

static bool is_helper(uint32_t i)
{
        return program.form[i] == PROGRAM_HELPER;
}

static bool test_faults(const struct program_group *group)
{
        uint32_t flipped[FAULT_KINDS] = { 0 }, noticed[FAULT_KINDS] = { 0 }, all = 0, caught = 0;
        uint64_t random = seed;

        for (uint32_t i = 0; i < MAX(FAULTS, sample); i++) {
                struct fault_result result;
                uint32_t at;

                program_generate(&program, group, seed + i, NULL);
                do
                        at = (uint32_t)(random_next(&random) % program.n);
                while (is_helper(at));
                result = fault_run(&program, group, at, random_next(&random));
                if (result.kind == FAULT_NONE && result.noticed)
                        return false; /* nothing was wrong */
                flipped[result.kind]++;
                noticed[result.kind] += result.noticed;
        }
        printf("# %s: flips that were noticed:", group->name);
        for (unsigned kind = FAULT_NONE + 1; kind < FAULT_KINDS; kind++) {
                all += flipped[kind];
                caught += noticed[kind];
                printf(" %s %u of %u%s", fault_kind_names[kind], noticed[kind], flipped[kind],
                        kind + 1 < FAULT_KINDS ? "," : "\n");
        }
        return all > FAULTS / 3 && 100 * caught >= CAUGHT_LEAST * all;
}

/* A scan over the beginnings of a program finds the instruction that errs. */
static bool test_truncate(const struct program_group *group)
{
        uint64_t random = seed;

        for (uint32_t i = 0; i < MIN(sample, 20u); i++) {
                struct fault_result result;
                uint64_t flip = random_next(&random);
                uint32_t at;

                program_generate(&program, group, seed + i, NULL);
                at = (uint32_t)(flip % program.n);
                if (is_helper(at))
                        continue;
                other = program;
                program_truncate(&other, at);
                (void)digest(&other, group, fenced_arena(0), 0, 0);
                result = fault_run(&other, group, at, flip);
                if (result.kind != FAULT_NONE || result.noticed)
                        return false; /* it is not there */
                other = program;
                program_truncate(&other, at + 1);
                other.flags = 0; /* those at the end of the whole program */
                (void)digest(&other, group, fenced_arena(0), 0, 0);
                result = fault_run(&other, group, at, flip);
                if (result.kind != FAULT_NONE && result.kind != FAULT_FLAGS && !result.noticed) {
                        printf("# seed %#llx, instruction %u: %s\n", (unsigned long long)(seed + i), at,
                                fault_kind_names[result.kind]);
                        return false;
                }
        }
        return true;
}

/* ---- the tables ---- */

static const struct answers *digests_of(const struct program_group *group)
{
        char name[64];

        (void)snprintf(name, sizeof(name), "program_known_%s", group->name);
        return check_find(name)->answers[1];
}

static bool can_be_drawn(const struct program_group *group, const struct program_entry *entry)
{
        for (uint32_t f = entry->first; f < (uint32_t)entry->first + entry->count; f++) {
                const struct program_form *form = &program_forms()[f];
                unsigned wrong = PROGRAM_UNMODELLED | (group->x87 ? PROGRAM_USES_MMX : PROGRAM_USES_X87);

                if (!(program_forms_needs()[form->needs] & ~group->needs) && !(form->trust & wrong))
                        return true;
        }
        return false;
}

/* Counts of the entries' forms in the programs of a group whose answers are known. */
static uint32_t count_entries(const struct program_group *group, uint32_t *count)
{
        const struct answers *answers = digests_of(group);
        const uint64_t *known = (const uint64_t *)answers_payload(answers);
        uint32_t seeds = (uint32_t)((answers->end - (const uint8_t *)known) / 8), n = 0;

        for (uint32_t s = 0; s < seeds; s++) {
                if (!known[s])
                        continue;
                n++;
                program_generate(&program, group, s, NULL);
                for (uint32_t i = 0; i < program.n; i++)
                        count[program.form[i]]++;
        }
        return n;
}

/* Needs nothing of this CPU: programs are made, not run. */
static void test_mnemonics(const struct program_group *group)
{
        static uint32_t count[PROGRAM_HELPER + 1];
        const struct program_table *table = program_forms_table();
        uint32_t programs, rare = 0, never = 0, mnemonics = 0;

        memset(count, 0, sizeof(count));
        programs = count_entries(group, count);
        for (unsigned set = 0; set < PROGRAM_SETS; set++)
                for (uint32_t e = table->set_begin[set]; e < table->set_begin[set + 1]; e++) {
                        const struct program_entry *entry = &program_forms_entries()[e];
                        uint32_t n = 0;

                        if (!(group->fresh >> set & 1))
                                continue;
                        for (uint32_t f = entry->first; f < (uint32_t)entry->first + entry->count; f++)
                                n += count[f];
                        if (!can_be_drawn(group, entry)) {
                                printf("# %s: never %s\n", group->name, program_forms_name(entry));
                                never++;
                                continue;
                        }
                        mnemonics++;
                        rare += n < MNEMONIC_LEAST;
                        if (n < MNEMONIC_LEAST)
                                printf("# %s: %s only %u times\n", group->name, program_forms_name(entry),
                                        n);
                }
        printf("# %s: %u programs, %u mnemonics, %u more never\n", group->name, programs, mnemonics, never);
        tap_ok(rare == 0, "%s: each mnemonic at least %d times where answers are known", group->name,
                MNEMONIC_LEAST);
}

/* Copies of a table, each damaged in its own way, are refused. */
static bool refuses_damaged(const struct answers *answers)
{
        size_t size = (size_t)(answers->end - answers->begin);
        uint8_t *copy = malloc(size);
        struct answers damaged = { answers->name, copy, copy + size };
        uint64_t random = seed;
        bool good = true;

        assert(copy);
        memcpy(copy, answers->begin, size);
        good = answers_verify(&damaged, NULL) == 0;
        for (unsigned i = 0; i < DAMAGES; i++) {
                uint64_t r = random_next(&random);
                size_t at = r >> 8 & 1 ? ANSWERS_HEADER_SIZE + (r >> 16) % (size - ANSWERS_HEADER_SIZE)
                                       : (r >> 16) % 63;

                if (at >= 32 && at < ANSWERS_HEADER_SIZE && at >= 32 + strlen(answers->name))
                        continue; /* what pads the name means nothing */
                copy[at] ^= (uint8_t)(1u << (r & 7));
                good &= answers_verify(&damaged, NULL) < 0;
                copy[at] ^= (uint8_t)(1u << (r & 7));
                damaged.end = copy + (r >> 16) % size;
                good &= answers_verify(&damaged, NULL) < 0;
                damaged.end = copy + size;
        }
        free(copy);
        return good;
}

/* With one bit of an answer changed, the round of its batch is wrong at its place; with it back, right. */
static bool notices_planted(const struct program_group *group)
{
        static _Alignas(CHECK_ALIGN) uint8_t state[CHECK_STATE_MAX];
        const struct answers *answers = digests_of(group);
        size_t page = (size_t)sysconf(_SC_PAGESIZE),
               size = (size_t)(answers->end - answers_payload(answers));
        uint8_t *begin = (uint8_t *)((uintptr_t)answers->begin & -page),
                *payload = (uint8_t *)(uintptr_t)answers_payload(answers);
        char name[64];
        bool good = mprotect(begin, (size_t)(answers->end - begin), PROT_READ | PROT_WRITE) == 0;

        (void)snprintf(name, sizeof(name), "program_known_%s", group->name);
        for (uint64_t i = 0, random = seed; i < PLANTED && good; i++) {
                uint64_t at = random_next(&random) % size, bit = random_next(&random) % 8;
                struct check_round round = { .seed = seed, .number = (uint32_t)(at / 8 / BATCH) };
                const struct check *check = check_find(name);
                struct check_mismatch mismatch;

                check->setup(state, &round);
                check->run(state);
                payload[at] ^= (uint8_t)(1u << bit);
                good = check->verify(state, &mismatch) == CHECK_MISMATCH &&
                       mismatch.offset == at % (8 * BATCH);
                payload[at] ^= (uint8_t)(1u << bit);
                good = good && check->verify(state, &mismatch) == CHECK_EQUAL;
        }
        return good;
}

int main(void)
{
        const char *text = getenv("PROGRAM_SAMPLE");

        seed = tap_seed(0x5eed);
        sample = text ? (uint32_t)strtoul(text, NULL, 10) : SAMPLE;
        registers_use(isa_read());
        tap_ok(refuses_damaged(&program_forms_answers), "a damaged table of forms is refused");
        for (const struct program_group *group = program_groups; group->name; group++) {
                tap_ok(refuses_damaged(digests_of(group)), "%s: a damaged table of digests is refused",
                        group->name);
                test_mnemonics(group);
        }
        each_group("the code is what was drawn, and no undefined flag is read", true, test_code);
        each_group("contexts do not matter", true, test_contexts);
        each_group("what is constant stays so", true, test_arena);
        each_group("wrong results reach the digest", true, test_faults);
        each_group("a wrong answer is noticed", false, notices_planted);
        each_group("its beginnings find the instruction that errs", true, test_truncate);
        return tap_end();
}
