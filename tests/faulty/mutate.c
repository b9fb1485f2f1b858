/* SPDX-License-Identifier: Apache-2.0 */
/* Which instructions do the known-answer checks notice when they compute wrongly? Each mnemonic that the checks' code
 * executes is made wrong in a child of this process (mutation.h), and the checks that execute it run until one notices; a
 * control with the same breakpoints must notice nothing. Fast, and without the program around it: whether the right CPU is
 * named is what tests/faulty/defects proves.
 *
 * A defect first goes wrong for some time in each round only, which takes little time; one that nobody notices so goes
 * wrong always. One that never went wrong (none of its values is one of those that do) gets the next seed.
 *
 * usage: mutate [--seed N] [--limit SECONDS] [MNEMONIC...] (default: all, in an order that the seed decides, as far as the
 *        time goes) */
#include <getopt.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/random.h"
#include "checks/check.h"
#include "tests/faulty/contract.h"
#include "tests/faulty/mutation.h"
#include "tests/tap.h"

#define LIMIT_S 180
#define SEEDS 24       /* at most */
#define SEEDS_BRIEF 16 /* of these */
#define MNEMONICS_MAX 2048

/* What is demanded, percent of those mnemonics of a family that went wrong: what was measured on a Zen 5, less some. */
static const struct {
        enum check_family family;
        unsigned least;
} floors[] = {
        { CHECK_STATE, 85 },
        { CHECK_STACK, 90 },
        { CHECK_VECTOR, 97 },
        { CHECK_CRYPTO, 95 },
        { CHECK_INTEGER, 96 },
        { CHECK_PERMUTE, 97 },
        { CHECK_MOVE, 95 },
        { CHECK_COHERENCE, 75 },
        { CHECK_BRANCH, 90 },
};
#define FEW 10 /* of a family, of which some were not tried for lack of time: no share is demanded of them */

struct subject {
        const struct contract_entry *entry;
        struct mutation control, found;
        uint64_t seed;
        bool tried, steady;
};

/* Shared by the processes that try. */
struct shared {
        _Atomic uint32_t next;
        uint32_t n;
        struct subject subjects[MNEMONICS_MAX];
};

struct setting {
        struct code code;
        struct contract contract;
        struct executed *executed;
        uint64_t seed, end_ns;
};

/* ---- trying ---- */

static void try_subject(const struct setting *setting, struct subject *s)
{
        struct mutation_places *places = mutation_places(&setting->code, s->entry->mnemonic);

        if (!places)
                return;
        s->control = mutation_try(setting->executed, places, setting->seed, MUTATION_CONTROL);
        for (unsigned i = 0; i < SEEDS && s->found.end <= MUTATION_UNHURT; i++) {
                s->seed = setting->seed + i;
                s->steady = i >= SEEDS_BRIEF;
                s->found = mutation_try(
                        setting->executed, places, s->seed, s->steady ? MUTATION_STEADY : MUTATION_BRIEF);
        }
        if (s->found.end == MUTATION_UNSEEN && !s->steady) {
                s->found = mutation_try(setting->executed, places, s->seed, MUTATION_STEADY);
                s->steady = true;
        }
        s->tried = true;
        mutation_places_free(places);
}

static void try_all(const struct setting *setting, struct shared *shared)
{
        long jobs = sysconf(_SC_NPROCESSORS_ONLN);

        (void)fflush(NULL);
        for (long j = 0; j < jobs; j++) {
                uint32_t i;

                if (fork() != 0)
                        continue;
                while ((i = atomic_fetch_add(&shared->next, 1)) < shared->n &&
                        clock_ns(CLOCK_MONOTONIC) < setting->end_ns)
                        try_subject(setting, &shared->subjects[i]);
                _exit(0);
        }
        while (wait(NULL) > 0)
                ;
}

/* ---- which ---- */

static bool is_executed(const struct executed *executed, unsigned mnemonic)
{
        for (unsigned c = 0; check_list[c]; c++)
                if (!check_list[c]->voted && executed_rounds(executed, c) &&
                        executed_mnemonic(executed, c, mnemonic))
                        return true;
        return false;
}

static bool is_named(const char *name, char **names)
{
        bool any = false;

        for (; *names; names++) {
                any = true;
                if (strcmp(*names, name) == 0)
                        return true;
        }
        return !any;
}

static void choose(const struct setting *setting, char **names, struct shared *shared)
{
        uint64_t random = setting->seed;

        for (size_t i = 0; i < setting->contract.n && shared->n < MNEMONICS_MAX; i++) {
                const struct contract_entry *entry = &setting->contract.entries[i];

                if (is_executed(setting->executed, entry->mnemonic) && is_named(entry->name, names))
                        shared->subjects[shared->n++].entry = entry;
        }
        for (uint32_t i = shared->n; i > 1; i--) { /* Fisher and Yates */
                uint32_t other = (uint32_t)(random_next(&random) % i);
                const struct contract_entry *swapped = shared->subjects[i - 1].entry;

                shared->subjects[i - 1].entry = shared->subjects[other].entry;
                shared->subjects[other].entry = swapped;
        }
}

/* ---- what was found ---- */

static bool was_noticed(const struct subject *s)
{
        return s->found.end >= MUTATION_MISMATCH;
}

static void print_subject(const struct setting *setting, const struct subject *s)
{
        const struct code_function *function = code_function_at(&setting->code, s->found.place);

        printf("# %-18s %-8s", s->entry->name, mutation_end_name(s->found.end));
        if (was_noticed(s))
                printf(" in %s, round %u%s", check_list[s->found.check]->name, s->found.round,
                        s->steady ? ", steady" : "");
        else
                printf(" %llu of %llu wrong, the first in %s at %#llx, seed %llu",
                        (unsigned long long)s->found.flips, (unsigned long long)s->found.hits,
                        function ? function->name : "emitted code", (unsigned long long)s->found.place,
                        (unsigned long long)s->seed);
        putchar('\n');
}

static void judge_family(const struct shared *shared, enum check_family family, unsigned least)
{
        unsigned wrong = 0, noticed = 0, left = 0;

        for (uint32_t i = 0; i < shared->n; i++) {
                const struct subject *s = &shared->subjects[i];

                if (s->entry->family != (int)family)
                        continue;
                left += !s->tried;
                wrong += s->tried && s->found.end != MUTATION_UNHURT;
                noticed += s->tried && was_noticed(s);
        }
        if (wrong >= FEW || (wrong && !left))
                tap_ok(noticed * 100 >= wrong * least, "%s: %u of %u instructions noticed, %u%% at least",
                        check_family_name(family), noticed, wrong, least);
}

static int judge(const struct setting *setting, const struct shared *shared)
{
        unsigned tried = 0, disturbed = 0;

        for (uint32_t i = 0; i < shared->n; i++) {
                const struct subject *s = &shared->subjects[i];

                if (!s->tried)
                        continue;
                tried++;
                disturbed += s->control.end != MUTATION_UNHURT;
                print_subject(setting, s);
                if (s->control.end != MUTATION_UNHURT)
                        printf("# %s: without the defect: %s in %s\n", s->entry->name,
                                mutation_end_name(s->control.end), check_list[s->control.check]->name);
        }
        printf("# %u of %u instructions tried\n", tried, shared->n);
        tap_ok(tried && !disturbed, "breakpoints alone disturb no check (%u do)", disturbed);
        for (size_t i = 0; i < ARRAY_SIZE(floors); i++)
                judge_family(shared, floors[i].family, floors[i].least);
        return tap_end();
}

/* ---- main ---- */

static int begin(struct setting *setting)
{
        if (contract_read("./assay", &setting->contract) < 0 ||
                code_read("/proc/self/exe", &setting->code) < 0) {
                fprintf(stderr, "mutate: ./assay or this program cannot be read\n");
                return -1;
        }
        setting->executed = executed_find(&setting->code);
        return setting->executed ? 0 : -1;
}

int main(int argc, char **argv)
{
        static const struct option known[] = { { "seed", required_argument, NULL, 's' },
                { "limit", required_argument, NULL, 'l' }, { 0 } };
        struct setting setting = { .seed = tap_seed(1) };
        unsigned limit_s = LIMIT_S;
        struct shared *shared;
        int option;

        executed_fix_addresses(argv);
        while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
                switch (option) {
                case 's':
                        setting.seed = strtoull(optarg, NULL, 0);
                        break;
                case 'l':
                        limit_s = (unsigned)atoi(optarg);
                        break;
                default:
                        return 2;
                }
        shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (shared == MAP_FAILED || begin(&setting) < 0)
                return 99;
        setting.end_ns = clock_ns(CLOCK_MONOTONIC) + limit_s * CLOCK_SECOND;
        choose(&setting, argv + optind, shared);
        try_all(&setting, shared);
        return judge(&setting, shared);
}
