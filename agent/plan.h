/* SPDX-License-Identifier: Apache-2.0 */
/* The plan: which checks run in which regimes on which CPUs, and what cannot run and why. Pure: no clock, no
 * system call, all input in arguments, so that hosts of any shape are planned in tests. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/cpu_set.h"
#include "agent/observation.h"
#include "checks/check.h"

#define PLAN_CHECKS_MAX 512
#define PLAN_ITEMS_MAX (PLAN_CHECKS_MAX * REGIME_COUNT)

/* Why something of the plan does not run. */
enum plan_skip {
        PLAN_RUNS,
        PLAN_SKIP_FEATURE, /* the CPU, the system or --isa has not all features that the check needs */
        PLAN_SKIP_CHOICE,  /* left out by --checks, --regimes or --cpus: not part of what was asked */
        PLAN_SKIP_EVENTS,  /* the regime needs event points, which no check that could run has */
        PLAN_SKIP_ONE_CPU, /* migrate, and a check that several CPUs run, need two that may be used */
        PLAN_SKIP_TOGETHER, /* all checks that could run are of several CPUs, which the regime keeps from meeting */
        PLAN_SKIP_OFFLINE, /* the CPU is offline */
        PLAN_SKIP_CPUSET,  /* the CPU is not in this process's cpuset or affinity */
};
const char *plan_skip_text(enum plan_skip skip);

/* What the plan is made from. */
struct plan_request {
        struct cpu_set online, allowed; /* of the host; of this process (sched_getaffinity) */
        const struct cpu_set *cpus;     /* --cpus, or NULL: every online CPU */
        isa_set features;               /* of the host, less what --isa takes away */
        const char *checks;             /* --checks: fnmatch(3) patterns separated by commas, or NULL: all */
        uint32_t regimes;               /* bit r: regime r is asked for; ~0: all */
        uint32_t stress;                /* bit s: shape s is asked for */
        const uint32_t *failed; /* PLAN_CHECKS_MAX: how often each failed on this host before; or NULL */
        uint64_t seed;
};

/* What failed before comes first in its part of the plan, and gets longer slices: one more for each doubling. */
#define PLAN_WEIGHT_MAX 7

/* One thing to run: a check in a regime, on each CPU of the plan. */
struct plan_item {
        uint16_t check; /* index into check_list */
        uint8_t regime; /* enum regime */
        uint8_t weight; /* of the check: its slices after the first pass are 1 + weight times as long */
        bool first;     /* part of the first pass's first half: every check once in quiet */
};

struct plan {
        struct cpu_set cpus;               /* that get a worker */
        struct cpu_set offline, forbidden; /* asked for (or online) and not possible */
        size_t n_items;
        struct plan_item items[PLAN_ITEMS_MAX];     /* in the order of the first pass */
        enum plan_skip check_skip[PLAN_CHECKS_MAX]; /* a check that runs nowhere, by its index */
        isa_set check_missing[PLAN_CHECKS_MAX];     /* the features that it lacks */
        enum plan_skip regime_skip[REGIME_COUNT];   /* a regime that runs nowhere */
};

/* Makes the plan. Returns 0, or
 *  -ENOENT  no check that was asked for can run in any regime that was
 *  -ENXIO   no CPU that was asked for can be used.
 * *ret_plan is filled in every case (what was skipped is to be reported). */
int plan_build(const struct plan_request *request, struct plan *ret_plan);

/* The features for want of which checks that were asked for run nowhere. */
isa_set plan_missing(const struct plan *plan);
