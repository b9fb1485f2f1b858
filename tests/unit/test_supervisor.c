/* SPDX-License-Identifier: Apache-2.0 */
/* The life and death of workers, as the supervisor sees it: one that leaves, dies or stops where it should not is never
 * taken for one that has done its work, and every run ends. With a check of this test's own, run by real workers. */
#include "agent/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/handler.h"
#include "agent/worker.h"
#include "base/array.h"
#include "base/clock.h"
#include "tests/tap.h"

#define CYCLE 4
#define ROUNDS_AFTER 20 /* of the worker that takes the place of another */
#define LONGEST_MS 60000
#define STORM_FIRST_NS 20000 /* to the first signal, where nothing is known */
#define ENDLESS_S 600        /* of the whole test: a run that never ends */

enum mode {
        FINE,
        LEAVES, /* as one that was told to stop */
        ORDERS, /* itself to stop, by a wild store */
        DIES,
        STOPS,
        STOLEN, /* its CPU is taken away, while its CPU clock runs on */
        LOOPS,
        HANGS,       /* and hears no signal */
        HANGS_DIES,  /* and dies as soon as it is looked at */
        HANGS_ALONE, /* and ptrace is refused */
        FAULTS,      /* a fault that the kernel tells of */
};

/* Shared with the workers. */
static struct {
        enum mode mode;
        int fault, code;      /* FAULTS: signal and si_code */
        unsigned steals;      /* STOLEN: so often within a round */
        uint64_t steal_ns;    /* and so long each time, CLOCK_MONOTONIC */
        _Atomic pid_t victim; /* whose CPU is away, 0: nobody's */
        _Atomic uint64_t stolen_since_ns, stolen_ns;
        _Atomic uint32_t struck, rounds_after;
        _Atomic bool adapted; /* the storm's interval has been another than its first */
} * test;

/* ---- a check that does what the test wants ---- */

static void wild_setup(void *state, const struct check_round *round)
{
        *(uint32_t *)state = round->number;
}

static void hang(bool hears)
{
        sigset_t dump;

        (void)sigemptyset(&dump);
        (void)sigaddset(&dump, HANDLER_DUMP_SIGNAL);
        if (!hears)
                (void)sigprocmask(SIG_BLOCK, &dump, NULL);
        for (;;)
                __asm__ volatile("pause");
}

static void be_stolen(void)
{
        for (unsigned i = 0; i < test->steals; i++) {
                atomic_store(&test->stolen_since_ns, clock_ns(CLOCK_MONOTONIC));
                atomic_store(&test->victim, getpid());
                (void)raise(SIGSTOP);
        }
}

static void fault(void)
{
        siginfo_t info = { .si_signo = test->fault, .si_code = test->code };

        (void)syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), test->fault, &info);
}

static void strike(void)
{
        test->struck++;
        switch (test->mode) {
        case LEAVES:
                _exit(WORKER_DONE);
        case ORDERS:
                atomic_store(&handler_state.slot->stop, 1);
                break;
        case DIES:
                (void)raise(SIGKILL);
                break;
        case STOPS:
                (void)raise(SIGSTOP);
                break;
        case STOLEN:
                be_stolen();
                break;
        case FAULTS:
                fault();
                break;
        default:
                hang(test->mode == LOOPS);
        }
}

/* Longer than the time to a signal. */
static void use_time(void)
{
        for (volatile unsigned i = 0; i < 200000; i++)
                ;
}

/* Once, after the first pass; what dies does so always, and what stops at once. */
static void wild_run(void *state)
{
        bool due = *(uint32_t *)state > CYCLE && !test->struck;

        if (handler_state.rearm) {
                use_time();
                test->adapted |= handler_state.interval_ns != STORM_FIRST_NS;
        }
        test->rounds_after += test->struck > 0;
        if (test->mode != FINE && (due || test->mode == DIES || test->mode == STOPS))
                strike();
}

static int wild_verify(const void *state, struct check_mismatch *ret_mismatch)
{
        (void)state, (void)ret_mismatch;
        return CHECK_EQUAL;
}

static const struct check wild = {
        .name = "wild_worker",
        .family = CHECK_INTEGER,
        .state_size = 64,
        .output_size = 8,
        .round_us = 1000,
        .cycle = CYCLE,
        .setup = wild_setup,
        .run = wild_run,
        .verify = wild_verify,
};

const struct check *const check_list[] = { &wild, NULL };

/* ---- ptrace, before which a worker may die, and a CPU clock that runs on ---- */

long __real_ptrace(int request, pid_t pid, void *address, void *data);
long __wrap_ptrace(int request, pid_t pid, void *address, void *data);

long __wrap_ptrace(int request, pid_t pid, void *address, void *data)
{
        siginfo_t info;

        if (test->mode == HANGS_ALONE) {
                errno = EPERM;
                return -1;
        }
        if (request != PTRACE_INTERRUPT || test->mode != HANGS_DIES)
                return __real_ptrace(request, pid, address, data);
        (void)kill(pid, SIGKILL);
        return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | __WALL);
}

int __real_clock_gettime(clockid_t id, struct timespec *ret_time);
int __wrap_clock_gettime(clockid_t id, struct timespec *ret_time);

/* Without PARAVIRT_TIME_ACCOUNTING time that a hypervisor steals is the running task's. */
int __wrap_clock_gettime(clockid_t id, struct timespec *ret_time)
{
        int r = __real_clock_gettime(id, ret_time);
        uint64_t stolen_ns = atomic_load(&test->stolen_ns), ns;

        if (r < 0 || id >= 0) /* no other process's */
                return r;
        if (atomic_load(&test->victim))
                stolen_ns += clock_ns(CLOCK_MONOTONIC) - atomic_load(&test->stolen_since_ns);
        ns = (uint64_t)ret_time->tv_nsec + stolen_ns;
        ret_time->tv_sec += (time_t)(ns / CLOCK_SECOND);
        ret_time->tv_nsec = (long)(ns % CLOCK_SECOND);
        return r;
}

static void give_back(void)
{
        uint64_t age_ns = clock_ns(CLOCK_MONOTONIC) - atomic_load(&test->stolen_since_ns);
        pid_t victim = atomic_load(&test->victim);

        if (!victim || age_ns < test->steal_ns)
                return;
        atomic_fetch_add(&test->stolen_ns, age_ns);
        atomic_store(&test->victim, 0);
        (void)kill(victim, SIGCONT);
}

/* ---- running it ---- */

static struct cpu_set cpus;
static struct evidence evidence;
static struct supervisor_outcome outcome;
static volatile sig_atomic_t enough;
static struct supervisor_progress first_shown;
static struct supervisor_cpu first_cpu;

static void on_progress(const struct supervisor_progress *progress, void *user)
{
        (void)user;
        give_back();
        if (!first_shown.n_cpus) {
                first_shown = *progress;
                first_cpu = progress->cpus[0];
        }
        enough = test->mode != DIES && test->rounds_after >= ROUNDS_AFTER;
}

/* In what regime, how a worker's CPU is stolen, and of what it dies, in the next run. */
static enum regime regime;
static unsigned steals;
static uint64_t steal_ms;
static int fault_signal, fault_code;

/* After runs that took `before_ms`, and whose evidence is kept. */
static bool go_on(enum mode mode, uint64_t duration_ms, uint64_t before_ms)
{
        const struct plan_item item = { .regime = (uint8_t)regime, .first = true };
        struct supervisor_run what = { .items = &item,
                .n_items = 1,
                .cpus = &cpus,
                .seed = 42,
                .duration_ns = duration_ms * CLOCK_MS,
                .before_ns = before_ms * CLOCK_MS,
                .progress = on_progress,
                .interrupted = &enough,
                .drill_cpu = -1,
                .drill_check = -1 };

        enough = 0;
        first_shown = (struct supervisor_progress){ 0 };
        memset(test, 0, sizeof(*test));
        test->mode = mode;
        test->steals = steals;
        test->steal_ns = steal_ms * CLOCK_MS;
        test->fault = fault_signal;
        test->code = fault_code;
        return supervisor_run(&what, &evidence, &outcome) == 0;
}

static bool run(enum mode mode, uint64_t duration_ms)
{
        evidence_free(&evidence);
        return go_on(mode, duration_ms, 0);
}

static unsigned observed(enum observation_kind kind)
{
        unsigned n = 0;

        for (size_t i = 0; i < evidence.n_observations; i++)
                n += evidence.observations[i].kind == kind;
        return n;
}

static const struct observation *last(void)
{
        static const struct observation none = { .kind = OBSERVATION_KIND_COUNT };

        return evidence.n_observations ? &evidence.observations[evidence.n_observations - 1] : &none;
}

/* ---- what comes of it ---- */

static void healthy(void)
{
        tap_ok(run(FINE, 300) && evidence.n_observations == 0 && !outcome.starved,
                "a worker that does what it should: nothing is said of it");
}

/* What is shown is the whole: of a run that goes on after a diagnosis, in which nothing has run as yet. */
static void goes_on(void)
{
        const struct supervisor_progress *p = &first_shown;
        uint64_t rounds;
        bool ran;

        tap_ok(run(FINE, 500) && p->duration_ns == 500 * CLOCK_MS && p->items_done == 1,
                "a run shows its duration, and that its only item ran");
        rounds = evidence.tallies[REGIME_QUIET].rounds;
        ran = go_on(STOPS, 700, 4000);
        tap_ok(ran && p->duration_ns == 4700 * CLOCK_MS && p->elapsed_ns > 4000 * CLOCK_MS &&
                        p->elapsed_ns < p->duration_ns,
                "the next one of the same plan counts on: %.1f of %.1f s", (double)p->elapsed_ns / 1e9,
                (double)p->duration_ns / 1e9);
        tap_ok(p->items_done == 1 && p->items_all == 1 && first_cpu.rounds == rounds && rounds > 0 &&
                        first_cpu.events_per_second == 0,
                "and forgets neither the item nor its %llu rounds", (unsigned long long)rounds);
}

static void leaves(void)
{
        tap_ok(run(LEAVES, LONGEST_MS) && observed(OBSERVATION_CRASH) == 1 && evidence.n_observations == 1,
                "one that leaves after its first pass went astray");
        tap_ok(test->rounds_after >= ROUNDS_AFTER, "and another takes its place");
}

static void orders(void)
{
        bool ran = run(ORDERS, LONGEST_MS);
        const struct observation *o = last();

        tap_ok(ran && o->kind == OBSERVATION_CRASH && o->death.signal == SIGSEGV &&
                        o->death.address % SLOT_ORDERS == offsetof(struct slot, stop),
                "a worker cannot write its own orders: it dies of that");
        tap_ok(test->rounds_after >= ROUNDS_AFTER, "and another takes its place");
}

static void given_up(void)
{
        bool ran = run(DIES, LONGEST_MS);
        const struct observation *o = last();

        tap_ok(ran && o->kind == OBSERVATION_FAILED && o->step == STEP_AGAIN && o->error > 0,
                "a worker that always dies is given up, and that is said");
        tap_ok(observed(OBSERVATION_KILLED) + 1 == evidence.n_observations && test->struck > 2,
                "after it was started again and again, and nothing accuses its CPU");
}

static void starves(void)
{
        bool ran = false;

        /* On a busy machine it may not even have come to its stop. */
        for (uint64_t duration_ms = 2000; duration_ms < LONGEST_MS && !(ran && test->struck);
                duration_ms *= 2)
                ran = run(STOPS, duration_ms);
        tap_ok(ran && test->struck && outcome.starved && observed(OBSERVATION_STARVED) == 1 &&
                        evidence.n_observations == 1,
                "a worker that is stopped to the end starved, and that is said once");
        tap_ok(run(FINE, 100) && !outcome.starved, "the next run knows nothing of it");
}

/* A signal made it speak, but that came from us and is no fault of its own. */
static bool tells_no_fault(const struct observation *o)
{
        const struct observation_death *d = &o->death;

        return o->kind == OBSERVATION_HANG && o->unit == CHECK_UNIT_COUNT && d->instruction &&
               !(d->signal || d->code || d->address || d->trap || d->error || d->cr2);
}

static void hangs(void)
{
        tap_ok(run(LOOPS, LONGEST_MS) && observed(OBSERVATION_HANG) == 1 &&
                        observed(OBSERVATION_STARVED) + 1 == evidence.n_observations &&
                        !last()->death.by_ptrace && last()->death.n_code,
                "one that hangs says so itself when it is asked for long");
        tap_ok(tells_no_fault(last()), "and not who asked it in the place of a fault's address");
        tap_ok(run(HANGS, LONGEST_MS) && observed(OBSERVATION_HANG) == 1 && last()->death.by_ptrace,
                "one that hangs and does not answer: its registers are taken");
        tap_ok(tells_no_fault(last()), "and no signal, no fault's address, no unit");
        tap_ok(run(HANGS_DIES, LONGEST_MS) && observed(OBSERVATION_KILLED) == 1 &&
                        observed(OBSERVATION_HANG) == 0,
                "one that is killed before they could be: the run goes on, and only its death is told");
        tap_ok(test->rounds_after >= ROUNDS_AFTER, "and another takes its place");
        tap_ok(run(HANGS_ALONE, LONGEST_MS) && observed(OBSERVATION_STARVED) == 1 &&
                        evidence.n_observations == 1,
                "one that cannot be asked at all: nobody knows whether it ran, and nothing accuses its CPU");
        tap_ok(test->rounds_after >= ROUNDS_AFTER, "and another takes its place");
}

/* A virtual CPU that the hypervisor takes away. */
static void stolen(void)
{
        steals = 1;
        steal_ms = 1600;
        tap_ok(run(STOLEN, LONGEST_MS) && evidence.n_observations == 0 && test->rounds_after >= ROUNDS_AFTER,
                "one whose CPU is away for a while: it goes on, and nothing is said");
        steals = 6;
        steal_ms = 700;
        (void)run(STOLEN, LONGEST_MS);
        tap_ok(observed(OBSERVATION_STARVED) == evidence.n_observations &&
                        test->rounds_after >= ROUNDS_AFTER,
                "again and again within a round: no hang");
        steals = 1;
        steal_ms = LONGEST_MS;
        tap_ok(run(STOLEN, LONGEST_MS) && observed(OBSERVATION_STARVED) == evidence.n_observations &&
                        evidence.n_observations && test->rounds_after >= ROUNDS_AFTER,
                "for long: it starved, and another takes its place");
}

/* Of what the kernel says when it finds memory broken, and of another SIGBUS. */
static void faults(void)
{
        static const int codes[] = { BUS_MCEERR_AR, BUS_MCEERR_AO, BUS_ADRERR };

        fault_signal = SIGBUS;
        for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
                bool memory = codes[i] != BUS_ADRERR, ran;

                fault_code = codes[i];
                ran = run(FAULTS, LONGEST_MS);
                tap_ok(ran && evidence.n_observations == 1 && test->rounds_after >= ROUNDS_AFTER &&
                                last()->kind == (memory ? OBSERVATION_KILLED : OBSERVATION_CRASH) &&
                                last()->death.signal == SIGBUS && last()->death.code == codes[i],
                        memory ? "a page that the kernel found broken (%d): its worker is killed, its CPU "
                                 "not accused"
                               : "another SIGBUS (%d) accuses",
                        codes[i]);
        }
}

/* Nothing but a storm, which is to be fitted to what a round takes undisturbed. */
static void storms(void)
{
        const struct tally *quiet, *storm;

        regime = REGIME_STORM_ASYNC;
        if (!tap_ok(run(FINE, 1000) && evidence.n_observations == 0, "a storm alone: nothing is said of it"))
                return;
        quiet = evidence_tally(&evidence, (unsigned)cpu_set_next(&cpus, -1), 0, REGIME_QUIET);
        storm = evidence_tally(&evidence, (unsigned)cpu_set_next(&cpus, -1), 0, REGIME_STORM_ASYNC);
        tap_ok(storm->covered > 0 && test->adapted, "it is fitted to its rounds, of which %llu ran",
                (unsigned long long)storm->rounds);
        tap_ok(quiet->rounds == 0 && quiet->covered == 0, "what that takes is no coverage of quiet");
        regime = REGIME_QUIET;
}

static void deaths_taken(void)
{
        (void)signal(SIGCHLD, SIG_IGN);
        tap_ok(run(FINE, 100) && observed(OBSERVATION_KILLED) == 1,
                "where somebody else takes the deaths of our workers: the run ends");
        (void)signal(SIGCHLD, SIG_DFL);
}

int main(void)
{
        struct cpu_set allowed;

        (void)alarm(ENDLESS_S);
        test = mmap(NULL, sizeof(*test), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (!tap_ok(test != MAP_FAILED && cpu_set_bound(&allowed) == 0, "memory and a CPU to run on"))
                return tap_end();
        cpu_set_add(&cpus, (unsigned)cpu_set_next(&allowed, -1));
        healthy();
        goes_on();
        leaves();
        orders();
        given_up();
        starves();
        hangs();
        stolen();
        faults();
        storms();
        deaths_taken();
        evidence_free(&evidence);
        return tap_end();
}
