/* SPDX-License-Identifier: Apache-2.0 */
/* The table of defects: a row for each mnemonic, kept as lines of JSON so that a run can go on where another ended, and
 * printed with its totals. */
#pragma once

#include <stdio.h>

#include "tests/faulty/defect.h"

#define TABLE_WITHIN_S 10 /* of the quick profile's schedule */

struct table_row {
        char name[CONTRACT_NAME_MAX];
        char extension[CONTRACT_NAME_MAX]; /* executed_extension */
        int family;                        /* enum check_family */
        int cpu;
        bool alone;
        uint32_t program;    /* the checksum of the program that was tried */
        uint64_t asked_seed; /* the first one that was tried */
        struct defect defect;
};

struct table {
        struct table_row *rows;
        size_t n;
};

/* A defect counts as caught where a known answer or a death showed it, the right CPU alone was named, and that within
 * TABLE_WITHIN_S of the schedule. */
bool table_caught(const struct table_row *row);

/* Adds a row. Returns 0 or -ENOMEM. */
int table_add(struct table *table, const struct table_row *row);
void table_free(struct table *table);

/* Writes a row as one line, at once, so that several processes can write to one file. */
int table_write(int fd, const struct table_row *row);

/* Reads lines that table_write wrote. Returns 0 or a negative errno (-EINVAL: another line). No file is no row. */
int table_read(const char *path, struct table *ret_table);

/* The rows, sorted by name, then the totals by extension and by family. */
void table_print(struct table *table, FILE *to);

struct table_total {
        unsigned all, executed, hidden, noticed, named, caught;
};
/* `family` 0: of all. */
struct table_total table_total(const struct table *table, int family);
