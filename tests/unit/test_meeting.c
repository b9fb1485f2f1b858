/* SPDX-License-Identifier: Apache-2.0 */
/* Meetings of workers: whom a worker asks, and what comes of rounds whose partners die, crash, are stopped, never come,
 * lose their way, or ask each other. With a check of this test's own, run by real workers under the real supervisor. */
#include "agent/meeting.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "agent/supervisor.h"
#include "base/array.h"
#include "base/clock.h"
#include "tests/tap.h"

/* ---- a check that does what the test wants ---- */

enum mode { FINE, DIES, CRASHES, STOPS, STRAYS, NEVER, WRONG };

/* Shared with the workers. */
static struct {
        enum mode mode;
        _Atomic int stopped; /* pid of a worker that stopped itself */
        _Atomic uint32_t struck;
        _Atomic uint32_t led[CHECK_CPU_MAX]; /* rounds that came about, by the leader's CPU */
} * test;

#define TURNS_MOST (1 << 22)
#define COUNTS 2000
#define STRIKES 3
#define LONGEST_MS 30000 /* of a run that other work keeps from its CPUs; else a second or two */

struct meet_state {
        uint64_t parties, party, number, leader;
        uint64_t counts[2]; /* output, from here on: what the parties added, and what nobody may write */
        uint64_t astray, fate;
};

static _Atomic uint64_t *counter(unsigned i)
{
        return (_Atomic uint64_t *)(void *)(party_shared->data + (size_t)64 * i);
}

static void meet_share(struct party_memory *memory, const struct check_round *round)
{
        (void)round;
        check_clear(memory, sizeof(*memory));
}

static void meet_setup(void *argument, const struct check_round *round)
{
        struct meet_state *state = argument;

        state->parties = round->parties;
        state->party = round->party;
        state->number = round->number;
        state->leader = round->cpu;
        check_poison(state->counts, sizeof(state->counts));
        state->astray = 0;
        state->fate = PARTY_RUNS;
}

/* What befalls a partner, in one round of eight, a few times. Returns whether it is late. */
static bool befall(struct meet_state *state)
{
        if (state->party == 0 || state->number % 8 != 5 || test->struck >= STRIKES)
                return false;
        switch (test->mode) {
        case DIES:
                test->struck++;
                (void)raise(SIGKILL);
                break;
        case CRASHES:
                test->struck++;
                __builtin_trap();
        case STOPS:
                test->struck++;
                test->stopped = getpid();
                (void)raise(SIGSTOP);
                /* Much later: the round is long over, and this must reach no other. */
                for (unsigned i = 0; i < PARTY_DATA_SIZE / 64; i++)
                        atomic_fetch_add(counter(i), 77);
                return true;
        case STRAYS:
                test->struck++;
                state->astray = 8;
                return true;
        default:
                break;
        }
        return false;
}

static void meet_run(void *argument)
{
        struct meet_state *state = argument;
        struct party_line *own = &party_shared->line[state->party];
        uint32_t turn = 0;

        if (befall(state)) {
                own->fate = state->fate = PARTY_LEFT;
                return;
        }
        for (unsigned i = 0; i < COUNTS; i++)
                atomic_fetch_add(counter(0), 1);
        while (atomic_load(counter(0)) < state->parties * COUNTS && turn < TURNS_MOST)
                turn++;
        state->counts[0] = atomic_load(counter(0));
        state->counts[1] = atomic_load(counter(1));
        if (test->mode == WRONG && state->party == 1)
                state->counts[0] ^= 4;
        own->fate = state->fate = turn < TURNS_MOST ? PARTY_DONE : PARTY_LEFT;
        test->led[state->leader] += turn < TURNS_MOST && state->party == 0;
}

static int meet_verify(const void *argument, struct check_mismatch *ret_mismatch)
{
        const struct meet_state *state = argument;
        uint64_t expected[4] = { state->parties * COUNTS, 0, 0, PARTY_DONE };
        struct check_compare compare;

        check_compare_begin(&compare);
        if (state->fate == PARTY_LEFT) { /* what it has counted by then is chance */
                check_copy(expected, state->counts, sizeof(state->counts));
                expected[3] = PARTY_LEFT;
        }
        check_compare(&compare, 0, expected, state->counts, sizeof(expected));
        return check_compare_end(&compare, ret_mismatch);
}

static const struct check_field meet_fields[] = {
        { .name = "count", .unit = CHECK_UNIT_COHERENCE, .count = 2, .stride = 8, .lane = 8 },
        { .name = "way", .unit = CHECK_UNIT_GENERAL, .offset = 16, .count = 1, .stride = 8, .lane = 8 },
        { .name = "fate", .unit = CHECK_UNIT_COHERENCE, .offset = 24, .count = 1, .stride = 8, .lane = 8 },
};

static const struct check meet = {
        .name = "meet_count",
        .family = CHECK_COHERENCE,
        .state_size = sizeof(struct meet_state),
        .output_offset = offsetof(struct meet_state, counts),
        .output_size = sizeof(struct meet_state) - offsetof(struct meet_state, counts),
        .round_us = 1000,
        .cycle = 8,
        .parties = 2,
        .fields = meet_fields,
        .n_fields = ARRAY_SIZE(meet_fields),
        .share = meet_share,
        .setup = meet_setup,
        .run = meet_run,
        .verify = meet_verify,
};

/* A check of one CPU, in which a worker may stop for good. */
static void alone_setup(void *state, const struct check_round *round)
{
        *(uint64_t *)state = round->cpu;
}

static void alone_run(void *state)
{
        cpu_set_t own;

        if (test->mode != NEVER || sched_getaffinity(0, sizeof(own), &own) < 0)
                return;
        for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
                if (CPU_ISSET(cpu, &own) && *(uint64_t *)state == (uint64_t)cpu && test->struck == 1) {
                        test->struck = 2;
                        test->stopped = getpid();
                        (void)raise(SIGSTOP);
                }
        test->struck++;
}

static int alone_verify(const void *state, struct check_mismatch *ret_mismatch)
{
        (void)state, (void)ret_mismatch;
        return CHECK_EQUAL;
}

static const struct check alone = {
        .name = "alone_stop",
        .family = CHECK_INTEGER,
        .state_size = 64,
        .output_size = 8,
        .round_us = 1000,
        .cycle = 4,
        .setup = alone_setup,
        .run = alone_run,
        .verify = alone_verify,
};

const struct check *const check_list[] = { &alone, &meet, NULL };
enum { ALONE, MEET };

/* ---- running it ---- */

static struct cpu_set cpus;
static struct evidence evidence;
static struct supervisor_outcome outcome;
static volatile sig_atomic_t enough;
static uint32_t rounds_wanted;

/* Ends a run as soon as it has shown what it is for. */
static void on_progress(const struct supervisor_progress *progress, void *user)
{
        bool struck = test->mode == FINE || test->mode == WRONG || test->struck >= STRIKES;

        (void)user;
        for (size_t i = 0; i < progress->n_cpus; i++)
                struck &= test->led[progress->cpus[i].cpu] >= rounds_wanted && !test->stopped;
        if (test->mode != NEVER && struck)
                enough = 1;
}

/* Wakes a worker that has stopped itself, after a while. Ends with its parent. */
static pid_t start_waker(void)
{
        const struct timespec moment = { 0, 20 * (long)CLOCK_MS };
        pid_t parent = getpid(), pid = fork();

        if (pid != 0)
                return pid;
        while (getppid() == parent) {
                int stopped = test->stopped;

                (void)nanosleep(&moment, NULL);
                if (stopped && test->mode == STOPS) {
                        const struct timespec longer = { 0, 300 * (long)CLOCK_MS };

                        (void)nanosleep(&longer, NULL);
                        test->stopped = 0;
                        (void)kill(stopped, SIGCONT);
                }
        }
        _exit(0);
}

/* For so long at most; until each CPU has led so many rounds, or, where that is 0, each item once. */
static void run(enum mode mode, uint64_t duration_ms, uint32_t rounds)
{
        static const struct plan_item items[] = { { .check = ALONE, .first = true },
                { .check = MEET, .first = true } };
        struct supervisor_run what = { .items = items,
                .n_items = 2,
                .cpus = &cpus,
                .seed = 42,
                .duration_ns = duration_ms * CLOCK_MS,
                .once = !rounds,
                .progress = rounds ? on_progress : NULL,
                .interrupted = &enough,
                .drill_cpu = -1,
                .drill_check = -1 };
        pid_t waker;

        evidence_free(&evidence);
        enough = 0;
        rounds_wanted = rounds;
        memset(test, 0, sizeof(*test));
        test->mode = mode;
        waker = start_waker();
        tap_ok(supervisor_run(&what, &evidence, &outcome) == 0, "mode %d: it runs", (int)mode);
        (void)kill(waker, SIGKILL);
}

static const struct tally *met(unsigned nth)
{
        return evidence_tally(&evidence, evidence.cpus[nth], MEET, REGIME_QUIET);
}

static unsigned observed(enum observation_kind kind)
{
        unsigned n = 0;

        for (size_t i = 0; i < evidence.n_observations; i++)
                n += evidence.observations[i].kind == kind;
        return n;
}

static unsigned accusations(void)
{
        unsigned n = 0;

        for (size_t i = 0; i < evidence.n_observations; i++)
                n += observation_is_evidence(evidence.observations[i].kind);
        return n;
}

static const struct observation *first(enum observation_kind kind)
{
        for (size_t i = 0; i < evidence.n_observations; i++)
                if (evidence.observations[i].kind == kind)
                        return &evidence.observations[i];
        return NULL;
}

/* ---- what comes of it ---- */

static void both_ask(void)
{
        run(FINE, LONGEST_MS, 30);
        tap_ok(met(0)->covered >= 20 && met(1)->covered >= 20 && accusations() == 0,
                "two that ask each other both get their rounds: %llu and %llu",
                (unsigned long long)met(0)->covered, (unsigned long long)met(1)->covered);
        run(FINE, LONGEST_MS, 0);
        tap_ok(outcome.complete && outcome.elapsed_ns < LONGEST_MS * CLOCK_MS && accusations() == 0,
                "once: who is through still takes part in the other's rounds (%llu ms)",
                (unsigned long long)(outcome.elapsed_ns / CLOCK_MS));
}

static void partner_dies(void)
{
        run(DIES, LONGEST_MS, 30);
        tap_ok(test->struck > 0 && observed(OBSERVATION_KILLED) == test->struck && accusations() == 0,
                "a partner that is killed in the middle, %u times: a fact, no evidence", test->struck);
        tap_ok(met(0)->unmet + met(1)->unmet >= test->struck && met(0)->covered && met(1)->covered,
                "those rounds are no coverage, later ones are");
}

static void partner_crashes(void)
{
        const struct observation *crash;

        run(CRASHES, LONGEST_MS, 30);
        crash = first(OBSERVATION_CRASH);
        tap_ok(test->struck > 0 && observed(OBSERVATION_CRASH) == test->struck &&
                        accusations() == test->struck,
                "a partner that crashes, %u times: so many crashes and nothing else", test->struck);
        tap_ok(crash && crash->n_together == 2 && crash->cpu == crash->together[1] &&
                        crash->seen_on[0] == crash->cpu && crash->seen_on[1] < 0 && crash->check == MEET,
                "the crash accuses the CPU of the one that crashed, and names the round");
}

static void partner_stops(void)
{
        run(STOPS, LONGEST_MS, 30);
        tap_ok(test->struck == STRIKES && accusations() == 0 && observed(OBSERVATION_HANG) == 0,
                "a partner that is stopped in the middle and writes when it wakes: no evidence");
        tap_ok(met(0)->unmet + met(1)->unmet >= STRIKES && met(0)->covered && met(1)->covered,
                "those rounds are no coverage, later ones are");
}

/* Nobody meets it, so the round comes to nothing; what it says of itself counts all the same, and accuses it alone. */
static void partner_strays(void)
{
        unsigned named = 0;

        run(STRAYS, LONGEST_MS, 30);
        for (size_t i = 0; i < evidence.n_observations; i++) {
                const struct observation *o = &evidence.observations[i];

                named += o->kind == OBSERVATION_MISMATCH && o->n_together == 2 && o->cpu == o->together[1] &&
                         o->seen_on[0] == o->cpu && o->seen_on[1] < 0 && o->unit == CHECK_UNIT_GENERAL;
        }
        tap_ok(test->struck > 0 && named == test->struck && accusations() == named,
                "a partner that loses its way, %u times, is found: %u", test->struck, named);
        tap_ok(met(0)->unmet + met(1)->unmet >= test->struck && met(0)->covered && met(1)->covered,
                "those rounds are no coverage, later ones are");
}

static void partner_never_comes(void)
{
        run(NEVER, 4000, 1);
        tap_ok(test->stopped > 0 && accusations() == 0 && met(0)->covered + met(1)->covered <= 1 &&
                        met(0)->unmet + met(1)->unmet > 0,
                "a partner that never comes: %llu rounds came to nothing, no evidence",
                (unsigned long long)(met(0)->unmet + met(1)->unmet));
        tap_ok(outcome.elapsed_ns < LONGEST_MS * CLOCK_MS, "and the run ends in its time: %llu ms",
                (unsigned long long)(outcome.elapsed_ns / CLOCK_MS));
}

static void wrong_names_both(void)
{
        const struct observation *o;
        unsigned named = 0, confirmed = 0, all = 0;

        run(WRONG, LONGEST_MS, 10);
        for (size_t i = 0; i < evidence.n_observations; i++) {
                o = &evidence.observations[i];
                if (o->kind != OBSERVATION_MISMATCH)
                        continue;
                all++;
                named += o->n_together == 2 && o->seen_on[0] == o->cpu && o->seen_on[1] >= 0 &&
                         o->seen_on[1] != o->cpu && o->seen_on[2] < 0 && o->unit == CHECK_UNIT_COHERENCE &&
                         o->round.parties == 2;
                confirmed += o->review == REVIEW_CONFIRMED;
        }
        tap_ok(all > 0 && named == all, "a wrong count names both CPUs: %u of %u", named, all);
        tap_ok(confirmed * 2 > all, "and another CPU confirms it: %u", confirmed);
}

/* ---- whom a worker asks ---- */

static struct meeting_worker workers[64];
static struct meetings host_of;

/* Numbered as Linux does: the first threads of all cores, then the second. */
static void make_host(int packages, int cores, int threads)
{
        host_of = (struct meetings){ .n = (uint32_t)(packages * cores * threads), .workers = workers };
        for (uint32_t i = 0; i < host_of.n; i++) {
                int core = (int)i % (packages * cores);

                workers[i] = (struct meeting_worker){ .present = 1,
                        .cpu = (uint16_t)i,
                        .package = (int16_t)(core / cores),
                        .core = (int16_t)(core % cores) };
        }
}

static void everybody_is_met(void)
{
        static const struct {
                int packages, cores, threads;
                uint32_t turns; /* by which everybody has been asked */
        } hosts[] = { { 1, 2, 1, 1 }, { 1, 1, 2, 1 }, { 1, 4, 1, 8 }, { 1, 4, 2, 32 }, { 2, 4, 2, 60 },
                { 2, 8, 2, 120 } };

        for (size_t h = 0; h < ARRAY_SIZE(hosts); h++) {
                unsigned missed = 0, groups = 0;

                make_host(hosts[h].packages, hosts[h].cores, hosts[h].threads);
                for (uint32_t self = 0; self < host_of.n; self++) {
                        uint64_t asked = UINT64_C(1) << self;

                        for (uint32_t turn = 0; turn < hosts[h].turns; turn++) {
                                uint32_t partners[PARTY_MOST - 1];
                                unsigned n =
                                        meeting_partners(&host_of, self, turn, PARTY_MOST, false, partners);

                                groups += n > 1;
                                missed += n < 1 || (turn % 4 != 3 && n != 1);
                                for (unsigned i = 0; i < n; i++) {
                                        missed += partners[i] == self || partners[i] >= host_of.n;
                                        asked |= UINT64_C(1) << partners[i];
                                }
                        }
                        missed += (unsigned)__builtin_popcountll(asked) != host_of.n;
                }
                tap_ok(!missed && (groups > 0) == (host_of.n > 2 && hosts[h].turns > 3),
                        "%d packages of %d cores of %d threads: everybody is asked within %u turns",
                        hosts[h].packages, hosts[h].cores, hosts[h].threads, hosts[h].turns);
        }
}

static void kinds_in_turn(void)
{
        unsigned siblings = 0, packages = 0;
        uint32_t partners[PARTY_MOST - 1];

        make_host(2, 8, 2);
        for (uint32_t turn = 0; turn < 120; turn++) {
                if (meeting_partners(&host_of, 3, turn, PARTY_MOST, false, partners) != 1)
                        continue;
                siblings += partners[0] == 19;
                packages += workers[partners[0]].package == 1;
        }
        tap_ok(siblings == 30 && packages == 30, "of 90 pairs a third each: sibling, core, other package");
        workers[19].present = 0;
        siblings = 0;
        for (uint32_t turn = 0; turn < 120; turn++) {
                unsigned n = meeting_partners(&host_of, 3, turn, PARTY_MOST, false, partners);

                for (unsigned i = 0; i < n; i++)
                        siblings += partners[i] == 19;
        }
        tap_ok(siblings == 0, "one that is not there is not asked");
        make_host(1, 1, 1);
        tap_ok(meeting_partners(&host_of, 0, 0, PARTY_MOST, false, partners) == 0,
                "a single CPU asks nobody");
        make_host(1, 4, 1);
        tap_ok(meeting_partners(&host_of, 2, 0, PARTY_MOST, true, partners) == 3 &&
                        meeting_partners(&host_of, 2, 0, 2, true, partners) == 1,
                "all means as many as the check takes");
}

static bool two_cpus(void)
{
        cpu_set_t allowed;

        if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
                return false;
        for (int cpu = 0; cpu < CPU_SETSIZE && cpu_set_count(&cpus) < 2; cpu++)
                if (CPU_ISSET(cpu, &allowed))
                        cpu_set_add(&cpus, (unsigned)cpu);
        return cpu_set_count(&cpus) == 2;
}

int main(void)
{
        everybody_is_met();
        kinds_in_turn();
        test = mmap(NULL, sizeof(*test), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (test == MAP_FAILED || !two_cpus()) {
                tap_skip("meetings of workers", "this process may use one CPU only");
                return tap_end();
        }
        both_ask();
        partner_dies();
        partner_crashes();
        partner_stops();
        partner_strays();
        partner_never_comes();
        wrong_names_both();
        evidence_free(&evidence);
        return tap_end();
}
