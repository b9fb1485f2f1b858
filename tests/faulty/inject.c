/* SPDX-License-Identifier: Apache-2.0 */
/* The fault injector: stops a worker of a real `assay qualify` at a random moment, flips one random bit of one
 * register through ptrace, lets it run on, and demands exit status 1 and that CPU alone in the verdict's `cpus`.
 *
 * usage: inject [--assay FILE] [--flips N] [--jobs N]   the cases of the table below, N flips a class
 *        inject --checks GLOB --regimes LIST [--anywhere] [the options above]   one case of your own, printed only
 *
 * A stop counts when the thread was in user mode inside `run` (its instruction pointer lies in a function of
 * checks' assembly); with --anywhere every stop in user mode counts. */
#include <cpuid.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/random.h"
#include "tests/faulty/flip.h"
#include "tests/faulty/kernels.h"
#include "tests/tap.h"

#define TRIES 4000
#define WORKERS_WAIT_MS 3000
#define JOBS_MOST 64

struct options {
        const char *assay, *checks, *regimes;
        unsigned flips, jobs;
        unsigned duration_ms; /* of a run; the flip comes within its first half */
        double least;         /* percent; 0: the figure is printed only */
        bool anywhere;
};

/* What the suite demands and what it prints. `flips` is a share of those asked for. */
static const struct {
        const char *checks, *regimes;
        unsigned share; /* one in so many */
        unsigned duration_ms;
        double least;
        bool anywhere;
} cases[] = {
        { "state_*", "quiet", 1, 1200, 95, false },
        { "state_*", "timer", 1, 1200, 95, false },
        { "state_*", "storm", 6, 1200, 0, false },
        { "*", "all", 3, 8000, 0, true },
};

struct outcome {
        int injected; /* 1: a bit was flipped; 0: no moment was found */
        int cpu;
        int exit_status;
        bool named; /* that CPU alone */
        bool class_right;
        char what[64];   /* which register and bit */
        char found[160]; /* the verdict's summary */
};

static void sleep_us(uint64_t us)
{
        struct timespec t = { (time_t)(us / 1000000), (long)(us % 1000000 * 1000) };

        (void)nanosleep(&t, NULL);
}

/* The workers of a run: its children named assay-wN. Returns how many. */
static size_t find_workers(pid_t parent, pid_t *pids, int *cpus, size_t most)
{
        char path[96], name[64];
        AUTO_FILE FILE *children = NULL;
        size_t n = 0;
        int pid;

        (void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent, parent);
        children = fopen(path, "re");
        while (children && fscanf(children, "%d", &pid) == 1 && n < most) {
                AUTO_FILE FILE *comm = NULL;

                (void)snprintf(path, sizeof(path), "/proc/%d/comm", pid);
                comm = fopen(path, "re");
                if (comm && fgets(name, sizeof(name), comm) && sscanf(name, "assay-w%d", &cpus[n]) == 1)
                        pids[n++] = pid;
        }
        return n;
}

/* Attaches, waits for the stop. */
static bool seize(pid_t pid)
{
        int status;

        if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
                return false;
        if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0)
                return false;
        return waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status);
}

static bool again(pid_t pid, uint64_t *random)
{
        int status;

        if (ptrace(PTRACE_CONT, pid, NULL, NULL) < 0)
                return false;
        sleep_us(50 + random_next(random) % 3000);
        if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0)
                return false;
        for (;;) {
                if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
                        return false;
                if (status >> 16 == PTRACE_EVENT_STOP)
                        return true;
                if (ptrace(PTRACE_CONT, pid, NULL, WSTOPSIG(status)) <
                        0) /* a signal of a regime: deliver it */
                        return false;
        }
}

/* Finds a moment that counts and flips. Returns 1, 0 (no moment), -1 (the worker is gone). */
static int inject_into(pid_t pid, const struct options *options, const struct kernels *kernels,
        enum flip_class class, uint64_t *random, char *what, size_t what_size)
{
        uint64_t base = kernels_base(pid);
        struct user_regs_struct regs;

        if (!seize(pid))
                return -1;
        for (unsigned try = 0; try < TRIES; try++) {
                if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
                        return -1;
                bool user = (long)regs.orig_rax < 0;
                if (user && (options->anywhere || kernels_hold(kernels, regs.rip - base)) &&
                        flip_register(pid, class, random, what, what_size)) {
                        (void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
                        return 1;
                }
                if (!again(pid, random))
                        return -1;
        }
        (void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
        return 0;
}

static pid_t start_assay(const struct options *options, const char *report, uint64_t seed)
{
        char seed_text[32], duration[32];
        pid_t pid = fork();

        if (pid != 0)
                return pid;
        (void)snprintf(seed_text, sizeof(seed_text), "%" PRIu64, seed >> 1);
        (void)snprintf(duration, sizeof(duration), "%ums", options->duration_ms);
        int null = open("/dev/null", O_RDWR);
        if (null >= 0) {
                (void)dup2(null, 0);
                (void)dup2(null, 1);
                (void)dup2(null, 2);
        }
        (void)execl(options->assay, options->assay, "qualify", "--checks", options->checks, "--regimes",
                options->regimes, "--duration", duration, "--seed", seed_text, "--json", report,
                "--no-progress", (char *)NULL);
        _exit(127);
}

/* Reads the verdict: the CPU alone, and whether the register class is among the observations' units. */
static void read_report(const char *path, enum flip_class class, struct outcome *outcome)
{
        json_error_t error;
        json_t *root = json_load_file(path, 0, &error);
        json_t *verdict = json_object_get(root, "verdict");
        json_t *cpus = json_object_get(verdict, "cpus");
        json_t *observations = json_object_get(root, "observations"), *observation;
        const char *summary = json_string_value(json_object_get(verdict, "summary"));
        size_t i;

        outcome->named =
                json_array_size(cpus) == 1 && json_integer_value(json_array_get(cpus, 0)) == outcome->cpu;
        (void)snprintf(outcome->found, sizeof(outcome->found), "%s", summary ? summary : error.text);
        json_array_foreach(observations, i, observation)
        {
                const char *unit = json_string_value(json_object_get(observation, "unit"));

                if (unit)
                        outcome->class_right |= flip_class_matches(class, unit);
        }
        json_decref(root);
}

/* One flip, one run of the program. */
static struct outcome inject_once(
        const struct options *options, const struct kernels *kernels, enum flip_class class, uint64_t seed)
{
        struct outcome outcome = { .cpu = -1, .exit_status = -1 };
        char report[] = "/tmp/assay-inject-XXXXXX";
        uint64_t random = seed;
        pid_t pids[64];
        int cpus[64], status = 0, fd = mkstemp(report);
        size_t n = 0;

        if (fd < 0)
                return outcome;
        (void)close(fd);
        pid_t pid = start_assay(options, report, seed);
        for (unsigned waited = 0; waited < WORKERS_WAIT_MS && n == 0; waited += 10) {
                sleep_us(10000);
                n = find_workers(pid, pids, cpus, ARRAY_SIZE(pids));
        }
        sleep_us(100000 + random_next(&random) % (options->duration_ms * UINT64_C(500)));
        n = find_workers(pid, pids, cpus, ARRAY_SIZE(pids));
        if (n) {
                size_t chosen = random_next(&random) % n;

                outcome.cpu = cpus[chosen];
                outcome.injected = inject_into(
                        pids[chosen], options, kernels, class, &random, outcome.what, sizeof(outcome.what));
        }
        if (waitpid(pid, &status, 0) == pid && WIFEXITED(status))
                outcome.exit_status = WEXITSTATUS(status);
        read_report(report, class, &outcome);
        (void)unlink(report);
        return outcome;
}

/* ---- many of them ---- */

struct totals {
        unsigned injected, noticed, rightly, class_right;
};

static void add(struct totals *totals, enum flip_class class, const struct outcome *o)
{
        bool noticed = o->exit_status == 1;

        if (o->injected != 1)
                return;
        totals->injected++;
        totals->noticed += noticed;
        totals->rightly += noticed && o->named;
        totals->class_right += noticed && o->named && o->class_right;
        if (!noticed || !o->named)
                printf("# missed: %s %s on CPU %d: exit %d: %s\n", flip_class_name(class), o->what, o->cpu,
                        o->exit_status, o->found);
}

static struct totals inject_class(
        const struct options *options, const struct kernels *kernels, enum flip_class class, uint64_t *seeds)
{
        struct totals totals = { 0 };

        for (unsigned done = 0; done < options->flips;) {
                unsigned jobs =
                        options->flips - done < options->jobs ? options->flips - done : options->jobs;
                int pipes[JOBS_MOST][2];

                for (unsigned j = 0; j < jobs; j++) {
                        uint64_t seed = random_next(seeds);

                        if (pipe(pipes[j]) < 0)
                                abort();
                        if (fork() == 0) {
                                struct outcome o = inject_once(options, kernels, class, seed);

                                _exit(write(pipes[j][1], &o, sizeof(o)) == sizeof(o) ? 0 : 1);
                        }
                        (void)close(pipes[j][1]);
                }
                for (unsigned j = 0; j < jobs; j++) {
                        struct outcome o = { 0 };

                        if (read(pipes[j][0], &o, sizeof(o)) == sizeof(o))
                                add(&totals, class, &o);
                        (void)close(pipes[j][0]);
                }
                while (waitpid(-1, NULL, 0) > 0)
                        ;
                done += jobs;
        }
        return totals;
}

static void inject_case(const struct options *options, const struct kernels *kernels, uint64_t *seeds)
{
        struct totals all = { 0 };

        printf("# --checks '%s' --regimes %s, stops %s\n", options->checks, options->regimes,
                options->anywhere ? "in user mode" : "inside run");
        for (enum flip_class class = 0; class < FLIP_COUNT; class ++) {
                const char *why = flip_class_missing(class);

                if (why) {
                        tap_skip(flip_class_name(class), why);
                        continue;
                }
                struct totals t = inject_class(options, kernels, class, seeds);
                printf("# %-8s %3u flips of %3u, %3u noticed, %3u rightly named (%.0f%%), class right in "
                       "%.0f%%\n",
                        flip_class_name(class), t.injected, options->flips, t.noticed, t.rightly,
                        t.injected ? 100.0 * t.rightly / t.injected : 0,
                        t.rightly ? 100.0 * t.class_right / t.rightly : 0);
                if (options->least > 0)
                        tap_ok(t.injected * 10 >= options->flips * 8,
                                "%s: enough moments to flip were found", flip_class_name(class));
                all.injected += t.injected;
                all.noticed += t.noticed;
                all.rightly += t.rightly;
                all.class_right += t.class_right;
        }
        double share = all.injected ? 100.0 * all.rightly / all.injected : 0;
        double right = all.rightly ? 100.0 * all.class_right / all.rightly : 0;
        printf("# in all: %u flips, %.1f%% noticed and rightly named, the class right in %.1f%% of those\n",
                all.injected, share, right);
        tap_ok(all.injected > 0 && all.noticed == all.rightly,
                "%s in %s: bits were flipped, and no other CPU was named", options->checks,
                options->regimes);
        if (options->least > 0)
                tap_ok(share >= options->least && right >= 90,
                        "at least %.0f%% noticed and rightly named, the class right in at least 90%%",
                        options->least);
}

static bool read_options(int argc, char **argv, struct options *options)
{
        for (int i = 1; i < argc; i++) {
                const char *value = i + 1 < argc ? argv[i + 1] : "";

                if (strcmp(argv[i], "--anywhere") == 0) {
                        options->anywhere = true;
                        continue;
                }
                if (strcmp(argv[i], "--assay") == 0)
                        options->assay = value;
                else if (strcmp(argv[i], "--checks") == 0)
                        options->checks = value;
                else if (strcmp(argv[i], "--regimes") == 0)
                        options->regimes = value;
                else if (strcmp(argv[i], "--flips") == 0)
                        options->flips = (unsigned)strtoul(value, NULL, 10);
                else if (strcmp(argv[i], "--jobs") == 0)
                        options->jobs = (unsigned)strtoul(value, NULL, 10);
                else
                        return false;
                i++;
        }
        return options->flips > 0 && options->jobs > 0 && options->jobs <= JOBS_MOST &&
               !options->checks == !options->regimes;
}

int main(int argc, char **argv)
{
        struct options options = { .assay = "./assay", .flips = 30, .jobs = 3, .duration_ms = 1200 };
        static struct kernels kernels;
        uint64_t seeds;

        if (!read_options(argc, argv, &options) || !kernels_read(options.assay, &kernels)) {
                fprintf(stderr, "usage: inject [--assay FILE] [--flips N] [--jobs N]\n"
                                "       inject --checks GLOB --regimes LIST [--anywhere] ...\n");
                return 2;
        }
        seeds = tap_seed((uint64_t)time(NULL));
        if (options.checks)
                inject_case(&options, &kernels, &seeds);
        for (size_t i = 0; !options.checks && i < ARRAY_SIZE(cases); i++) {
                struct options one = { .assay = options.assay,
                        .jobs = options.jobs,
                        .checks = cases[i].checks,
                        .regimes = cases[i].regimes,
                        .least = cases[i].least,
                        .duration_ms = cases[i].duration_ms,
                        .anywhere = cases[i].anywhere,
                        .flips = (options.flips + cases[i].share - 1) / cases[i].share };

                inject_case(&one, &kernels, &seeds);
        }
        return tap_end();
}
