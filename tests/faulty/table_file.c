/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "tests/faulty/table.h"

int table_write(int fd, const struct table_row *row)
{
        const struct defect *d = &row->defect;
        json_t *object = json_pack(
                "{s:s, s:s, s:i, s:i, s:b, s:s, s:I, s:b, s:b, s:i, s:s, s:s, s:s, s:i, s:f, s:I, s:I,"
                " s:b, s:I, s:I}",
                "name", row->name, "extension", row->extension, "family", row->family, "cpu", row->cpu,
                "alone", row->alone, "end", defect_end_name(d->end), "seed", (json_int_t)d->seed, "steady",
                d->steady, "right_cpu", d->right_cpu, "exit_status", d->exit_status, "class", d->class,
                "kind", d->kind, "check", d->check, "round", (int)d->ordinal, "planned_seconds",
                d->planned_s, "results", (json_int_t)d->hits, "wrong", (json_int_t)d->flips, "caught",
                table_caught(row), "program", (json_int_t)row->program, "asked_seed",
                (json_int_t)row->asked_seed);
        AUTO_FREE char *text = object ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;
        AUTO_FREE char *line = NULL;
        int size;

        json_decref(object);
        if (!text)
                return -ENOMEM;
        size = asprintf(&line, "%s\n", text);
        return size > 0 && write(fd, line, (size_t)size) == size ? 0 : -EIO;
}

static void take_text(const json_t *object, const char *key, char *to, size_t size)
{
        const char *text = json_string_value(json_object_get(object, key));

        (void)snprintf(to, size, "%s", text ? text : "");
}

static int64_t take_number(const json_t *object, const char *key)
{
        return json_integer_value(json_object_get(object, key));
}

static bool take_bool(const json_t *object, const char *key)
{
        return json_is_true(json_object_get(object, key));
}

static bool parse(const char *line, struct table_row *row)
{
        json_t *object = json_loads(line, 0, NULL);
        struct defect *d = &row->defect;
        char end[DEFECT_TEXT_MAX];

        if (!object)
                return false;
        *row = (struct table_row){ .family = (int)take_number(object, "family"),
                .cpu = (int)take_number(object, "cpu"),
                .alone = take_bool(object, "alone"),
                .program = (uint32_t)take_number(object, "program"),
                .asked_seed = (uint64_t)take_number(object, "asked_seed") };
        take_text(object, "name", row->name, sizeof(row->name));
        take_text(object, "extension", row->extension, sizeof(row->extension));
        take_text(object, "end", end, sizeof(end));
        while (d->end < DEFECT_DISTURBED && strcmp(defect_end_name(d->end), end) != 0)
                d->end++;
        take_text(object, "class", d->class, sizeof(d->class));
        take_text(object, "kind", d->kind, sizeof(d->kind));
        take_text(object, "check", d->check, sizeof(d->check));
        d->seed = (uint64_t)take_number(object, "seed");
        d->steady = take_bool(object, "steady");
        d->right_cpu = take_bool(object, "right_cpu");
        d->exit_status = (int)take_number(object, "exit_status");
        d->ordinal = (uint32_t)take_number(object, "round");
        d->planned_s = json_number_value(json_object_get(object, "planned_seconds"));
        d->hits = (uint64_t)take_number(object, "results");
        d->flips = (uint64_t)take_number(object, "wrong");
        json_decref(object);
        return *row->name;
}

int table_read(const char *path, struct table *ret_table)
{
        AUTO_FILE FILE *file = fopen(path, "re");
        AUTO_FREE char *line = NULL;
        struct table table = { 0 };
        struct table_row row;
        size_t size = 0;
        int r = 0;

        if (!file && errno != ENOENT)
                return -errno;
        while (r == 0 && file && getline(&line, &size, file) > 0)
                r = parse(line, &row) ? table_add(&table, &row) : -EINVAL;
        if (r < 0)
                table_free(&table);
        else
                *ret_table = table;
        return r;
}
