/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "checks/check.h"

#define GROWTH 256

bool table_caught(const struct table_row *row)
{
        const struct defect *d = &row->defect;

        return d->end == DEFECT_NOTICED && d->right_cpu && d->planned_s >= 0 &&
               d->planned_s <= TABLE_WITHIN_S;
}

int table_add(struct table *table, const struct table_row *row)
{
        if (table->n % GROWTH == 0) {
                void *more = realloc(table->rows, (table->n + GROWTH) * sizeof(*table->rows));

                if (!more)
                        return -ENOMEM;
                table->rows = more;
        }
        table->rows[table->n++] = *row;
        return 0;
}

void table_free(struct table *table)
{
        free(table->rows);
        *table = (struct table){ 0 };
}

static void count(struct table_total *total, const struct table_row *row)
{
        const struct defect *d = &row->defect;

        total->all++;
        total->executed += d->end != DEFECT_UNEXECUTED;
        total->hidden += d->end == DEFECT_HIDDEN;
        total->noticed += d->end == DEFECT_NOTICED;
        total->named += d->end == DEFECT_NOTICED && d->right_cpu;
        total->caught += table_caught(row);
}

struct table_total table_total(const struct table *table, int family)
{
        struct table_total total = { 0 };

        for (size_t i = 0; i < table->n; i++)
                if (!family || table->rows[i].family == family)
                        count(&total, &table->rows[i]);
        return total;
}

/* ---- printing ---- */

static int by_name(const void *a, const void *b)
{
        const struct table_row *x = a, *y = b;
        int order = strcmp(x->name, y->name);

        return order ? order : x->cpu - y->cpu;
}

static void print_row(const struct table_row *row, FILE *to)
{
        const struct defect *d = &row->defect;

        fprintf(to, "%-20s %-12s CPU %-3d %-5s ", row->name, row->extension, row->cpu,
                row->alone ? "alone" : "");
        if (d->end != DEFECT_NOTICED) {
                fprintf(to, "%s", defect_end_name(d->end));
                if (d->end == DEFECT_UNNOTICED)
                        fprintf(to, " (%llu of %llu results wrong, verdict %s)",
                                (unsigned long long)d->flips, (unsigned long long)d->hits, d->class);
                fputc('\n', to);
                return;
        }
        fprintf(to, "%-8s by %-28s round %3u ", d->kind, d->check, d->ordinal);
        if (d->planned_s >= 0)
                fprintf(to, "after %6.3f s", d->planned_s);
        else
                fprintf(to, "beyond it     ");
        fprintf(to, "  %s%s\n", d->right_cpu ? "right CPU" : "WRONG CPU", d->steady ? ", steady" : "");
}

static void print_total(const char *name, const struct table_total *t, FILE *to)
{
        fprintf(to, "%-36s %5u %8u %7u %7u %9u %6u %5.1f%%\n", name, t->all, t->executed, t->hidden,
                t->noticed, t->named, t->caught, t->all ? 100.0 * t->caught / t->all : 0);
}

static void print_heading(const char *what, FILE *to)
{
        fprintf(to, "\n%-36s %5s %8s %7s %7s %9s %6s\n", what, "all", "executed", "hidden", "noticed",
                "right CPU", "caught");
}

static void print_extensions(const struct table *table, FILE *to)
{
        print_heading("extension", to);
        for (size_t i = 0; i < table->n; i++) {
                const char *extension = table->rows[i].extension;
                struct table_total total = { 0 };
                size_t first = 0;

                while (strcmp(table->rows[first].extension, extension) != 0)
                        first++;
                for (size_t j = i; j < table->n && first == i; j++)
                        if (strcmp(table->rows[j].extension, extension) == 0)
                                count(&total, &table->rows[j]);
                if (first == i)
                        print_total(*extension ? extension : "(in no check's code)", &total, to);
        }
}

void table_print(struct table *table, FILE *to)
{
        struct table_total total = table_total(table, 0);

        if (table->n)
                qsort(table->rows, table->n, sizeof(*table->rows), by_name);
        for (size_t i = 0; i < table->n; i++)
                print_row(&table->rows[i], to);
        print_extensions(table, to);
        print_heading("family", to);
        for (int family = CHECK_STATE; family <= CHECK_ERRATUM; family++) {
                struct table_total t = table_total(table, family);

                if (t.all)
                        print_total(check_family_name((enum check_family)family), &t, to);
        }
        print_total("all", &total, to);
}
