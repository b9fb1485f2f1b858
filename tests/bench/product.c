/* SPDX-License-Identifier: Apache-2.0 */
/* The whole product: how soon the workers begin, how soon every check has run in quiet and families 1 to 3 in every
 * regime, how soon everything has; memory of its own; the size of the tables of answers. Beside the memory stands
 * that of a process that only forks and waits. */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/host.h"
#include "agent/plan.h"
#include "agent/supervisor.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "checks/answers.h"

#define RUNS 3
#define DURATION_NS (60 * CLOCK_SECOND)

struct memory {
        uint64_t worker_kib, own_kib; /* the largest seen */
};

/* Private_Dirty of a process in KiB (proc(5), smaps_rollup). */
static uint64_t private_dirty(pid_t pid)
{
        char path[64], line[256];
        uint64_t kib = 0;
        AUTO_FILE FILE *file = NULL;

        (void)snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
        file = fopen(path, "re");
        while (file && fgets(line, sizeof(line), file))
                if (sscanf(line, "Private_Dirty: %" SCNu64, &kib) == 1)
                        break;
        return kib;
}

static void on_progress(const struct supervisor_progress *progress, void *user)
{
        struct memory *memory = user;
        char path[96];
        AUTO_FILE FILE *children = NULL;
        uint64_t own = private_dirty(getpid());
        int pid;

        (void)progress;
        (void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", getpid(), getpid());
        children = fopen(path, "re");
        while (children && fscanf(children, "%d", &pid) == 1) {
                uint64_t kib = private_dirty(pid);

                memory->worker_kib = kib > memory->worker_kib ? kib : memory->worker_kib;
        }
        memory->own_kib = own > memory->own_kib ? own : memory->own_kib;
}

static uint64_t answers_size(void)
{
        uint64_t size = 0;

        for (size_t i = 0; check_list[i]; i++)
                for (const struct answers *const *a = check_list[i]->answers; a && *a; a++) {
                        bool known = false;

                        for (size_t j = 0; j < i && !known; j++)
                                for (const struct answers *const *b = check_list[j]->answers; b && *b; b++)
                                        known |= strcmp((*b)->name, (*a)->name) == 0;
                        if (!known)
                                size += (uint64_t)((*a)->end - (*a)->begin);
                }
        return size;
}

static uint64_t bare_fork_kib(void)
{
        pid_t pid = fork();
        uint64_t kib;

        if (pid == 0) {
                (void)pause();
                _exit(0);
        }
        (void)usleep(50000);
        kib = private_dirty(pid);
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
        return kib;
}

static int by_number(const void *a, const void *b)
{
        uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

        return (x > y) - (x < y);
}

static double median(uint64_t *values)
{
        qsort(values, RUNS, sizeof(*values), by_number);
        return (double)values[RUNS / 2] / 1e9;
}

int main(void)
{
        static struct plan plan;
        struct host_source source = { .root = "" };
        struct memory memory = { 0 };
        uint64_t ready[RUNS], core[RUNS], covered[RUNS];
        struct host host;

        if (host_read(&source, &host) < 0)
                return 1;
        struct plan_request request = {
                .online = host.online, .allowed = host.allowed, .features = host.features, .regimes = ~0U
        };
        if (plan_build(&request, &plan) < 0)
                return 1;
        for (int i = 0; i < RUNS; i++) {
                struct evidence evidence = { 0 };
                struct supervisor_outcome outcome;
                struct supervisor_run run = { .items = plan.items,
                        .n_items = plan.n_items,
                        .cpus = &plan.cpus,
                        .features = host.features,
                        .seed = (uint64_t)i,
                        .duration_ns = DURATION_NS,
                        .once = true,
                        .drill_cpu = -1,
                        .drill_check = -1,
                        .progress = on_progress,
                        .user = &memory };

                if (supervisor_run(&run, &evidence, &outcome) < 0)
                        return 1;
                ready[i] = outcome.ready_ns;
                core[i] = outcome.core_ns;
                covered[i] = outcome.covered_ns;
                evidence_free(&evidence);
        }
        printf("%zu items on %u CPUs, medians of %d runs\n", plan.n_items, cpu_set_count(&plan.cpus), RUNS);
        printf("first round          %6.3f s, aim 0.200\n", median(ready));
        printf("quiet and families 1 to 3 in every regime %6.2f s, aim 5\n", median(core));
        printf("everything planned   %6.2f s, aim 10\n", median(covered));
        printf("private memory       %6" PRIu64 " KiB the largest worker, aim 4096 (a bare fork %" PRIu64
               " KiB); "
               "%" PRIu64 " KiB the supervisor, aim 16384\n",
                memory.worker_kib, bare_fork_kib(), memory.own_kib);
        printf("tables of answers    %6.2f MiB, aim 16\n", (double)answers_size() / 1048576);
        host_free(&host);
        return 0;
}
