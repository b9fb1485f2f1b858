/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/futex.h>

#include "agent/handler.h"
#include "agent/regime.h"
#include "agent/rounds.h"
#include "agent/stress.h"
#include "base/clock.h"
#include "base/random.h"
#include "checks/registers.h"

#define SLICE_NS (20 * CLOCK_MS)        /* of an item after the first pass */
#define QUIET_SERIES_NS (20 * CLOCK_MS) /* of an item in the first pass */
#define TIMED_ROUNDS 4                  /* some are shorter than others */
#define REFUSED_NAP_NS (10 * CLOCK_MS)  /* after a pass in which nothing could run */

struct loop {
        const struct worker *worker;
        struct slot *slot;
        struct rounds rounds;
        uint32_t number;                /* of the next round */
        uint16_t order[PLAN_ITEMS_MAX]; /* of the items in this pass */
        bool refused[PLAN_ITEMS_MAX];   /* said of the item: the system refused what it needs */
};

static struct loop loop; /* one a process: too large for a stack */

static bool told_to_stop(void)
{
        return atomic_load_explicit(&loop.slot->stop, memory_order_relaxed);
}

/* ---- series, passes ---- */

static struct check_round next_round(void)
{
        const struct worker *w = loop.worker;
        struct check_round round = {
                .seed = w->run->seed, .number = loop.number++, .cpu = (uint16_t)w->cpu, .process = w->process
        };

        return w->run->round ? *w->run->round : round;
}

/* True while a series of rounds has not done what it is for: in the first pass to use every operand (quiet) or to
 * see its events, later to fill a slice, and to see its events too. */
static bool series_goes_on(const struct slot_current *now, bool first, bool covered, uint64_t rounds,
        uint64_t events, uint64_t age)
{
        bool quiet = now->regime == REGIME_QUIET;
        bool partners_late = check_list[now->check]->parties && !covered && age < REGIME_SERIES_NS;

        if (told_to_stop() || (check_list[now->check]->parties && meeting_hopeless(&loop.rounds.meeting)))
                return false;
        if (first && quiet)
                return partners_late || (rounds < check_list[now->check]->cycle && age < QUIET_SERIES_NS);
        if (!first && age < SLICE_NS * (1 + (uint64_t)loop.worker->run->items[now->item].weight))
                return true;
        return !quiet && events < regime_events_wanted(now->regime, check_list[now->check]) &&
               age < REGIME_SERIES_NS;
}

/* Where no quiet round of the check has run yet the storm could not be fitted to it. */
static void time_quiet(const struct slot_current *now)
{
        struct slot_current quiet = *now;

        quiet.regime = REGIME_QUIET;
        for (unsigned i = 0; i < TIMED_ROUNDS; i++) {
                quiet.round = next_round();
                rounds_time(&loop.rounds, &quiet);
        }
        loop.slot->current = *now; /* of which a death while arming is */
}

/* Readies the check and the regime of a series. */
static int arm(const struct slot_current *now, enum observation_step *ret_step)
{
        const struct check *check = check_list[now->check];
        int r = check_prepare(check);

        *ret_step = r < 0 ? STEP_CHECK : STEP_REGIME;
        if (r == 0 && now->regime == REGIME_STORM_ASYNC && !check->parties &&
                !loop.rounds.quiet_ns[now->check])
                time_quiet(now);
        return r < 0 ? r : regime_arm(loop.worker, now->regime, check);
}

/* A plan is run once undisturbed, whatever was asked for: what fails there fails of itself. An experiment repeats what
 * loaded its subject. */
static enum stress choose_stress(uint64_t turn, bool first)
{
        const struct supervisor_run *run = loop.worker->run;

        return first && run->experiment == EXPERIMENT_NONE ? STRESS_NONE : stress_choose(run->stress, turn);
}

/* Returns false where the system refused what the item needs: tried again in each pass, and said once. */
static bool run_series(uint32_t item, uint64_t turn, bool first)
{
        const struct supervisor_run *run = loop.worker->run;
        const struct plan_item *what = &run->items[item];
        struct slot_current now = { .check = what->check,
                .regime = what->regime,
                .stress = choose_stress(turn, first),
                .item = item };
        struct tally *tally = &loop.slot->tallies[now.check][now.regime];
        uint64_t start = clock_ns(CLOCK_MONOTONIC), rounds = 0, events = 0;
        enum observation_step step;
        int r;

        loop.slot->current = now; /* a death while arming is this item's */
        r = arm(&now, &step);
        if (r < 0 && !loop.refused[item])
                rounds_refused(&loop.rounds, &now, -r, step);
        loop.refused[item] |= r < 0;
        while (r == 0 && (!rounds || series_goes_on(&now, first, tally->covered > 0, rounds, events,
                                             clock_ns(CLOCK_MONOTONIC) - start))) {
                now.round = next_round();
                events += rounds_run(&loop.rounds, &now, tally);
                rounds++;
        }
        regime_disarm(loop.worker, now.regime);
        return r == 0;
}

/* An order of the items that differs with each pass and CPU: a shuffle (Fisher and Yates) of `order`. */
static void shuffle(uint16_t *order, uint32_t n, uint32_t pass)
{
        uint64_t state = loop.worker->run->seed + ((uint64_t)loop.worker->cpu << 32 | pass);

        for (uint32_t i = 0; i < n; i++)
                order[i] = (uint16_t)i;
        for (uint32_t i = n; i > 1; i--) {
                uint32_t other = (uint32_t)(random_next(&state) % i);
                uint16_t swapped = order[i - 1];

                order[i - 1] = order[other];
                order[other] = swapped;
        }
}

/* What the first pass missed: the scheduler gave no switch in time, or the worker died there. */
static void run_uncovered(void)
{
        const struct supervisor_run *run = loop.worker->run;

        for (uint32_t i = 0; i < run->n_items && !told_to_stop(); i++)
                if (!loop.slot->tallies[run->items[i].check][run->items[i].regime].covered)
                        (void)run_series(i, 0, true);
}

static void run_items(void)
{
        const struct supervisor_run *run = loop.worker->run;
        uint32_t n = (uint32_t)run->n_items;

        for (uint32_t i = loop.worker->first_item; i < n && !told_to_stop(); i++)
                (void)run_series(i, 0, true);
        atomic_fetch_add(&loop.slot->passes, 1);
        run_uncovered();
        for (uint32_t pass = 1; !run->once && !told_to_stop(); pass++) {
                bool any = false;

                run_uncovered();
                shuffle(loop.order, n, pass);
                for (uint32_t i = 0; i < n && !told_to_stop(); i++)
                        any |= run_series(loop.order[i], pass + i, false);
                if (!any)
                        (void)nanosleep(&(struct timespec){ .tv_nsec = REFUSED_NAP_NS }, NULL);
                atomic_fetch_add(&loop.slot->passes, 1);
        }
}

/* A round that is no coverage (its partners did not come, or it may have run elsewhere) is tried again, once on average.
 * One that has run so often, but never with an event of its regime, goes on for as long as a series would. */
static bool times_left(const struct tally *tally, uint64_t tries, uint64_t age)
{
        uint64_t times = loop.worker->run->times;

        return !times || (tally->rounds < times && tries < 2 * times) ||
               (!tally->covered && age < REGIME_SERIES_NS);
}

/* Exactly one round, again and again. */
static void run_times(void)
{
        const struct supervisor_run *run = loop.worker->run;
        struct slot_current now = { .check = run->items[0].check,
                .regime = run->items[0].regime,
                .stress = stress_choose(run->stress, 0),
                .round = *run->round };
        struct tally *tally = &loop.slot->tallies[now.check][now.regime];
        uint64_t start = clock_ns(CLOCK_MONOTONIC);
        enum observation_step step;
        int r;

        loop.slot->current = now;
        r = arm(&now, &step);
        if (r < 0) {
                rounds_refused(&loop.rounds, &now, -r, step);
                _exit(WORKER_FAILED);
        }
        for (uint64_t tries = 0;
                times_left(tally, tries, clock_ns(CLOCK_MONOTONIC) - start) && !told_to_stop(); tries++)
                (void)rounds_run(&loop.rounds, &now, tally);
        regime_disarm(loop.worker, now.regime);
        atomic_fetch_add(&loop.slot->passes, 1);
}

/* What others that are not through ask of a worker that is. */
static void serve(void)
{
        static const struct timespec moment = { 0, 50000 };

        while (!told_to_stop() && meeting_needed(&loop.rounds.meeting)) {
                rounds_answer(&loop.rounds);
                (void)nanosleep(&moment, NULL);
        }
}

/* The competitor of a worker: sleeps until its regime wants it, then runs rounds of the same check that hold
 * other values. It naps between them: one that wakes takes the CPU from one that has run, so a switch is forced
 * with every round instead of at every end of a time slice. */
static void run_crowd(void)
{
        static const struct timespec moment = { 0, 50000 };
        struct slot *main_slot = loop.worker->crowd;

        while (!told_to_stop()) {
                uint32_t crowd = atomic_load(&main_slot->crowd);
                struct slot_current now = { .check = crowd - 1, .regime = REGIME_CROWD };

                if (crowd == 0 || crowd > loop.worker->n_checks) {
                        struct timespec while_idle = { 0, 50 * (long)CLOCK_MS };

                        (void)syscall(SYS_futex, &main_slot->crowd, FUTEX_WAIT, 0, &while_idle, NULL, 0);
                        continue;
                }
                now.round = next_round();
                now.round.process = loop.worker->process;
                if (check_prepare(check_list[now.check]) == 0)
                        (void)rounds_run(&loop.rounds, &now, &loop.slot->tallies[now.check][REGIME_CROWD]);
                (void)nanosleep(&moment, NULL);
        }
}

/* Where memory runs out a worker goes, and not the supervisor, who has the evidence (proc(5), oom_score_adj). */
static void prefer_to_die(void)
{
        int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

        if (fd < 0)
                return;
        (void)!write(fd, "1000", 4);
        (void)close(fd);
}

static int settle(const struct worker *worker)
{
        char name[16];

        prefer_to_die();
        /* What a death has to tell lies in the ring: no core file beside it. */
        (void)setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
        (void)snprintf(name, sizeof(name), worker->process ? "assay-c%u" : "assay-w%u", worker->cpu);
        (void)prctl(PR_SET_NAME, name);
        /* Whoever started us nicer meant it, and only root may take that back. */
        if (worker->run->nice > getpriority(PRIO_PROCESS, 0) &&
                setpriority(PRIO_PROCESS, 0, worker->run->nice) < 0)
                return -errno;
        return cpu_set_bind_one(worker->cpu);
}

_Noreturn void worker_main(const struct worker *worker)
{
        int r;

        loop.worker = worker;
        loop.slot = worker->slot;
        loop.number = worker->first_number;
        rounds_begin(&loop.rounds, worker);
        atomic_store(&loop.slot->in_run, 0);
        r = settle(worker);
        if (r < 0)
                rounds_fail(&loop.rounds, -r, STEP_PIN, r == -EINVAL ? WORKER_LOST : WORKER_FAILED,
                        r == -EINVAL ? OBSERVATION_LOST : OBSERVATION_FAILED);
        r = handler_setup(loop.slot);
        if (r == 0)
                r = handler_stack(false);
        if (r < 0)
                rounds_fail(&loop.rounds, -r, STEP_SIGNALS, WORKER_FAILED, OBSERVATION_FAILED);
        registers_use(worker->run->features);
        atomic_store(&loop.slot->ready, 1);
        if (worker->crowd)
                run_crowd();
        else if (worker->run->round)
                run_times();
        else
                run_items();
        serve();
        _exit(WORKER_DONE);
}
