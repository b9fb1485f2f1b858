/* SPDX-License-Identifier: Apache-2.0 */
/* What the table of covered instructions says of CPUs with other features than this one's. */
#include <string.h>

#include "agent/covered.h"
#include "agent/instruction.h"
#include "base/array.h"
#include "tests/tap.h"

static uint16_t check_index(const char *name)
{
        uint16_t i = 0;

        while (check_list[i] && strcmp(check_list[i]->name, name) != 0)
                i++;
        return i;
}

static const struct covered_instruction *find(const char *name)
{
        for (size_t i = 0; i < covered_count; i++)
                if (strcmp(covered_instructions[i].name, name) == 0)
                        return &covered_instructions[i];
        return NULL;
}

/* A made-up instruction of two forms, with a claim by a check that needs AVX2. */
static void test_standing(void)
{
        const uint16_t avx2 = check_index("vector_integer_avx2");
        struct covered_claim claims[] = {
                { .needs = ISA(BMI1), .unless = ISA(GFNI) | ISA(SHA), .check = avx2 }
        };
        const struct covered_instruction made_up = {
                .name = "made up",
                .n_forms = 2,
                .n_claims = 1,
                .forms = { ISA(AVX), ISA(SSE2) | ISA(SSE3) },
                .claims = claims,
        };
        struct covered_instruction excluded = made_up;
        const struct {
                isa_set features;
                enum covered_standing standing;
                const char *what;
        } rows[] = {
                { 0, COVERED_ABSENT, "no features: absent" },
                { ISA(SSE2), COVERED_ABSENT, "half of a form: absent" },
                { ISA(SSE2) | ISA(SSE3), COVERED_NONE, "the second form: there, and its check cannot run" },
                { ISA(AVX), COVERED_NONE, "the first form: the same" },
                { ISA(AVX) | ISA(AVX2), COVERED_NONE, "the check runs, but not its instruction" },
                { ISA(AVX) | ISA(AVX2) | ISA(BMI1), COVERED_KNOWN, "both: known" },
                { ISA(AVX) | ISA(AVX2) | ISA(BMI1) | ISA(SHA), COVERED_KNOWN,
                        "half of what leads elsewhere: known" },
                { ISA(AVX) | ISA(AVX2) | ISA(BMI1) | ISA(SHA) | ISA(GFNI), COVERED_NONE,
                        "all of it: another path" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct check *checks[1] = { NULL };
                size_t n = covered_checks(&made_up, rows[i].features, checks, 1);

                tap_ok(covered_standing(&made_up, rows[i].features) == rows[i].standing &&
                                n == (rows[i].standing == COVERED_KNOWN) &&
                                (!n || checks[0] == check_list[avx2]),
                        "%s", rows[i].what);
        }
        excluded.excluded = "for a reason";
        tap_ok(covered_standing(&excluded, rows[5].features) == COVERED_EXCLUDED &&
                        covered_standing(&excluded, 0) == COVERED_ABSENT,
                "excluded where it is there");
        excluded.n_forms = 0;
        tap_ok(covered_standing(&excluded, 0) == COVERED_EXCLUDED, "excluded where no feature tells");
}

/* At a level of --isa. */
static isa_set level(const char *name)
{
        isa_set mask = 0;

        (void)isa_level(name, &mask);
        return mask & ~(~UINT64_C(0) << ISA_COUNT);
}

static enum covered_standing standing_at(const char *name, isa_set features)
{
        const struct covered_instruction *instruction = find(name);

        return instruction ? covered_standing(instruction, features) : COVERED_ABSENT;
}

static void test_levels(void)
{
        static const char *const names[] = { "x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4", "native" };
        struct covered_totals before = { 0 };

        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                struct covered_totals totals = covered_total(0, level(names[i]));

                tap_ok(totals.instructions > before.instructions && totals.known > before.known &&
                                totals.known + totals.voted + totals.none == totals.instructions,
                        "%s has more instructions, and more of them are covered, than the level below: %u "
                        "of %u",
                        names[i], totals.known, totals.instructions);
                before = totals;
        }
}

static void test_table(void)
{
        const isa_set sse2 = level("x86-64"), avx = level("x86-64-v3"), avx512 = level("x86-64-v4");
        size_t unsorted = 0, odd = 0;

        tap_ok(standing_at("paddb", sse2) == COVERED_KNOWN && standing_at("vpaddb", sse2) == COVERED_ABSENT,
                "x86-64: paddb, and no vpaddb");
        tap_ok(standing_at("vpaddb", avx) == COVERED_KNOWN && standing_at("vpandd", avx) == COVERED_ABSENT,
                "x86-64-v3: vpaddb, and no vpandd");
        tap_ok(standing_at("vpandd", avx512) == COVERED_KNOWN, "x86-64-v4: vpandd");
        tap_ok(standing_at("vzeroall", avx) == COVERED_KNOWN &&
                        standing_at("vzeroupper", avx) != COVERED_ABSENT,
                "vzeroall fills registers that are compared");
        tap_ok(standing_at("rdtsc", sse2) == COVERED_EXCLUDED &&
                        standing_at("nop", sse2) == COVERED_EXCLUDED &&
                        standing_at("xsave", sse2) == COVERED_ABSENT &&
                        standing_at("xsave", avx) == COVERED_EXCLUDED,
                "what checks execute without comparing is excluded");
        tap_ok(!find("vpcmov") && !find("kandnr"), "what is on no CPU of today is not in the table");
        for (size_t i = 0; i < covered_count; i++) {
                const struct covered_instruction *instruction = &covered_instructions[i];

                unsorted += i && strcmp(covered_instructions[i - 1].name, instruction->name) >= 0;
                odd += !instruction->n_forms && !instruction->excluded;
                for (size_t k = 0; k < instruction->n_claims; k++)
                        odd += !check_exists(instruction->claims[k].check);
        }
        tap_ok(covered_count > 1300 && !unsorted && !odd, "the table is in order: %zu instructions",
                covered_count);
}

/* Where registers_load takes one of three paths, only that one counts. */
static void test_paths(void)
{
        const struct covered_instruction *movdqa = find("movdqa");
        const struct check *checks[512];
        size_t n_sse2 = covered_checks(movdqa, level("x86-64"), checks, ARRAY_SIZE(checks));
        size_t n_avx = covered_checks(movdqa, level("x86-64-v3"), checks, ARRAY_SIZE(checks));
        size_t twice = 0;

        for (size_t i = 0; i < n_avx; i++)
                for (size_t k = 0; k < i; k++)
                        twice += checks[i] == checks[k];
        tap_ok(n_sse2 > 20 && n_avx && n_avx < n_sse2, "movdqa: %zu checks with SSE2, %zu with AVX", n_sse2,
                n_avx);
        tap_ok(!twice, "no check stands twice");
        tap_ok(covered_checks(find("paddq"), level("x86-64"), checks, ARRAY_SIZE(checks)) > 1 &&
                        checks[0]->family == CHECK_VECTOR && check_list[0]->family != CHECK_VECTOR,
                "paddq: the checks of its own family come first");
}

static void test_totals(void)
{
        struct covered_totals all = covered_total(0, ~UINT64_C(0)), sum = { 0 };
        const struct covered_totals third = { .instructions = 3, .known = 2 }, none = { 0 };

        for (enum check_family family = CHECK_STATE; family <= CHECK_ERRATUM; family++) {
                struct covered_totals part = covered_total(family, ~UINT64_C(0));

                sum.instructions += part.instructions;
                sum.known += part.known;
                sum.voted += part.voted;
                sum.none += part.none;
                sum.excluded += part.excluded;
        }
        tap_ok(memcmp(&sum, &all, sizeof(all)) == 0, "the families add up to all");
        tap_ok(covered_permille(&third) == 666 && covered_permille(&none) == 1000, "parts are rounded down");
}

int main(void)
{
        test_standing();
        test_levels();
        test_table();
        test_paths();
        test_totals();
        return tap_end();
}
