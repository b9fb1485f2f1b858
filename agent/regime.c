/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/regime.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <linux/futex.h>

#include "agent/handler.h"
#include "base/array.h"
#include "base/clock.h"
#include "checks/registers.h"

#define TIMER_NS 2000000 /* of CPU time: it fires on the tick, so at most once a tick */
#define STORM_FIRST_NS 20000
#define STORM_LEAST_NS 8000 /* in a virtual machine a signal with its fault takes 25 µs and more */
#define STORM_MOST_NS 1000000
#define STEPS_A_ROUND 400 /* a step costs 3 µs, in a virtual machine up to 26: 1 to 11 ms */
#define HOPS 4

static struct registers_hop hops[HOPS];
static unsigned n_hops;

static int timer_arm(clockid_t clock, uint64_t value_ns, uint64_t interval_ns)
{
        struct handler_state *h = &handler_state;
        struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = HANDLER_EVENT_SIGNAL };
        struct itimerspec when = { .it_value = { 0, (long)value_ns },
                .it_interval = { 0, (long)interval_ns } };

        event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
        if (syscall(SYS_timer_create, clock, &event, &h->timer) < 0)
                return -errno;
        if (syscall(SYS_timer_settime, h->timer, 0, &when, NULL) < 0)
                return -errno;
        return 0;
}

static int arm_timer(const struct worker *worker)
{
        (void)worker;
        handler_state.overrun = true;
        return timer_arm(CLOCK_THREAD_CPUTIME_ID, TIMER_NS, TIMER_NS);
}

static int arm_storm_self(const struct worker *worker)
{
        struct handler_state *h = &handler_state;

        registers_event_parameters.drop_begin = (uint64_t)h->stack[0];
        registers_event_parameters.drop_size = worker->run->stack_present ? 0 : h->stack_size;
        registers_event_parameters.process = (uint64_t)getpid();
        registers_event_parameters.thread = (uint64_t)syscall(SYS_gettid);
        registers_event_parameters.signal = HANDLER_EVENT_SIGNAL;
        registers_event = registers_event_signal;
        return 0;
}

static int arm_storm_async(const struct worker *worker)
{
        struct handler_state *h = &handler_state;
        int r = handler_stack(true);

        if (r < 0)
                return r;
        h->two_stacks = true;
        h->drop = !worker->run->stack_present;
        h->rearm = true;
        if (!h->interval_ns)
                h->interval_ns = STORM_FIRST_NS;
        return timer_arm(CLOCK_MONOTONIC, h->interval_ns, 0);
}

static int arm_step(const struct worker *worker)
{
        (void)worker;
        return 0;
}

static void crowd_set(const struct worker *worker, uint32_t value)
{
        atomic_store(&worker->slot->crowd, value);
        (void)syscall(SYS_futex, &worker->slot->crowd, FUTEX_WAKE, 8, NULL, NULL, 0);
}

static int arm_crowd(const struct worker *worker)
{
        crowd_set(worker, 1 + worker->slot->current.check);
        return 0;
}

/* A ring of up to four CPUs: our own and the next ones of the run. */
static int arm_migrate(const struct worker *worker)
{
        const struct cpu_set *cpus = worker->run->hop_cpus ? worker->run->hop_cpus : worker->run->cpus;
        int cpu = (int)worker->cpu;

        n_hops = 0;
        do {
                struct registers_hop *hop = &hops[n_hops++];

                memset(hop, 0, sizeof(*hop));
                hop->mask_size = sizeof(hop->mask);
                hop->mask[cpu / 8] = (uint8_t)(1U << cpu % 8);
                hop->next = &hops[0];
                hop->landed = worker->cpu;
                if (n_hops > 1)
                        hops[n_hops - 2].next = hop;
                cpu = cpu_set_next(cpus, cpu);
                if (cpu < 0)
                        cpu = cpu_set_next(cpus, -1);
        } while (n_hops < HOPS && cpu != (int)worker->cpu);
        registers_event_parameters.hop = &hops[0];
        registers_event = registers_event_migrate;
        return n_hops > 1 ? 0 : -EINVAL;
}

int regime_arm(const struct worker *worker, enum regime regime, const struct check *check)
{
        static int (*const arm[REGIME_COUNT])(const struct worker *) = {
                [REGIME_TIMER] = arm_timer,
                [REGIME_STORM_SELF] = arm_storm_self,
                [REGIME_STORM_ASYNC] = arm_storm_async,
                [REGIME_STEP] = arm_step,
                [REGIME_CROWD] = arm_crowd,
                [REGIME_MIGRATE] = arm_migrate,
        };

        handler_state.timer = -1;
        if (check->parties)
                handler_state.interval_ns = STORM_FIRST_NS;
        return arm[regime] ? arm[regime](worker) : 0;
}

void regime_disarm(const struct worker *worker, enum regime regime)
{
        struct handler_state *h = &handler_state;

        h->overrun = h->rearm = h->drop = false;
        if (h->timer >= 0)
                (void)syscall(SYS_timer_delete, h->timer);
        h->timer = -1;
        if (h->two_stacks) {
                h->two_stacks = false;
                (void)handler_stack(false);
        }
        if (regime == REGIME_CROWD)
                crowd_set(worker, 0);
        if (regime == REGIME_MIGRATE)
                (void)cpu_set_bind_one(worker->cpu);
        registers_event = registers_event_none;
}

/* Switches that the scheduler forced on this thread: getrusage(2), ru_nivcsw. */
static uint64_t forced_switches(void)
{
        struct rusage usage;

        return getrusage(RUSAGE_THREAD, &usage) < 0 ? 0 : (uint64_t)usage.ru_nivcsw;
}

static void run_stepped(const struct check *check, void *state)
{
        handler_state.steps_left = STEPS_A_ROUND;
        handler_state.stepping = true;
        __asm__ volatile("pushf\n\torq $0x100, (%%rsp)\n\tpopf" : : : "memory", "cc");
        check->run(state);
        __asm__ volatile("pushf\n\tandq $~0x100, (%%rsp)\n\tpopf" : : : "memory", "cc");
        handler_state.stepping = false;
}

static void begin_storm(void)
{
        struct itimerspec first = { .it_value = { 0, (long)handler_state.interval_ns } };

        handler_state.round_interval_ns = handler_state.interval_ns;
        (void)syscall(SYS_timer_settime, handler_state.timer, 0, &first, NULL);
}

uint64_t regime_run(const struct worker *worker, enum regime regime, const struct check *check, void *state)
{
        struct handler_state *h = &handler_state;
        uint64_t before = 0;

        h->check = check;
        h->check_state = state;
        h->events = 0;
        h->frame_failed = false;
        if (regime == REGIME_CROWD)
                before = forced_switches();
        else if (regime == REGIME_MIGRATE)
                registers_event_parameters.count = 0;
        atomic_store(&worker->slot->in_run, 1);
        h->in_run = true;
        if (regime == REGIME_STORM_ASYNC)
                begin_storm();
        if (regime == REGIME_STEP)
                run_stepped(check, state);
        else
                check->run(state);
        h->in_run = false;
        atomic_store(&worker->slot->in_run, 0);
        if (regime == REGIME_CROWD)
                return forced_switches() - before;
        if (regime == REGIME_MIGRATE) {
                (void)cpu_set_bind_one(worker->cpu);
                return registers_event_parameters.count;
        }
        return h->events;
}

void regime_adapt(uint64_t run_ns, uint64_t quiet_ns, bool together)
{
        uint64_t *interval = &handler_state.interval_ns;

        if (!run_ns || !quiet_ns)
                return;
        if (quiet_ns * 10 < run_ns * 3)
                *interval = MIN(*interval * 5 / 4, STORM_MOST_NS);
        else if (!together && quiet_ns * 10 > run_ns * 4)
                *interval = MAX(*interval * 4 / 5, STORM_LEAST_NS);
}

uint32_t regime_events_wanted(enum regime regime, const struct check *check)
{
        return (regime == REGIME_TIMER || regime == REGIME_CROWD) && !check->parties ? 2 : 1;
}

void regime_landed(int32_t seen_on[4])
{
        unsigned n = 0;

        for (unsigned i = 0; i < 4; i++)
                seen_on[i] = -1;
        for (unsigned i = 0; i < n_hops; i++) {
                bool known = false;

                for (unsigned j = 0; j < n; j++)
                        known |= seen_on[j] == (int32_t)hops[i].landed;
                if (!known)
                        seen_on[n++] = (int32_t)hops[i].landed;
        }
}
