/* SPDX-License-Identifier: Apache-2.0 */
/* Are faults of coherence seen? Each check of several CPUs is run by two processes while a third one does to the memory
 * that they share what a bad CPU would: takes an addition back, turns a neighbour's bit, puts an old value into a line,
 * shows a flag before what it announces, holds one back, opens a lock. Or their fences do nothing. Each must be noticed,
 * as a fault of what they share. Beside a process that only reads, nothing may be seen.
 *
 * Then real workers under the real supervisor, one of which loses additions: the verdict must name both CPUs. */
#include <assert.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent/diagnosis.h"
#include "agent/host.h"
#include "agent/verdict.h"
#include "base/array.h"
#include "base/clock.h"
#include "checks/coherence.h"
#include "tests/checks/group.h"
#include "tests/tap.h"

#define ROUNDS 64      /* of an attempt */
#define ATTEMPTS 40    /* the disturber may have no CPU when it matters */
#define QUIET_ROUNDS 8 /* of each check beside a process that reads */

/* ---- what a bad CPU does ---- */

/* The window of the round, as this process has it, for party 0. */
static const struct coherence_state *look(
        const struct check *check, struct party_memory *memory, const struct check_round *round)
{
        static struct coherence_state state;
        static uint32_t number = UINT32_MAX;

        party_shared = memory;
        if (number != round->number)
                check->setup(&state, round);
        number = round->number;
        return &state;
}

static _Atomic uint64_t *word(const struct coherence_state *state, uint32_t at)
{
        return (_Atomic uint64_t *)(uintptr_t)(state->lines + at); /* NOLINT: an address by nature */
}

static const struct check *disturbed; /* by the functions below */
static struct check losing; /* coherence_add, of which the bad CPU loses an addition in every second round */

/* True once a round: when the parties have begun. */
static bool once(struct party_memory *memory, const struct check_round *round)
{
        static uint32_t done = UINT32_MAX;

        if (done == round->number || !*(volatile uint64_t *)&memory->line[0].phase)
                return false;
        done = round->number;
        return true;
}

static void read_only(struct party_memory *memory, const struct check_round *round)
{
        (void)round;
        for (size_t i = 0; i < PARTY_DATA_SIZE; i += 64)
                (void)((volatile uint8_t *)memory->data)[i];
}

/* An addition of the number that parameter 0 holds is lost. */
static void lose_addition(struct party_memory *memory, const struct check_round *round)
{
        const struct coherence_state *state = look(disturbed, memory, round);

        if (once(memory, round))
                atomic_fetch_sub(word(state, 0), state->parameters[0]);
}

/* Half of a pair changes alone. */
static void tear_pair(struct party_memory *memory, const struct check_round *round)
{
        const struct coherence_state *state = look(disturbed, memory, round);

        if (once(memory, round))
                atomic_fetch_add(word(state, 8), 1);
}

static void turn_bit(struct party_memory *memory, const struct check_round *round)
{
        const struct coherence_state *state = look(disturbed, memory, round);

        if (once(memory, round))
                atomic_fetch_xor(word(state, 8), UINT64_C(1) << round->number % 64);
}

/* Whoever holds the lock, it is open. */
static void open_exchange(struct party_memory *memory, const struct check_round *round)
{
        atomic_store(word(look(disturbed, memory, round), 0), 0);
}

static void open_mutex(struct party_memory *memory, const struct check_round *round)
{
        const struct coherence_state *state = look(disturbed, memory, round);

        for (uint32_t party = 0; party < round->parties; party++)
                atomic_store(word(state, 64 * party), 0);
}

/* A word goes back to what it was a step before. */
static void age(const struct coherence_state *state, uint32_t at, uint64_t step)
{
        uint64_t value = atomic_load(word(state, at));

        (void)atomic_compare_exchange_strong(word(state, at), &value, value - step);
}

static void age_turn(struct party_memory *memory, const struct check_round *round)
{
        const struct coherence_state *state = look(disturbed, memory, round);

        if (once(memory, round))
                age(state, 8, state->parameters[2]);
}

static void age_line(struct party_memory *memory, const struct check_round *round)
{
        const struct coherence_state *state = look(disturbed, memory, round);

        if (atomic_load(word(state, 0)) != state->parameters[0])
                age(state, 5 * 64, state->parameters[2]);
}

/* A slot holds the value that it held a round of the ring before. */
static void age_slot(struct party_memory *memory, const struct check_round *round)
{
        const struct coherence_state *state = look(disturbed, memory, round);

        age(state, 16 * (round->number % COHERENCE_RING_SLOTS), COHERENCE_RING_SLOTS * state->parameters[2]);
}

/* The flag of party 0 says that the next message is there. */
static void flag_early(struct party_memory *memory, const struct check_round *round)
{
        const struct coherence_state *state = look(disturbed, memory, round);
        uint64_t flag = atomic_load(word(state, 256));

        if (flag && flag < state->passes)
                (void)atomic_compare_exchange_strong(word(state, 256), &flag, flag + 1);
}

/* The flag of party 0 stays down: its store is lost. */
static void flag_lost(struct party_memory *memory, const struct check_round *round)
{
        atomic_store(word(look(disturbed, memory, round), 256), 0);
}

/* A byte of party 1 changes while party 0 stores beside it. */
static void spoil_neighbour(struct party_memory *memory, const struct check_round *round)
{
        const struct coherence_state *state = look(disturbed, memory, round);

        if (once(memory, round))
                atomic_fetch_xor((_Atomic uint8_t *)word(state, 0) + 1 + 4 * (round->number % 32), 0x10);
}

/* In the party's own process: every mfence of the program does nothing. */
static void run_without_fences(const struct check *check, void *state, const struct check_round *round)
{
        extern const char __executable_start[], etext[];
        static const uint8_t fence[3] = { 0x0f, 0xae, 0xf0 }, nothing[3] = { 0x0f, 0x1f, 0x00 };
        static bool patched;
        uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), begin = (uintptr_t)__executable_start & -page,
                  end = ((uintptr_t)etext + page - 1) & -page;

        (void)round;
        if (!patched && mprotect((void *)begin, end - begin, PROT_READ | PROT_WRITE | PROT_EXEC) == 0)
                for (uint8_t *p = (uint8_t *)begin; p + sizeof(fence) < (uint8_t *)end; p++)
                        if (memcmp(p, fence, sizeof(fence)) == 0)
                                memcpy(p, nothing, sizeof(nothing));
        patched = true;
        check->run(state);
}

/* ---- each check's ---- */

static const struct {
        const char *check, *what;
        void (*disturb)(struct party_memory *memory, const struct check_round *round);
        void (*run)(const struct check *check, void *state, const struct check_round *round);
        const char *place; /* where it must be seen, NULL: anywhere in what they share */
} faults[] = {
        { "coherence_add", "an addition is lost", lose_addition, NULL, NULL },
        { "coherence_bits", "another's bit turns", turn_bit, NULL, NULL },
        { "coherence_compare", "an exchange is lost", lose_addition, NULL, NULL },
        { "coherence_compare_cx16", "half of a pair changes", tear_pair, NULL, NULL },
        { "coherence_exchange", "a lock is open", open_exchange, NULL, NULL },
        { "coherence_mutex", "a lock is open", open_mutex, NULL, NULL },
        { "coherence_mutex", "fences do nothing", NULL, run_without_fences, NULL },
        { "coherence_pingpong", "a stale word", age_turn, NULL, NULL },
        { "coherence_message", "a flag comes before its message", flag_early, NULL, NULL },
        { "coherence_message", "a flag is lost", flag_lost, NULL, "wait without end" },
        { "coherence_order", "fences do nothing", NULL, run_without_fences, NULL },
        { "coherence_ring", "a stale slot", age_slot, NULL, NULL },
        { "coherence_share", "a neighbour's byte changes", spoil_neighbour, NULL, NULL },
        { "coherence_invalidate", "a stale line", age_line, NULL, NULL },
};

struct search {
        const struct check *check;
        const char *place;
        uint32_t rounds, seen, elsewhere;
        char where[CHECK_PLACE_MAX];
};

static bool each(const struct check_round *round, const struct group_result *results, void *user)
{
        struct search *search = user;

        search->rounds++;
        for (unsigned party = 0; party < round->parties; party++) {
                const struct group_result *r = &results[party];
                struct check_place place;

                if (r->found != CHECK_MISMATCH)
                        continue;
                check_locate(search->check, r->mismatch.offset, &place);
                search->elsewhere += place.unit != CHECK_UNIT_COHERENCE;
                if (search->place && strcmp(search->place, place.name) != 0)
                        continue;
                search->seen++;
                memcpy(search->where, place.name, sizeof(search->where));
        }
        return !search->seen;
}

static void fault(size_t i, uint64_t seed)
{
        struct search search = { .check = check_find(faults[i].check), .place = faults[i].place };

        disturbed = search.check;
        if (search.check->needs & ~isa_read()) {
                tap_skip(faults[i].check, "this CPU cannot run it");
                return;
        }
        for (unsigned attempt = 0; attempt < ATTEMPTS && !search.seen; attempt++) {
                struct group group = { .check = search.check,
                        .features = isa_read(),
                        .seed = seed + attempt,
                        .parties = 2,
                        .rounds = ROUNDS,
                        .disturb = faults[i].disturb,
                        .run = faults[i].run,
                        .each = each,
                        .user = &search };

                (void)group_run(&group);
        }
        tap_ok(search.seen && !search.elsewhere, "%s, %s: seen in round %u, %s", faults[i].check,
                faults[i].what, search.rounds, search.where);
}

static void healthy(uint64_t seed)
{
        for (const struct check *const *c = check_list; *c != &losing; c++) {
                struct search search = { .check = *c };
                struct group group = { .check = *c,
                        .features = isa_read(),
                        .seed = seed,
                        .parties = 2,
                        .rounds = QUIET_ROUNDS,
                        .disturb = read_only,
                        .each = each,
                        .user = &search };

                if ((*c)->needs & ~isa_read())
                        continue;
                (void)group_run(&group);
                tap_ok(!search.seen && !search.elsewhere && search.rounds == QUIET_ROUNDS,
                        "%s: nothing is seen while another process reads", (*c)->name);
        }
}

/* ---- real workers ---- */

static int bad_cpu;
#define DECLARE(name) extern const struct check check_coherence_##name
DECLARE(add);
DECLARE(bits);
DECLARE(compare);
DECLARE(compare_cx16);
DECLARE(exchange);
DECLARE(mutex);
DECLARE(pingpong);
DECLARE(message);
DECLARE(order);
DECLARE(ring);
DECLARE(share);
DECLARE(invalidate);

const struct check *const check_list[] = { &check_coherence_add, &check_coherence_bits,
        &check_coherence_compare, &check_coherence_compare_cx16, &check_coherence_exchange,
        &check_coherence_mutex, &check_coherence_pingpong, &check_coherence_message, &check_coherence_order,
        &check_coherence_ring, &check_coherence_share, &check_coherence_invalidate, &losing, NULL };

static void lose_run(void *argument)
{
        struct coherence_state *state = argument;

        if (sched_getcpu() == bad_cpu && state->round.number % 2)
                atomic_fetch_sub(word(state, 0), state->parameters[0]);
        check_coherence_add.run(state);
}

static struct verdict qualify(struct host *host, struct plan *plan)
{
        static struct verdict_experiment experiments[VERDICT_EXPERIMENTS_MAX];
        struct evidence evidence = { 0 };
        struct supervisor_outcome outcome;
        struct supervisor_run run = { .items = plan->items,
                .n_items = plan->n_items,
                .cpus = &plan->cpus,
                .host = host,
                .features = host->features,
                .seed = 42,
                .duration_ns = CLOCK_SECOND,
                .stop_at_evidence = true,
                .drill_cpu = -1,
                .drill_check = -1 };
        struct verdict_input input = { .host = host,
                .plan = plan,
                .evidence = &evidence,
                .experiments = experiments,
                .complete = true };
        struct verdict verdict = { .class = VERDICT_HEALTHY };

        if (supervisor_run(&run, &evidence, &outcome) == 0) {
                diagnosis_run(host, plan, &run, DIAGNOSIS_LIMIT_NS, &evidence, experiments,
                        &input.n_experiments, &input.answers_intact);
                verdict_reach(&input, &verdict);
        }
        evidence_free(&evidence);
        return verdict;
}

/* Two CPUs are named together, for nothing tells them apart; of more, the one that fails with each of the others. */
static void cpus_named(const cpu_set_t *allowed)
{
        static struct plan plan;
        struct host_source source = { .root = "" };
        struct plan_request request = { .checks = "coherence_losing", .regimes = 1U << REGIME_QUIET };
        struct cpu_set cpus = { 0 };
        struct host host;
        struct verdict verdict;
        char list[64];

        losing = check_coherence_add;
        losing.name = "coherence_losing";
        losing.run = lose_run;
        for (int cpu = 0; cpu < CPU_SETSIZE && cpu_set_count(&cpus) < 4; cpu++)
                if (CPU_ISSET(cpu, allowed)) {
                        cpu_set_add(&cpus, (unsigned)cpu);
                        bad_cpu = cpu;
                }
        assert(host_read(&source, &host) == 0);
        request.online = request.allowed = cpus;
        request.features = host.features;
        assert(plan_build(&request, &plan) == 0);
        verdict = qualify(&host, &plan);
        cpu_set_format(&verdict.cpus, list, sizeof(list));
        tap_ok(verdict.class == VERDICT_HARDWARE && cpu_set_has(&verdict.cpus, (unsigned)bad_cpu) &&
                        verdict.unit == CHECK_UNIT_COHERENCE &&
                        cpu_set_count(&verdict.cpus) == (cpu_set_count(&cpus) == 2 ? 2 : 1) &&
                        verdict.repeated == (cpu_set_count(&cpus) > 2),
                "CPU %d of %u loses additions: CPU %s named", bad_cpu, cpu_set_count(&cpus), list);
        printf("# %s\n", verdict.summary);
        host_free(&host);
}

int main(void)
{
        uint64_t seed = tap_seed(20261125);
        cpu_set_t allowed;

        if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0 || CPU_COUNT(&allowed) < 2) {
                tap_skip("faults of coherence", "this process may use one CPU only");
                return tap_end();
        }
        for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
                fault(i, seed);
        healthy(seed);
        cpus_named(&allowed);
        return tap_end();
}
