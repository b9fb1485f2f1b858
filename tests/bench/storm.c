/* SPDX-License-Identifier: Apache-2.0 */
/* Storms: how many signals a second a worker takes with the whole register file and the signal frame verified,
 * beside a bare loop that takes the same signals and verifies nothing. Both on one CPU, in turn, medians; by their CPU
 * time, so that what else the machine does counts less. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "agent/handler.h"
#include "agent/supervisor.h"
#include "base/clock.h"

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif
#define RUNS 5
#define RUN_NS (600 * CLOCK_MS)
#define STACK_SIZE (96 * 1024)

static uint8_t *stacks[2];
static volatile uint64_t signals;
static timer_t timer;
static uint64_t interval_ns;

static void on_self(int signal)
{
        (void)signal;
        signals++;
}

static void arm(void)
{
        struct itimerspec next = { .it_value = { 0, (long)interval_ns } };

        (void)timer_settime(timer, 0, &next, NULL);
}

static void on_async(int signal, siginfo_t *info, void *user)
{
        ucontext_t *context = user;
        uint8_t *here = __builtin_frame_address(0);
        uint8_t *other = stacks[here >= stacks[0] && here < stacks[0] + STACK_SIZE ? 1 : 0];

        (void)signal;
        (void)info;
        signals++;
        (void)madvise(other, STACK_SIZE, MADV_DONTNEED);
        context->uc_stack.ss_sp = other;
        context->uc_stack.ss_size = STACK_SIZE;
        context->uc_stack.ss_flags = (int)SS_AUTODISARM;
        arm();
}

static void set_stack(int flags)
{
        stack_t stack = { .ss_sp = stacks[0], .ss_size = STACK_SIZE, .ss_flags = flags };

        if (sigaltstack(&stack, NULL) < 0)
                abort();
}

static void bare_self(void)
{
        struct sigaction action = { .sa_handler = on_self, .sa_flags = SA_ONSTACK };
        uint64_t end = clock_ns(CLOCK_MONOTONIC) + RUN_NS;
        pid_t process = getpid(), thread = (pid_t)syscall(SYS_gettid);

        set_stack(0);
        (void)sigaction(SIGUSR2, &action, NULL);
        while (clock_ns(CLOCK_MONOTONIC) < end)
                for (int i = 0; i < 16; i++) {
                        (void)madvise(stacks[0], STACK_SIZE, MADV_DONTNEED);
                        (void)syscall(SYS_tgkill, process, thread, SIGUSR2);
                }
}

static void bare_async(void)
{
        struct sigaction action = { .sa_sigaction = on_async, .sa_flags = SA_ONSTACK | SA_SIGINFO };
        struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR2 };
        uint64_t end = clock_ns(CLOCK_MONOTONIC) + RUN_NS;

        set_stack((int)SS_AUTODISARM);
        (void)sigaction(SIGUSR2, &action, NULL);
        event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
        if (timer_create(CLOCK_MONOTONIC, &event, &timer) < 0)
                abort();
        arm();
        while (clock_ns(CLOCK_MONOTONIC) < end)
                for (volatile int i = 0; i < 1000; i++)
                        ;
}

/* Signals a second of CPU time of a bare loop, in a process of its own on CPU `cpu`. */
static double bare_rate(void (*loop)(void), int cpu)
{
        int result[2];
        double rate = 0;
        pid_t pid;

        if (pipe(result) < 0 || (pid = fork()) < 0)
                return 0;
        if (pid == 0) {
                cpu_set_t set;
                uint64_t start;

                CPU_ZERO(&set);
                CPU_SET(cpu, &set);
                (void)sched_setaffinity(0, sizeof(set), &set);
                for (int i = 0; i < 2; i++)
                        stacks[i] = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                start = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
                loop();
                rate = (double)signals * 1e9 / (double)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start);
                _exit(write(result[1], &rate, sizeof(rate)) == sizeof(rate) ? 0 : 1);
        }
        (void)close(result[1]);
        if (read(result[0], &rate, sizeof(rate)) != sizeof(rate))
                rate = 0;
        (void)close(result[0]);
        (void)waitpid(pid, NULL, 0);
        return rate;
}

/* The widest kernel that holds registers on this CPU. */
static const struct check *widest(isa_set features, uint16_t *ret_index)
{
        const struct check *best = NULL;

        for (uint16_t i = 0; check_list[i]; i++)
                if (strncmp(check_list[i]->name, "state_hold_", 11) == 0 &&
                        (check_list[i]->needs & features) == check_list[i]->needs) {
                        best = check_list[i];
                        *ret_index = i;
                }
        return best;
}

static double worker_rate(enum regime regime, uint16_t check, int cpu, isa_set features)
{
        struct plan_item item = { .check = check, .regime = (uint8_t)regime };
        struct evidence evidence = { 0 };
        struct supervisor_outcome outcome;
        struct cpu_set cpus = { { 0 } };
        struct supervisor_run run = { .items = &item,
                .n_items = 1,
                .cpus = &cpus,
                .features = features,
                .seed = 1,
                .duration_ns = RUN_NS,
                .drill_cpu = -1,
                .drill_check = -1 };
        double rate = 0;

        cpu_set_add(&cpus, (unsigned)cpu);
        if (supervisor_run(&run, &evidence, &outcome) == 0) {
                const struct tally *tally = evidence_tally(&evidence, (unsigned)cpu, check, regime);

                rate = (double)tally->events * 1e9 / (double)evidence.cpu_ns[0];
        }
        evidence_free(&evidence);
        return rate;
}

static int by_value(const void *a, const void *b)
{
        double x = *(const double *)a, y = *(const double *)b;

        return (x > y) - (x < y);
}

static void compare(
        const char *name, enum regime regime, void (*loop)(void), uint16_t check, int cpu, isa_set features)
{
        double ours[RUNS], bare[RUNS], ratio[RUNS];

        for (int i = 0; i < RUNS; i++) {
                bare[i] = bare_rate(loop, cpu);
                ours[i] = worker_rate(regime, check, cpu, features);
                ratio[i] = bare[i] > 0 ? ours[i] / bare[i] : 0;
        }
        qsort(ours, RUNS, sizeof(*ours), by_value);
        qsort(bare, RUNS, sizeof(*bare), by_value);
        qsort(ratio, RUNS, sizeof(*ratio), by_value);
        printf("%-12s %8.0f signals/s verified, bare loop %8.0f, ratio %.2f (of %.2f to %.2f), aim 0.70\n",
                name, ours[RUNS / 2], bare[RUNS / 2], ratio[RUNS / 2], ratio[0], ratio[RUNS - 1]);
}

int main(void)
{
        isa_set features = isa_read();
        uint16_t index = 0;
        const struct check *check = widest(features, &index);
        int cpu = sched_getcpu();

        if (!check)
                return 1;
        printf("storms, %s on CPU %d, medians of %d runs in turn\n", check->name, cpu, RUNS);
        compare("storm-self", REGIME_STORM_SELF, bare_self, index, cpu, features);
        interval_ns = 20000;
        compare("storm-async", REGIME_STORM_ASYNC, bare_async, index, cpu, features);
        return 0;
}
