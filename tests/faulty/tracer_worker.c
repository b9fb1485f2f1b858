/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/tracer_worker.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "agent/slot.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "tests/faulty/emitted.h"
#include "tests/faulty/sites.h"
#include "tests/faulty/traced.h"

#define BREAKPOINT 0xcc
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
        struct traced traced;
        const struct tracer_request *request;
        struct tracer_outcome *outcome;
        uint64_t slot;        /* 0: it has none, as one that bisects */
        struct sites sites;   /* of the program and libraries */
        struct sites emitted; /* of the code that a check has entered just now */
        uint64_t round_ns, beat_ns;
        struct corrupt_machine before, after;
        uint8_t areas[2][TRACED_AREA_MAX] __attribute__((aligned(64)));
};

/* ---- planting ---- */

static void plant(struct tracer_worker *w, struct site *site)
{
        traced_put(&w->traced, site->address, BREAKPOINT);
        site->planted = true;
}

static void unplant(struct tracer_worker *w, struct site *site)
{
        traced_put(&w->traced, site->address, site->original);
        site->planted = false;
}

static void plant_all(struct tracer_worker *w, struct sites *sites)
{
        for (size_t i = 0; i < sites->n; i++) {
                (void)traced_read(&w->traced, sites->sites[i].address, &sites->sites[i].original, 1);
                plant(w, &sites->sites[i]);
        }
}

/* Its own slot is the one that it may write, but for the first page of it. */
static uint64_t find_slot(pid_t pid, int cpu)
{
        char path[64], name[64], line[PATH_MAX + 128], rights[8];
        AUTO_FILE FILE *maps = NULL;
        uint64_t begin, offset;

        (void)snprintf(path, sizeof(path), "/proc/%d/maps", pid);
        (void)snprintf(name, sizeof(name), "/memfd:assay-cpu%d-0 ", cpu);
        maps = fopen(path, "re");
        while (maps && fgets(line, sizeof(line), maps))
                if (strstr(line, name) &&
                        sscanf(line, "%" SCNx64 "-%*x %7s %" SCNx64, &begin, rights, &offset) == 3 &&
                        rights[1] == 'w')
                        return begin - offset;
        return 0;
}

struct tracer_worker *tracer_worker_begin(
        pid_t pid, const struct tracer_request *request, struct tracer_outcome *outcome)
{
        struct tracer_worker *w = calloc(1, sizeof(*w));

        if (!w)
                return NULL;
        *w = (struct tracer_worker){
                .request = request, .outcome = outcome, .slot = find_slot(pid, request->cpu)
        };
        if (traced_open(pid, &w->traced) < 0 ||
                sites_find(pid, request->assay, request->mnemonic, &w->sites) < 0) {
                tracer_worker_end(w);
                return NULL;
        }
        plant_all(w, &w->sites);
        outcome->workers++;
        return w;
}

void tracer_worker_end(struct tracer_worker *worker)
{
        sites_free(&worker->sites);
        sites_free(&worker->emitted);
        traced_close(&worker->traced);
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

        if (!w->slot || now_ns - w->beat_ns < HEARTBEAT_NS || now_ns - w->round_ns > HEARTBEAT_MOST_NS)
                return;
        w->beat_ns = now_ns;
        if (!traced_read(&w->traced, address, &heartbeat, sizeof(heartbeat)))
                return;
        heartbeat++;
        (void)traced_write(&w->traced, address, &heartbeat, sizeof(heartbeat));
}

/* False where it is in no round. */
static bool read_round(struct tracer_worker *w, struct slot_current *ret_now)
{
        return w->slot &&
               traced_read(
                       &w->traced, w->slot + offsetof(struct slot, current), ret_now, sizeof(*ret_now)) &&
               check_exists(ret_now->check) && (unsigned)ret_now->regime < REGIME_COUNT;
}

/* Notes in which round of which check a result went wrong. */
static void note_round(struct tracer_worker *w)
{
        struct tracer_outcome *o = w->outcome;
        struct slot_current now;
        struct tally tally;

        if (!read_round(w, &now))
                return;
        if (o->n_rounds == TRACER_ROUNDS_MAX ||
                (o->n_rounds && o->rounds[o->n_rounds - 1].check == now.check &&
                        o->rounds[o->n_rounds - 1].number == now.round.number))
                return;
        if (!traced_read(&w->traced, w->slot + offsetof(struct slot, tallies[now.check][now.regime]), &tally,
                    sizeof(tally)))
                return;
        o->rounds[o->n_rounds++] = (struct tracer_round){ now.check, now.round.number,
                (uint32_t)(tally.rounds + tally.void_rounds) + 1 };
}

/* ---- emitted code ---- */

static void on_leave(struct tracer_worker *w)
{
        for (size_t i = 0; i < w->emitted.n; i++)
                unplant(w, &w->emitted.sites[i]);
        sites_free(&w->emitted);
}

/* It is entered: rsi and rdx have its address and size. */
static void on_enter(struct tracer_worker *w)
{
        static uint8_t code[EMITTED_SIZE_MAX];
        uint64_t address = w->traced.regs.rsi, size = w->traced.regs.rdx;

        on_leave(w); /* what a crash left */
        if (size > sizeof(code) || !traced_read(&w->traced, address, code, size))
                return;
        if (address < w->traced.alias.begin || address >= w->traced.alias.end)
                traced_find_alias(&w->traced, address);
        if (sites_emitted(code, size, address, w->request->mnemonic, &w->emitted) == 0)
                plant_all(w, &w->emitted);
}

static void on_mark(struct tracer_worker *w, enum site_mark mark)
{
        switch (mark) {
        case SITE_ROUND:
                on_round(w);
                break;
        case SITE_ENTER:
                on_enter(w);
                break;
        case SITE_LEAVE:
                on_leave(w);
                break;
        case SITE_UNMARKED:
                break;
        }
}

/* ---- a hit ---- */

/* Executes the instruction at the site, whose own byte is in place. Returns 0; a signal that came instead; -1: the
 * worker is gone. A breakpoint after it costs less than a single step, which a hypervisor may intercept. */
static int execute(struct tracer_worker *w, const struct site *site)
{
        struct traced *t = &w->traced;
        uint64_t next = site->address + site->result.length;
        bool goes_on = result_goes_on(&site->result);
        uint8_t covered = 0;
        int status, signal = 0;

        if (goes_on && traced_read(t, next, &covered, 1))
                traced_put(t, next, BREAKPOINT);
        if (ptrace(goes_on ? PTRACE_CONT : PTRACE_SINGLESTEP, t->pid, NULL, NULL) < 0 ||
                waitpid(t->pid, &status, __WALL) != t->pid || !WIFSTOPPED(status))
                return -1;
        if (goes_on)
                traced_put(t, next, covered);
        if (ptrace(PTRACE_GETREGS, t->pid, NULL, &t->regs) < 0)
                return -1;
        if (WSTOPSIG(status) != SIGTRAP || status >> 16)
                signal = WSTOPSIG(status);
        else if (goes_on)
                t->regs.rip = next;
        return signal;
}

static bool is_spared(struct tracer_worker *w)
{
        struct slot_current now;

        return w->request->votes_only && read_round(w, &now) && !check_list[now.check]->voted;
}

static void spoil(struct tracer_worker *w, struct site *site)
{
        const struct corrupt_memory memory = { traced_read, traced_write, &w->traced };
        enum corrupt_change change;

        traced_to_machine(&w->traced, &w->after);
        if (site->result.extended && !traced_fetch_area(&w->traced, &w->after, w->areas[1]))
                return;
        change = corrupt(w->request->seed, &site->result, &w->before, &w->after, &memory);
        if (!change)
                return;
        if (change == CORRUPT_GENERAL || change == CORRUPT_BASE)
                traced_from_machine(&w->traced, &w->after);
        else if (change == CORRUPT_EXTENDED)
                (void)traced_give_area(&w->traced, &w->after);
        site->flips++;
        w->outcome->flips++;
        note_round(w);
}

static bool is_beyond_limit(const struct tracer_worker *w, const struct site *site)
{
        enum tracer_way way = w->request->way;

        return !site->mark && ((limits[way].hits && site->hits > limits[way].hits) ||
                                      (limits[way].flips && site->flips >= limits[way].flips));
}

/* Returns the signal with which the worker is to go on, -1 where it is gone. */
static int run_site(struct tracer_worker *w, struct site *site)
{
        bool spoils = w->request->way != TRACER_CONTROL && site->result.n_parts;
        struct traced *t = &w->traced;
        int signal;

        unplant(w, site);
        t->regs.rip = site->address;
        traced_to_machine(t, &w->before);
        if (ptrace(PTRACE_SETREGS, t->pid, NULL, &t->regs) < 0)
                return -1;
        if (is_beyond_limit(w, site))
                return 0;
        if (spoils && site->result.extended && !traced_fetch_area(t, &w->before, w->areas[0]))
                return -1;
        signal = execute(w, site);
        if (signal < 0)
                return -1;
        if (!signal && spoils && !is_spared(w))
                spoil(w, site);
        if (!signal && ptrace(PTRACE_SETREGS, t->pid, NULL, &t->regs) < 0)
                return -1;
        plant(w, site);
        return signal;
}

enum tracer_hit tracer_worker_hit(struct tracer_worker *worker)
{
        struct traced *t = &worker->traced;
        struct site *site;
        int signal;

        if (ptrace(PTRACE_GETREGS, t->pid, NULL, &t->regs) < 0)
                return TRACER_GONE;
        site = sites_at(&worker->sites, t->regs.rip - 1);
        if (!site)
                site = sites_at(&worker->emitted, t->regs.rip - 1);
        if (!site)
                return TRACER_NOT_OURS;
        on_mark(worker, site->mark);
        if (site->result.n_parts) {
                worker->outcome->hits++;
                site->hits++;
        }
        keep_beating(worker);
        signal = run_site(worker, site);
        if (signal < 0)
                return TRACER_GONE;
        (void)ptrace(PTRACE_CONT, t->pid, NULL, (void *)(long)signal); /* NOLINT */
        return TRACER_GOES_ON;
}
