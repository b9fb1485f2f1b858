/* SPDX-License-Identifier: Apache-2.0 */
/* What share of flipped register bits do the state_* checks notice? A child runs rounds of one check; this
 * parent stops it at random moments, flips one bit of one register through ptrace while the child is inside
 * `run`, and looks at what verify says. Prints the share for each check and class; each class must reach
 * 95%, and 90% of what was noticed must name the class. A crash or a hang counts as noticed.
 *
 * usage: state_flips [FLIPS [CHECK...]]: flips for each class and check; all state_* checks by default. */
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/random.h"
#include "checks/check.h"
#include "checks/registers.h"
#include "tests/faulty/flip.h"
#include "tests/tap.h"

#define FLIPS 20
#define HANG_MS 3000
#define LEAST_NOTICED 0.95
#define LEAST_NAMED 0.90

/* Shared with the child. */
static struct shared {
        volatile bool in_run, armed;
        volatile int verified; /* what verify returned for the armed round */
        struct check_place place;
} * shared;

struct child {
        pid_t pid;
        int report, go; /* pipes: the child has verified the armed round; it may go on */
};

struct share {
        unsigned flips, noticed, named, deaths;
};

static _Noreturn void run_rounds(const struct check *check, int report, int go)
{
        struct check_round round = { .seed = 1, .cpu = 1 };
        struct check_mismatch mismatch;
        void *state = aligned_alloc(
                CHECK_ALIGN, (check->state_size + CHECK_ALIGN - 1) / CHECK_ALIGN * CHECK_ALIGN);
        char byte = 0;

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (; state && check_prepare(check) == 0; round.number++) {
                check->setup(state, &round);
                shared->in_run = true;
                check->run(state);
                shared->in_run = false;
                shared->verified = check->verify(state, &mismatch);
                if (shared->verified)
                        check_locate(check, mismatch.offset, &shared->place);
                if (shared->armed && (write(report, &byte, 1) != 1 || read(go, &byte, 1) != 1))
                        break;
        }
        _exit(1);
}

static bool child_start(struct child *child, const struct check *check)
{
        int report[2], go[2];

        if (pipe(report) < 0 || pipe(go) < 0)
                return false;
        memset(shared, 0, sizeof(*shared));
        child->pid = fork();
        if (child->pid == 0)
                run_rounds(check, report[1], go[0]);
        (void)close(report[1]);
        (void)close(go[0]);
        child->report = report[0];
        child->go = go[1];
        return child->pid > 0 && ptrace(PTRACE_SEIZE, child->pid, NULL, NULL) == 0;
}

static void child_end(struct child *child)
{
        (void)kill(child->pid, SIGKILL);
        (void)waitpid(child->pid, NULL, __WALL);
        (void)close(child->report);
        (void)close(child->go);
}

/* Stops the child at a random moment inside run. False where it cannot be had. */
static bool stop_inside(struct child *child, uint64_t *random)
{
        for (int tries = 0; tries < 1000; tries++) {
                struct timespec pause = { .tv_nsec = (long)(random_next(random) % 400000) };
                int status;

                (void)nanosleep(&pause, NULL);
                if (ptrace(PTRACE_INTERRUPT, child->pid, NULL, NULL) < 0)
                        return false;
                if (waitpid(child->pid, &status, __WALL) < 0 || !WIFSTOPPED(status) ||
                        status >> 16 != PTRACE_EVENT_STOP)
                        return false;
                if (shared->in_run)
                        return true;
                if (ptrace(PTRACE_CONT, child->pid, NULL, NULL) < 0)
                        return false;
        }
        return false;
}

/* After the flip: lets the child end its round. Returns false where it died or hung. */
static bool round_ends(struct child *child)
{
        struct pollfd ready = { .fd = child->report, .events = POLLIN };
        char byte;

        if (ptrace(PTRACE_CONT, child->pid, NULL, NULL) < 0)
                return false;
        for (int waited_ms = 0; waited_ms < HANG_MS; waited_ms += 5) {
                int status;

                if (poll(&ready, 1, 5) == 1)
                        return read(child->report, &byte, 1) == 1;
                if (waitpid(child->pid, &status, __WALL | WNOHANG) == child->pid)
                        return false;
        }
        return false;
}

/* One flip. Returns false where no child could be had. */
static bool flip_once(struct child *child, const struct check *check, enum flip_class class,
        uint64_t *random, struct share *share)
{
        char what[64] = "", byte = 0;

        if (!stop_inside(child, random)) { /* it died late of a flip that no round noticed */
                child_end(child);
                if (!child_start(child, check) || !stop_inside(child, random))
                        return false;
        }
        shared->armed = true;
        if (!flip_register(child->pid, class, random, what, sizeof(what)))
                return false;
        share->flips++;
        if (!round_ends(child)) {
                share->noticed++;
                share->named++;
                share->deaths++;
                child_end(child);
                return child_start(child, check);
        }
        if (shared->verified) {
                bool named = flip_class_matches(class, check_unit_name(shared->place.unit));

                share->noticed++;
                share->named += named;
                if (!named)
                        printf("# %s: %s was called %s\n", check->name, what, shared->place.name);
        } else {
                printf("# %s: missed: %s\n", check->name, what);
        }
        shared->armed = false;
        return write(child->go, &byte, 1) == 1;
}

static bool flip_check(
        const struct check *check, unsigned flips, uint64_t *random, struct share total[FLIP_COUNT])
{
        struct child child;
        bool good = child_start(&child, check);

        for (int class = 0; class < FLIP_COUNT; class ++) {
                struct share share = { 0 };

                if (flip_class_missing((enum flip_class) class))
                        continue;
                for (unsigned i = 0; i < flips && good; i++)
                        good = flip_once(&child, check, (enum flip_class) class, random, &share);
                printf("# %-22s %-9s %3u of %3u noticed, %3u rightly named, %u deaths\n", check->name,
                        flip_class_name((enum flip_class) class), share.noticed, share.flips, share.named,
                        share.deaths);
                total[class].flips += share.flips;
                total[class].noticed += share.noticed;
                total[class].named += share.named;
        }
        child_end(&child);
        return good;
}

static bool chosen(const struct check *check, int argc, char **argv)
{
        for (int i = 2; i < argc; i++)
                if (strcmp(check->name, argv[i]) == 0)
                        return true;
        return argc <= 2 && strncmp(check->name, "state_", strlen("state_")) == 0;
}

static void judge(enum flip_class class, const struct share *share)
{
        const char *missing = flip_class_missing(class);

        if (missing) {
                tap_skip(flip_class_name(class), missing);
                return;
        }
        tap_ok(share->flips && share->noticed >= LEAST_NOTICED * share->flips, "%s: %u of %u flips noticed",
                flip_class_name(class), share->noticed, share->flips);
        tap_ok(share->noticed && share->named >= LEAST_NAMED * share->noticed, "%s: %u of %u rightly named",
                flip_class_name(class), share->named, share->noticed);
}

int main(int argc, char **argv)
{
        unsigned flips = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : FLIPS;
        uint64_t random = tap_seed(0xf11b);
        isa_set features = isa_read();
        struct share total[FLIP_COUNT] = { 0 };

        shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (!tap_ok(shared != MAP_FAILED, "memory to share with the child"))
                return tap_end();
        registers_use(features);
        for (const struct check *const *c = check_list; *c; c++) {
                if (!chosen(*c, argc, argv))
                        continue;
                if ((*c)->needs & ~features)
                        tap_skip((*c)->name, "this CPU cannot run it");
                else
                        tap_ok(flip_check(*c, flips, &random, total), "%s ran to the end", (*c)->name);
        }
        for (int class = 0; class < FLIP_COUNT; class ++)
                judge((enum flip_class) class, &total[class]);
        return tap_end();
}
