/* SPDX-License-Identifier: Apache-2.0 */
/* The proof on the whole program: for which instructions of this CPU is a wrong result caught, and does the report name
 * the right CPU? Each instruction of the coverage contract is made wrong on one CPU (corrupt.h, tracer.h), and a real
 * `assay qualify` has to notice (defect.h says what is honest about that). Prints the table (table.h).
 *
 * usage: defects [OPTION...]        the suite's short form: some instructions on CPU 0, on CPU 0 alone and on CPU 1, and
 *                                   a sample of the others; speaks TAP
 *        defects --all [OPTION...]  every instruction; exit status 1 where the totals are below what is demanded
 *
 * --assay FILE     the program (default: ./assay)
 * --mnemonic NAME  this one only; may be given again
 * --cpu N          the broken CPU (default: each in turn)
 * --alone          only the broken CPU is tested
 * --seed N         decides what goes wrong (default: TAP_SEED or 1)
 * --sample N       so many instructions of the contract, drawn by the seed
 * --output FILE    keeps the table there, a line of JSON each; what is there is not tried again
 * --limit SECONDS  begins no further instruction after that time */
#include <getopt.h>
#include <limits.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/random.h"
#include "checks/check.h"
#include "tests/faulty/proof.h"
#include "tests/tap.h"

#define SAMPLE 12
#define NAMES_MAX 64
#define LEAST_PERCENT 85
#define LEAST_FAMILY_PERCENT 70
#define LEAST_SAMPLE_PERCENT 75

struct options {
        const char *assay, *output;
        const char *names[NAMES_MAX];
        size_t n_names, sample;
        int cpu; /* -1: each in turn */
        bool all, alone;
        uint64_t seed;
        unsigned limit_s;
};

struct tasks {
        struct proof_task *tasks;
        size_t n, most;
};

/* ---- what to try ---- */

static void add(struct tasks *tasks, const struct proof *proof, const struct options *options,
        const struct contract_entry *entry)
{
        int cpu = options->cpu >= 0 ? options->cpu : proof->cpus[tasks->n % proof->n_cpus];

        if (tasks->n < tasks->most)
                tasks->tasks[tasks->n++] = (struct proof_task){ entry, cpu, options->alone };
}

static void add_names(struct tasks *tasks, const struct proof *proof, const struct options *options)
{
        for (size_t i = 0; i < options->n_names; i++) {
                const struct contract_entry *entry = contract_find(&proof->contract, options->names[i]);

                if (entry)
                        add(tasks, proof, options, entry);
                else
                        fprintf(stderr, "defects: the contract of this CPU has no instruction %s\n",
                                options->names[i]);
        }
}

/* Draws among those that the contract says are covered: each is passed over or taken so that all sets of that size are
 * as likely. */
static void add_sample(struct tasks *tasks, const struct proof *proof, const struct options *options)
{
        size_t left = 0, wanted = options->sample;
        uint64_t random = options->seed;

        for (size_t i = 0; i < proof->contract.n; i++)
                left += proof->contract.entries[i].known;
        for (size_t i = 0; i < proof->contract.n; i++) {
                if (!proof->contract.entries[i].known)
                        continue;
                if (random_next(&random) % left-- >= wanted)
                        continue;
                wanted--;
                add(tasks, proof, options, &proof->contract.entries[i]);
        }
}

static void add_all(struct tasks *tasks, const struct proof *proof, const struct options *options)
{
        for (size_t i = 0; i < proof->contract.n; i++)
                add(tasks, proof, options, &proof->contract.entries[i]);
}

/* The CPU on which everything starts must be blamed like any other, also where no other is tested. */
static const char *const cases[] = { "imul", "vfmadd231pd", "paddd", "pshufb", "aesenc", "crc32" };

static void add_cases(struct tasks *tasks, const struct proof *proof)
{
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                const struct contract_entry *entry = contract_find(&proof->contract, cases[i]);
                struct options here = { .cpu = proof->cpus[0] };

                if (!entry || !entry->known) {
                        tap_skip(cases[i], entry ? "no check covers it here" : "this CPU does not have it");
                        continue;
                }
                add(tasks, proof, &here, entry);
                here.alone = true;
                add(tasks, proof, &here, entry);
                here.alone = false;
                here.cpu = proof->cpus[1];
                if (proof->n_cpus > 1)
                        add(tasks, proof, &here, entry);
        }
}

/* ---- judging ---- */

static bool is_case(const struct table_row *row)
{
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
                if (strcmp(cases[i], row->name) == 0)
                        return true;
        return false;
}

static const char *seen_by(const struct table_row *row)
{
        return row->defect.end == DEFECT_NOTICED ? row->defect.check : defect_end_name(row->defect.end);
}

static int judge_briefly(const struct table *table)
{
        unsigned all = 0, caught = 0;

        for (size_t i = 0; i < table->n; i++) {
                const struct table_row *row = &table->rows[i];
                const struct defect *d = &row->defect;

                if (is_case(row)) {
                        tap_ok(table_caught(row), "%s wrong on CPU %d%s: caught, that CPU named (%s)",
                                row->name, row->cpu, row->alone ? " alone" : "", seen_by(row));
                        continue;
                }
                all++;
                caught += table_caught(row);
                tap_ok(d->end != DEFECT_ERROR && d->end != DEFECT_DISTURBED &&
                                (d->end != DEFECT_NOTICED || d->right_cpu),
                        "%s wrong on CPU %d: no other CPU named, and healthy without the defect (%s)",
                        row->name, row->cpu, seen_by(row));
        }
        tap_ok(caught * 100 >= all * LEAST_SAMPLE_PERCENT, "of a sample of %u instructions %u are caught",
                all, caught);
        return tap_end();
}

static int judge_all(const struct table *table)
{
        struct table_total total = table_total(table, 0);
        bool good = total.caught * 100 >= total.all * LEAST_PERCENT;

        if (!good)
                printf("below %d%% in all\n", LEAST_PERCENT);
        for (int family = CHECK_STATE; family <= CHECK_ERRATUM; family++) {
                total = table_total(table, family);
                if (total.caught * 100 < total.all * LEAST_FAMILY_PERCENT) {
                        printf("below %d%%: %s\n", LEAST_FAMILY_PERCENT,
                                check_family_name((enum check_family)family));
                        good = false;
                }
        }
        return good ? 0 : 1;
}

static bool table_is_sound(const struct table *table)
{
        for (size_t i = 0; i < table->n; i++)
                if (table->rows[i].defect.end == DEFECT_ERROR ||
                        table->rows[i].defect.end == DEFECT_DISTURBED)
                        return false;
        return true;
}

/* ---- main ---- */

static void take_option(struct options *options, int option, const char *value)
{
        switch (option) {
        case 'a':
                options->all = true;
                break;
        case 'c':
                options->cpu = atoi(value);
                break;
        case 'f':
                options->output = value;
                break;
        case 'l':
                options->limit_s = (unsigned)atoi(value);
                break;
        case 'm':
                if (options->n_names < NAMES_MAX)
                        options->names[options->n_names++] = value;
                break;
        case 'n':
                options->sample = (size_t)atoi(value);
                break;
        case 'o':
                options->alone = true;
                break;
        case 'p':
                options->assay = value;
                break;
        case 's':
                options->seed = strtoull(value, NULL, 0);
                break;
        }
}

/* Returns 0, or -1 where an option is unknown. */
static int read_options(int argc, char **argv, struct options *options)
{
        static const struct option known[] = {
                { "all", no_argument, NULL, 'a' },
                { "alone", no_argument, NULL, 'o' },
                { "assay", required_argument, NULL, 'p' },
                { "cpu", required_argument, NULL, 'c' },
                { "limit", required_argument, NULL, 'l' },
                { "mnemonic", required_argument, NULL, 'm' },
                { "output", required_argument, NULL, 'f' },
                { "sample", required_argument, NULL, 'n' },
                { "seed", required_argument, NULL, 's' },
                { 0 },
        };
        int option;

        while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
                if (option == '?')
                        return -1;
                take_option(options, option, optarg);
        }
        return 0;
}

/* When and where: a table says little without. */
static void print_occasion(void)
{
        char line[512], cpu[256] = "", date[32];
        FILE *file = fopen("/proc/cpuinfo", "re");
        time_t now = time(NULL);
        struct tm utc;

        while (file && fgets(line, sizeof(line), file))
                if (!*cpu)
                        (void)sscanf(line, "model name : %255[^\n]", cpu);
        if (file)
                (void)fclose(file);
        (void)strftime(date, sizeof(date), "%Y-%m-%d", gmtime_r(&now, &utc));
        printf("# %s, %s\n", date, cpu);
}

int main(int argc, char **argv)
{
        struct options options = { .assay = "./assay", .cpu = -1, .seed = tap_seed(1) };
        struct tasks tasks = { 0 };
        struct table table = { 0 };
        static struct proof proof;
        char path[PATH_MAX];
        bool brief;

        executed_fix_addresses(argv);
        if (read_options(argc, argv, &options) < 0)
                return 2;
        brief = !options.all && !options.n_names && !options.sample;
        if (brief)
                options.sample = SAMPLE;
        if (!realpath(options.assay, path) || proof_begin(path, options.seed, options.limit_s, &proof) < 0)
                return 99;
        tasks.most = proof.contract.n + NAMES_MAX + 3 * ARRAY_SIZE(cases);
        tasks.tasks = calloc(tasks.most, sizeof(*tasks.tasks));
        if (!tasks.tasks)
                return 99;
        if (brief)
                add_cases(&tasks, &proof);
        add_names(&tasks, &proof, &options);
        if (options.sample)
                add_sample(&tasks, &proof, &options);
        if (options.all)
                add_all(&tasks, &proof, &options);
        if (proof_try(&proof, tasks.tasks, tasks.n, options.output, &table) < 0)
                return 99;
        print_occasion();
        table_print(&table, stdout);
        free(tasks.tasks);
        if (brief)
                return judge_briefly(&table);
        if (options.all)
                return judge_all(&table);
        return table_is_sound(&table) ? 0 : 1;
}
