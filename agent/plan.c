/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan.h"

#include <assert.h>
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "base/array.h"

#define PLAN_PATTERN_MAX 128

static const char *const skip_texts[] = {
        [PLAN_RUNS] = "runs",
        [PLAN_SKIP_FEATURE] = "the CPU, the system or --isa lacks a feature that it needs",
        [PLAN_SKIP_CHOICE] = "not asked for",
        [PLAN_SKIP_EVENTS] = "none of the checks makes system calls inside its rounds, as the regime needs",
        [PLAN_SKIP_ONE_CPU] = "it needs two CPUs that may be used",
        [PLAN_SKIP_TOGETHER] =
                "checks that several CPUs run together run in quiet, timer and storm-async only",
        [PLAN_SKIP_OFFLINE] = "the CPU is offline",
        [PLAN_SKIP_CPUSET] = "the CPU is not in this process's cpuset or affinity",
};

const char *plan_skip_text(enum plan_skip skip)
{
        assert(skip < ARRAY_SIZE(skip_texts));
        return skip_texts[skip];
}

/* True where one of the comma-separated patterns matches. A pattern that is too long matches nothing. */
static bool plan_matches(const char *patterns, const char *name)
{
        char pattern[PLAN_PATTERN_MAX];

        if (!patterns)
                return true;
        for (const char *p = patterns; *p; p += *p == ',') {
                size_t size = strcspn(p, ",");

                if (size < sizeof(pattern)) {
                        memcpy(pattern, p, size);
                        pattern[size] = 0;
                        if (fnmatch(pattern, name, 0) == 0)
                                return true;
                }
                p += size;
        }
        return false;
}

static void plan_cpus(const struct plan_request *request, struct plan *plan)
{
        const struct cpu_set *asked = request->cpus ? request->cpus : &request->online;

        for (size_t i = 0; i < ARRAY_SIZE(asked->word); i++) {
                uint64_t online = request->online.word[i], allowed = request->allowed.word[i];

                plan->cpus.word[i] = asked->word[i] & online & allowed;
                plan->offline.word[i] = asked->word[i] & ~online;
                plan->forbidden.word[i] = asked->word[i] & online & ~allowed;
        }
}

static void plan_checks(const struct plan_request *request, struct plan *plan)
{
        for (size_t i = 0; check_list[i]; i++) {
                assert(i < PLAN_CHECKS_MAX);
                plan->check_missing[i] = check_list[i]->needs & ~request->features;
                if (!plan_matches(request->checks, check_list[i]->name))
                        plan->check_skip[i] = PLAN_SKIP_CHOICE;
                else if (plan->check_missing[i])
                        plan->check_skip[i] = PLAN_SKIP_FEATURE;
                else if (check_list[i]->parties && cpu_set_count(&plan->cpus) < 2)
                        plan->check_skip[i] = PLAN_SKIP_ONE_CPU;
        }
}

static bool plan_needs_events(unsigned regime)
{
        return regime == REGIME_STORM_SELF || regime == REGIME_MIGRATE;
}

/* A party that is kept from its CPU keeps all others waiting, so they meet only where signals alone disturb them. */
static bool plan_applies(unsigned regime, const struct check *check)
{
        if (plan_needs_events(regime) && !check->events)
                return false;
        return !check->parties || regime == REGIME_QUIET || regime == REGIME_TIMER ||
               regime == REGIME_STORM_ASYNC;
}

/* Where no check can run at all, that is no fault of a regime. */
static enum plan_skip plan_regime_lacks(const struct plan *plan, unsigned regime)
{
        enum plan_skip lacks = PLAN_RUNS;
        bool events = false;

        for (size_t i = 0; check_list[i]; i++) {
                if (plan->check_skip[i] != PLAN_RUNS)
                        continue;
                if (plan_applies(regime, check_list[i]))
                        return PLAN_RUNS;
                events |= check_list[i]->events;
                lacks = plan_needs_events(regime) && !events ? PLAN_SKIP_EVENTS : PLAN_SKIP_TOGETHER;
        }
        return lacks;
}

static void plan_regimes(const struct plan_request *request, struct plan *plan)
{
        for (unsigned r = 0; r < REGIME_COUNT; r++) {
                if (!(request->regimes >> r & 1))
                        plan->regime_skip[r] = PLAN_SKIP_CHOICE;
                else if (r == REGIME_MIGRATE && cpu_set_count(&plan->cpus) < 2)
                        plan->regime_skip[r] = PLAN_SKIP_ONE_CPU;
                else
                        plan->regime_skip[r] = plan_regime_lacks(plan, r);
        }
}

static uint8_t plan_weight(const struct plan_request *request, size_t check)
{
        uint32_t failed = request->failed ? request->failed[check] : 0;
        uint8_t weight = 0;

        for (; failed && weight < PLAN_WEIGHT_MAX; failed /= 2)
                weight++;
        return weight;
}

/* The checks of the families from `low` to `high` in one regime. */
struct plan_part {
        unsigned regime, low, high;
        bool first;
};

static void plan_add_weighted(
        const struct plan_request *request, struct plan *plan, const struct plan_part *part, uint8_t weight)
{
        for (size_t i = 0; check_list[i]; i++) {
                const struct check *check = check_list[i];

                if (plan->check_skip[i] != PLAN_RUNS || check->family < part->low ||
                        check->family > part->high || plan_weight(request, i) != weight)
                        continue;
                if (!plan_applies(part->regime, check))
                        continue;
                plan->items[plan->n_items++] = (struct plan_item){ .check = (uint16_t)i,
                        .regime = (uint8_t)part->regime,
                        .weight = weight,
                        .first = part->first };
        }
}

static void plan_add(const struct plan_request *request, struct plan *plan, const struct plan_part *part)
{
        if (plan->regime_skip[part->regime] != PLAN_RUNS)
                return;
        for (int weight = PLAN_WEIGHT_MAX; weight >= 0; weight--)
                plan_add_weighted(request, plan, part, (uint8_t)weight);
}

static void plan_order(const struct plan_request *request, struct plan *plan)
{
        plan_add(request, plan, &(struct plan_part){ REGIME_QUIET, 0, UINT8_MAX, true });
        for (unsigned r = REGIME_QUIET + 1; r < REGIME_COUNT; r++)
                plan_add(request, plan, &(struct plan_part){ r, CHECK_STATE, CHECK_VECTOR, false });
        for (unsigned r = REGIME_QUIET + 1; r < REGIME_COUNT; r++)
                plan_add(request, plan, &(struct plan_part){ r, CHECK_VECTOR + 1, UINT8_MAX, false });
}

static bool plan_anything(const struct plan *plan)
{
        for (size_t i = 0; check_list[i]; i++)
                if (plan->check_skip[i] != PLAN_SKIP_CHOICE)
                        return true;
        return false;
}

isa_set plan_missing(const struct plan *plan)
{
        isa_set missing = 0;

        for (size_t i = 0; check_list[i]; i++)
                if (plan->check_skip[i] == PLAN_SKIP_FEATURE)
                        missing |= plan->check_missing[i];
        return missing;
}

int plan_build(const struct plan_request *request, struct plan *ret_plan)
{
        memset(ret_plan, 0, sizeof(*ret_plan));
        plan_cpus(request, ret_plan);
        plan_checks(request, ret_plan);
        plan_regimes(request, ret_plan);
        plan_order(request, ret_plan);
        if (!(request->regimes & ((1u << REGIME_COUNT) - 1)) || !plan_anything(ret_plan))
                return -ENOENT;
        if (!cpu_set_count(&ret_plan->cpus))
                return -ENXIO;
        return ret_plan->n_items ? 0 : -ENOENT;
}
