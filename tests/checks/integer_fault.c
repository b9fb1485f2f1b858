/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/checks/integer_fault.h"

#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"

#define XSAVE_MAX 16384
#define STEPS 200    /* to find an instruction that changes a register */
#define ATTEMPTS 400 /* to stop inside a kernel */
#define HANG_MS 2000

extern const char registers_load[], registers_store[], registers_event_none[];

/* What parent and child share. */
struct shared {
        volatile uint32_t inside; /* 1: in run */
        volatile uint32_t rounds; /* verified */
        volatile uint32_t wrong;  /* of these, with a mismatch */
};

struct machine {
        struct user_regs_struct general;
        alignas(64) uint8_t xsave[XSAVE_MAX];
        size_t xsave_size;
};

static _Noreturn void child_loop(const struct check *check, struct shared *shared, uint32_t number)
{
        void *state = aligned_alloc(
                CHECK_ALIGN, (check->state_size + CHECK_ALIGN - 1) / CHECK_ALIGN * CHECK_ALIGN);

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;; number++) {
                const struct check_round round = { .seed = 1, .number = number };
                struct check_mismatch mismatch;
                int wrong;

                check->setup(state, &round);
                shared->inside = 1;
                check->run(state);
                shared->inside = 0;
                wrong = check->verify(state, &mismatch);
                shared->wrong += wrong != 0;
                shared->rounds++;
        }
}

static void sleep_us(uint64_t us)
{
        const struct timespec time = { .tv_sec = (time_t)(us / 1000000),
                .tv_nsec = (long)(us % 1000000 * 1000) };

        (void)nanosleep(&time, NULL);
}

static void machine_read(pid_t child, struct machine *machine)
{
        struct iovec vector = { machine->xsave, sizeof(machine->xsave) };

        (void)ptrace(PTRACE_GETREGS, child, 0, &machine->general);
        (void)ptrace(PTRACE_GETREGSET, child, NT_X86_XSTATE, &vector);
        machine->xsave_size = vector.iov_len;
}

static bool stop(pid_t child)
{
        int status;

        (void)ptrace(PTRACE_INTERRUPT, child, 0, 0);
        return waitpid(child, &status, __WALL) == child && WIFSTOPPED(status);
}

static bool step(pid_t child)
{
        int status;

        (void)ptrace(PTRACE_SINGLESTEP, child, 0, 0);
        return waitpid(child, &status, __WALL) == child && WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP;
}

/* The kernels' common entry and exit compute nothing: a fault there is no result of an instruction under
 * test. */
static bool in_kernel(const struct shared *shared, const struct machine *machine)
{
        uintptr_t at = machine->general.rip;

        return shared->inside && !(at >= (uintptr_t)registers_load && at < (uintptr_t)registers_event_none);
}

/* movdqa, movdqu and their wider forms (opcode 6F of the map 0F; Intel SDM volume 2, 2.3 and 2.7 for the
 * prefixes). A move carries what the next instruction may not read (sha1nexte reads one word of four,
 * pclmulqdq one half): a wrong bit there is no wrong result of a unit under test. */
static bool is_vector_move(const uint8_t *code)
{
        if (*code == 0xc5)
                return code[2] == 0x6f;
        if (*code == 0x62)
                return (code[1] & 7) == 1 && code[4] == 0x6f;
        if (*code == 0xc4)
                return (code[1] & 31) == 1 && code[3] == 0x6f;
        code += *code == 0x66 || *code == 0xf3;
        code += (*code & 0xf0) == 0x40;
        return code[0] == 0x0f && code[1] == 0x6f;
}

/* The general registers that a step changed, as a mask of words of user_regs_struct: the first fifteen are
 * all but rsp. */
static uint32_t general_changed(const struct machine *before, const struct machine *after)
{
        const unsigned long *a = (const unsigned long *)&before->general;
        const unsigned long *b = (const unsigned long *)&after->general;
        uint32_t mask = 0;

        for (unsigned i = 0; i < 15; i++)
                if (a[i] != b[i])
                        mask |= UINT32_C(1) << i;
        return mask;
}

/* The first byte of a vector register that differs: XMM in the legacy area, what lies beyond it in the
 * extended components. 0: none. The header (512 to 575) is no register. */
static size_t vector_changed(const struct machine *before, const struct machine *after)
{
        for (size_t i = 160; i < after->xsave_size; i++)
                if ((i < 416 || i >= 576) && before->xsave[i] != after->xsave[i])
                        return i;
        return 0;
}

/* Flips one bit of a register that the step changed. Returns whether there was one. */
static bool flip(pid_t child, const struct machine *before, struct machine *after, uint64_t *random)
{
        uint32_t mask = general_changed(before, after);
        size_t byte = vector_changed(before, after);
        struct iovec vector = { after->xsave, after->xsave_size };

        if (mask) {
                unsigned long *word = (unsigned long *)&after->general + __builtin_ctz(mask);

                *word ^= 1ul << random_next(random) % 64;
                return ptrace(PTRACE_SETREGS, child, 0, &after->general) == 0;
        }
        if (!byte)
                return false;
        byte = byte / 16 * 16 + random_next(random) % 16;
        after->xsave[byte] ^= (uint8_t)(1u << random_next(random) % 8);
        return ptrace(PTRACE_SETREGSET, child, NT_X86_XSTATE, &vector) == 0;
}

/* Steps until an instruction inside the kernel changes a register, and spoils it. Returns where, or 0. */
static uintptr_t spoil(pid_t child, const struct shared *shared, uint64_t *random)
{
        static struct machine before, after;

        machine_read(child, &before);
        for (int i = 0; i < STEPS && in_kernel(shared, &before); i++) {
                if (!step(child))
                        return 0;
                machine_read(child, &after);
                if (in_kernel(shared, &after) && !is_vector_move((const uint8_t *)before.general.rip) &&
                        flip(child, &before, &after, random))
                        return before.general.rip;
                before = after;
        }
        return 0;
}

/* Waits for the end of the round. Returns 1: mismatch; 2: crash or hang, the child is gone; 0: nothing
 * noticed. */
static int outcome(pid_t child, const struct shared *shared, uint32_t rounds, uint32_t wrong)
{
        int status;

        (void)ptrace(PTRACE_CONT, child, 0, 0);
        for (int ms = 0; ms < 10 * HANG_MS; ms++) {
                if (waitpid(child, &status, __WALL | WNOHANG) == child)
                        break;
                if (shared->rounds != rounds)
                        return shared->wrong != wrong;
                sleep_us(100);
        }
        (void)kill(child, SIGKILL);
        (void)waitpid(child, &status, __WALL);
        return 2;
}

static void show_unnoticed(const struct check *check, uintptr_t at)
{
        const uint8_t *code = (const uint8_t *)at;

        printf("# %s: not noticed at %#lx:", check->name, (unsigned long)at);
        for (int i = 0; i < 12; i++)
                printf(" %02x", code[i]);
        putchar('\n');
}

static pid_t start(const struct check *check, struct shared *shared, uint64_t *random)
{
        uint32_t number = (uint32_t)random_next(random) % 1024;
        pid_t child;

        (void)fflush(stdout);
        child = fork();
        if (child == 0)
                child_loop(check, shared, number);
        if (child < 0 || ptrace(PTRACE_SEIZE, child, 0, 0) < 0) {
                perror("integer_fault: cannot trace a child");
                exit(99);
        }
        return child;
}

void integer_fault_inject(
        const struct check *check, int faults, uint64_t *random, struct integer_fault_count *ret_count)
{
        struct shared *shared =
                mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        struct integer_fault_count count = { 0, 0, 0 };
        pid_t child = start(check, shared, random);

        for (int attempt = 0; attempt < ATTEMPTS && count.injected < faults; attempt++) {
                uint32_t rounds, wrong;
                uintptr_t at;
                int seen;

                sleep_us(random_next(random) % 1000);
                if (!stop(child))
                        break;
                at = spoil(child, shared, random);
                rounds = shared->rounds;
                wrong = shared->wrong;
                if (!at) {
                        (void)ptrace(PTRACE_CONT, child, 0, 0);
                        continue;
                }
                seen = outcome(child, shared, rounds, wrong);
                count.injected++;
                count.noticed += seen != 0;
                count.crashed += seen == 2;
                if (!seen)
                        show_unnoticed(check, at);
                if (seen == 2) {
                        shared->inside = 0;
                        child = start(check, shared, random);
                }
        }
        (void)kill(child, SIGKILL);
        (void)waitpid(child, NULL, __WALL);
        (void)munmap(shared, sizeof(*shared));
        *ret_count = count;
}

bool integer_fault_noticed(
        const struct check *check, uint64_t *random, struct integer_fault_count *ret_count)
{
        struct integer_fault_count all = { 0, 0, 0 };

        do {
                struct integer_fault_count batch;

                integer_fault_inject(check, INTEGER_FAULT_BATCH, random, &batch);
                if (batch.injected < INTEGER_FAULT_BATCH)
                        break;
                all.injected += batch.injected;
                all.noticed += batch.noticed;
                all.crashed += batch.crashed;
        } while (all.injected < INTEGER_FAULTS_MAX &&
                 all.noticed * 100 < all.injected * INTEGER_FAULT_PERCENT);
        *ret_count = all;
        return all.injected && all.noticed * 100 >= all.injected * INTEGER_FAULT_PERCENT;
}
