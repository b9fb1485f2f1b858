/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/timeline.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent/slot.h"
#include "base/cleanup.h"
#include "base/clock.h"

#define LOOK_NS (2 * CLOCK_MS)
#define START_NS (5 * CLOCK_SECOND)
#define GROWTH 1024

static pid_t start(const char *assay, unsigned duration_s)
{
        char duration[16];
        pid_t pid = fork();
        int null;

        if (pid != 0)
                return pid;
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)snprintf(duration, sizeof(duration), "%us", duration_s);
        null = open("/dev/null", O_RDWR);
        for (int fd = 0; fd < 3 && null >= 0; fd++)
                (void)dup2(null, fd);
        (void)execl(assay, assay, "qualify", "--profile", "quick", "--duration", duration, "--no-progress",
                (char *)NULL);
        _exit(127);
}

/* The supervisor keeps each worker's slot open as a memfd of that name (agent/member.c). */
static const struct slot *map_slot(pid_t pid, int cpu)
{
        char path[64], name[64], target[PATH_MAX];
        AUTO_DIR DIR *dir = NULL;
        const struct dirent *entry;
        void *memory = MAP_FAILED;

        (void)snprintf(path, sizeof(path), "/proc/%d/fd", pid);
        (void)snprintf(name, sizeof(name), "/memfd:assay-cpu%d-0 (deleted)", cpu);
        dir = opendir(path);
        while (dir && memory == MAP_FAILED && (entry = readdir(dir))) {
                ssize_t size = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);

                if (size < 0)
                        continue;
                target[size] = 0;
                if (strcmp(target, name) != 0)
                        continue;
                AUTO_CLOSE int fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_CLOEXEC);
                if (fd >= 0)
                        memory = mmap(NULL, sizeof(struct slot), PROT_READ, MAP_SHARED, fd, 0);
        }
        return memory == MAP_FAILED ? NULL : memory;
}

static int add(struct timeline *timeline, struct timeline_sample sample)
{
        if (timeline->n % GROWTH == 0) {
                void *more = realloc(timeline->samples, (timeline->n + GROWTH) * sizeof(*timeline->samples));

                if (!more)
                        return -ENOMEM;
                timeline->samples = more;
        }
        timeline->samples[timeline->n++] = sample;
        return 0;
}

/* Adds what has changed since the last look. */
static int look(struct timeline *timeline, const struct slot *slot, uint32_t *seen, double seconds)
{
        int r = 0;

        for (uint32_t c = 0; r == 0 && check_exists(c); c++) {
                const struct tally *tally = &slot->tallies[c][REGIME_QUIET];
                uint32_t rounds = (uint32_t)(tally->rounds + tally->void_rounds);

                if (rounds != seen[c])
                        r = add(timeline, (struct timeline_sample){ seconds, c, rounds });
                seen[c] = rounds;
        }
        return r;
}

static void look_away(void)
{
        const struct timespec time = { 0, (long)LOOK_NS };

        (void)nanosleep(&time, NULL);
}

/* Watches until the program ends. */
static int watch(struct timeline *timeline, pid_t pid, int cpu)
{
        uint64_t start_ns = clock_ns(CLOCK_MONOTONIC), first_ns = 0, now_ns = start_ns;
        uint32_t seen[PLAN_CHECKS_MAX] = { 0 };
        const struct slot *slot = NULL;
        int r = 0, status;

        for (; r == 0 && waitpid(pid, &status, WNOHANG) == 0; look_away()) {
                now_ns = clock_ns(CLOCK_MONOTONIC);
                if (!slot) {
                        slot = map_slot(pid, cpu);
                        if (!slot && now_ns - start_ns > START_NS)
                                break;
                        continue;
                }
                if (!atomic_load(&slot->ready))
                        continue;
                if (!first_ns)
                        first_ns = now_ns;
                r = look(timeline, slot, seen, (double)(now_ns - first_ns) / 1e9);
        }
        if (slot)
                (void)munmap((void *)slot, sizeof(*slot)); /* NOLINT: it was mapped by us */
        if (r == 0 && timeline->n)
                return 0;
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, &status, 0);
        return r < 0 ? r : -ENODATA;
}

int timeline_measure(const char *assay, int cpu, unsigned duration_s, struct timeline *ret_timeline)
{
        struct timeline timeline = { 0 };
        pid_t pid = start(assay, duration_s);
        int r = pid < 0 ? -errno : watch(&timeline, pid, cpu);

        if (r < 0)
                timeline_free(&timeline);
        else
                *ret_timeline = timeline;
        return r;
}

void timeline_free(struct timeline *timeline)
{
        free(timeline->samples);
        *timeline = (struct timeline){ 0 };
}

double timeline_when(const struct timeline *timeline, uint32_t check, uint32_t ordinal)
{
        for (size_t i = 0; i < timeline->n; i++)
                if (timeline->samples[i].check == check && timeline->samples[i].rounds >= ordinal)
                        return timeline->samples[i].seconds;
        return -1;
}

size_t timeline_place(const struct timeline *timeline, uint32_t check)
{
        for (size_t i = 0; i < timeline->n; i++)
                if (timeline->samples[i].check == check)
                        return i;
        return SIZE_MAX;
}
