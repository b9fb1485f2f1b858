/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker says of whom it accuses is not taken at its word: it may be the one that is broken. What a debugger may
 * have done to it is recorded with it. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/recorder.h"
#include "base/array.h"
#include "tests/tap.h"

#define OWN 3
#define REVIEWED 7
#define STRANGER 5

static struct supervisor_run run;
static struct member member, reviewed;
static struct cpu_set cpus;
static uint32_t known_check, voted_check, erratum_check;

static bool prepare(void)
{
        static const struct plan_item item = { .regime = REGIME_QUIET };

        member = (struct member){ .cpu = OWN, .reviewed = &reviewed };
        reviewed.cpu = REVIEWED;
        member.slot =
                mmap(NULL, sizeof(struct slot), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        cpu_set_add(&cpus, OWN);
        cpu_set_add(&cpus, REVIEWED);
        cpu_set_add(&cpus, STRANGER);
        run = (struct supervisor_run){ .items = &item, .n_items = 1, .cpus = &cpus };
        while (check_list[known_check]->voted)
                known_check++;
        while (check_list[voted_check] && !check_list[voted_check]->voted)
                voted_check++;
        while (check_list[erratum_check] && !check_list[erratum_check]->erratum)
                erratum_check++;
        return member.slot != MAP_FAILED && check_list[voted_check] && check_list[erratum_check];
}

/* What a worker of CPU 3 that is all in order says. */
static struct observation saying(enum observation_kind kind)
{
        return (struct observation){ .kind = kind,
                .check = known_check,
                .cpu = OWN,
                .seen_on = { OWN, -1, -1, -1 },
                .known = true,
                .reviewer = -1,
                .round = { .cpu = OWN },
                .mismatch = { .bytes = 1, .bits = 1 } };
}

/* Drains one observation; returns what was kept of it. */
static struct observation record(struct observation said)
{
        struct evidence evidence = { 0 };
        struct recorder recorder;
        struct observation kept = { .cpu = -1 };

        recorder_begin(&recorder, &run, &evidence);
        slot_push(member.slot, &said);
        recorder_drain(&recorder, &member);
        if (evidence.n_observations == 1)
                kept = evidence.observations[0];
        evidence_free(&evidence);
        return kept;
}

static bool seen_on(const struct observation *o, int cpu)
{
        for (size_t i = 0; i < ARRAY_SIZE(o->seen_on); i++)
                if (o->seen_on[i] == cpu)
                        return true;
        return false;
}

static void rounds(void)
{
        struct observation said = saying(OBSERVATION_MISMATCH), kept;

        kept = record(said);
        tap_ok(kept.cpu == OWN && seen_on(&kept, OWN) && kept.known, "a mismatch is its worker's");
        said.cpu = said.seen_on[0] = STRANGER;
        kept = record(said);
        tap_ok(kept.cpu == OWN && seen_on(&kept, OWN),
                "a mismatch that names another CPU alone is its worker's too");
        said = saying(OBSERVATION_MISMATCH);
        said.seen_on[1] = STRANGER;
        kept = record(said);
        tap_ok(seen_on(&kept, OWN) && seen_on(&kept, STRANGER), "a round that wandered names both CPUs");
        for (size_t i = 0; i < ARRAY_SIZE(said.seen_on); i++)
                said.seen_on[i] = STRANGER;
        kept = record(said);
        tap_ok(seen_on(&kept, OWN) && !seen_on(&kept, STRANGER), "one that names a CPU twice names its own");
}

static void reviews(void)
{
        struct observation said = saying(OBSERVATION_DISAGREE), kept;

        said.cpu = said.seen_on[0] = REVIEWED;
        said.reviewer = OWN;
        said.review = REVIEW_CONFIRMED;
        kept = record(said);
        tap_ok(kept.cpu == REVIEWED && kept.reviewer == OWN,
                "a review accuses the worker that was reviewed");
        said.reviewer = -1;
        kept = record(said);
        tap_ok(kept.reviewer == OWN, "one that does not say who reviewed is the reviewer's all the same");
        said.review = (enum observation_review)0x40000001;
        kept = record(said);
        tap_ok(kept.reviewer == OWN && kept.review == REVIEW_NONE,
                "nor is the reviewer lost where the rest is nonsense");
        said.cpu = said.seen_on[0] = STRANGER;
        kept = record(said);
        tap_ok(kept.cpu == REVIEWED && !seen_on(&kept, STRANGER),
                "one of a CPU that it does not review is not");
        member.reviewed = NULL;
        kept = record(said);
        tap_ok(kept.kind == OBSERVATION_FAILED && kept.cpu == OWN, "who reviews nobody accuses nobody");
        member.reviewed = &reviewed;
}

static void votes(void)
{
        struct observation said = saying(OBSERVATION_MISMATCH), kept;

        said.known = false;
        kept = record(said);
        tap_ok(kept.known, "the check decides whether an answer is known, not its worker");
        said.known = true;
        said.check = voted_check;
        kept = record(said);
        tap_ok(!kept.known, "and whether it is a vote");
}

/* A worker that errs could excuse every wrong result so. */
static void errata(void)
{
        struct observation said = saying(OBSERVATION_ERRATUM), kept;

        kept = record(said);
        tap_ok(kept.kind == OBSERVATION_FAILED && kept.error == EBADMSG,
                "an erratum of a check that looks for none is no label");
        said.check = erratum_check;
        kept = record(said);
        tap_ok(kept.kind == OBSERVATION_ERRATUM, "that of one which does is");
}

static void deaths(void)
{
        struct observation said = saying(OBSERVATION_CRASH), kept;

        member.recorded = false;
        (void)record(saying(OBSERVATION_MISMATCH));
        tap_ok(!member.recorded, "a worker that found a mismatch has not recorded its death");
        said.seen_on[0] = STRANGER;
        kept = record(said);
        tap_ok(member.recorded, "one that says that it crashed has");
        tap_ok(seen_on(&kept, OWN) && !seen_on(&kept, STRANGER), "and it did so on its own CPU");
}

/* Pushes `n` of a kind, all before the supervisor looks. */
static void push(enum observation_kind kind, unsigned n)
{
        struct observation said = saying(kind);

        if (kind == OBSERVATION_ERRATUM)
                said.check = erratum_check;
        while (n--)
                slot_push(member.slot, &said);
}

static unsigned kept_of(const struct evidence *evidence, enum observation_kind kind)
{
        unsigned n = 0;

        for (size_t i = 0; i < evidence->n_observations; i++)
                n += evidence->observations[i].kind == kind;
        return n;
}

static void crowded(void)
{
        struct evidence evidence = { 0 };
        struct recorder recorder;

        recorder_begin(&recorder, &run, &evidence);
        push(OBSERVATION_FAILED, 100);
        push(OBSERVATION_MISMATCH, 1);
        recorder_drain(&recorder, &member);
        tap_ok(kept_of(&evidence, OBSERVATION_MISMATCH) == 1 && evidence.unheard == 0 &&
                        kept_of(&evidence, OBSERVATION_FAILED) + evidence.dropped == 100,
                "100 facts keep no accusation out of the ring, and those lost are counted");
        evidence.dropped = 0;
        push(OBSERVATION_ERRATUM, 100);
        push(OBSERVATION_MISMATCH, 1);
        recorder_drain(&recorder, &member);
        tap_ok(kept_of(&evidence, OBSERVATION_MISMATCH) == 2 &&
                        kept_of(&evidence, OBSERVATION_ERRATUM) > 1 && evidence.dropped == 0,
                "nor does an erratum, of which now and then is enough");
        push(OBSERVATION_MISMATCH, 100);
        recorder_drain(&recorder, &member);
        tap_ok(kept_of(&evidence, OBSERVATION_MISMATCH) - 2 + evidence.unheard == 100 && evidence.unheard &&
                        evidence.dropped == evidence.unheard,
                "accusations that found no room are counted as such");
        evidence_free(&evidence);
}

/* A process and its ptracer: stopped until the tracer ends. */
static bool start_traced(pid_t *ret_tracer, pid_t *ret_traced)
{
        int way[2];
        pid_t tracer, traced = 0;

        if (pipe(way) < 0)
                return false;
        tracer = fork();
        if (tracer == 0) {
                (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
                traced = fork();
                if (traced == 0) {
                        (void)alarm(60);
                        (void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
                        (void)raise(SIGSTOP);
                        for (;;)
                                (void)pause();
                }
                (void)waitpid(traced, NULL, 0);
                (void)!write(way[1], &traced, sizeof(traced));
                for (;;)
                        (void)pause();
        }
        (void)close(way[1]);
        bool good = tracer > 0 && read(way[0], &traced, sizeof(traced)) == sizeof(traced);
        (void)close(way[0]);
        *ret_tracer = tracer;
        *ret_traced = traced;
        return good;
}

/* A debugger that was there for a moment: what comes to light afterwards may be its work. */
static void debuggers(void)
{
        struct observation said = saying(OBSERVATION_MISMATCH);
        struct evidence evidence = { 0 };
        struct recorder recorder;
        pid_t tracer = 0, traced = 0;

        recorder_begin(&recorder, &run, &evidence);
        if (!tap_ok(start_traced(&tracer, &traced), "a process and its debugger"))
                return;
        member.pid = traced;
        recorder_look(&recorder, &member);
        tap_ok(evidence.n_observations == 1 && evidence.observations[0].kind == OBSERVATION_TRACED &&
                        evidence.observations[0].tracer == tracer,
                "a debugger is recorded");
        recorder_drain(&recorder, &member);
        tap_ok(evidence.n_observations == 1, "once");
        (void)kill(tracer, SIGKILL);
        (void)waitpid(tracer, NULL, 0);
        slot_push(member.slot, &said);
        recorder_drain(&recorder, &member);
        tap_ok(evidence.n_observations == 2 && evidence.observations[1].kind == OBSERVATION_MISMATCH &&
                        evidence.observations[1].tracer == tracer,
                "what is found when it has gone names it");
        member.tracer = 0;
        slot_push(member.slot, &said);
        recorder_drain(&recorder, &member);
        tap_ok(evidence.n_observations == 3 && evidence.observations[2].tracer == 0,
                "what is found where none was seen names none");
        (void)kill(traced, SIGKILL);
        member.pid = 0;
        evidence_free(&evidence);
}

int main(void)
{
        if (!tap_ok(prepare(),
                    "a worker's slot, a check with known answers, one by vote, one of an erratum"))
                return tap_end();
        rounds();
        reviews();
        votes();
        errata();
        deaths();
        crowded();
        debuggers();
        return tap_end();
}
