/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/handler.h"

#include <errno.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include <asm/prctl.h>
#include <cpuid.h>

#include "agent/worker.h"
#include "base/array.h"
#include "checks/registers.h"

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif
#define AT_MINSIGSTKSZ_TYPE 51
#define TRAP_FLAG 0x100
#define STACK_BEYOND_FRAME (64 * 1024)
#define OVERRUN_STACK 16384
#define STORM_DOUBLES 128 /* signals of one round, after which the time to the next is twice as long */
#define STORM_LONGEST_NS 100000000

struct handler_state handler_state;

/* A system call without errno, and so without %fs. */
static long raw_call(long number, long a, long b, long c, long d, long e, long f)
{
        register long r10 __asm__("r10") = d;
        register long r8 __asm__("r8") = e;
        register long r9 __asm__("r9") = f;
        long result;

        __asm__ volatile("syscall"
                         : "=a"(result)
                         : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                         : "rcx", "r11", "memory");
        return result;
}

/* ---- the frame that the kernel saved ---- */

#define XSAVE_MAGIC_OFFSET \
        464 /* struct _fpx_sw_bytes in fxregs_state: arch/x86/include/uapi/asm/sigcontext.h */
#define XSAVE_HEADER_OFFSET 512
#define FRAME_MAGIC1 0x46505853U

static void frame_read(const ucontext_t *context, struct check_frame *frame)
{
        const uint8_t *area = (const uint8_t *)context->uc_mcontext.fpregs;
        uint32_t magic;

        frame->ucontext = context;
        frame->xsave = area;
        frame->xfeatures = 0;
        frame->extended = false;
        frame->skip_general = 0;
        if (!area)
                return;
        check_copy(&magic, area + XSAVE_MAGIC_OFFSET, sizeof(magic));
        if (magic != FRAME_MAGIC1)
                return;
        frame->extended = true;
        check_copy(&frame->xfeatures, area + XSAVE_HEADER_OFFSET, sizeof(frame->xfeatures));
}

/* Compares the saved state while the kernel holds: only there do the registers have known values. */
static void frame_verify(const ucontext_t *context)
{
        struct handler_state *h = &handler_state;
        const struct check *check = h->check;
        const char *rip =
                (const char *)context->uc_mcontext.gregs[REG_RIP]; /* NOLINT: an address by nature */
        struct check_mismatch mismatch;
        struct check_frame frame;

        if (!check->frame || h->frame_failed)
                return;
        bool at_event = rip > registers_event_signal && rip <= registers_event_signalled;

        if (!at_event && (rip < (const char *)check->hold_begin || rip >= (const char *)check->hold_end))
                return;
        frame_read(context, &frame);
        if (at_event)
                frame.skip_general = REGISTERS_SYSCALL_USED;
        if (!check->frame(h->check_state, &frame, &mismatch))
                return;
        h->frame_failed = true;
        h->scratch->kind = OBSERVATION_FRAME;
        h->scratch->in_frame = true;
        check_copy(&h->scratch->mismatch, &mismatch, sizeof(mismatch));
        slot_push(h->slot, h->scratch);
        h->scratch->in_frame = false;
}

/* ---- the regimes' signals ---- */

/* Uses a page of stack beyond the frame, as the handler of a real profiler does: stale data below %rsp is
 * overwritten. */
static __attribute__((noinline)) void use_stack(void)
{
        volatile uint8_t bytes[OVERRUN_STACK];

        for (size_t i = 0; i < sizeof(bytes); i += 64)
                bytes[i] = (uint8_t)i;
        (void)bytes[0];
}

static void swap_stacks(ucontext_t *context)
{
        struct handler_state *h = &handler_state;
        uintptr_t here = (uintptr_t)__builtin_frame_address(0);
        bool on_first = here >= (uintptr_t)h->stack[0] && here < (uintptr_t)h->stack[0] + h->stack_size;
        uint8_t *other = h->stack[on_first ? 1 : 0];

        if (h->drop)
                (void)raw_call(SYS_madvise, (long)other, (long)h->stack_size, MADV_DONTNEED, 0, 0, 0);
        context->uc_stack.ss_sp = other;
        context->uc_stack.ss_size = h->stack_size;
        context->uc_stack.ss_flags = (int)SS_AUTODISARM;
}

/* Where a signal takes longer than the time to the next one, the round would never end: after so many of them that time
 * doubles, again and again. */
static void rearm_storm(void)
{
        struct handler_state *h = &handler_state;
        struct itimerspec next;

        if (h->events % STORM_DOUBLES == 0 && h->round_interval_ns < STORM_LONGEST_NS)
                h->round_interval_ns *= 2;
        next = (struct itimerspec){ .it_value = { 0, (long)h->round_interval_ns } };
        (void)raw_call(SYS_timer_settime, h->timer, 0, (long)&next, 0, 0, 0);
}

static void on_event(int signal, siginfo_t *info, void *user)
{
        struct handler_state *h = &handler_state;
        ucontext_t *context = user;

        (void)signal;
        (void)info;
        if (h->in_run) {
                h->events++;
                frame_verify(context);
        }
        if (h->overrun) {
                (void)raw_call(SYS_timer_getoverrun, h->timer, 0, 0, 0, 0, 0);
                use_stack();
        }
        if (h->two_stacks)
                swap_stacks(context);
        if (h->rearm && h->in_run)
                rearm_storm();
}

static void on_step(ucontext_t *context)
{
        struct handler_state *h = &handler_state;

        if (h->in_run) {
                h->events++;
                frame_verify(context);
        }
        if (h->steps_left && --h->steps_left)
                return;
        context->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
}

/* ---- a worker's last moments ---- */

static uint32_t read_self(void *to, uint64_t address, uint32_t size)
{
        struct iovec local = { to, size },
                     remote = { (void *)address, size }; /* NOLINT: an address by nature */
        long self = raw_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
        long done = raw_call(SYS_process_vm_readv, self, (long)&local, 1, (long)&remote, 1, 0);

        return done > 0 ? (uint32_t)done : 0;
}

static void copy_vectors(struct registers *to, const struct check_frame *frame)
{
        check_copy(to->x87, frame->xsave + 32, sizeof(to->x87));
        check_copy(&to->x87_control, frame->xsave, sizeof(to->x87_control));
        check_copy(&to->mxcsr, frame->xsave + 24, sizeof(to->mxcsr));
        registers_from_frame(to, frame);
}

static void copy_registers(struct observation_death *death, const ucontext_t *context)
{
        static const int order[16] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI,
                REG_RDI, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15 };
        const greg_t *general = context->uc_mcontext.gregs;
        struct check_frame frame;

        for (size_t r = 0; r < ARRAY_SIZE(order); r++)
                death->registers.general[r] = (uint64_t)general[order[r]];
        death->registers.flags = (uint64_t)general[REG_EFL];
        death->instruction = (uint64_t)general[REG_RIP];
        (void)raw_call(SYS_arch_prctl, ARCH_GET_FS, (long)&death->registers.fs_base, 0, 0, 0, 0);
        (void)raw_call(SYS_arch_prctl, ARCH_GET_GS, (long)&death->registers.gs_base, 0, 0, 0, 0);
        frame_read(context, &frame);
        if (frame.xsave)
                copy_vectors(&death->registers, &frame);
}

/* Of a signal that a process sent, its pid lies in the place of si_addr, and the trap is an earlier one's. */
static void copy_fault(
        struct observation_death *death, int signal, const siginfo_t *info, const ucontext_t *context)
{
        const greg_t *general = context->uc_mcontext.gregs;

        if (signal == HANDLER_DUMP_SIGNAL)
                return;
        death->signal = signal;
        death->code = info->si_code;
        if (info->si_code <= 0)
                return;
        death->address = (uint64_t)info->si_addr;
        death->trap = (uint64_t)general[REG_TRAPNO];
        death->error = (uint64_t)general[REG_ERR];
        death->cr2 = (uint64_t)general[REG_CR2];
}

/* A signal that another process sent (si_code 0 or below) accuses nobody; our own abort does. SIGSYS is a seccomp
 * filter's word, not the CPU's; a page that the kernel found broken (BUS_MCEERR_*) is memory's. */
static enum observation_kind death_kind(int signal, const siginfo_t *info)
{
        bool own_abort =
                signal == SIGABRT && info->si_code == SI_TKILL && info->si_pid == handler_state.process;

        if (signal == HANDLER_DUMP_SIGNAL)
                return OBSERVATION_HANG;
        bool memory = signal == SIGBUS && (info->si_code == BUS_MCEERR_AR || info->si_code == BUS_MCEERR_AO);

        return (info->si_code <= 0 && !own_abort) || signal == SIGSYS || memory ? OBSERVATION_KILLED
                                                                                : OBSERVATION_CRASH;
}

/* A trap of the regime `step`: TRAP_TRACE, and now and then another (arch/x86/kernel/traps.c, get_si_code: where a
 * hypervisor lost DR6.BS it is TRAP_BRKPT, or TRAP_HWBKPT if one of DR6's sticky B0 to B3 is still set from before). The
 * instruction that clears the flag still traps, so the flag is no sign. A breakpoint instruction's code is SI_KERNEL. */
static bool is_step(int signal, const siginfo_t *info)
{
        return signal == SIGTRAP && handler_state.stepping &&
               (info->si_code == TRAP_TRACE || info->si_code == TRAP_BRKPT || info->si_code == TRAP_HWBKPT);
}

/* A question: only the supervisor may ask. False where it has condemned us, and there was no heartbeat since. */
static bool answers(const siginfo_t *info)
{
        struct handler_state *h = &handler_state;
        struct slot *slot = h->slot;

        if (info->si_pid != h->supervisor)
                return true;
        if (atomic_load(&slot->condemned) == atomic_load(&slot->heartbeat) + 1)
                return false;
        (void)atomic_fetch_add(&slot->answers, 1);
        return true;
}

static void on_death(int signal, siginfo_t *info, void *user)
{
        struct handler_state *h = &handler_state;
        struct observation *o = h->scratch;
        const ucontext_t *context = user;

        if (is_step(signal, info)) {
                on_step(user);
                return;
        }
        if (signal == HANDLER_DUMP_SIGNAL && answers(info))
                return;
        o->kind = death_kind(signal, info);
        check_clear(&o->death, sizeof(o->death));
        copy_fault(&o->death, signal, info, context);
        if (h->in_run && h->check->running)
                o->death.running = h->check->running(h->check_state);
        copy_registers(&o->death, context);
        o->death.n_code = read_self(o->death.code_bytes, o->death.instruction, OBSERVATION_CODE);
        o->death.n_red_zone = read_self(o->death.red_zone,
                o->death.registers.general[REGISTERS_RSP] - OBSERVATION_RED_ZONE, OBSERVATION_RED_ZONE);
        slot_push(h->slot, o);
        for (;;)
                (void)raw_call(SYS_exit_group,
                        o->kind == OBSERVATION_KILLED ? WORKER_KILLED : WORKER_RECORDED, 0, 0, 0, 0, 0);
}

/* ---- setting up ---- */

static size_t frame_size(void)
{
        uint32_t eax, ebx = 0, ecx, edx;
        size_t size = getauxval(AT_MINSIGSTKSZ_TYPE);

        if (__get_cpuid_count(0xd, 0, &eax, &ebx, &ecx, &edx) && ebx + 2048 > size)
                size = ebx + 2048;
        return size;
}

int handler_stack(bool two_stacks)
{
        struct handler_state *h = &handler_state;
        stack_t stack = { .ss_sp = h->stack[0], .ss_size = h->stack_size };

        stack.ss_flags = two_stacks ? (int)SS_AUTODISARM : 0;
        return sigaltstack(&stack, NULL) < 0 ? -errno : 0;
}

static int set_action(int signal, void (*function)(int, siginfo_t *, void *), const sigset_t *mask)
{
        struct sigaction action = { .sa_sigaction = function,
                .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART };

        action.sa_mask = *mask;
        return sigaction(signal, &action, NULL) < 0 ? -errno : 0;
}

int handler_setup(struct slot *slot)
{
        static const int deaths[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS, SIGABRT,
                HANDLER_DUMP_SIGNAL };
        static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
        struct handler_state *h = &handler_state;
        sigset_t mask;
        int r;

        h->slot = slot;
        h->process = getpid();
        h->supervisor = getppid();
        h->stack_size = (2 * frame_size() + STACK_BEYOND_FRAME + 4095) & ~(size_t)4095;
        for (size_t i = 0; i < 2; i++) {
                h->stack[i] = mmap(
                        NULL, h->stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                if (h->stack[i] == MAP_FAILED)
                        return -errno;
        }
        for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
                (void)signal(ignored[i], SIG_IGN);
        (void)sigemptyset(&mask);
        (void)sigaddset(&mask, HANDLER_EVENT_SIGNAL);
        for (size_t i = 0; i < ARRAY_SIZE(deaths); i++) {
                r = set_action(deaths[i], on_death, &mask);
                if (r < 0)
                        return r;
        }
        r = set_action(HANDLER_EVENT_SIGNAL, on_event, &mask);
        if (r < 0)
                return r;
        (void)sigfillset(&mask);
        (void)sigdelset(&mask, HANDLER_EVENT_SIGNAL);
        for (size_t i = 0; i < ARRAY_SIZE(deaths); i++)
                (void)sigdelset(&mask, deaths[i]);
        return sigprocmask(SIG_SETMASK, &mask, NULL) < 0 ? -errno : 0;
}
