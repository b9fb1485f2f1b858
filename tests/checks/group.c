/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/checks/group.h"

#include <assert.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "checks/coherence.h"

#define STATE_ADDRESS ((void *)0x300000000000) /* also free where AddressSanitizer has its shadow */
#define STACK_SIZE (64 * 1024)
#define YIELD_US 60
#define CROWDED_PASSES 16 /* one of so many passes */

struct table {
        struct party_memory memory;
        _Atomic uint32_t begun, ready, ended; /* rounds; parties in all rounds */
        _Atomic uint32_t running;             /* 1 + round, for the disturber; 0 between rounds */
        bool crowded;                         /* more parties than CPUs */
        struct group_result results[PARTY_MOST];
};

static struct check_round make_round(const struct group *group, uint32_t number, unsigned party)
{
        return (struct check_round){ .seed = group->seed,
                .number = number,
                .cpu = 1,
                .party = (uint8_t)party,
                .parties = (uint8_t)group->parties };
}

static unsigned allowed_cpus(cpu_set_t *ret_allowed)
{
        assert(sched_getaffinity(0, sizeof(*ret_allowed), ret_allowed) == 0);
        return (unsigned)CPU_COUNT(ret_allowed);
}

static void pin(unsigned index)
{
        cpu_set_t allowed, one;
        unsigned n = 0;

        index %= allowed_cpus(&allowed);
        for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
                if (CPU_ISSET(cpu, &allowed) && n++ == index) {
                        CPU_ZERO(&one);
                        CPU_SET(cpu, &one);
                        assert(sched_setaffinity(0, sizeof(one), &one) == 0);
                }
}

static void on_timer(int signal)
{
        (void)signal;
        (void)sched_yield();
}

/* So that parties that share a CPU take turns, also inside their kernels. */
static void take_turns(void)
{
        struct sigaction action = { .sa_handler = on_timer, .sa_flags = SA_ONSTACK | SA_RESTART };
        stack_t stack = { .ss_sp = malloc(STACK_SIZE), .ss_size = STACK_SIZE };
        struct itimerval often = { { 0, YIELD_US }, { 0, YIELD_US } };

        assert(stack.ss_sp && sigaltstack(&stack, NULL) == 0);
        assert(sigaction(SIGALRM, &action, NULL) == 0);
        assert(setitimer(ITIMER_REAL, &often, NULL) == 0);
}

static void await(_Atomic uint32_t *word, uint32_t least)
{
        while (atomic_load(word) < least)
                (void)sched_yield();
}

static uint64_t now_ns(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void set_up(const struct group *group, const struct table *table, const struct check_round *round)
{
        struct coherence_state *state = STATE_ADDRESS;

        group->check->setup(state, round);
        if (table->crowded && group->check->family == CHECK_COHERENCE) {
                state->cycles_most = UINT64_MAX;
                state->passes /= CROWDED_PASSES;
        }
}

static void set_up_again(
        const struct group *group, const struct table *table, const struct check_round *round)
{
        static uint8_t output[CHECK_STATE_MAX];
        const struct check *check = group->check;
        uint8_t *state = STATE_ADDRESS;

        memcpy(output, state + check->output_offset, check->output_size);
        set_up(group, table, round);
        memcpy(state + check->output_offset, output, check->output_size);
}

static void run_round(const struct group *group, struct table *table, uint32_t number, unsigned party)
{
        struct check_round round = make_round(group, number, party);
        struct group_result *result = &table->results[party];
        const struct check *check = group->check;
        uint64_t begin;

        set_up(group, table, &round);
        atomic_fetch_add(&table->ready, 1);
        await(&table->ready, (number + 1) * group->parties);
        begin = now_ns();
        if (group->run)
                group->run(check, STATE_ADDRESS, &round);
        else
                check->run(STATE_ADDRESS);
        result->run_ns = now_ns() - begin;
        result->fate = table->memory.line[party].fate;
        if (group->again)
                set_up_again(group, table, &round);
        result->found = check->verify(STATE_ADDRESS, &result->mismatch);
}

static _Noreturn void be_party(const struct group *group, struct table *table, unsigned party)
{
        pin(party);
        assert(mmap(STATE_ADDRESS, CHECK_STATE_MAX, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == STATE_ADDRESS);
        if (table->crowded)
                take_turns();
        for (uint32_t number = 0; number < group->rounds; number++) {
                await(&table->begun, number + 1);
                run_round(group, table, number, party);
                atomic_fetch_add(&table->ended, 1);
        }
        for (;;)
                (void)pause(); /* whoever ends has died */
}

static _Noreturn void be_disturber(const struct group *group, struct table *table)
{
        for (;;) {
                uint32_t running = atomic_load(&table->running);
                struct check_round round = make_round(group, running - 1, 0);

                if (running)
                        group->disturb(&table->memory, &round);
                else
                        (void)sched_yield();
        }
}

static pid_t start(const struct group *group, struct table *table, unsigned index)
{
        pid_t pid = fork();

        assert(pid >= 0);
        if (pid > 0)
                return pid;
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        registers_use(group->features);
        party_shared = &table->memory;
        if (index == group->parties)
                be_disturber(group, table);
        be_party(group, table, index);
}

static bool all_right(const struct group *group, const struct table *table)
{
        for (unsigned party = 0; party < group->parties; party++)
                if (table->results[party].fate != PARTY_DONE || table->results[party].found != CHECK_EQUAL)
                        return false;
        return true;
}

/* One round, and where a party has died instead, the end. */
static bool one_round(const struct group *group, struct table *table, uint32_t number)
{
        struct check_round round = make_round(group, number, 0);
        int status;

        group->check->share(&table->memory, &round);
        atomic_store(&table->running, number + 1);
        atomic_store(&table->begun, number + 1);
        while (atomic_load(&table->ended) < (number + 1) * group->parties) {
                if (waitpid(-1, &status, WNOHANG) > 0)
                        return false;
                (void)sched_yield();
        }
        atomic_store(&table->running, 0);
        return true;
}

uint32_t group_run(const struct group *group)
{
        struct table *table =
                mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        unsigned processes = group->parties + (group->disturb ? 1 : 0);
        pid_t pids[PARTY_MOST + 1];
        uint32_t right = 0;
        bool more = true;

        assert(table != MAP_FAILED && group->parties <= PARTY_MOST);
        table->crowded = group->parties > allowed_cpus(&(cpu_set_t){ 0 });
        for (unsigned i = 0; i < processes; i++)
                pids[i] = start(group, table, i);
        for (uint32_t number = 0; more && number < group->rounds; number++) {
                struct check_round round = make_round(group, number, 0);

                more = one_round(group, table, number);
                right += more && all_right(group, table);
                if (more && group->each)
                        more = group->each(&round, table->results, group->user);
        }
        for (unsigned i = 0; i < processes; i++)
                (void)kill(pids[i], SIGKILL);
        for (unsigned i = 0; i < processes; i++)
                (void)waitpid(pids[i], NULL, 0);
        (void)munmap(table, sizeof(*table));
        return right;
}
