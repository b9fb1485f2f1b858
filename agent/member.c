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

#define HANG_CPU_NS CLOCK_SECOND /* no round takes nearly as long, in any regime */
#define SILENT_MOST_NS \
        (200 * CLOCK_MS) /* a look adds: a paused virtual machine's clock jumps, and is no hang */
#define DUMP_WAIT_NS (300 * CLOCK_MS)

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
        member->asked_ns = 0;
        member->heartbeat = atomic_load(&member->slot->heartbeat);
        member->watched_cpu_ns = member->silent_ns = 0;
        member->beat_wall_ns = clock_ns(CLOCK_MONOTONIC);
        if (clock_getcpuclockid(pid, &member->clock) != 0)
                member->clock = CLOCK_MONOTONIC;
        return 0;
}

enum member_state member_watch(struct member *member, uint64_t now_ns)
{
        uint64_t heartbeat = atomic_load(&member->slot->heartbeat), cpu_ns = clock_ns(member->clock);

        if (heartbeat != member->heartbeat) {
                member->heartbeat = heartbeat;
                member->silent_ns = 0;
                member->watched_cpu_ns = cpu_ns;
                member->beat_wall_ns = now_ns;
                member->starved = false;
                return MEMBER_FINE;
        }
        if (cpu_ns > member->watched_cpu_ns && member->clock != CLOCK_MONOTONIC)
                member->silent_ns += MIN(cpu_ns - member->watched_cpu_ns, SILENT_MOST_NS);
        member->watched_cpu_ns = cpu_ns;
        if (member->silent_ns > HANG_CPU_NS) {
                if (!member->asked_ns) {
                        member->asked_ns = now_ns;
                        (void)kill(member->pid, HANDLER_DUMP_SIGNAL);
                        return MEMBER_FINE;
                }
                return now_ns - member->asked_ns > DUMP_WAIT_NS ? MEMBER_HANGS : MEMBER_FINE;
        }
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

/* What has become of a process. Takes nothing of it away: a death is left to who reaps. */
static enum { LIVES, STOPPED, DEAD } look_at(pid_t pid)
{
        siginfo_t info = { 0 };

        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL) < 0)
                return DEAD;
        if (info.si_pid != pid)
                return LIVES;
        return info.si_code == CLD_TRAPPED || info.si_code == CLD_STOPPED ? STOPPED : DEAD;
}

bool member_put_down(struct member *member, struct observation_death *ret_death)
{
        uint64_t end = clock_ns(CLOCK_MONOTONIC) + DUMP_WAIT_NS;
        const struct timespec moment = { 0, (long)CLOCK_MS };

        memset(ret_death, 0, sizeof(*ret_death));
        if (ptrace(PTRACE_SEIZE, member->pid, NULL, NULL) == 0 &&
                ptrace(PTRACE_INTERRUPT, member->pid, NULL, NULL) == 0) {
                while (look_at(member->pid) == LIVES && clock_ns(CLOCK_MONOTONIC) < end)
                        (void)nanosleep(&moment, NULL);
                if (look_at(member->pid) == STOPPED)
                        take_registers(member->pid, ret_death);
        }
        if (look_at(member->pid) == DEAD)
                return false;
        member->killed_by_us = true;
        (void)kill(member->pid, SIGKILL);
        return true;
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
