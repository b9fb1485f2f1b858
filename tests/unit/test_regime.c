/* SPDX-License-Identifier: Apache-2.0 */
/* The storm of a timer ends by itself: signals that come faster than they are handled leave a round its time. It is fitted
 * to how long a round takes, within bounds. And a trap of the regime `step` is no death, whatever code it comes with. */
#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/handler.h"
#include "agent/regime.h"
#include "base/array.h"
#include "checks/registers.h"
#include "tests/tap.h"

#define ENDLESS_S 60

static struct supervisor_run run;
static struct worker worker;
static struct observation scratch;

/* Runs a round of the check in a storm whose signals come every `interval_ns`. Returns how many did. */
static uint64_t storm(const struct check *check, uint64_t interval_ns)
{
        static const struct check_round round = { .seed = 7, .number = 3 };
        uint8_t *state = worker.slot->state[0];
        struct check_mismatch mismatch;
        uint64_t events;

        assert(check_prepare(check) == 0);
        check->setup(state, &round);
        assert(regime_arm(&worker, REGIME_STORM_ASYNC, check) == 0);
        handler_state.interval_ns = interval_ns;
        events = regime_run(&worker, REGIME_STORM_ASYNC, check, state);
        regime_disarm(&worker, REGIME_STORM_ASYNC);
        return check->verify(state, &mismatch) == CHECK_EQUAL ? events : 0;
}

static void outrun(isa_set features)
{
        static const char *const names[] = { "branch_loop_general", "cache_pattern_sse41",
                "integer_multiply" };

        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                const struct check *check = check_find(names[i]);
                uint64_t events;

                if (check->needs & ~features) {
                        tap_skip(names[i], "this CPU lacks what it needs");
                        continue;
                }
                events = storm(check, 1);
                tap_ok(events > 0, "%s ends in a storm without a pause, after %llu signals", names[i],
                        (unsigned long long)events);
        }
}

/* The interval after many rounds that took `run_ns`, where undisturbed they take `quiet_ns`. */
static uint64_t fitted(uint64_t run_ns, uint64_t quiet_ns)
{
        handler_state.interval_ns = 20000;
        for (unsigned i = 0; i < 100; i++)
                regime_adapt(run_ns, quiet_ns, false);
        return handler_state.interval_ns;
}

static void fits(void)
{
        uint64_t least = fitted(100000, 100000), most = fitted(1000000, 100000);

        tap_ok(least >= 8000 && least <= 10000, "a storm that hardly disturbs grows denser, to %llu ns",
                (unsigned long long)least);
        tap_ok(most >= 500000 && most <= 1000000, "one that leaves no time grows thinner, to %llu ns",
                (unsigned long long)most);
        tap_ok(fitted(100000, 35000) == 20000, "one that fits stays as it is");
        tap_ok(fitted(100000, 0) == 20000, "and one of which nothing is known");
}

/* ---- the codes of a trap ---- */

static int trap_code;

static void trap_run(void *state)
{
        siginfo_t info = { .si_signo = SIGTRAP, .si_code = trap_code };

        (void)state;
        (void)syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), SIGTRAP, &info);
}

/* Runs a round in which a trap with that code comes. Returns whether the worker lives. */
static bool survives(enum regime regime, int code)
{
        static const struct check check = { .name = "trap", .run = trap_run };
        pid_t child = fork();
        int status;

        if (child == 0) {
                trap_code = code;
                (void)regime_run(&worker, regime, &check, worker.slot->state[0]);
                _exit(0);
        }
        assert(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
        assert(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == WORKER_RECORDED);
        return WEXITSTATUS(status) == 0;
}

static void traps(void)
{
        static const int codes[] = { TRAP_TRACE, TRAP_BRKPT, TRAP_HWBKPT };

        for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
                tap_ok(survives(REGIME_STEP, codes[i]), "a trap with code %d while stepping is a step",
                        codes[i]);
                tap_ok(!survives(REGIME_QUIET, codes[i]), "and a death where nobody steps");
        }
        tap_ok(!survives(REGIME_STEP, SI_KERNEL), "a breakpoint instruction is a death while stepping too");
}

int main(void)
{
        isa_set features = isa_read();
        sigset_t alarms;

        worker.run = &run;
        worker.slot = mmap((void *)SLOT_ADDRESS(0), sizeof(struct slot), PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        assert(worker.slot != MAP_FAILED);
        handler_state.scratch = &scratch;
        assert(handler_setup(worker.slot) == 0 && handler_stack(false) == 0);
        (void)sigemptyset(&alarms);
        (void)sigaddset(&alarms, SIGALRM); /* which workers block */
        (void)sigprocmask(SIG_UNBLOCK, &alarms, NULL);
        (void)alarm(ENDLESS_S);
        registers_use(features);
        outrun(features);
        fits();
        traps();
        return tap_end();
}
