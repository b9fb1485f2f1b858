/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/coverage.h"

static bool covered(const struct member *member, const struct plan_item *item)
{
        return member->slot->tallies[item->check][item->regime].covered > 0;
}

static bool covered_before(const struct tally *before, const struct plan_item *item)
{
        return before && before[(size_t)item->check * REGIME_COUNT + item->regime].covered > 0;
}

size_t coverage_done(const struct coverage *coverage, const struct tally *const *before)
{
        size_t n = 0;

        for (size_t i = 0; i < coverage->n_cpus; i++)
                for (size_t j = 0; j < coverage->run->n_items; j++) {
                        const struct plan_item *item = &coverage->run->items[j];

                        n += covered(&coverage->members[i], item) ||
                             covered_before(before ? before[i] : NULL, item);
                }
        return n;
}

size_t coverage_all(const struct coverage *coverage)
{
        return coverage->n_cpus * coverage->run->n_items;
}

static bool in_core(const struct plan_item *item)
{
        return item->first || check_list[item->check]->family <= CHECK_VECTOR;
}

bool coverage_core(const struct coverage *coverage)
{
        for (size_t i = 0; i < coverage->n_cpus; i++)
                for (size_t j = 0; j < coverage->run->n_items; j++) {
                        const struct plan_item *item = &coverage->run->items[j];

                        if (in_core(item) && !covered(&coverage->members[i], item))
                                return false;
                }
        return true;
}

bool coverage_ready(const struct coverage *coverage)
{
        for (size_t i = 0; i < coverage->n_cpus; i++)
                if (!atomic_load(&coverage->members[i].slot->ready))
                        return false;
        return true;
}
