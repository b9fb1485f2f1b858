/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of CPUs and the list form in which the kernel writes them
 * (Documentation/admin-guide/cputopology.rst). */
#include <ctype.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "agent/cpu_set.h"
#include "base/array.h"

unsigned cpu_set_count(const struct cpu_set *set)
{
        unsigned count = 0;

        for (size_t i = 0; i < ARRAY_SIZE(set->word); i++)
                count += (unsigned)__builtin_popcountll(set->word[i]);
        return count;
}

int cpu_set_next(const struct cpu_set *set, int after)
{
        unsigned cpu = (unsigned)(after + 1);

        while (cpu < CHECK_CPU_MAX) {
                uint64_t rest = set->word[cpu / 64] >> cpu % 64;

                if (rest)
                        return (int)cpu + __builtin_ctzll(rest);
                cpu = (cpu / 64 + 1) * 64;
        }
        return -1;
}

/* Reads a CPU's number and moves *text behind it. */
static int cpu_set_number(const char **text, unsigned *ret_cpu)
{
        unsigned cpu = 0;

        if (!isdigit((unsigned char)**text))
                return -EINVAL;
        for (; isdigit((unsigned char)**text); ++*text)
                if ((cpu = cpu * 10 + (unsigned)(**text - '0')) >= CHECK_CPU_MAX)
                        return -ERANGE;
        *ret_cpu = cpu;
        return 0;
}

int cpu_set_parse(const char *text, struct cpu_set *ret_set)
{
        struct cpu_set set = { 0 };
        unsigned low, high;
        int r;

        while (*text && *text != '\n') {
                r = cpu_set_number(&text, &low);
                if (r < 0)
                        return r;
                high = low;
                if (*text == '-') {
                        text++;
                        r = cpu_set_number(&text, &high);
                        if (r < 0)
                                return r;
                }
                if (high < low)
                        return -EINVAL;
                for (unsigned cpu = low; cpu <= high; cpu++)
                        cpu_set_add(&set, cpu);
                if (*text == ',' && text[1] && text[1] != '\n')
                        text++;
                else if (*text && *text != '\n')
                        return -EINVAL;
        }
        if (*text && text[1])
                return -EINVAL;
        *ret_set = set;
        return 0;
}

void cpu_set_format(const struct cpu_set *set, char *text, size_t size)
{
        size_t used = 0;

        if (!size)
                return;
        text[0] = 0;
        for (int cpu = cpu_set_next(set, -1), last; cpu >= 0; cpu = cpu_set_next(set, last)) {
                char range[24];
                size_t length;

                for (last = cpu; cpu_set_has(set, (unsigned)last + 1);)
                        last++;
                length = (size_t)(last > cpu ? snprintf(range, sizeof(range), "%s%d-%d", used ? "," : "",
                                                       cpu, last)
                                             : snprintf(range, sizeof(range), "%s%d", used ? "," : "", cpu));
                /* Room for the mark must stay as long as more may follow. */
                if (used + length + (cpu_set_next(set, last) >= 0 ? 4 : 0) >= size) {
                        (void)snprintf(text + used, size - used, "%s", used ? ",..." : "...");
                        return;
                }
                memcpy(text + used, range, length + 1);
                used += length;
        }
}

int cpu_set_bind(const struct cpu_set *set)
{
        return sched_setaffinity(0, sizeof(set->word), (const cpu_set_t *)set->word) < 0 ? -errno : 0;
}

int cpu_set_bind_one(unsigned cpu)
{
        struct cpu_set set = { { 0 } };

        cpu_set_add(&set, cpu);
        return cpu_set_bind(&set);
}

int cpu_set_bound(struct cpu_set *ret_set)
{
        struct cpu_set set = { { 0 } };

        if (sched_getaffinity(0, sizeof(set.word), (cpu_set_t *)set.word) < 0)
                return -errno;
        *ret_set = set;
        return 0;
}
