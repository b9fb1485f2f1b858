/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/tracer_worker.h"

#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/slot.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "tests/faulty/corrupt.h"
#include "tests/faulty/sites.h"

#define BREAKPOINT 0xcc
#define TRAP_FLAG 0x100
#define AREA_MAX 32768
#define ROUND_MARK "regime_run" /* the function that a worker calls once a round: agent/regime.h */
#define HEARTBEAT_NS (50 * CLOCK_MS)
#define HEARTBEAT_MOST_NS (60 * CLOCK_SECOND) /* a round that stops longer is an endless one */

static const struct {
        uint32_t hits, flips; /* of one place in one round; 0: any number */
} limits[] = {
        [TRACER_CONTROL] = { 16, 0 },
        [TRACER_BRIEF] = { 400, 50 },
        [TRACER_STEADY] = { 0, 0 },
};

struct tracer_worker {
        pid_t pid;
        const struct tracer_request *request;
        struct tracer_outcome *outcome;
        int memory; /* /proc/PID/mem */
        uint64_t slot;
        struct sites sites;
        uint64_t round_ns, beat_ns;
        struct user_regs_struct regs; /* at the last stop */
        struct corrupt_machine before, after;
        uint8_t areas[2][AREA_MAX] __attribute__((aligned(64)));
};

/* ---- its memory ---- */

static bool memory_read(void *user, uint64_t address, void *to, size_t size)
{
        const struct tracer_worker *w = user;

        return pread(w->memory, to, size, (off_t)address) == (ssize_t)size;
}

static bool memory_write(void *user, uint64_t address, const void *from, size_t size)
{
        const struct tracer_worker *w = user;

        return pwrite(w->memory, from, size, (off_t)address) == (ssize_t)size;
}

static void put_byte(struct tracer_worker *w, uint64_t address, uint8_t byte)
{
        (void)memory_write(w, address, &byte, 1);
}

/* Its own slot is the one that it may write. */
static uint64_t find_slot(pid_t pid, int cpu)
{
        char path[64], name[64], line[PATH_MAX + 128], rights[8];
        AUTO_FILE FILE *maps = NULL;
        uint64_t begin;

        (void)snprintf(path, sizeof(path), "/proc/%d/maps", pid);
        (void)snprintf(name, sizeof(name), "/memfd:assay-cpu%d-0 ", cpu);
        maps = fopen(path, "re");
        while (maps && fgets(line, sizeof(line), maps))
                if (strstr(line, name) && sscanf(line, "%" SCNx64 "-%*x %7s", &begin, rights) == 2 &&
                        rights[1] == 'w')
                        return begin;
        return 0;
}

/* ---- its registers ---- */

static void machine_from(const struct user_regs_struct *r, struct corrupt_machine *machine)
{
        const uint64_t general[16] = { r->rax, r->rcx, r->rdx, r->rbx, r->rsp, r->rbp, r->rsi, r->rdi, r->r8,
                r->r9, r->r10, r->r11, r->r12, r->r13, r->r14, r->r15 };

        memcpy(machine->general, general, sizeof(general));
        machine->flags = r->eflags & ~(uint64_t)TRAP_FLAG;
        machine->instruction = r->rip;
        machine->fs_base = r->fs_base;
        machine->gs_base = r->gs_base;
}

static void machine_to(const struct corrupt_machine *machine, struct user_regs_struct *r)
{
        const uint64_t *g = machine->general;

        r->rax = g[0], r->rcx = g[1], r->rdx = g[2], r->rbx = g[3];
        r->rsp = g[4], r->rbp = g[5], r->rsi = g[6], r->rdi = g[7];
        r->r8 = g[8], r->r9 = g[9], r->r10 = g[10], r->r11 = g[11];
        r->r12 = g[12], r->r13 = g[13], r->r14 = g[14], r->r15 = g[15];
        r->eflags = machine->flags;
        r->rip = machine->instruction;
        r->fs_base = machine->fs_base;
        r->gs_base = machine->gs_base;
}

static bool read_area(struct tracer_worker *w, struct corrupt_machine *machine, uint8_t *area)
{
        struct iovec vector = { area, AREA_MAX };

        if (ptrace(PTRACE_GETREGSET, w->pid, (void *)NT_X86_XSTATE, &vector) < 0) /* NOLINT */
                return false;
        machine->xsave = area;
        machine->xsave_size = vector.iov_len;
        return true;
}

static void write_back(struct tracer_worker *w, enum corrupt_change change)
{
        struct iovec vector = { w->after.xsave, w->after.xsave_size };

        if (change == CORRUPT_GENERAL || change == CORRUPT_BASE)
                machine_to(&w->after, &w->regs);
        else if (change == CORRUPT_EXTENDED)
                (void)ptrace(PTRACE_SETREGSET, w->pid, (void *)NT_X86_XSTATE, &vector); /* NOLINT */
}

/* ---- planting ---- */

static void plant(struct tracer_worker *w, struct site *site)
{
        put_byte(w, site->address, BREAKPOINT);
        site->planted = true;
}

static void unplant(struct tracer_worker *w, struct site *site)
{
        put_byte(w, site->address, site->original);
        site->planted = false;
}

struct tracer_worker *tracer_worker_begin(
        pid_t pid, const struct tracer_request *request, struct tracer_outcome *outcome)
{
        struct tracer_worker *w = calloc(1, sizeof(*w));
        char path[64];

        if (!w)
                return NULL;
        *w = (struct tracer_worker){ .pid = pid, .request = request, .outcome = outcome };
        (void)snprintf(path, sizeof(path), "/proc/%d/mem", pid);
        w->memory = open(path, O_RDWR | O_CLOEXEC);
        w->slot = find_slot(pid, request->cpu);
        if (w->memory < 0 || !w->slot ||
                sites_find(pid, request->assay, request->mnemonic, ROUND_MARK, &w->sites) < 0) {
                tracer_worker_end(w);
                return NULL;
        }
        for (size_t i = 0; i < w->sites.n; i++) {
                (void)memory_read(w, w->sites.sites[i].address, &w->sites.sites[i].original, 1);
                plant(w, &w->sites.sites[i]);
        }
        outcome->workers++;
        outcome->places = (unsigned)w->sites.n - 1; /* without the mark */
        return w;
}

void tracer_worker_end(struct tracer_worker *worker)
{
        sites_free(&worker->sites);
        if (worker->memory >= 0)
                (void)close(worker->memory);
        free(worker);
}

/* ---- rounds ---- */

/* A new round: what the limits removed comes back, but for the control's. */
static void on_round(struct tracer_worker *w)
{
        w->round_ns = clock_ns(CLOCK_MONOTONIC);
        if (w->request->way != TRACER_BRIEF)
                return;
        for (size_t i = 0; i < w->sites.n; i++) {
                struct site *site = &w->sites.sites[i];

                site->hits = site->flips = 0;
                if (!site->planted)
                        plant(w, site);
        }
}

static void keep_beating(struct tracer_worker *w)
{
        uint64_t now_ns = clock_ns(CLOCK_MONOTONIC), heartbeat,
                 address = w->slot + offsetof(struct slot, heartbeat);

        if (now_ns - w->beat_ns < HEARTBEAT_NS || now_ns - w->round_ns > HEARTBEAT_MOST_NS)
                return;
        w->beat_ns = now_ns;
        if (!memory_read(w, address, &heartbeat, sizeof(heartbeat)))
                return;
        heartbeat++;
        (void)memory_write(w, address, &heartbeat, sizeof(heartbeat));
}

/* Notes in which round of which check a result went wrong. */
static void note_round(struct tracer_worker *w)
{
        struct tracer_outcome *o = w->outcome;
        struct slot_current now;
        struct tally tally;

        if (!memory_read(w, w->slot + offsetof(struct slot, current), &now, sizeof(now)) ||
                !check_exists(now.check) || (unsigned)now.regime >= REGIME_COUNT)
                return;
        if (o->n_rounds == TRACER_ROUNDS_MAX ||
                (o->n_rounds && o->rounds[o->n_rounds - 1].check == now.check &&
                        o->rounds[o->n_rounds - 1].number == now.round.number))
                return;
        if (!memory_read(w, w->slot + offsetof(struct slot, tallies[now.check][now.regime]), &tally,
                    sizeof(tally)))
                return;
        o->rounds[o->n_rounds++] = (struct tracer_round){ now.check, now.round.number,
                (uint32_t)(tally.rounds + tally.void_rounds) + 1 };
}

/* ---- a hit ---- */

/* Executes the instruction at the site, whose own byte is in place. Returns 0; a signal that came instead; -1: the
 * worker is gone. A breakpoint after it costs less than a single step, which a hypervisor may intercept. */
static int execute(struct tracer_worker *w, const struct site *site)
{
        uint64_t next = site->address + site->result.length;
        bool goes_on = result_goes_on(&site->result);
        uint8_t covered = 0;
        int status, signal = 0;

        if (goes_on && memory_read(w, next, &covered, 1))
                put_byte(w, next, BREAKPOINT);
        if (ptrace(goes_on ? PTRACE_CONT : PTRACE_SINGLESTEP, w->pid, NULL, NULL) < 0 ||
                waitpid(w->pid, &status, __WALL) != w->pid || !WIFSTOPPED(status))
                return -1;
        if (goes_on)
                put_byte(w, next, covered);
        if (ptrace(PTRACE_GETREGS, w->pid, NULL, &w->regs) < 0)
                return -1;
        if (WSTOPSIG(status) != SIGTRAP || status >> 16)
                signal = WSTOPSIG(status);
        else if (goes_on)
                w->regs.rip = next;
        return signal;
}

static void spoil(struct tracer_worker *w, struct site *site)
{
        const struct corrupt_memory memory = { memory_read, memory_write, w };
        enum corrupt_change change;

        machine_from(&w->regs, &w->after);
        if (site->result.extended && !read_area(w, &w->after, w->areas[1]))
                return;
        change = corrupt(w->request->seed, &site->result, &w->before, &w->after, &memory);
        if (!change)
                return;
        write_back(w, change);
        site->flips++;
        w->outcome->flips++;
        note_round(w);
}

static bool is_beyond_limit(const struct tracer_worker *w, const struct site *site)
{
        return !site->marked && ((limits[w->request->way].hits && site->hits > limits[w->request->way].hits) ||
                                        (limits[w->request->way].flips &&
                                                site->flips >= limits[w->request->way].flips));
}

/* Returns the signal with which the worker is to go on, -1 where it is gone. */
static int run_site(struct tracer_worker *w, struct site *site)
{
        bool spoils = w->request->way != TRACER_CONTROL && site->result.n_parts;
        int signal;

        unplant(w, site);
        w->regs.rip = site->address;
        machine_from(&w->regs, &w->before);
        if (ptrace(PTRACE_SETREGS, w->pid, NULL, &w->regs) < 0)
                return -1;
        if (is_beyond_limit(w, site))
                return 0;
        if (spoils && site->result.extended && !read_area(w, &w->before, w->areas[0]))
                return -1;
        signal = execute(w, site);
        if (signal < 0)
                return -1;
        if (!signal && spoils)
                spoil(w, site);
        if (!signal && ptrace(PTRACE_SETREGS, w->pid, NULL, &w->regs) < 0)
                return -1;
        plant(w, site);
        return signal;
}

enum tracer_hit tracer_worker_hit(struct tracer_worker *worker)
{
        struct site *site;
        int signal;

        if (ptrace(PTRACE_GETREGS, worker->pid, NULL, &worker->regs) < 0)
                return TRACER_GONE;
        site = sites_at(&worker->sites, worker->regs.rip - 1);
        if (!site)
                return TRACER_NOT_OURS;
        if (site->marked)
                on_round(worker);
        if (site->result.n_parts) {
                worker->outcome->hits++;
                site->hits++;
        }
        keep_beating(worker);
        signal = run_site(worker, site);
        if (signal < 0)
                return TRACER_GONE;
        (void)ptrace(PTRACE_CONT, worker->pid, NULL, (void *)(long)signal); /* NOLINT */
        return TRACER_GOES_ON;
}
