/* SPDX-License-Identifier: Apache-2.0 */
/* The life and death of workers, as the supervisor sees it: one that leaves, dies or stops where it should not is never
 * taken for one that has done its work, and every run ends. With a check of this test's own, run by real workers. */
#include "agent/supervisor.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
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
#define ENDLESS_S 600 /* of the whole test: a run that never ends */

enum mode {
        FINE,
        LEAVES, /* as one that was told to stop */
        ORDERS, /* itself to stop, by a wild store */
        DIES,
        STOPS,
        HANGS,
        HANGS_ANSWERS, /* and tells its registers itself */
        HANGS_DIES,    /* and dies as soon as it is looked at */
};

/* Shared with the workers. */
static struct {
        enum mode mode;
        _Atomic uint32_t struck, rounds_after;
} * test;

/* ---- a check that does what the test wants ---- */

static void wild_setup(void *state, const struct check_round *round)
{
        *(uint32_t *)state = round->number;
}

static void hang(void)
{
        sigset_t dump;

        (void)sigemptyset(&dump);
        (void)sigaddset(&dump, HANDLER_DUMP_SIGNAL);
        if (test->mode != HANGS_ANSWERS)
                (void)sigprocmask(SIG_BLOCK, &dump, NULL);
        for (;;)
                __asm__ volatile("pause");
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
        default:
                hang();
        }
}

/* Once, after the first pass; what dies does so always, and what stops at once. */
static void wild_run(void *state)
{
        bool due = *(uint32_t *)state > CYCLE && !test->struck;

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

/* ---- ptrace, before which a worker may die ---- */

long __real_ptrace(int request, pid_t pid, void *address, void *data);
long __wrap_ptrace(int request, pid_t pid, void *address, void *data);

long __wrap_ptrace(int request, pid_t pid, void *address, void *data)
{
        siginfo_t info;

        if (request != PTRACE_INTERRUPT || test->mode != HANGS_DIES)
                return __real_ptrace(request, pid, address, data);
        (void)kill(pid, SIGKILL);
        return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | __WALL);
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
        if (!first_shown.n_cpus) {
                first_shown = *progress;
                first_cpu = progress->cpus[0];
        }
        enough = test->mode != DIES && test->rounds_after >= ROUNDS_AFTER;
}

/* After runs that took `before_ms`, and whose evidence is kept. */
static bool go_on(enum mode mode, uint64_t duration_ms, uint64_t before_ms)
{
        static const struct plan_item item = { .first = true };
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
        tap_ok(run(STOPS, 2000) && outcome.starved && observed(OBSERVATION_STARVED) == 1 &&
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
        tap_ok(run(HANGS, LONGEST_MS) && observed(OBSERVATION_HANG) == 1 && last()->death.by_ptrace,
                "one that hangs and does not answer: its registers are taken");
        tap_ok(tells_no_fault(last()), "and no signal, no fault's address, no unit");
        tap_ok(run(HANGS_ANSWERS, LONGEST_MS) && observed(OBSERVATION_HANG) == 1 && !last()->death.by_ptrace,
                "one that hangs and answers: it tells them itself");
        tap_ok(tells_no_fault(last()), "and not who asked it in the place of a fault's address");
        tap_ok(run(HANGS_DIES, LONGEST_MS) && observed(OBSERVATION_KILLED) == 1 &&
                        observed(OBSERVATION_HANG) == 0,
                "one that is killed before they could be: the run goes on, and only its death is told");
        tap_ok(test->rounds_after >= ROUNDS_AFTER, "and another takes its place");
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
        deaths_taken();
        evidence_free(&evidence);
        return tap_end();
}
