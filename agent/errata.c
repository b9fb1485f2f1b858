/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/errata.h"

#include <stdio.h>

size_t errata_find(const struct evidence *evidence, struct errata_seen ret_errata[ERRATA_MAX])
{
        size_t n = 0;

        for (size_t i = 0; i < evidence->n_observations; i++) {
                const struct observation *o = &evidence->observations[i];
                size_t j = 0;

                if (o->kind != OBSERVATION_ERRATUM || o->check >= evidence->n_checks ||
                        !check_list[o->check]->erratum)
                        continue;
                while (j < n && ret_errata[j].check != check_list[o->check])
                        j++;
                if (j == ERRATA_MAX)
                        continue;
                if (j == n)
                        ret_errata[n++] = (struct errata_seen){ .check = check_list[o->check] };
                cpu_set_add(&ret_errata[j].cpus, (unsigned)o->cpu);
                ret_errata[j].recorded++;
        }
        return n;
}

static const char *name_of(const struct check_erratum *erratum)
{
        return erratum->name;
}

static const char *advice_of(const struct check_erratum *erratum)
{
        return erratum->advice;
}

/* One text of each erratum that showed itself, with `between` between them. */
static void join(const struct evidence *evidence,
        const char *(*text_of)(const struct check_erratum *erratum), const char *between, char *text,
        size_t size)
{
        struct errata_seen seen[ERRATA_MAX];
        size_t n = errata_find(evidence, seen), used = 0;

        text[0] = 0;
        for (size_t i = 0; i < n && used < size; i++)
                used += (size_t)snprintf(
                        text + used, size - used, "%s%s", i ? between : "", text_of(seen[i].check->erratum));
}

void errata_names(const struct evidence *evidence, char *text, size_t size)
{
        join(evidence, name_of, ", ", text, size);
}

void errata_advice(const struct evidence *evidence, char *text, size_t size)
{
        join(evidence, advice_of, " ", text, size);
}
