/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of the stack: right in quiet and under a storm of signals; a %rsp that is moved by eight, or a
 * word at the top of the stack that changes, at a random moment inside a kernel ends as a mismatch or a
 * crash. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "checks/registers.h"
#include "checks/stack.h"
#include "tests/tap.h"

#define FAULTS 60        /* of a kind for a check */
#define SHARE 90         /* per cent of them that must be noticed: %rsp may be about to be loaded */
#define PATIENCE_MS 2000 /* a child that has not ended by then hangs, which a supervisor notices too */

/* What a child and its tracer share. */
static struct shared {
        atomic_bool go, inside, planted;
} * shared;

static _Alignas(CHECK_ALIGN) struct stack_state state;
static volatile sig_atomic_t signals;

static void on_signal(int number)
{
        (void)number;
        signals++;
}

static int round_of(const struct check *check, uint32_t number, struct check_mismatch *ret_mismatch)
{
        const struct check_round round = { .seed = 1, .number = number, .cpu = 3 };

        check->setup(&state, &round);
        atomic_store(&shared->inside, true);
        check->run(&state);
        atomic_store(&shared->inside, false);
        return check->verify(&state, ret_mismatch);
}

static bool right(const struct check *check, int result)
{
        return result == CHECK_EQUAL || (check->erratum && result == CHECK_ERRATUM_SEEN);
}

/* Returns how many rounds of a cycle are wrong. */
static uint32_t wrong_rounds(const struct check *check)
{
        struct check_mismatch mismatch;
        uint32_t wrong = 0;

        for (uint32_t number = 0; number < check->cycle; number++)
                wrong += !right(check, round_of(check, number, &mismatch));
        return wrong;
}

static void test_storm(const struct check *check)
{
        const struct itimerval storm = { .it_interval.tv_usec = 50, .it_value.tv_usec = 50 }, calm = { 0 };
        uint32_t wrong;

        signals = 0;
        (void)setitimer(ITIMER_REAL, &storm, NULL);
        wrong = wrong_rounds(check);
        (void)setitimer(ITIMER_REAL, &calm, NULL);
        tap_ok(wrong == 0 && signals > 0, "%s: %u of %u rounds wrong under %d signals", check->name, wrong,
                check->cycle, (int)signals);
}

/* Runs rounds until a fault has been planted in one of them, and exits with the result of that one. */
static void child(const struct check *check)
{
        struct check_mismatch mismatch;
        int result;

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (!atomic_load(&shared->go))
                ;
        for (uint32_t number = 0;; number++) {
                result = round_of(check, number, &mismatch);
                if (!right(check, result) || atomic_load(&shared->planted))
                        _exit(right(check, result) ? 0 : 1);
        }
}

static void sleep_ns(uint64_t ns)
{
        const struct timespec time = { .tv_sec = (time_t)(ns / 1000000000),
                .tv_nsec = (long)(ns % 1000000000) };

        (void)nanosleep(&time, NULL);
}

/* Stops the child at a random moment at which its %rsp lies in the state. Returns whether it could. */
static bool stop_inside(pid_t pid, uint64_t *random, struct user_regs_struct *ret_registers)
{
        uintptr_t low = (uintptr_t)state.memory, high = low + sizeof(state.memory);

        for (int tries = 0; tries < 200; tries++) {
                int status;

                sleep_ns(20000 + random_next(random) % 600000);
                if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) || waitpid(pid, &status, 0) != pid ||
                        !WIFSTOPPED(status) || ptrace(PTRACE_GETREGS, pid, NULL, ret_registers))
                        return false;
                if (atomic_load(&shared->inside) && ret_registers->rsp >= low && ret_registers->rsp < high)
                        return true;
                if (ptrace(PTRACE_CONT, pid, NULL, NULL))
                        return false;
        }
        return false;
}

enum fault { FAULT_POINTER, FAULT_WORD, FAULT_COUNT };
static const char *const fault_names[FAULT_COUNT] = { "%rsp moved by eight", "the word at %rsp changed" };

static bool plant(pid_t pid, enum fault fault, uint64_t *random, struct user_regs_struct *registers)
{
        uint64_t draw = random_next(random);
        long word;

        atomic_store(&shared->planted, true);
        if (fault == FAULT_POINTER) {
                registers->rsp += draw & 1 ? 8 : -8ULL;
                return ptrace(PTRACE_SETREGS, pid, NULL, registers) == 0;
        }
        errno = 0;
        word = ptrace(PTRACE_PEEKDATA, pid, registers->rsp, NULL);
        return errno == 0 && ptrace(PTRACE_POKEDATA, pid, registers->rsp,
                                     (long)((uint64_t)word ^ UINT64_C(1) << draw % 64)) == 0;
}

/* Waits for the end of a child that has been let go. Returns whether anything showed: a mismatch, a fatal
 * signal, no end. */
static bool noticed(pid_t pid)
{
        int status;

        for (int ms = 0; ms < PATIENCE_MS; ms++) {
                pid_t ended = waitpid(pid, &status, WNOHANG);

                if (ended == pid)
                        return WIFSIGNALED(status) || WEXITSTATUS(status) == 1;
                sleep_ns(1000000);
        }
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, &status, 0);
        return true;
}

/* One fault in one child: 1 noticed, 0 not, -1 could not be planted. */
static int try_fault(const struct check *check, enum fault fault, uint64_t *random)
{
        struct user_regs_struct registers;
        pid_t pid;
        int status;

        memset(shared, 0, sizeof(*shared));
        pid = fork();
        if (pid == 0)
                child(check);
        if (pid < 0)
                return -1;
        if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0) {
                atomic_store(&shared->go, true);
                if (stop_inside(pid, random, &registers) && plant(pid, fault, random, &registers) &&
                        ptrace(PTRACE_DETACH, pid, NULL, NULL) == 0)
                        return noticed(pid);
        }
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, &status, 0);
        return -1;
}

static void test_faults(const struct check *check, enum fault fault, uint64_t *random)
{
        int planted = 0, seen = 0;

        for (int i = 0; i < FAULTS; i++) {
                int result = try_fault(check, fault, random);

                planted += result >= 0;
                seen += result > 0;
        }
        if (planted == 0) {
                tap_skip(check->name, "no child could be traced (ptrace is forbidden here)");
                return;
        }
        tap_ok(planted >= FAULTS / 2 && seen * 100 >= SHARE * planted, "%s: %s, %d of %d noticed",
                check->name, fault_names[fault], seen, planted);
}

static void test_check(const struct check *check, uint64_t *random)
{
        uint32_t wrong = wrong_rounds(check);

        tap_ok(wrong == 0, "%s: %u of %u rounds wrong in quiet", check->name, wrong, check->cycle);
        test_storm(check);
        test_faults(check, FAULT_POINTER, random);
        /* In these two the word at %rsp is always read again; in the others it may be one that was popped
         * off. */
        if (strcmp(check->name, "stack_call") == 0 || strcmp(check->name, "stack_enter") == 0)
                test_faults(check, FAULT_WORD, random);
}

int main(void)
{
        static uint8_t stack[64 * 1024];
        const stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
        const struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_ONSTACK | SA_RESTART };
        uint64_t random = tap_seed(0x57acc);
        isa_set features = isa_read();

        registers_use(features);
        shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (shared == MAP_FAILED || sigaltstack(&alternate, NULL) || sigaction(SIGALRM, &action, NULL))
                return 1;
        for (const struct check *const *c = check_list; *c; c++) {
                if ((*c)->family != CHECK_STACK)
                        continue;
                if ((*c)->needs & ~features)
                        tap_skip((*c)->name, "this CPU lacks what it needs");
                else
                        test_check(*c, &random);
        }
        return tap_end();
}
