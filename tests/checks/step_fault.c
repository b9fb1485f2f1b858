/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/checks/step_fault.h"

#include <cpuid.h>
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"

#define STEPS 400         /* to find an instruction to spoil */
#define ATTEMPTS 400      /* to stop inside a kernel */
#define ROUND_NS 1000000  /* of CPU time, about: the moments are spread over a round */
#define PATIENCE 100000   /* tenths of a millisecond without any CPU time */
#define HANG_NS 100000000 /* of CPU time, for a round of at most a few milliseconds */
#define XSAVE_MAX 16384
#define FLAG_TF 0x100

extern const char registers_load[], registers_store[], registers_event_none[];

/* What parent and child share. */
struct shared {
        volatile uint32_t inside; /* 1: in run */
        volatile uint32_t rounds; /* verified */
        volatile uint32_t wrong;  /* of these */
        struct check_mismatch mismatch;
};

struct step_session {
        const struct check *check;
        struct shared *shared;
        uint8_t *state;
        uint64_t *random;
        pid_t child;
};

static _Noreturn void child_loop(const struct step_session *session, uint32_t number)
{
        struct shared *shared = session->shared;

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (check_prepare(session->check) < 0)
                _exit(1);
        for (;; number++) {
                const struct check_round round = { .seed = 1, .number = number };

                session->check->setup(session->state, &round);
                shared->inside = 1;
                session->check->run(session->state);
                shared->inside = 0;
                shared->wrong += session->check->verify(session->state, &shared->mismatch) != 0;
                shared->rounds++;
        }
}

static void child_end(struct step_session *session)
{
        (void)kill(session->child, SIGKILL);
        (void)waitpid(session->child, NULL, __WALL);
}

/* False where tracing is forbidden. */
static bool child_start(struct step_session *session)
{
        uint32_t number = (uint32_t)random_next(session->random) % 1024;

        (void)fflush(stdout);
        session->shared->inside = 0;
        session->child = fork();
        if (session->child == 0)
                child_loop(session, number);
        if (session->child < 0 || ptrace(PTRACE_SEIZE, session->child, 0, 0) == 0)
                return session->child >= 0;
        child_end(session);
        return false;
}

static void session_free(struct step_session *session)
{
        (void)munmap(session->shared, sizeof(*session->shared));
        free(session->state);
        free(session);
}

struct step_session *step_fault_open(const struct check *check, uint64_t *random)
{
        struct step_session *session = calloc(1, sizeof(*session));

        session->check = check;
        session->random = random;
        session->state = aligned_alloc(4096, (check->state_size + 4095) / 4096 * 4096);
        session->shared = mmap(
                NULL, sizeof(*session->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (child_start(session))
                return session;
        session_free(session);
        return NULL;
}

void step_fault_close(struct step_session *session)
{
        child_end(session);
        session_free(session);
}

/* ---- a moment ---- */

static void sleep_us(uint64_t us)
{
        const struct timespec time = { .tv_sec = (time_t)(us / 1000000),
                .tv_nsec = (long)(us % 1000000 * 1000) };

        (void)nanosleep(&time, NULL);
}

static bool look(struct step_moment *moment)
{
        static ZydisDecoder decoder;
        uint8_t code[ZYDIS_MAX_INSTRUCTION_LENGTH];

        if (!decoder.stack_width)
                (void)ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
        return ptrace(PTRACE_GETREGS, moment->child, 0, &moment->registers) == 0 &&
               step_fault_read(moment, moment->registers.rip, code, sizeof(code)) &&
               ZYAN_SUCCESS(ZydisDecoderDecodeFull(
                       &decoder, code, sizeof(code), &moment->instruction, moment->operands));
}

static bool stopped(pid_t child)
{
        int status;

        return waitpid(child, &status, __WALL) == child && WIFSTOPPED(status);
}

bool step_fault_step(struct step_moment *moment)
{
        return ptrace(PTRACE_SINGLESTEP, moment->child, 0, 0) == 0 && stopped(moment->child) &&
               ptrace(PTRACE_GETREGS, moment->child, 0, &moment->registers) == 0;
}

static void context_fill(const struct user_regs_struct *r, ZydisRegisterContext *context)
{
        const unsigned long long values[16] = { r->rax, r->rcx, r->rdx, r->rbx, r->rsp, r->rbp, r->rsi,
                r->rdi, r->r8, r->r9, r->r10, r->r11, r->r12, r->r13, r->r14, r->r15 };

        memset(context, 0, sizeof(*context));
        for (int i = 0; i < 16; i++) {
                context->values[ZYDIS_REGISTER_RAX + i] = values[i];
                context->values[ZYDIS_REGISTER_EAX + i] = (uint32_t)values[i];
        }
}

const ZydisDecodedOperand *step_fault_memory(
        const struct step_moment *moment, bool written, uint64_t *ret_address)
{
        static ZydisRegisterContext context;

        context_fill(&moment->registers, &context);
        for (int i = 0; i < moment->instruction.operand_count; i++) {
                const ZydisDecodedOperand *operand = &moment->operands[i];
                bool acts = operand->actions &
                            (written ? ZYDIS_OPERAND_ACTION_MASK_WRITE : ZYDIS_OPERAND_ACTION_MASK_READ);

                if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY && acts &&
                        operand->visibility == ZYDIS_OPERAND_VISIBILITY_EXPLICIT &&
                        operand->mem.type == ZYDIS_MEMOP_TYPE_MEM &&
                        ZYAN_SUCCESS(ZydisCalcAbsoluteAddressEx(&moment->instruction, operand,
                                moment->registers.rip, &context, ret_address)))
                        return operand;
        }
        return NULL;
}

bool step_fault_read(const struct step_moment *moment, uint64_t address, void *to, size_t size)
{
        struct iovec local = { to, size }, remote = { (void *)(uintptr_t)address, size }; // NOLINT

        return process_vm_readv(moment->child, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

bool step_fault_write(const struct step_moment *moment, uint64_t address, const void *from, size_t size)
{
        struct iovec local = { (void *)(uintptr_t)from, size },
                     remote = { (void *)(uintptr_t)address, size };

        return process_vm_writev(moment->child, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

bool step_fault_set(const struct step_moment *moment)
{
        return ptrace(PTRACE_SETREGS, moment->child, 0, &moment->registers) == 0;
}

/* Registers 16 to 31 lie in a component of their own, where CPUID leaf 0xD says. */
static size_t vector_offset(unsigned number)
{
        uint32_t eax, ebx = 0, ecx, edx;

        if (number < 16)
                return 160 + 16 * number;
        (void)__get_cpuid_count(0xd, 7, &eax, &ebx, &ecx, &edx);
        return ebx + 64 * (number - 16);
}

bool step_fault_flip_vector(const struct step_moment *moment, ZydisRegister name)
{
        static uint8_t area[XSAVE_MAX];
        struct iovec vector = { area, sizeof(area) };
        size_t at = vector_offset((unsigned)ZydisRegisterGetId(name)) + random_next(moment->random) % 16;

        if (ptrace(PTRACE_GETREGSET, moment->child, NT_X86_XSTATE, &vector) < 0 || at >= vector.iov_len)
                return false;
        area[at] ^= (uint8_t)(1u << random_next(moment->random) % 8);
        return ptrace(PTRACE_SETREGSET, moment->child, NT_X86_XSTATE, &vector) == 0;
}

/* ---- one fault ---- */

/* The kernels' common entry and exit compute nothing. */
static bool in_kernel(const struct step_session *session, const struct step_moment *moment)
{
        uintptr_t at = moment->registers.rip;

        return session->shared->inside &&
               !(at >= (uintptr_t)registers_load && at < (uintptr_t)registers_event_none);
}

/* Behind a step over popf the kernel takes the trap flag for the child's own and leaves it set (Linux 6.18,
 * arch/x86/kernel/step.c). */
static bool resume(struct step_session *session)
{
        struct user_regs_struct registers;

        if (ptrace(PTRACE_GETREGS, session->child, 0, &registers) < 0)
                return false;
        registers.eflags &= ~(unsigned long long)FLAG_TF;
        return ptrace(PTRACE_SETREGS, session->child, 0, &registers) == 0 &&
               ptrace(PTRACE_CONT, session->child, 0, 0) == 0;
}

/* CPU time that the child has had. */
static uint64_t child_ns(const struct step_session *session)
{
        struct timespec time = { 0 };
        clockid_t clock;

        if (clock_getcpuclockid(session->child, &clock) == 0)
                (void)clock_gettime(clock, &time);
        return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* Lets the child have so much CPU time: on a busy machine it may get none for long. */
static void run_for(const struct step_session *session, uint64_t ns)
{
        uint64_t begin = child_ns(session);

        for (int i = 0; i < PATIENCE && child_ns(session) - begin < ns; i++)
                sleep_us(100);
}

static bool spoil_one(
        struct step_session *session, struct step_moment *moment, step_spoil *spoil, void *context)
{
        if (ptrace(PTRACE_INTERRUPT, session->child, 0, 0) < 0 || !stopped(session->child))
                return false;
        for (int i = 0; i < STEPS && look(moment) && in_kernel(session, moment); i++) {
                uint64_t before = moment->registers.rip;

                if (spoil(moment, context))
                        return true;
                if (moment->registers.rip == before && !step_fault_step(moment))
                        break;
        }
        return false;
}

static enum step_found wait_for_end(struct step_session *session, uint32_t rounds, uint32_t wrong)
{
        uint64_t begin = child_ns(session);
        int status;

        (void)resume(session);
        while (child_ns(session) - begin < HANG_NS) {
                if (waitpid(session->child, &status, __WALL | WNOHANG) == session->child)
                        break;
                if (session->shared->rounds != rounds)
                        return session->shared->wrong != wrong ? STEP_MISMATCH : STEP_UNNOTICED;
                sleep_us(100);
        }
        child_end(session);
        if (!child_start(session))
                exit(99);
        return STEP_DIED;
}

struct step_outcome step_fault_try(struct step_session *session, step_spoil *spoil, void *context)
{
        struct step_moment moment = { .check = session->check,
                .child = session->child,
                .state = session->state,
                .random = session->random };
        struct step_outcome outcome = { .found = STEP_NOT_SPOILED };

        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                uint32_t rounds, wrong;

                run_for(session, random_next(session->random) % ROUND_NS);
                if (!spoil_one(session, &moment, spoil, context)) {
                        (void)resume(session);
                        continue;
                }
                rounds = session->shared->rounds;
                wrong = session->shared->wrong;
                outcome.found = wait_for_end(session, rounds, wrong);
                break;
        }
        if (outcome.found == STEP_MISMATCH) {
                outcome.mismatch = session->shared->mismatch;
                check_locate(session->check, outcome.mismatch.offset, &outcome.place);
        }
        if (outcome.found == STEP_UNNOTICED)
                printf("# %s: nobody noticed a fault near %#llx (%s)\n", session->check->name,
                        moment.registers.rip, ZydisMnemonicGetString(moment.instruction.mnemonic));
        return outcome;
}
