/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/proof.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "tests/faulty/core.h"

#define SCHEDULE_S 11 /* how much of the quick profile is watched */

/* ---- the CPUs ---- */

static void find_cpus(struct proof *proof)
{
        cpu_set_t set;

        (void)sched_getaffinity(0, sizeof(set), &set);
        for (int cpu = 0; cpu < CPU_SETSIZE && proof->n_cpus < PROOF_CPUS_MAX; cpu++)
                if (CPU_ISSET((unsigned)cpu, &set))
                        proof->cpus[proof->n_cpus++] = cpu;
}

/* The next CPU of another core; -1: there is none. */
static int partner(const struct proof *proof, int cpu)
{
        size_t at = 0;

        while (at < proof->n_cpus && proof->cpus[at] != cpu)
                at++;
        for (size_t i = 1; i < proof->n_cpus; i++) {
                int other = proof->cpus[(at + i) % proof->n_cpus];

                if (!core_same(cpu, other))
                        return other;
        }
        return -1;
}

/* The CRC-32 of a file: zlib.h. */
static int checksum(const char *path, uint32_t *ret_checksum)
{
        AUTO_FILE FILE *file = fopen(path, "re");
        uint8_t bytes[65536];
        uLong sum = crc32(0, NULL, 0);
        size_t n;

        if (!file)
                return -errno;
        while ((n = fread(bytes, 1, sizeof(bytes), file)) > 0)
                sum = crc32(sum, bytes, (uInt)n);
        *ret_checksum = (uint32_t)sum;
        return 0;
}

int proof_begin(const char *assay, uint64_t seed, unsigned limit_s, struct proof *ret_proof)
{
        struct proof *p = ret_proof;
        int r;

        *p = (struct proof){ .assay = assay, .seed = seed, .limit_s = limit_s };
        find_cpus(p);
        r = contract_read(assay, &p->contract);
        if (r == 0)
                r = code_read("/proc/self/exe", &p->code);
        if (r == 0 && !(p->executed = executed_find(&p->code)))
                r = -ECHILD;
        if (r == 0)
                r = timeline_measure(assay, p->cpus[0], SCHEDULE_S, &p->timeline);
        if (r == 0)
                r = checksum(assay, &p->program);
        p->start_ns = clock_ns(CLOCK_MONOTONIC);
        if (r < 0)
                fprintf(stderr, "%s cannot be proven: %s\n", assay, strerror(-r));
        return r;
}

/* ---- trying ---- */

static struct table_row try_task(const struct proof *proof, const struct proof_task *task)
{
        const struct defect_setting setting = { .assay = proof->assay,
                .executed = proof->executed,
                .timeline = &proof->timeline,
                .cpu = task->cpu,
                .other_cpu = task->alone ? -1 : partner(proof, task->cpu),
                .seed = proof->seed,
                .control = true };
        struct table_row row = { .family = task->entry->family,
                .cpu = task->cpu,
                .alone = task->alone,
                .program = proof->program,
                .asked_seed = proof->seed };

        (void)snprintf(row.name, sizeof(row.name), "%s", task->entry->name);
        (void)snprintf(row.extension, sizeof(row.extension), "%s",
                executed_extension(proof->executed, task->entry->mnemonic));
        row.defect = defect_try(&setting, task->entry->mnemonic);
        return row;
}

static bool has(const struct table *table, size_t n, const char *name, int cpu, bool alone)
{
        for (size_t i = 0; i < n; i++)
                if (strcmp(table->rows[i].name, name) == 0 && table->rows[i].cpu == cpu &&
                        table->rows[i].alone == alone)
                        return true;
        return false;
}

/* Rows of another program, or of another seed, are no news of this one; nor are those that two runs wrote. */
static void keep_own(const struct proof *proof, struct table *table)
{
        size_t kept = 0;

        for (size_t i = 0; i < table->n; i++) {
                const struct table_row *row = &table->rows[i];

                if (row->program == proof->program && row->asked_seed == proof->seed &&
                        !has(table, kept, row->name, row->cpu, row->alone))
                        table->rows[kept++] = *row;
        }
        table->n = kept;
}

static bool out_of_time(const struct proof *proof)
{
        return proof->limit_s && clock_ns(CLOCK_MONOTONIC) - proof->start_ns > proof->limit_s * CLOCK_SECOND;
}

/* One process for each CPU tries the tasks of that CPU. */
static _Noreturn void try_those_of(const struct proof *proof, const struct proof_task *tasks, size_t n,
        int cpu, const struct table *done, int fd)
{
        for (size_t i = 0; i < n && !out_of_time(proof); i++) {
                if (tasks[i].cpu != cpu || has(done, done->n, tasks[i].entry->name, cpu, tasks[i].alone))
                        continue;
                const struct table_row row = try_task(proof, &tasks[i]);
                if (table_write(fd, &row) < 0)
                        _exit(1);
        }
        _exit(0);
}

int proof_try(const struct proof *proof, const struct proof_task *tasks, size_t n, const char *output,
        struct table *ret_table)
{
        char temporary[] = "/tmp/assay-defects-XXXXXX";
        struct table done = { 0 };
        int r = output ? table_read(output, &done) : 0, fd, status;

        if (r < 0)
                return r;
        keep_own(proof, &done);
        fd = output ? open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)
                    : mkostemp(temporary, O_APPEND | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        (void)fflush(NULL);
        for (size_t i = 0; i < proof->n_cpus; i++)
                if (fork() == 0)
                        try_those_of(proof, tasks, n, proof->cpus[i], &done, fd);
        while (wait(&status) > 0)
                if (status)
                        r = -EIO;
        table_free(&done);
        (void)close(fd);
        if (r == 0)
                r = table_read(output ? output : temporary, ret_table);
        if (r == 0)
                keep_own(proof, ret_table);
        if (!output)
                (void)unlink(temporary);
        return r;
}
