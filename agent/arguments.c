/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/arguments.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "agent/command.h"
#include "base/array.h"
#include "base/text.h"

#define NICE_MOST 19
#define WORD_MAX 128
#define DURATION_DAYS_MAX 365
#define NS_PER_MS UINT64_C(1000000)

__attribute__((format(printf, 2, 3))) static int wrong(
        struct arguments_error *error, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        (void)vsnprintf(error->text, sizeof(error->text), format, arguments);
        va_end(arguments);
        return -EINVAL;
}

int arguments_complain(const char *where, const struct arguments_error *error)
{
        fprintf(stderr, "assay: %s: %s.\n", where, error->text);
        return COMMAND_USAGE;
}

/* Says what getopt_long found wrong with `argument`. */
static void arguments_unknown_option(const char *argument, const struct option *options)
{
        char name[WORD_MAX];
        struct text_nearest nearest;

        (void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(argument, "="), argument);
        text_nearest_begin(&nearest, name + strspn(name, "-"));
        for (; options->name; options++)
                text_nearest_offer(&nearest, options->name);
        if (nearest.best)
                fprintf(stderr, "assay: there is no option '%s'; the nearest is '--%s'.\n", name,
                        nearest.best);
        else
                fprintf(stderr,
                        "assay: there is no option '%s'; the command's --help lists what there is.\n", name);
}

/* Of an abbreviation nobody knows what it will stand for in the next version. */
static bool written_out(const char *argument, const struct option *option)
{
        size_t length = strlen(option->name);

        return strncmp(argument, "--", 2) == 0 && strncmp(argument + 2, option->name, length) == 0 &&
               (!argument[2 + length] || argument[2 + length] == '=');
}

int arguments_next(int argc, char **argv, const struct option *options)
{
        char letter[] = "-?";
        const char *argument;
        int value, which = 0;

        opterr = 0;
        value = getopt_long(argc, argv, ":", options, &which);
        if (value == -1)
                return ARGUMENTS_END;
        argument = argv[optind - 1];
        if (value != ':' && value != '?') {
                if (argument == optarg) /* the value stands behind it */
                        argument = argv[optind - 2];
                if (written_out(argument, &options[which]))
                        return value;
                fprintf(stderr, "assay: the option '%.*s' is not written out; it is '--%s'.\n",
                        (int)strcspn(argument, "="), argument, options[which].name);
                return ARGUMENTS_WRONG;
        }
        letter[1] = (char)optopt;
        if (value == ':')
                fprintf(stderr, "assay: the option '%s' needs a value.\n", argument);
        else if (optopt == 0)
                arguments_unknown_option(argument, options);
        else if (strncmp(argument, "--", 2) == 0 && strchr(argument, '='))
                fprintf(stderr, "assay: the option '%s' takes no value.\n", argument);
        else
                arguments_unknown_option(letter, options);
        return ARGUMENTS_WRONG;
}

int arguments_no_operands(int argc, char **argv, bool json)
{
        if (optind >= argc)
                return 0;
        if (json)
                fprintf(stderr,
                        "assay: '%s' takes no operand, and '%s' is one; --json writes to standard output: "
                        "'assay %s --json > FILE'.\n",
                        argv[0], argv[optind], argv[0]);
        else
                fprintf(stderr, "assay: '%s' takes no operand, and '%s' is one; see 'assay help %s'.\n",
                        argv[0], argv[optind], argv[0]);
        return -EINVAL;
}

/* Units from large to small: a part of a duration has a smaller one than the part before it. */
static const struct {
        const char *name;
        uint64_t ms;
} units[] = { { "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 } };

/* The unit whose name is the first `size` bytes, among those from `from` on, or -1. */
static int duration_unit(const char *name, size_t size, size_t from)
{
        for (size_t i = from; i < ARRAY_SIZE(units); i++)
                if (strlen(units[i].name) == size && strncmp(units[i].name, name, size) == 0)
                        return (int)i;
        return -1;
}

int arguments_duration(const char *text, uint64_t *ret_ns, struct arguments_error *ret_error)
{
        static const char digits[] = "0123456789";
        const uint64_t max_ms = DURATION_DAYS_MAX * UINT64_C(86400000);
        uint64_t ms = 0, number;
        const char *rest = text;
        size_t next = 0;

        do {
                size_t n = strspn(rest, digits), size = strcspn(rest + n, digits);
                bool plain = rest == text && size == 0; /* seconds */
                int unit = plain ? duration_unit("s", 1, 0) : duration_unit(rest + n, size, next);
                char word[WORD_MAX];

                if (n == 0 || unit < 0)
                        return wrong(ret_error,
                                "'%.40s' is no duration; write whole numbers with d, h, m, s or ms, such as "
                                "90s or 1h30m",
                                text);
                (void)snprintf(word, sizeof(word), "%.*s", (int)MIN(n, sizeof(word)), rest);
                if (text_to_u64(word, &number) < 0 || number > (max_ms - ms) / units[unit].ms)
                        return wrong(ret_error, "'%.40s' is too long; the longest duration is %dd", text,
                                DURATION_DAYS_MAX);
                ms += number * units[unit].ms;
                next = (size_t)unit + 1;
                rest += n + size;
        } while (*rest);
        if (ms == 0)
                return wrong(
                        ret_error, "a duration of '%.40s' leaves no time to test; give 1ms or more", text);
        *ret_ns = ms * NS_PER_MS;
        return 0;
}

int arguments_cpus(const char *text, struct cpu_set *ret_set, struct arguments_error *ret_error)
{
        struct cpu_set set;
        int r = cpu_set_parse(text, &set);

        if (r == -ERANGE)
                return wrong(ret_error, "'%.80s' names a CPU above %d, the highest that is supported", text,
                        CHECK_CPU_MAX - 1);
        if (r < 0 || cpu_set_count(&set) == 0)
                return wrong(ret_error, "'%.80s' is no list of CPUs; write one such as 0-3,8", text);
        *ret_set = set;
        return 0;
}

int arguments_cpus_exist(
        const struct cpu_set *set, const struct host *host, struct arguments_error *ret_error)
{
        struct cpu_set all = { 0 };
        char list[WORD_MAX];

        for (size_t i = 0; i < host->n_cpus; i++)
                cpu_set_add(&all, (unsigned)host->cpus[i].cpu);
        for (int cpu = cpu_set_next(set, -1); cpu >= 0; cpu = cpu_set_next(set, cpu))
                if (!cpu_set_has(&all, (unsigned)cpu)) {
                        cpu_set_format(&all, list, sizeof(list));
                        return wrong(ret_error, "this host has no CPU %d; it has %s", cpu, list);
                }
        return 0;
}

/* Cuts the next part off a list separated by commas. Returns false at its end. An overlong part is cut: it
 * then matches nothing, and the sentence shows it. */
static bool arguments_part(const char **list, char part[WORD_MAX])
{
        size_t size;

        if (!*list)
                return false;
        size = strcspn(*list, ",");
        (void)snprintf(part, WORD_MAX, "%.*s", (int)MIN(size, (size_t)WORD_MAX), *list);
        *list = (*list)[size] ? *list + size + 1 : NULL;
        return true;
}

/* The check whose name comes nearest to a pattern: the part before its first special character is compared
 * with as much of each name. */
static const char *arguments_nearest_check(const char *pattern)
{
        size_t literal = strcspn(pattern, "*?[\\");
        const char *best = NULL;
        unsigned nearest = (unsigned)MAX(literal / 3, 1) + 1;

        for (size_t i = 0; check_list[i]; i++) {
                char word[WORD_MAX], name[WORD_MAX];
                unsigned distance;

                (void)snprintf(word, sizeof(word), "%.*s", (int)literal, pattern);
                (void)snprintf(name, sizeof(name), "%.*s",
                        pattern[literal] ? (int)literal : (int)sizeof(name), check_list[i]->name);
                distance = text_distance(word, name);
                if (literal && distance < nearest) {
                        nearest = distance;
                        best = check_list[i]->name;
                }
        }
        return best;
}

int arguments_checks(const char *patterns, struct arguments_error *ret_error)
{
        char pattern[WORD_MAX];

        while (arguments_part(&patterns, pattern)) {
                const char *nearest = arguments_nearest_check(pattern);
                bool found = false;

                for (size_t i = 0; check_list[i] && !found; i++)
                        found = fnmatch(pattern, check_list[i]->name, 0) == 0;
                if (found)
                        continue;
                if (nearest)
                        return wrong(
                                ret_error, "no check matches '%s'; the nearest is '%s'", pattern, nearest);
                return wrong(ret_error, "no check matches '%s'; 'assay list' names them", pattern);
        }
        return 0;
}

static int arguments_regime(const char *name, uint32_t *regimes)
{
        int regime = regime_parse(name);

        if (regime >= 0)
                *regimes |= 1u << regime;
        else if (strcmp(name, "storm") == 0)
                *regimes |= 1u << REGIME_STORM_SELF | 1u << REGIME_STORM_ASYNC;
        else if (strcmp(name, "all") == 0)
                *regimes |= (1u << REGIME_COUNT) - 1;
        else
                return -EINVAL;
        return 0;
}

int arguments_regimes(const char *text, uint32_t *ret_regimes, struct arguments_error *ret_error)
{
        uint32_t regimes = 0;
        char name[WORD_MAX];

        while (arguments_part(&text, name)) {
                struct text_nearest nearest;

                if (arguments_regime(name, &regimes) == 0)
                        continue;
                text_nearest_begin(&nearest, name);
                text_nearest_offer(&nearest, "storm");
                for (int r = 0; r < REGIME_COUNT; r++)
                        text_nearest_offer(&nearest, regime_name((enum regime)r));
                if (nearest.best)
                        return wrong(ret_error, "there is no regime '%s'; the nearest is '%s'", name,
                                nearest.best);
                return wrong(ret_error,
                        "there is no regime '%s'; there are quiet, timer, storm-self, storm-async, storm "
                        "(both), "
                        "step, crowd, migrate and all",
                        name);
        }
        *ret_regimes = regimes;
        return 0;
}

int arguments_stress(const char *text, uint32_t *ret_stress, struct arguments_error *ret_error)
{
        uint32_t stress = 0;
        char name[WORD_MAX];

        while (arguments_part(&text, name)) {
                int shape = stress_parse(name);

                if (shape >= 0)
                        stress |= 1u << shape;
                else if (strcmp(name, "all") == 0)
                        stress |= (1u << STRESS_COUNT) - 1;
                else
                        return wrong(ret_error,
                                "there is no stress '%s'; there are none, steady, bursts, noise, mixed and "
                                "all",
                                name);
        }
        *ret_stress = stress;
        return 0;
}

int arguments_isa(const char *text, isa_set *ret_mask, struct arguments_error *ret_error)
{
        if (isa_level(text, ret_mask) == 0)
                return 0;
        return wrong(ret_error,
                "there is no level '%.40s'; there are x86-64, x86-64-v2, x86-64-v3, x86-64-v4 and native",
                text);
}

int arguments_number(
        const char *what, const char *text, uint64_t *ret_number, struct arguments_error *ret_error)
{
        int r = text_to_u64(text, ret_number);

        if (r == -ERANGE)
                return wrong(ret_error, "'%.80s' does not fit 64 bits", text);
        if (r < 0)
                return wrong(ret_error, "'%.80s' is no %s; write a decimal or a 0x number", text, what);
        return 0;
}

int arguments_nice(const char *text, int *ret_nice, struct arguments_error *ret_error)
{
        uint64_t nice;

        if (text_to_u64(text, &nice) < 0 || nice > NICE_MOST)
                return wrong(ret_error, "'%.40s' is not between 0 and %d%s", text, NICE_MOST,
                        text[0] == '-' ? "; a negative niceness would keep others from the CPUs" : "");
        *ret_nice = (int)nice;
        return 0;
}
