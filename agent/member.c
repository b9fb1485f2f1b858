/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/member.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/handler.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/clock.h"

/* Of its CPU time, a second in all. No round takes nearly as long, in any regime. */
#define SILENT_NS (500 * CLOCK_MS) /* without a heartbeat, until it is asked */
#define ANSWERS 10                 /* until it hangs */
#define ANSWER_NS (50 * CLOCK_MS)  /* from an answer to the next question */

#define UNHEARD_NS (150 * CLOCK_MS) /* a signal is not heard: by ptrace then */
#define SILENT_MOST_NS \
        (200 * CLOCK_MS) /* a look adds: a paused virtual machine's clock jumps, and is no hang */

/* Takes the memory that will be written now: later a lack of it would be a SIGBUS in a worker, and look like a fault
 * of its CPU. The states are as large as the largest check's, the rest of them is never touched. */
static int reserve(int memfd)
{
        uint32_t most = 0;

        for (const struct check *const *check = check_list; *check; check++)
                most = MAX(most, (*check)->state_size);
        if (fallocate(memfd, 0, 0, (off_t)(offsetof(struct slot, state) + most)) < 0)
                return -1;
        return fallocate(memfd, 0, (off_t)(offsetof(struct slot, state) + CHECK_STATE_MAX), most);
}

int member_create(struct member *member, unsigned cpu, uint16_t process)
{
        char name[32];

        *member = (struct member){ .cpu = cpu, .process = process, .memfd = -1 };
        (void)snprintf(name, sizeof(name), "assay-cpu%u-%u", cpu, (unsigned)process);
        member->memfd = memfd_create(name, MFD_CLOEXEC);
        if (member->memfd < 0)
                return -errno;
        if (ftruncate(member->memfd, sizeof(struct slot)) < 0 || reserve(member->memfd) < 0)
                return -errno;
        void *memory = mmap(NULL, sizeof(struct slot), PROT_READ | PROT_WRITE, MAP_SHARED, member->memfd, 0);
        if (memory == MAP_FAILED)
                return -errno;
        member->slot = memory;
        /* A worker maps what it may see itself: a wild store must not reach its neighbour's slot. */
        return madvise(memory, sizeof(struct slot), MADV_DONTFORK) < 0 ? -errno : 0;
}

void member_destroy(struct member *member)
{
        if (member->slot)
                (void)munmap(member->slot, sizeof(struct slot));
        if (member->memfd >= 0)
                (void)close(member->memfd);
        member->slot = NULL;
        member->memfd = -1;
}

/* Maps a slot, at `address` where that is not 0. NULL where the system refuses. */
static struct slot *map_slot(const struct member *member, int protection, uint64_t address)
{
        int flags = MAP_SHARED | (address ? MAP_FIXED_NOREPLACE : 0);
        void *memory;

        if (!member)
                return NULL;
        memory =
                mmap((void *)address, sizeof(struct slot), protection, flags, member->memfd, 0); /* NOLINT */
        return memory == MAP_FAILED ? NULL : memory;
}

/* Its own: what orders it no worker can write. */
static struct slot *map_own(const struct member *member)
{
        struct slot *slot = map_slot(member, PROT_READ | PROT_WRITE, SLOT_ADDRESS(member->class));

        return slot && mprotect(slot, SLOT_ORDERS, PROT_READ) == 0 ? slot : NULL;
}

static void *map_scratch(const struct member *reviewed)
{
        uint64_t address = SLOT_ADDRESS(reviewed->class) + offsetof(struct slot, state);
        void *memory =
                mmap((void *)address, sizeof(((struct slot *)0)->state), PROT_READ | PROT_WRITE, /* NOLINT */
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

        return memory == MAP_FAILED ? NULL : memory;
}

/* In the child: from here on it is a worker and nothing else. */
static _Noreturn void become_worker(
        const struct member *member, const struct supervisor_run *run, pid_t parent)
{
        static struct worker worker; /* outlives this frame: worker_main never returns */

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
                _exit(WORKER_FAILED);
        worker = (struct worker){
                .run = run,
                .slot = map_own(member),
                .reviewed = map_slot(member->reviewed, PROT_READ, 0),
                .reviewer = map_slot(member->reviewer, PROT_READ, 0),
                .crowd = map_slot(member->crowd, PROT_READ, 0),
                .scratch = member->reviewed ? map_scratch(member->reviewed) : NULL,
                .reviewed_cpu = member->reviewed ? (int)member->reviewed->cpu : -1,
                .reviewer_cpu = member->reviewer ? (int)member->reviewer->cpu : -1,
                .n_checks = check_count(),
                .meetings = member->meetings,
                .index = member->index,
                .cpu = member->cpu,
                .process = member->process,
        };
        if (!worker.slot || !worker.reviewed != !member->reviewed || !worker.reviewer != !member->reviewer ||
                !worker.crowd != !member->crowd || !worker.scratch != !member->reviewed)
                _exit(WORKER_UNMAPPED);
        if (member->restarts) {
                worker.first_item = worker.slot->current.item + 1;
                worker.first_number = worker.slot->current.round.number + 1;
        }
        (void)syscall(SYS_close_range, 3, ~0U, 0);
        worker_main(&worker);
}

static void begin_silence(struct member *member)
{
        member->silent_ns = member->waited_ns = 0;
        member->answers = 0;
        member->asked = member->condemned = false;
        atomic_store(&member->slot->condemned, 0);
}

int member_start(struct member *member, const struct supervisor_run *run)
{
        pid_t parent = getpid(), pid;
        sigset_t all, before;

        (void)sigfillset(&all);
        (void)sigprocmask(SIG_SETMASK, &all, &before); /* until the child has handlers of its own */
        pid = fork();
        if (pid == 0)
                become_worker(member, run, parent);
        int error = errno;
        (void)sigprocmask(SIG_SETMASK, &before, NULL);
        if (pid < 0)
                return -error;
        member->pid = pid;
        member->done = member->starved = member->killed_by_us = member->recorded = member->excused = false;
        member->seized = false;
        begin_silence(member);
        member->heartbeat = atomic_load(&member->slot->heartbeat);
        member->watched_cpu_ns = 0;
        member->beat_wall_ns = clock_ns(CLOCK_MONOTONIC);
        if (clock_getcpuclockid(pid, &member->clock) != 0)
                member->clock = CLOCK_MONOTONIC;
        return 0;
}

static void note_answer(struct member *member)
{
        member->asked = false;
        member->answers++;
        member->waited_ns = 0;
}

static void ask(struct member *member)
{
        member->heard = atomic_load(&member->slot->answers);
        member->asked = true;
        member->waited_ns = 0;
        member->condemned = member->answers >= ANSWERS;
        if (member->condemned)
                atomic_store(&member->slot->condemned, member->heartbeat + 1);
        (void)kill(member->pid, HANDLER_DUMP_SIGNAL);
}

/* Who is silent for long is asked, again and again. Returns false where nothing is answered. */
static bool question(struct member *member)
{
        if (member->asked && atomic_load(&member->slot->answers) != member->heard)
                note_answer(member);
        if (!member->asked) {
                if (!member->answers || member->waited_ns >= ANSWER_NS)
                        ask(member);
                return true;
        }
        if (member->waited_ns >= UNHEARD_NS && !member->seized)
                member->seized = ptrace(PTRACE_SEIZE, member->pid, NULL, NULL) == 0 &&
                                 ptrace(PTRACE_INTERRUPT, member->pid, NULL, NULL) == 0;
        return member->waited_ns < MEMBER_STARVED_NS;
}

/* Of its CPU time since it was last watched. */
static uint64_t cpu_time(struct member *member)
{
        uint64_t cpu_ns = clock_ns(member->clock), spent_ns = 0;

        if (cpu_ns > member->watched_cpu_ns && member->clock != CLOCK_MONOTONIC)
                spent_ns = MIN(cpu_ns - member->watched_cpu_ns, SILENT_MOST_NS);
        member->watched_cpu_ns = cpu_ns;
        return spent_ns;
}

enum member_state member_watch(struct member *member, uint64_t now_ns)
{
        uint64_t heartbeat = atomic_load(&member->slot->heartbeat), spent_ns = cpu_time(member);

        if (heartbeat != member->heartbeat) {
                member->heartbeat = heartbeat;
                member->beat_wall_ns = now_ns;
                member->starved = false;
                begin_silence(member);
                return MEMBER_FINE;
        }
        member->silent_ns += spent_ns;
        member->waited_ns += spent_ns;
        if (member->silent_ns >= SILENT_NS && !question(member))
                return MEMBER_MUTE;
        if (now_ns > member->beat_wall_ns + MEMBER_STARVED_NS && !member->starved) {
                member->starved = true;
                return MEMBER_STARVED;
        }
        return MEMBER_FINE;
}

static void take_registers(pid_t pid, struct observation_death *death)
{
        struct user_regs_struct r;
        struct iovec to = { &r, sizeof(r) };

        if (ptrace(PTRACE_GETREGSET, pid, (void *)1 /* NT_PRSTATUS */, &to) < 0)
                return;
        const uint64_t general[16] = { r.rax, r.rcx, r.rdx, r.rbx, r.rsp, r.rbp, r.rsi, r.rdi, r.r8, r.r9,
                r.r10, r.r11, r.r12, r.r13, r.r14, r.r15 };

        memcpy(death->registers.general, general, sizeof(general));
        death->registers.flags = r.eflags;
        death->instruction = r.rip;
        death->by_ptrace = true;
        struct iovec local = { death->code_bytes, OBSERVATION_CODE };
        struct iovec remote = { (void *)r.rip, OBSERVATION_CODE }; /* NOLINT: an address by nature */
        ssize_t done = process_vm_readv(pid, &local, 1, &remote, 1, 0);
        death->n_code = done > 0 ? (uint32_t)done : 0;
}

bool member_stopped(struct member *member, int status, struct observation_death *ret_death)
{
        bool event = status >> 16 == PTRACE_EVENT_STOP;
        bool ran =
                !event || WSTOPSIG(status) ==
                                  SIGTRAP; /* else a signal had stopped it before: ptrace(2), "Group-stop" */

        memset(ret_death, 0, sizeof(*ret_death));
        if (ran && member->asked && atomic_load(&member->slot->heartbeat) == member->heartbeat) {
                if (member->condemned) {
                        take_registers(member->pid, ret_death);
                        member_kill(member);
                        return true;
                }
                note_answer(member);
        }
        (void)ptrace(PTRACE_DETACH, member->pid, NULL, (void *)(intptr_t)(event ? 0 : WSTOPSIG(status)));
        member->seized = false;
        return false;
}

void member_kill(struct member *member)
{
        member->killed_by_us = true;
        (void)kill(member->pid, SIGKILL);
}

uint64_t member_cpu_ns(const struct member *member)
{
        return member->cpu_ns +
               (member->pid > 0 && member->clock != CLOCK_MONOTONIC ? clock_ns(member->clock) : 0);
}

pid_t member_tracer(const struct member *member)
{
        char path[64], line[128];
        AUTO_FILE FILE *file = NULL;

        (void)snprintf(path, sizeof(path), "/proc/%d/status", member->pid);
        file = fopen(path, "re");
        while (file && fgets(line, sizeof(line), file))
                if (strncmp(line, "TracerPid:", 10) == 0)
                        return (pid_t)strtol(line + 10, NULL, 10);
        return 0;
}
