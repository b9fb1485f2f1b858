/* SPDX-License-Identifier: Apache-2.0 */
/* The coverage must not shrink: every mnemonic that known answers covered when tests/checks/coverage.list was made is
 * still covered, by checks of the same families. UPDATE_COVERAGE=1 makes the list (make update-coverage); look at the
 * diff. Only code that no compiler made counts, so that the list is the same for every compiler. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/covered.h"
#include "base/cleanup.h"
#include "tests/tap.h"

#define LIST "tests/checks/coverage.list"

/* A bit for each family of checks that cover it by known answers. */
static uint32_t families(const struct covered_instruction *instruction)
{
        uint32_t set = 0;

        for (size_t i = 0; i < instruction->n_claims && !instruction->excluded; i++) {
                const struct covered_claim *claim = &instruction->claims[i];

                if (!claim->compiler_made && !claim->unless && !check_list[claim->check]->voted)
                        set |= UINT32_C(1) << check_list[claim->check]->family;
        }
        return set;
}

static uint32_t families_now(const char *name)
{
        for (size_t i = 0; i < covered_count; i++)
                if (strcmp(covered_instructions[i].name, name) == 0)
                        return families(&covered_instructions[i]);
        return 0;
}

/* Reads a line of the list: "vpaddd 3 7\n". Returns the families, or 0 where it is no such line. */
static uint32_t parse(char *line, const char **ret_name)
{
        char *rest = line, *word;
        uint32_t set = 0;

        *ret_name = strsep(&rest, " \n");
        while (*line != '#' && rest && (word = strsep(&rest, " \n"))) {
                unsigned long family = strtoul(word, NULL, 10);

                if (family >= CHECK_STATE && family <= CHECK_ERRATUM)
                        set |= UINT32_C(1) << family;
        }
        return set;
}

struct comparison {
        size_t lines, vanished;
};

/* Compares a list with the table, and says what has vanished. */
static struct comparison compare(FILE *list)
{
        struct comparison comparison = { 0 };
        AUTO_FREE char *line = NULL;
        size_t size = 0;

        while (getline(&line, &size, list) > 0) {
                const char *name;
                uint32_t wanted = parse(line, &name), now;

                if (!wanted)
                        continue;
                now = families_now(name);
                comparison.lines++;
                if (!(wanted & ~now))
                        continue;
                comparison.vanished++;
                printf("# %s was covered by families", name);
                for (unsigned family = CHECK_STATE; family <= CHECK_ERRATUM; family++)
                        if ((wanted & ~now) >> family & 1)
                                printf(" %u", family);
                printf(", and is not any more\n");
        }
        return comparison;
}

static int update(FILE *list)
{
        fprintf(list, "# What known answers cover: a mnemonic, and the families (checks/check.h) of the "
                      "checks that do so.\n"
                      "# Made by make update-coverage.\n");
        for (size_t i = 0; i < covered_count; i++) {
                uint32_t set = families(&covered_instructions[i]);

                if (!set)
                        continue;
                fprintf(list, "%s", covered_instructions[i].name);
                for (unsigned family = CHECK_STATE; family <= CHECK_ERRATUM; family++)
                        if (set >> family & 1)
                                fprintf(list, " %u", family);
                fputc('\n', list);
        }
        return ferror(list) ? -EIO : 0;
}

static struct comparison compare_text(char *text)
{
        AUTO_FILE FILE *list = fmemopen(text, strlen(text), "r");

        return list ? compare(list) : (struct comparison){ 0 };
}

static void test_noticed(void)
{
        char same[] = "paddb 3\nbswap 6\n", gone[] = "paddb 3\nvfrobnicateps 3\n", moved[] = "bswap 6 11\n",
             uncovered[] = "# nothing covers it, and nothing can\nrdtsc 6\n";

        tap_ok(compare_text(same).lines == 2 && compare_text(same).vanished == 0,
                "what is covered has not vanished");
        tap_ok(compare_text(gone).vanished == 1, "a mnemonic that is not there has");
        tap_ok(compare_text(moved).vanished == 1, "a family that no longer covers a mnemonic has");
        tap_ok(compare_text(uncovered).lines == 1 && compare_text(uncovered).vanished == 1,
                "a mnemonic that is not covered has");
}

int main(void)
{
        const char *source = getenv("srcdir");
        bool updating = getenv("UPDATE_COVERAGE");
        AUTO_FREE char *path = NULL;
        AUTO_FILE FILE *list = NULL;
        struct comparison comparison;
        size_t now = 0;

        if (asprintf(&path, "%s/" LIST, source ? source : ".") < 0)
                return 99;
        list = fopen(path, updating ? "w" : "r");
        if (!tap_ok(list != NULL, "%s is there", path))
                return tap_end();
        if (updating)
                return update(list) < 0;
        test_noticed();
        comparison = compare(list);
        for (size_t i = 0; i < covered_count; i++)
                now += families(&covered_instructions[i]) != 0;
        printf("# %zu mnemonics were covered then, %zu are now\n", comparison.lines, now);
        tap_ok(comparison.lines > 400 && comparison.vanished == 0, "nothing has vanished since %s was made",
                LIST);
        return tap_end();
}
