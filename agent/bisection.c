/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/bisection.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/burial.h"
#include "base/array.h"
#include "base/clock.h"
#include "base/memory.h"

#define ALIGNMENT 0 /* of the code on both CPUs, so that nothing but the CPU differs */
#define SCANS_MOST 64
#define REFERENCE_TRIES 4 /* of a reference that is killed from outside */

/* What a program leaves: all of it. */
struct left {
        struct registers registers;
        uint8_t arena[PROGRAM_ARENA_SIZE];
};

/* What a process that scans shares with us: beginnings[k] is what the first k instructions left. That of a suspect may hold
 * anything: how far it came it says twice, and is believed only where both agree. */
struct scan {
        _Atomic uint32_t begun, ended; /* beginnings that were begun, and that lie here whole */
        struct left beginnings[PROGRAM_INSTRUCTIONS_MAX + 1];
};

/* How a scan ended, as far as it can be believed. */
struct outcome {
        uint32_t ended; /* beginnings that lie there whole */
        int signal;     /* it died of it in the next one; 0: it did not */
};

struct bisector {
        struct program_group group;
        struct program program;
        struct left start; /* what it begins with */
        struct scan *expected, *actual;
        struct bisection *result;
        uint64_t deadline_ns;
        const volatile sig_atomic_t *interrupted;
};

/* Of every process that scans, at the same address. */
static struct {
        struct registers_pair pair;
        uint8_t arena[PROGRAM_ARENA_SIZE] __attribute__((aligned(64)));
        struct program program;
} here;

/* ---- in the process that scans ---- */

/* The program and what it begins with were made before: a suspect that made them would err in that too. */
static void run_beginning(const struct bisector *b, uint32_t k, struct scan *scan, struct left *ret_left)
{
        check_copy(&here.program, &b->program, sizeof(here.program));
        program_truncate(&here.program, k);
        check_copy(&here.pair.in, &b->start.registers, sizeof(here.pair.in));
        check_copy(here.arena, b->start.arena, sizeof(here.arena));
        check_poison(&here.pair.out, sizeof(here.pair.out));
        scan->begun = k + 1;
        program_run(&here.program, &here.pair, 0, ALIGNMENT);
        check_copy(&ret_left->registers, &here.pair.out, sizeof(ret_left->registers));
        check_copy(ret_left->arena, here.arena, sizeof(here.arena));
        scan->ended = k + 1;
}

static _Noreturn void scan_here(const struct bisector *b, unsigned cpu, struct scan *scan)
{
        struct left *left = scan->beginnings; /* counted up: an index would be multiplied, maybe wrongly */
        char name[16];

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
        (void)snprintf(name, sizeof(name), "assay-w%u", cpu);
        (void)prctl(PR_SET_NAME, name);
        for (int s = 1; s < NSIG; s++)
                (void)signal(s, SIG_DFL);
        if (cpu_set_bind_one(cpu) < 0 || program_prepare() < 0)
                _exit(1);
        /* What is due lies where no suspect can write to it. Not before the code has its place, which is to be the same. */
        if (scan != b->expected && munmap(b->expected, sizeof(*b->expected)) < 0)
                _exit(1);
        for (uint32_t k = 0; k <= b->program.n; k++)
                run_beginning(b, k, scan, left++);
        _exit(0);
}

/* ---- here ---- */

static bool in_time(const struct bisector *b)
{
        return clock_ns(CLOCK_MONOTONIC) < b->deadline_ns && !(b->interrupted && *b->interrupted);
}

/* Judges what a process that has ended says of itself. */
static int conclude(
        const struct bisector *b, const struct scan *scan, int status, struct outcome *ret_outcome)
{
        uint32_t begun = scan->begun, ended = scan->ended, all = b->program.n + 1;
        bool died = WIFSIGNALED(status);

        if (died && !burial_by_itself(WTERMSIG(status)))
                return -EINTR;
        if (!died && WEXITSTATUS(status) != 0)
                return -EIO;
        if (begun > all || ended > begun || begun - ended > 1 || (!died && ended != all))
                return -EBADMSG;
        if (died && (begun == ended || !ended)) /* not in one of the program's instructions */
                return -ENOEXEC;
        *ret_outcome = (struct outcome){ .ended = ended, .signal = died ? WTERMSIG(status) : 0 };
        return 0;
}

/* Scans on `cpu`. Returns 0; -errno where nothing of it can be used: -EINTR it was killed from outside, -ETIMEDOUT it did
 * not end, -ENOEXEC it died beside the program, -EBADMSG what it left contradicts itself, others: it could not be run. */
static int scan_on(const struct bisector *b, unsigned cpu, struct scan *scan, struct outcome *ret_outcome)
{
        static const struct timespec moment = { 0, 200000 };
        int status = 0;
        pid_t child, r;

        scan->begun = scan->ended = 0;
        child = fork();
        if (child < 0)
                return -errno;
        if (child == 0)
                scan_here(b, cpu, scan);
        while ((r = waitpid(child, &status, WNOHANG)) == 0 && in_time(b))
                (void)nanosleep(&moment, NULL);
        if (r != child) {
                (void)kill(child, SIGKILL);
                while (waitpid(child, &status, 0) < 0 && errno == EINTR)
                        ;
                return -ETIMEDOUT;
        }
        return conclude(b, scan, status, ret_outcome);
}

/* The flags that are defined after the first k instructions, as rflags has them. A jump may skip one that defines some: it
 * keeps those that were defined before it, so that at worst a flag is compared that both CPUs left alone. */
static uint64_t defined_flags(const struct program *program, uint32_t k)
{
        uint8_t defined = PROGRAM_STATUS;

        for (uint32_t i = 0; i < k; i++) {
                const struct program_form *form =
                        program->form[i] == PROGRAM_HELPER ? NULL : &program_forms()[program->form[i]];

                defined &= (uint8_t) ~(form ? form->flags_undefined : PROGRAM_AF);
                defined |= form ? form->flags_written & (uint8_t)~form->flags_undefined : 0;
        }
        return (uint64_t)(defined & ~(PROGRAM_OF | PROGRAM_DF)) | (defined & PROGRAM_OF ? 0x800 : 0);
}

/* What of a beginning is a result: the stack and the addresses of code are none, nor is what a CPU may leave as it likes. */
static void keep_results(
        const struct bisector *b, uint32_t k, const struct left *left, struct left *ret_results)
{
        *ret_results = *left;
        ret_results->registers.flags &= defined_flags(&b->program, k);
        ret_results->registers.x87_status = 0;
        memset(ret_results->arena + PROGRAM_SLOTS, 0, PROGRAM_KEPT - PROGRAM_SLOTS);
}

/* The first byte of struct left that differs after the first k instructions; SIZE_MAX: none does. */
static size_t first_difference(const struct bisector *b, uint32_t k)
{
        struct left want, have;

        keep_results(b, k, &b->expected->beginnings[k], &want);
        keep_results(b, k, &b->actual->beginnings[k], &have);
        for (size_t i = 0; i < sizeof(want); i++)
                if (((const uint8_t *)&want)[i] != ((const uint8_t *)&have)[i])
                        return i;
        return SIZE_MAX;
}

/* Names instruction k - 1, whose end is beginning k. */
static void name_instruction(struct bisector *b, uint32_t k)
{
        struct bisection *found = b->result;
        uint32_t begin = b->program.offset[k - 1];

        found->found = true;
        found->index = k - 1;
        found->size = MIN(b->program.offset[k] - begin, sizeof(found->code));
        memcpy(found->code, b->program.code + begin, found->size);
        found->before = b->expected->beginnings[k - 1].registers;
        memcpy(found->arena, b->expected->beginnings[k - 1].arena, sizeof(found->arena));
        found->arena_address = (uintptr_t)here.arena;
}

static void name_difference(struct bisector *b, uint32_t k, size_t at)
{
        static const char *const arena = "memory";
        const uint8_t *want = (const uint8_t *)&b->expected->beginnings[k];
        const uint8_t *have = (const uint8_t *)&b->actual->beginnings[k];
        struct bisection *found = b->result;

        name_instruction(b, k);
        found->signal = 0;
        found->offset = (uint32_t)(at & ~(size_t)7);
        found->width = 8;
        memcpy(found->expected, want + found->offset, found->width);
        memcpy(found->actual, have + found->offset, found->width);
        if (found->offset < sizeof(struct registers)) {
                found->place.unit = registers_locate((uint32_t)at, found->place.name);
                return;
        }
        found->place.unit = CHECK_UNIT_MEMORY;
        (void)snprintf(found->place.name, sizeof(found->place.name), "%s byte %zu", arena,
                at - sizeof(struct registers));
}

/* Compares a scan of the suspect with that of the reference: an earlier beginning wins over what earlier scans named. */
static void learn(struct bisector *b, const struct outcome *outcome)
{
        struct bisection *found = b->result;

        for (uint32_t k = 1; k < outcome->ended; k++) {
                size_t at = first_difference(b, k);

                if (at == SIZE_MAX)
                        continue;
                found->differing++;
                if (!found->found || k - 1 < found->index)
                        name_difference(b, k, at);
                return;
        }
        if (!outcome->signal)
                return;
        found->differing++;
        if (!found->found || outcome->ended - 1 < found->index) {
                name_instruction(b, outcome->ended);
                found->signal = outcome->signal;
                found->place.name[0] = 0;
        }
}

static struct scan *map_scan(void)
{
        return memory_map_shared("assay-scan", sizeof(struct scan));
}

static void unmap_scan(struct scan *scan)
{
        if (scan)
                (void)munmap(scan, sizeof(*scan));
}

static void say_why(struct bisector *b, const char *who, int error)
{
        const char *what = error == -EINTR       ? "was killed from outside"
                           : error == -ETIMEDOUT ? "did not come to an end in time"
                           : error == -ENOEXEC   ? "died beside the program"
                           : error == -EBADMSG   ? "left what contradicts itself"
                                                 : NULL;

        if (what)
                (void)snprintf(b->result->why, sizeof(b->result->why), "%s %s", who, what);
        else
                (void)snprintf(b->result->why, sizeof(b->result->why), "%s could not run it: %s", who,
                        strerror(-error));
}

/* What is due. */
static int scan_reference(struct bisector *b)
{
        const struct bisection *found = b->result;
        struct outcome outcome = { 0 };
        int r = -ETIMEDOUT;

        for (unsigned i = 0; i < REFERENCE_TRIES && in_time(b); i++) {
                r = scan_on(b, (unsigned)(found->reference < 0 ? found->suspect : found->reference),
                        b->expected, &outcome);
                if (r != -EINTR)
                        break;
        }
        if (r < 0)
                say_why(b, "the reference", r);
        else if (outcome.signal)
                (void)snprintf(b->result->why, sizeof(b->result->why), "the reference died in it");
        return outcome.signal ? -ENOEXEC : r;
}

static void bisect(struct bisector *b)
{
        struct bisection *found = b->result;
        struct outcome outcome;
        int r = -ETIMEDOUT, error = -ETIMEDOUT;

        if (scan_reference(b) < 0)
                return;
        for (unsigned i = 0; i < SCANS_MOST && in_time(b); i++) {
                r = scan_on(b, (unsigned)found->suspect, b->actual, &outcome);
                if (r < 0) {
                        error = r;
                        continue;
                }
                found->runs++;
                learn(b, &outcome);
        }
        found->ran = found->runs;
        if (!found->ran)
                say_why(b, "the suspect", error);
        else if (!found->found)
                (void)snprintf(found->why, sizeof(found->why), "%s",
                        found->reference < 0 ? "what is always wrong does not show in a CPU beside itself"
                                             : "the fault did not come back in the program alone");
}

static void bisect_seed(struct bisector *b)
{
        struct bisection *found = b->result;

        program_generate(&b->program, &b->group, found->seed, NULL);
        program_image(&b->program, &b->group, &b->start.registers, here.arena);
        memcpy(b->start.arena, here.arena, sizeof(b->start.arena));
        found->n = b->program.n;
        b->expected = map_scan();
        b->actual = map_scan();
        if (b->expected && b->actual)
                bisect(b);
        else
                (void)snprintf(found->why, sizeof(found->why), "there is not enough memory for it");
        unmap_scan(b->expected);
        unmap_scan(b->actual);
}

int bisection_run(const struct observation *observation, uint32_t subject, int reference, isa_set features,
        const volatile sig_atomic_t *interrupted, struct bisection *ret_bisection)
{
        static struct bisector b; /* the program is large */
        const struct check *check = check_list[observation->check];
        bool death = observation_is_death(observation->kind);

        if (!check->program)
                return -ENOENT;
        b = (struct bisector){ .result = ret_bisection,
                .deadline_ns = clock_ns(CLOCK_MONOTONIC) + BISECTION_LIMIT_NS,
                .interrupted = interrupted };
        *ret_bisection = (struct bisection){
                .subject = subject, .suspect = observation->cpu, .reference = reference
        };
        if (observation->synthetic) {
                (void)snprintf(ret_bisection->why, sizeof(ret_bisection->why),
                        "a drill made it, and no instruction went wrong");
                return 0;
        }
        if (death && !observation->death.running) {
                (void)snprintf(ret_bisection->why, sizeof(ret_bisection->why),
                        "no program is known to have run when the worker died");
                return 0;
        }
        registers_use(features);
        check->program(&observation->round,
                death ? observation->death.running - 1 : observation->mismatch.offset, &b.group,
                &ret_bisection->seed);
        bisect_seed(&b);
        return 0;
}
