/* SPDX-License-Identifier: Apache-2.0 */
/* What people write, right and wrong, as tables: this test brings a list of checks of its own. */
#include "agent/arguments.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"
#include "tests/tap.h"

static const struct check multiply = { .name = "fma_f64_avx2" }, state = { .name = "state_hold" },
                          stack = { .name = "stack_push" };
const struct check *const check_list[] = { &multiply, &state, &stack, NULL };

static struct arguments_error error;

static const struct {
        const char *text;
        uint64_t ms; /* 0: an error, whose sentence has `says` in it */
        const char *says;
} durations[] = {
        { "90", 90000, NULL },
        { "60s", 60000, NULL },
        { "250ms", 250, NULL },
        { "5m", 300000, NULL },
        { "1h", 3600000, NULL },
        { "1h30m", 5400000, NULL },
        { "1d2h3m4s5ms", 93784005, NULL },
        { "0h1ms", 1, NULL },
        { "364d24h", 31536000000, NULL },
        { "365d", 31536000000, NULL },
        { "365d1ms", 0, "too long" },
        { "0h0m", 0, "leaves no time" },
        { "1h30", 0, "no duration" },
        { "30m1h", 0, "no duration" },
        { "1h1h", 0, "no duration" },
        { "1h30m ", 0, "no duration" },
        { "1h,30m", 0, "no duration" },
        { "0", 0, "leaves no time" },
        { "0h", 0, "leaves no time" },
        { "366d", 0, "too long" },
        { "31536000001ms", 0, "too long" },
        { "18446744073709551617", 0, "too long" },
        { "", 0, "no duration" },
        { "s", 0, "no duration" },
        { "-1", 0, "no duration" },
        { "+1", 0, "no duration" },
        { " 1", 0, "no duration" },
        { "1.5h", 0, "no duration" },
        { "0x10", 0, "no duration" },
        { "1000y", 0, "no duration" },
        { "1 s", 0, "no duration" },
};

static void test_durations(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(durations); i++) {
                uint64_t ns = 77;
                int r = arguments_duration(durations[i].text, &ns, &error);

                if (durations[i].ms)
                        tap_ok(r == 0 && ns == durations[i].ms * 1000000, "duration: '%s'",
                                durations[i].text);
                else
                        tap_ok(r == -EINVAL && ns == 77 && strstr(error.text, durations[i].says),
                                "duration: '%s': %s", durations[i].text, error.text);
        }
}

static const struct {
        const char *text;
        const char *says; /* NULL: right */
} patterns[] = {
        { "state_hold", NULL },
        { "*", NULL },
        { "fma_*,st*", NULL },
        { "s[t]ack*", NULL },
        { "state_hodl", "nearest is 'state_hold'" },
        { "stat_*", "nearest is 'state_hold'" },
        { "fma_*,fna_*", "nearest is 'fma_f64_avx2'" },
        { "quux", "'assay list'" },
        { "", "no check matches ''" },
        { "*,", "no check matches ''" },
};

static void test_patterns(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
                int r = arguments_checks(patterns[i].text, &error);

                if (!patterns[i].says)
                        tap_ok(r == 0, "checks: '%s'", patterns[i].text);
                else
                        tap_ok(r == -EINVAL && strstr(error.text, patterns[i].says), "checks: '%s': %s",
                                patterns[i].text, error.text);
        }
}

static const struct {
        const char *text;
        uint32_t regimes; /* 0: an error, whose sentence has `says` in it */
        const char *says;
} regimes[] = {
        { "quiet", 1u << REGIME_QUIET, NULL },
        { "storm", 1u << REGIME_STORM_SELF | 1u << REGIME_STORM_ASYNC, NULL },
        { "timer,crowd", 1u << REGIME_TIMER | 1u << REGIME_CROWD, NULL },
        { "all", (1u << REGIME_COUNT) - 1, NULL },
        { "tiemr", 0, "the nearest is 'timer'" },
        { "strom", 0, "the nearest is 'storm'" },
        { "quiet,", 0, "there is no regime ''" },
        { "loud", 0, "there are quiet" },
};

static void test_regimes(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(regimes); i++) {
                uint32_t mask = 77;
                int r = arguments_regimes(regimes[i].text, &mask, &error);

                if (regimes[i].regimes)
                        tap_ok(r == 0 && mask == regimes[i].regimes, "regimes: '%s'", regimes[i].text);
                else
                        tap_ok(r == -EINVAL && mask == 77 && strstr(error.text, regimes[i].says),
                                "regimes: '%s': %s", regimes[i].text, error.text);
        }
}

static const struct {
        const char *text;
        uint32_t stress; /* 0: an error, whose sentence has `says` in it */
        const char *says;
} stresses[] = {
        { "none", 1u << STRESS_NONE, NULL },
        { "bursts,mixed", 1u << STRESS_BURSTS | 1u << STRESS_MIXED, NULL },
        { "all", (1u << STRESS_COUNT) - 1, NULL },
        { "burst", 0, "there is no stress 'burst'" },
        { "", 0, "there is no stress ''" },
};

static void test_stress(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(stresses); i++) {
                uint32_t mask = 77;
                int r = arguments_stress(stresses[i].text, &mask, &error);

                if (stresses[i].stress)
                        tap_ok(r == 0 && mask == stresses[i].stress, "stress: '%s'", stresses[i].text);
                else
                        tap_ok(r == -EINVAL && mask == 77 && strstr(error.text, stresses[i].says),
                                "stress: '%s': %s", stresses[i].text, error.text);
        }
}

static void test_nice(void)
{
        int nice = 5;

        tap_ok(arguments_nice("19", &nice, &error) == 0 && nice == 19, "niceness: 19");
        tap_ok(arguments_nice("20", &nice, &error) == -EINVAL && nice == 19 &&
                        strstr(error.text, "0 and 19"),
                "niceness: 20 is refused");
        tap_ok(arguments_nice("-1", &nice, &error) == -EINVAL && nice == 19 &&
                        strstr(error.text, "'-1' is not between 0 and 19; a negative"),
                "niceness: -1: %s", error.text);
        tap_ok(arguments_nice("", &nice, &error) == -EINVAL && nice == 19 &&
                        strcmp(error.text, "'' is not between 0 and 19") == 0,
                "niceness: none: %s", error.text);
}

static void test_cpus(void)
{
        struct host_cpu places[] = { { .cpu = 0 }, { .cpu = 1 }, { .cpu = 3 } };
        struct host host = { .n_cpus = ARRAY_SIZE(places), .cpus = places };
        struct cpu_set set = { .word = { 77 } };

        tap_ok(arguments_cpus("", &set, &error) == -EINVAL && set.word[0] == 77, "cpus: empty: %s",
                error.text);
        tap_ok(arguments_cpus("a", &set, &error) == -EINVAL && strstr(error.text, "'a'"), "cpus: %s",
                error.text);
        tap_ok(arguments_cpus("0-4096", &set, &error) == -EINVAL && strstr(error.text, "above 4095"),
                "cpus: %s", error.text);
        tap_ok(arguments_cpus("1,3", &set, &error) == 0 && set.word[0] == 10, "cpus: a list");
        tap_ok(arguments_cpus_exist(&set, &host, &error) == 0, "cpus: these exist");
        cpu_set_add(&set, 2);
        tap_ok(arguments_cpus_exist(&set, &host, &error) == -EINVAL &&
                        strstr(error.text, "no CPU 2; it has 0-1,3"),
                "cpus: %s", error.text);
}

static void test_others(void)
{
        isa_set mask = 77;
        uint64_t number = 77;

        tap_ok(arguments_isa("x86-64-v3", &mask, &error) == 0 && mask & ISA(AVX2) && !(mask & ISA(AVX512F)),
                "isa: a level");
        tap_ok(arguments_isa("avx2", &mask, &error) == -EINVAL && strstr(error.text, "native"), "isa: %s",
                error.text);
        tap_ok(arguments_number("seed", "0x1f", &number, &error) == 0 && number == 31,
                "number: hexadecimal");
        tap_ok(arguments_number("seed", "18446744073709551615", &number, &error) == 0 &&
                        number == UINT64_MAX,
                "number: the largest");
        tap_ok(arguments_number("seed", "18446744073709551616", &number, &error) == -EINVAL, "number: %s",
                error.text);
        tap_ok(arguments_number("seed", "0x", &number, &error) == -EINVAL, "number: %s", error.text);
        tap_ok(arguments_number("seed", "-1", &number, &error) == -EINVAL, "number: %s", error.text);
}

static void test_distance(void)
{
        tap_ok(text_distance("", "abc") == 3, "distance: insertions");
        tap_ok(text_distance("timer", "tiemr") == 1, "distance: a swap of neighbours");
        tap_ok(text_distance("kitten", "sitting") == 3, "distance: changes");
}

/* Reads one option with stderr going to a pipe, and returns what was said. */
static const char *options_say(char *argument, char *value, int *ret_result)
{
        static const struct option options[] = { { "json", no_argument, NULL, 'j' },
                { "cpus", required_argument, NULL, 'c' }, { NULL, 0, NULL, 0 } };
        static char said[256];
        char name[] = "host";
        char *argv[] = { name, argument, value, NULL };
        int ends[2], saved = dup(STDERR_FILENO);
        ssize_t size;

        if (saved < 0 || pipe(ends) < 0 || dup2(ends[1], STDERR_FILENO) < 0)
                abort();
        optind = 0;
        *ret_result = arguments_next(value ? 3 : 2, argv, options);
        if (dup2(saved, STDERR_FILENO) < 0 || close(ends[1]) < 0 || close(saved) < 0)
                abort();
        size = read(ends[0], said, sizeof(said) - 1);
        said[size > 0 ? size : 0] = 0;
        (void)close(ends[0]);
        return said;
}

static void test_options(void)
{
        static const struct {
                const char *argument, *value;
                int result;
                const char *says;
        } cases[] = {
                { "--json", NULL, 'j', "" },
                { "--cpus", "1", 'c', "" },
                { "--cpus=1", NULL, 'c', "" },
                { "operand", NULL, ARGUMENTS_END, "" },
                { "--cpsu", NULL, ARGUMENTS_WRONG,
                        "assay: there is no option '--cpsu'; the nearest is '--cpus'.\n" },
                { "--cpsu=1", NULL, ARGUMENTS_WRONG,
                        "assay: there is no option '--cpsu'; the nearest is '--cpus'.\n" },
                { "--unlike", NULL, ARGUMENTS_WRONG, "the command's --help lists" },
                { "-x", NULL, ARGUMENTS_WRONG, "there is no option '-x'" },
                { "-xy", NULL, ARGUMENTS_WRONG, "there is no option '-x'" },
                { "--cpu", "1", ARGUMENTS_WRONG, "the option '--cpu' is not written out; it is '--cpus'" },
                { "--c=1", NULL, ARGUMENTS_WRONG, "the option '--c' is not written out; it is '--cpus'" },
                { "--js", NULL, ARGUMENTS_WRONG, "the option '--js' is not written out; it is '--json'" },
                { "--cpus", NULL, ARGUMENTS_WRONG, "the option '--cpus' needs a value" },
                { "--json=1", NULL, ARGUMENTS_WRONG, "the option '--json=1' takes no value" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                char argument[32], value[8];
                int result;
                const char *said;

                (void)snprintf(argument, sizeof(argument), "%s", cases[i].argument);
                (void)snprintf(value, sizeof(value), "%s", cases[i].value ? cases[i].value : "");
                said = options_say(argument, cases[i].value ? value : NULL, &result);
                tap_ok(result == cases[i].result &&
                                (*cases[i].says ? !!strstr(said, cases[i].says) : !*said),
                        "option: %s: %.*s", argument, (int)strcspn(said, "\n"), said);
        }
}

int main(void)
{
        test_durations();
        test_patterns();
        test_regimes();
        test_stress();
        test_nice();
        test_cpus();
        test_others();
        test_distance();
        test_options();
        return tap_end();
}
