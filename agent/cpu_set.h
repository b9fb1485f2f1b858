/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of logical CPUs, and the list form in which the kernel and people write them ("0-3,8"). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checks/check.h"

/* A set of CPUs: bit c of word c / 64 is logical CPU c. */
struct cpu_set {
        uint64_t word[CHECK_CPU_MAX / 64];
};
static inline bool cpu_set_has(const struct cpu_set *set, unsigned cpu)
{
        return cpu < CHECK_CPU_MAX && set->word[cpu / 64] >> cpu % 64 & 1;
}
static inline void cpu_set_add(struct cpu_set *set, unsigned cpu)
{
        set->word[cpu / 64] |= UINT64_C(1) << cpu % 64;
}
static inline void cpu_set_remove(struct cpu_set *set, unsigned cpu)
{
        set->word[cpu / 64] &= ~(UINT64_C(1) << cpu % 64);
}
unsigned cpu_set_count(const struct cpu_set *set);
/* Binds the calling thread to the set, or to one CPU (sched_setaffinity(2); the kernel's mask has the same layout).
 * Returns 0 or -errno. */
int cpu_set_bind(const struct cpu_set *set);
int cpu_set_bind_one(unsigned cpu);
/* What the calling thread may use. Returns 0 or -errno. */
int cpu_set_bound(struct cpu_set *ret_set);
/* The lowest CPU above `after` (-1 to start), or -1. */
int cpu_set_next(const struct cpu_set *set, int after);
/* Reads "0-3,8", as the kernel writes lists. Returns 0, -EINVAL (not a list) or -ERANGE (a CPU too large). */
int cpu_set_parse(const char *text, struct cpu_set *ret_set);
/* Writes the list form into text[size] ("0-3,8"; "" when empty). Cut short with "..." where it does not fit. */
void cpu_set_format(const struct cpu_set *set, char *text, size_t size);
