/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/mutation.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "checks/check.h"
#include "checks/registers.h"
#include "tests/faulty/emitted.h"
#include "tests/faulty/trap.h"

#define HANG_S 5          /* of CPU time, for one round */
#define FILE_MOST 1048576 /* bytes: of the memory for emitted code */
#define CONTROL_ROUNDS 2
#define CONTROL_HITS 32 /* of each place */
#define BRIEF_HITS 2000 /* of each place in a round */
#define BRIEF_FLIPS 250

extern uint8_t __start_checks_text[], __stop_checks_text[]; /* by the linker */

/* What the child tells. */
struct shared {
        struct mutation mutation;
        struct trap_counts counts;
};

struct mutation_places {
        unsigned mnemonic;
        uint8_t *enter, *leave; /* of emitted code */
        size_t n;
        struct trap_place *places;
        struct result *results;
};

const char *mutation_end_name(enum mutation_end end)
{
        static const char *const names[] = { "failed", "unhurt", "unseen", "mismatch", "crash", "hang" };

        return names[end];
}

/* ---- the child ---- */

static void limit_round(void)
{
        const struct itimerval time = { .it_value = { HANG_S, 0 } };

        (void)setitimer(ITIMER_PROF, &time, NULL);
}

/* A child whose code goes wrong must not be able to harm much. */
static void confine(void)
{
        static const struct itimerval most = { .it_value = { 60, 0 } };

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
        (void)setrlimit(RLIMIT_FSIZE, &(struct rlimit){ FILE_MOST, FILE_MOST });
        (void)setitimer(ITIMER_REAL, &most, NULL);
}

/* Runs rounds `from` to `to` of a check. Returns true where the output of one was wrong. */
static bool run_check(unsigned index, uint32_t from, uint32_t to, struct mutation *mutation, void *state)
{
        const struct check *check = check_list[index];
        struct check_mismatch mismatch;

        mutation->check = index;
        mutation->round = from;
        if (check_prepare(check) < 0)
                _exit(1);
        trap_unlock_emitted();
        for (uint32_t n = from; n < to; n++) {
                const struct check_round round = { .seed = 1, .number = n };

                mutation->round = n + 1;
                limit_round();
                trap_replant();
                check->setup(state, &round);
                check->run(state);
                if (check->verify(state, &mismatch) == CHECK_MISMATCH)
                        return true;
        }
        return false;
}

/* Runs those checks that execute the mnemonic. The same. */
static bool run_checks(const struct executed *executed, unsigned mnemonic, uint32_t from, uint32_t most,
        struct mutation *mutation, void *state)
{
        for (unsigned c = 0; check_list[c]; c++) {
                uint32_t rounds = MIN(executed_rounds(executed, c), most);

                if (from < rounds && !check_list[c]->voted && executed_mnemonic(executed, c, mnemonic) &&
                        run_check(c, from, rounds, mutation, state))
                        return true;
        }
        return false;
}

/* First a round of each check, so that a mnemonic which many execute and few examine is not tried for long. If nothing
 * goes wrong then, nothing is likely to, unless the mnemonic was not executed yet. */
static _Noreturn void run_all(
        const struct executed *executed, unsigned mnemonic, struct shared *shared, enum mutation_way way)
{
        void *state = executed_state();

        if (!state)
                _exit(1);
        shared->mutation.end = MUTATION_UNSEEN;
        if (run_checks(executed, mnemonic, 0, 1, &shared->mutation, state) ||
                ((shared->counts.flips || !shared->counts.hits || way == MUTATION_STEADY) &&
                        run_checks(executed, mnemonic, 1,
                                way == MUTATION_CONTROL ? CONTROL_ROUNDS : UINT32_MAX, &shared->mutation,
                                state)))
                shared->mutation.end = MUTATION_MISMATCH;
        _exit(0);
}

static _Noreturn void child(const struct executed *executed, const struct mutation_places *places,
        struct shared *shared, uint64_t seed, enum mutation_way way)
{
        struct trap_request request = { .begin = __start_checks_text,
                .end = __stop_checks_text,
                .places = places->places,
                .n = places->n,
                .counts = &shared->counts,
                .corrupting = way != MUTATION_CONTROL,
                .seed = seed,
                .enter = places->enter,
                .leave = places->leave,
                .mnemonic = places->mnemonic };

        confine();
        registers_use(isa_read());
        if (trap_begin(request.begin, request.end) < 0)
                _exit(1);
        if (way == MUTATION_CONTROL)
                request.limits.hits = CONTROL_HITS;
        if (way == MUTATION_BRIEF) {
                request.limits.hits = BRIEF_HITS;
                request.limits.flips = BRIEF_FLIPS;
        }
        trap_plant(&request);
        run_all(executed, places->mnemonic, shared, way);
}

/* ---- its parent ---- */

static struct mutation outcome_of(const struct shared *shared, int status)
{
        struct mutation m = shared->mutation;

        m.hits = shared->counts.hits;
        m.flips = shared->counts.flips;
        if (shared->counts.first_flipped)
                m.place = (uint64_t)shared->counts.first_flipped - executed_bias();
        if (WIFSIGNALED(status))
                m.end = WTERMSIG(status) == SIGPROF || WTERMSIG(status) == SIGALRM ? MUTATION_HANG
                                                                                   : MUTATION_CRASH;
        else if (WEXITSTATUS(status) != 0)
                m.end = MUTATION_FAILED;
        if (m.end == MUTATION_UNSEEN && !m.flips)
                m.end = MUTATION_UNHURT;
        return m;
}

struct mutation mutation_try(const struct executed *executed, struct mutation_places *places, uint64_t seed,
        enum mutation_way way)
{
        struct shared *shared =
                mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        struct mutation outcome = { .end = MUTATION_FAILED };
        int status;
        pid_t pid;

        if (shared == MAP_FAILED)
                return outcome;
        (void)fflush(NULL);
        pid = fork();
        if (pid == 0)
                child(executed, places, shared, seed, way);
        if (pid > 0 && waitpid(pid, &status, 0) == pid)
                outcome = outcome_of(shared, status);
        (void)munmap(shared, sizeof(*shared));
        return outcome;
}

/* ---- the places ---- */

static bool find_result(const struct code *code, const struct code_place *place, struct result *ret_result)
{
        size_t size;
        const uint8_t *bytes = code_bytes(code, place->address, &size);

        return bytes && result_decode(bytes, size, ret_result);
}

struct mutation_places *mutation_places(const struct code *code, unsigned mnemonic)
{
        struct mutation_places *places = calloc(1, sizeof(*places));
        size_t most = 0;

        for (size_t i = 0; i < code->n_places; i++)
                most += code->places[i].mnemonic == mnemonic;
        if (!places)
                return NULL;
        places->mnemonic = mnemonic;
        places->places = calloc(most + 1, sizeof(*places->places));
        places->results = calloc(most + 1, sizeof(*places->results));
        for (size_t i = 0; places->places && places->results && i < code->n_places; i++) {
                const struct code_place *place = &code->places[i];
                struct result *result = &places->results[places->n];

                if (place->mnemonic != mnemonic || !executed_in_checks(place->address) ||
                        !find_result(code, place, result))
                        continue;
                places->places[places->n++] = (struct trap_place){
                        .address = (uint8_t *)(place->address + executed_bias()), /* NOLINT */
                        .result = result,
                };
        }
        places->enter = executed_symbol(code, EMITTED_ENTER);
        places->leave = executed_symbol(code, EMITTED_RETURN);
        return places;
}

void mutation_places_free(struct mutation_places *places)
{
        free(places->places);
        free(places->results);
        free(places);
}
