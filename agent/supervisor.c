/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "agent/burial.h"
#include "agent/coverage.h"
#include "agent/meeting.h"
#include "agent/member.h"
#include "agent/progress.h"
#include "agent/recorder.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/clock.h"

#define TICK_MS 20
#define WATCH_NS (100 * CLOCK_MS)
#define STOP_NS (20 * CLOCK_SECOND) /* the healthy end in milliseconds; one that hangs may get little CPU */
#define STOP_QUICK_NS (800 * CLOCK_MS) /* interrupted: whoever waits for us wants an end */
#define RESTARTS_MOST 50

struct supervisor {
        const struct supervisor_run *run;
        struct evidence *evidence;
        struct supervisor_outcome outcome;
        struct member *members; /* the n_cpus workers, then their competitors */
        size_t n_cpus, n_members;
        uint64_t start_ns, watched_ns;
        struct progress progress;
        bool stopping;
        struct recorder recorder;
        struct coverage coverage;
        struct cpu_set left; /* the CPUs that we keep off */
        struct meetings meetings;
};

/* The supervisor does not stay on a CPU that it suspects. */
static void leave_accused(struct supervisor *s)
{
        struct cpu_set rest = *s->run->cpus;

        if (memcmp(&s->left, &s->recorder.accused, sizeof(s->left)) == 0)
                return;
        s->left = s->recorder.accused;
        for (size_t i = 0; i < ARRAY_SIZE(rest.word); i++)
                rest.word[i] &= ~s->left.word[i];
        if (cpu_set_count(&rest))
                (void)cpu_set_bind(&rest);
}

/* ---- life and death ---- */

/* A worker ends when it is told to, or when it has run all that a run of its own length is. */
static bool may_end(const struct supervisor *s, const struct member *m)
{
        bool ends = s->run->once || (s->run->round && s->run->times);

        return s->stopping || (ends && atomic_load(&m->slot->passes) > 0);
}

static void bury(struct supervisor *s, struct member *m, int status, const struct rusage *usage)
{
        m->cpu_ns += ((uint64_t)usage->ru_utime.tv_sec + (uint64_t)usage->ru_stime.tv_sec) * CLOCK_SECOND +
                     ((uint64_t)usage->ru_utime.tv_usec + (uint64_t)usage->ru_stime.tv_usec) * 1000;
        burial_record(&s->recorder, m, status, may_end(s, m));
        m->pid = 0;
        m->restart_ns = clock_ns(CLOCK_MONOTONIC) + m->restarts * 10 * CLOCK_MS;
        if (!m->process)
                meetings_bury(&s->meetings, m->index, m->lost);
        atomic_store(&m->slot->in_run, 0);
}

/* One that we stopped to ask it: it may have answered just now, or die of it. */
static void halt(struct supervisor *s, struct member *m, int status)
{
        struct observation_death death;

        recorder_drain(&s->recorder, m);
        if (member_stopped(m, status, &death) && !m->recorded)
                recorder_tell(&s->recorder, m, OBSERVATION_HANG, 0, &death);
}

/* Reaps every child: as PID 1 of a container we are given strangers too. Where others took a death away, a worker
 * is dead all the same once we have no child. */
static void reap(struct supervisor *s)
{
        struct rusage usage;
        int status;
        pid_t pid;
        bool childless;

        while ((pid = wait4(-1, &status, WNOHANG | __WALL, &usage)) > 0)
                for (size_t i = 0; i < s->n_members; i++)
                        if (s->members[i].pid == pid && WIFSTOPPED(status))
                                halt(s, &s->members[i], status);
                        else if (s->members[i].pid == pid)
                                bury(s, &s->members[i], status, &usage);
        childless = pid < 0 && errno == ECHILD;
        for (size_t i = 0; i < s->n_members && childless; i++)
                if (s->members[i].pid)
                        bury(s, &s->members[i], SIGKILL, &(struct rusage){ 0 });
}

static void restart(struct supervisor *s, struct member *m, uint64_t now_ns)
{
        int r;

        if (m->pid || m->done || m->lost || now_ns < m->restart_ns)
                return;
        r = m->restarts++ >= RESTARTS_MOST ? -ECANCELED : member_start(m, s->run);
        if (r == 0)
                return;
        m->lost = true;
        recorder_tell(&s->recorder, m, OBSERVATION_FAILED, -r, NULL);
        if (!m->process)
                meetings_bury(&s->meetings, m->index, true);
}

static void watch(struct supervisor *s, struct member *m, uint64_t now_ns)
{
        enum member_state state;

        if (!m->pid || m->killed_by_us)
                return;
        state = member_watch(m, now_ns);
        if (!m->process && (state == MEMBER_STARVED || (state == MEMBER_MUTE && !m->starved)))
                recorder_tell(&s->recorder, m, OBSERVATION_STARVED, 0, NULL);
        if (state == MEMBER_MUTE)
                member_kill(m);
        recorder_look(&s->recorder, m);
}

/* ---- progress and results ---- */

/* How fast the run got where: for the benchmarks, and for the report. */
static void note_milestones(struct supervisor *s, uint64_t now_ns)
{
        struct supervisor_outcome *o = &s->outcome;
        uint64_t age = now_ns - s->start_ns;

        if (!o->ready_ns && coverage_ready(&s->coverage))
                o->ready_ns = age;
        if (o->ready_ns && !o->core_ns && coverage_core(&s->coverage))
                o->core_ns = age;
        if (o->core_ns && !o->covered_ns && coverage_done(&s->coverage, NULL) == coverage_all(&s->coverage))
                o->covered_ns = age;
}

static void collect(struct supervisor *s)
{
        bool planned = s->run->experiment == EXPERIMENT_NONE;

        for (size_t i = 0; i < s->n_members; i++) {
                const struct member *m = &s->members[i];

                for (size_t c = 0; c < check_count(); c++)
                        for (int r = 0; r < REGIME_COUNT; r++)
                                s->outcome.rounds += m->slot->tallies[c][r].rounds;
                if (planned && !m->process)
                        evidence_add(s->evidence, m->cpu, m->slot->tallies, m->slot->stressed, m->cpu_ns);
        }
        s->outcome.complete = coverage_done(&s->coverage, NULL) == coverage_all(&s->coverage);
        s->outcome.elapsed_ns = clock_ns(CLOCK_MONOTONIC) - s->start_ns;
        s->outcome.failures = s->recorder.failures;
        s->outcome.same_value = s->recorder.same_value;
}

/* ---- the run ---- */

static bool wants_meetings(const struct supervisor_run *run)
{
        for (size_t i = 0; i < run->n_items; i++)
                if (check_list[run->items[i].check]->parties)
                        return true;
        return false;
}

static bool wants_crowd(const struct supervisor_run *run)
{
        for (size_t i = 0; i < run->n_items; i++)
                if (run->items[i].regime == REGIME_CROWD)
                        return true;
        return false;
}

/* Each worker's outputs are reviewed by the next CPU's. */
static void link_members(struct supervisor *s)
{
        for (size_t i = 0; i < s->n_cpus; i++) {
                /* Neighbours in the ring differ, also where it closes. */
                s->members[i].class = i + 1 == s->n_cpus && i % 3 == 0 ? 3 : (unsigned)(i % 3);
                s->members[i].index = (uint32_t)i;
                s->members[i].meetings = s->meetings.workers ? &s->meetings : NULL;
                if (s->n_cpus > 1) {
                        s->members[i].reviewed = &s->members[(i + 1) % s->n_cpus];
                        s->members[i].reviewer = &s->members[(i + s->n_cpus - 1) % s->n_cpus];
                }
                if (s->n_members > s->n_cpus)
                        s->members[s->n_cpus + i].crowd = &s->members[i];
        }
}

static int start_all(struct supervisor *s)
{
        size_t i = 0, started = 0;
        int r, first_error = -EAGAIN;

        for (int cpu = cpu_set_next(s->run->cpus, -1); cpu >= 0;
                cpu = cpu_set_next(s->run->cpus, cpu), i++) {
                r = member_create(&s->members[i], (unsigned)cpu, 0);
                if (r == 0 && s->n_members > s->n_cpus)
                        r = member_create(&s->members[s->n_cpus + i], (unsigned)cpu, 1);
                if (r < 0)
                        return r;
        }
        if (wants_meetings(s->run)) {
                r = meetings_create(&s->meetings, s->run->cpus, s->run->host);
                if (r < 0)
                        return r;
        }
        link_members(s);
        for (i = 0; i < s->n_members; i++) {
                r = member_start(&s->members[i], s->run);
                if (r == 0) {
                        started += i < s->n_cpus;
                        continue;
                }
                first_error = r;
                s->members[i].lost = true;
                if (i < s->n_cpus)
                        meetings_bury(&s->meetings, s->members[i].index, true);
                recorder_tell(&s->recorder, &s->members[i], OBSERVATION_FAILED, -r, NULL);
        }
        return started ? 0 : first_error;
}

static bool workers_left(const struct supervisor *s)
{
        for (size_t i = 0; i < s->n_cpus; i++)
                if (s->members[i].pid || (!s->members[i].done && !s->members[i].lost))
                        return true;
        return false;
}

static bool processes_left(const struct supervisor *s)
{
        for (size_t i = 0; i < s->n_members; i++)
                if (s->members[i].pid)
                        return true;
        return false;
}

static void tick(struct supervisor *s)
{
        uint64_t now_ns;

        (void)poll(NULL, 0, TICK_MS);
        now_ns = clock_ns(CLOCK_MONOTONIC);
        for (size_t i = 0; i < s->n_members; i++)
                recorder_drain(&s->recorder, &s->members[i]);
        reap(s);
        leave_accused(s);
        if (!s->outcome.ready_ns || now_ns - s->watched_ns >= WATCH_NS)
                note_milestones(s, now_ns);
        if (now_ns - s->watched_ns >= WATCH_NS) {
                s->watched_ns = now_ns;
                for (size_t i = 0; i < s->n_members; i++)
                        watch(s, &s->members[i], now_ns);
        }
        for (size_t i = 0; i < s->n_members && !s->stopping; i++)
                restart(s, &s->members[i], now_ns);
        if (!s->stopping)
                progress_show(&s->progress, &s->coverage, s->start_ns, now_ns);
}

/* Waits for the workers to end: at most so long, and not for those that get no CPU time (stopped, starved). */
static void await_end(struct supervisor *s)
{
        bool quick = s->outcome.interrupted;
        uint64_t now_ns = clock_ns(CLOCK_MONOTONIC), end_ns = now_ns + (quick ? STOP_QUICK_NS : STOP_NS),
                 moved_ns = now_ns, spent_ns = 0;

        while (processes_left(s) && now_ns < end_ns &&
                now_ns - moved_ns < (quick ? STOP_QUICK_NS : MEMBER_STARVED_NS)) {
                uint64_t spent_now_ns = 0;

                for (size_t i = 0; i < s->n_members; i++)
                        spent_now_ns += member_cpu_ns(&s->members[i]);
                if (spent_now_ns != spent_ns)
                        moved_ns = now_ns;
                spent_ns = spent_now_ns;
                tick(s);
                now_ns = clock_ns(CLOCK_MONOTONIC);
        }
}

/* Kills who did not end. A worker that got no CPU time to do so was not testing for as long. */
static void end_starved(struct supervisor *s, struct member *m)
{
        if (!m->pid)
                return;
        if (!m->process && !m->killed_by_us && !s->outcome.interrupted) {
                if (!m->starved)
                        recorder_tell(&s->recorder, m, OBSERVATION_STARVED, 0, NULL);
                s->outcome.starved = true;
        }
        member_kill(m);
}

static void supervise(struct supervisor *s)
{
        uint64_t now_ns = clock_ns(CLOCK_MONOTONIC), end_ns = s->start_ns + s->run->duration_ns;

        while (workers_left(s) && now_ns < end_ns && !(s->run->stop_at_evidence && s->recorder.failures)) {
                if (s->run->interrupted && *s->run->interrupted) {
                        s->outcome.interrupted = true;
                        break;
                }
                tick(s);
                now_ns = clock_ns(CLOCK_MONOTONIC);
        }
        note_milestones(s, now_ns);
        s->stopping = true;
        for (size_t i = 0; i < s->n_members; i++)
                atomic_store(&s->members[i].slot->stop, 1);
        await_end(s);
        for (size_t i = 0; i < s->n_members; i++)
                end_starved(s, &s->members[i]);
        while (processes_left(s))
                tick(s);
}

int supervisor_run(
        const struct supervisor_run *run, struct evidence *evidence, struct supervisor_outcome *ret_outcome)
{
        size_t n = cpu_set_count(run->cpus);
        struct supervisor s = { .run = run, .evidence = evidence, .n_cpus = n };
        AUTO_FREE struct member *members = calloc(2 * n + 1, sizeof(*members));
        struct cpu_set affinity;
        bool have_affinity = cpu_set_bound(&affinity) == 0;
        int r;

        if (!run->n_items)
                return -EINVAL;
        if (!members)
                return -ENOMEM;
        r = run->experiment == EXPERIMENT_NONE ? evidence_prepare(evidence, run->cpus) : 0;
        s.start_ns = clock_ns(CLOCK_MONOTONIC);
        if (r == 0)
                r = progress_begin(&s.progress, run, evidence, s.start_ns);
        if (r < 0) {
                progress_end(&s.progress);
                return r;
        }
        s.members = members;
        s.n_members = wants_crowd(run) ? 2 * n : n;
        s.coverage = (struct coverage){ run, members, n };
        recorder_begin(&s.recorder, run, evidence);
        for (size_t i = 0; i < s.n_members; i++)
                s.members[i].memfd = -1;
        r = start_all(&s);
        if (r == 0) {
                supervise(&s);
                collect(&s);
                *ret_outcome = s.outcome;
        }
        for (size_t i = 0; i < s.n_members; i++)
                member_destroy(&s.members[i]);
        progress_end(&s.progress);
        meetings_destroy(&s.meetings);
        if (have_affinity)
                (void)cpu_set_bind(&affinity);
        return r;
}
