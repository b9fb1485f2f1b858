/* SPDX-License-Identifier: Apache-2.0 */
/* What people write as a value of an option: each reader takes it, or says in words why not and leaves its
 * output alone. */
#include <string.h>

#include "agent/arguments.h"
#include "tests/fuzz/fuzz.h"

#define UNTOUCHED UINT64_C(0x0123456789abcdef)

/* What a set of CPUs prints reads back the same. */
static void cpu_lists(const char *text)
{
        struct cpu_set set, again;
        char list[8 * CHECK_CPU_MAX], brief[20];

        if (cpu_set_parse(text, &set) < 0)
                return;
        cpu_set_format(&set, list, sizeof(list));
        REQUIRE(cpu_set_parse(list, &again) == 0 && memcmp(&set, &again, sizeof(set)) == 0);
        cpu_set_format(&set, brief, sizeof(brief));
        REQUIRE(strnlen(brief, sizeof(brief)) < sizeof(brief));
}

static void refused(int r, uint64_t output, const struct arguments_error *error)
{
        if (r == 0)
                return;
        REQUIRE(output == UNTOUCHED && error->text[0]);
        REQUIRE(strnlen(error->text, sizeof(error->text)) < sizeof(error->text));
}

static void values(const char *text)
{
        struct arguments_error error = { 0 };
        uint64_t number = UNTOUCHED;
        uint32_t regimes = (uint32_t)UNTOUCHED;
        struct cpu_set set;
        int r = arguments_duration(text, &number, &error);

        refused(r, number, &error);
        number = UNTOUCHED;
        r = arguments_number("number", text, &number, &error);
        refused(r, number, &error);
        number = UNTOUCHED;
        r = arguments_isa(text, &number, &error);
        refused(r, number, &error);
        r = arguments_regimes(text, &regimes, &error);
        refused(r, r < 0 && regimes == (uint32_t)UNTOUCHED ? UNTOUCHED : 0, &error);
        REQUIRE(r < 0 || regimes < 1U << REGIME_COUNT);
        r = arguments_cpus(text, &set, &error);
        refused(r, UNTOUCHED, &error);
        REQUIRE(r < 0 || cpu_set_count(&set) > 0);
        refused(arguments_checks(text, &error), UNTOUCHED, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        char *text = fuzz_text(bytes, size);

        cpu_lists(text);
        values(text);
        free(text);
        return 0;
}
