/* SPDX-License-Identifier: Apache-2.0 */
/* Bisection, with a defect planted around program_run (the linker's --wrap): on one CPU, once the chosen instruction has
 * run, a bit of a register, of the flags or of memory is wrong, or the process dies. The instruction must be named, and
 * the healthy must not; nor any where only the making of a program's registers goes wrong, where the process is killed from
 * outside, or where it spoils what it shares with us. After the death of a worker it is the program that ran. */
#include "agent/bisection.h"

#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "agent/report_bisection.h"
#include "base/array.h"
#include "base/clock.h"
#include "tests/tap.h"

void __real_program_run(
        const struct program *program, struct registers_pair *pair, uint32_t place, uint8_t alignment);
void __wrap_program_run(
        const struct program *program, struct registers_pair *pair, uint32_t place, uint8_t alignment);
void __real_program_image(const struct program *program, const struct program_group *group,
        struct registers *ret_in, uint8_t *arena);
void __wrap_program_image(const struct program *program, const struct program_group *group,
        struct registers *ret_in, uint8_t *arena);

void *__real_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);

#define SLOWLY 10

enum defect {
        DEFECT_NONE,
        DEFECT_IMAGE,
        DEFECT_VECTOR,
        DEFECT_GENERAL,
        DEFECT_MEMORY,
        DEFECT_DEATH,
        DEFECT_KILLED, /* by another process */
        DEFECT_SOMETIMES_KILLED,
        DEFECT_NO_BEGUN, /* it dies, and how many beginnings it began is 0; or more than there are */
        DEFECT_MANY_BEGUN,
        DEFECT_LEAVES,   /* it ends early, and well */
        DEFECT_EXPECTED, /* it writes to what the reference left */
        DEFECT_WILD,     /* a worker dies in one program of its batch */
};

static struct {
        enum defect defect;
        unsigned cpu;
        uint32_t number;       /* of the round */
        uint32_t index, every; /* of the instruction; of so many scans one goes wrong */
        uint32_t place;        /* of the program in the batch */
} planted;
static _Atomic uint32_t *scanned; /* scans of the suspect in this bisection, shared with them */
static uint8_t *scans[2];         /* the last two that were mapped: of the reference, of the suspect */
static struct bisection result;
static unsigned cpus[2];
static unsigned n_cpus;
static pid_t self;
static bool slowly; /* time passes so for whoever reads a clock */

/* The scan that this process is, counted from 0. */
static uint32_t which_scan(void)
{
        static pid_t process;
        static uint32_t number;

        if (process != getpid())
                number = atomic_fetch_add(scanned, 1);
        process = getpid();
        return number;
}

void __wrap_program_run(
        const struct program *program, struct registers_pair *pair, uint32_t place, uint8_t alignment)
{
        __real_program_run(program, pair, place, alignment);
        if (!planted.defect || (unsigned)sched_getcpu() != planted.cpu || program->n <= planted.index ||
                which_scan() % planted.every != 0)
                return;
        if (planted.defect == DEFECT_VECTOR)
                pair->out.vector[3][5] ^= 4;
        if (planted.defect == DEFECT_GENERAL)
                pair->out.general[REGISTERS_RBX] ^= UINT64_C(1) << 40;
        if (planted.defect == DEFECT_MEMORY) /* the arena lies right behind the registers in bisection.c */
                ((uint8_t *)(pair + 1))[700] ^= 128;
        if (planted.defect == DEFECT_DEATH)
                (void)raise(SIGSEGV);
        if (planted.defect == DEFECT_KILLED || planted.defect == DEFECT_SOMETIMES_KILLED)
                (void)raise(SIGKILL);
        if (planted.defect == DEFECT_NO_BEGUN || planted.defect == DEFECT_MANY_BEGUN) {
                uint32_t begun = planted.defect == DEFECT_NO_BEGUN ? 0 : UINT32_MAX / 2;

                memcpy(scans[1], &begun, sizeof(begun)); /* it comes first in struct scan of bisection.c */
                (void)raise(SIGSEGV);
        }
        if (planted.defect == DEFECT_LEAVES)
                _exit(0);
        if (planted.defect == DEFECT_EXPECTED)
                memset(scans[0] + 65536, 0xa5, 65536);
        if (planted.defect == DEFECT_WILD && place == planted.place)
                __builtin_trap(); /* of its own: what raise() sends would be a kill from outside to a worker */
}

int __real_clock_gettime(clockid_t id, struct timespec *ret_time);
int __wrap_clock_gettime(clockid_t id, struct timespec *ret_time);

/* A bisection has BISECTION_LIMIT_NS: with a sanitizer, beside other work, that is too little for a few scans. */
int __wrap_clock_gettime(clockid_t id, struct timespec *ret_time)
{
        int r = __real_clock_gettime(id, ret_time);
        uint64_t ns = (uint64_t)ret_time->tv_sec * CLOCK_SECOND + (uint64_t)ret_time->tv_nsec;

        if (r == 0 && slowly)
                *ret_time = (struct timespec){ (time_t)(ns / SLOWLY / CLOCK_SECOND),
                        (long)(ns / SLOWLY % CLOCK_SECOND) };
        return r;
}

void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
        void *map = __real_mmap(address, size, protection, flags, fd, offset);

        if (flags == MAP_SHARED && size > PROGRAM_INSTRUCTIONS_MAX * sizeof(struct registers)) {
                scans[0] = scans[1];
                scans[1] = map;
        }
        return map;
}

void __wrap_program_image(const struct program *program, const struct program_group *group,
        struct registers *ret_in, uint8_t *arena)
{
        __real_program_image(program, group, ret_in, arena);
        if (planted.defect == DEFECT_IMAGE && getpid() != self && (unsigned)sched_getcpu() == planted.cpu)
                ret_in->general[REGISTERS_RBX] ^= 1;
}

static uint32_t check_of_programs(void)
{
        uint32_t check = 0;

        while (strcmp(check_list[check]->name, "program_known_general") != 0)
                check++;
        return check;
}

static uint64_t bisect(enum defect defect, uint32_t index, uint32_t every, int reference)
{
        struct observation o = { .kind = OBSERVATION_MISMATCH,
                .check = check_of_programs(),
                .cpu = (int32_t)cpus[0],
                .round.number = planted.number };
        uint64_t start = clock_ns(CLOCK_MONOTONIC);
        int r;

        planted.defect = defect;
        planted.cpu = cpus[0];
        planted.index = index;
        planted.every = every;
        atomic_store(scanned, 0);
        slowly = true;
        r = bisection_run(&o, 7, reference, isa_read(), NULL, &result);
        slowly = false;
        tap_ok(r == 0 && result.subject == 7, "it runs");
        return clock_ns(CLOCK_MONOTONIC) - start;
}

static void test_named(int reference)
{
        static const struct {
                const char *what, *place;
                enum defect defect;
                uint64_t xor ;
        } defects[] = {
                { "a vector register", "xmm3", DEFECT_VECTOR, UINT64_C(4) << 40 },
                { "a general register", "rbx", DEFECT_GENERAL, UINT64_C(1) << 40 },
                { "memory", "memory byte 700", DEFECT_MEMORY, UINT64_C(128) << 32 },
        };

        for (size_t i = 0; i < ARRAY_SIZE(defects); i++) {
                uint64_t expected, actual;

                (void)bisect(defects[i].defect, 20 + (uint32_t)i, 1, reference);
                memcpy(&expected, result.expected, 8);
                memcpy(&actual, result.actual, 8);
                tap_ok(result.ran && result.found && result.index == 20 + i && !result.signal,
                        "%s: instruction %u is named, not %u", defects[i].what, 20 + (unsigned)i,
                        result.index);
                tap_ok(strncmp(result.place.name, defects[i].place, strlen(defects[i].place)) == 0 &&
                                (expected ^ actual) == defects[i].xor
                        , "%s: its place is %s, and the bit", defects[i].what, result.place.name);
        }
}

static void test_death(int reference)
{
        (void)bisect(DEFECT_DEATH, 33, 1, reference);
        tap_ok(result.found && result.index == 33 && result.signal == SIGSEGV,
                "a death: instruction 33 is named, not %u", result.index);
}

static void test_seldom(int reference)
{
        (void)bisect(DEFECT_VECTOR, 12, 3, reference);
        tap_ok(result.found && result.index == 12 && result.differing < result.runs,
                "a defect that shows now and then (%u of %u scans): instruction 12 is named, not %u",
                result.differing, result.runs, result.index);
}

/* Several batches: some programs compute with the addresses of their own code, which are to be the same on both CPUs. */
static void test_healthy(int reference)
{
        uint32_t number = planted.number;

        for (uint32_t i = 0; i < 6; i++) {
                uint64_t spent_ns;

                planted.number = number + i;
                spent_ns = bisect(DEFECT_NONE, 12, 1, reference);
                tap_ok(result.ran && !result.found && result.runs && !result.differing,
                        "the healthy: nothing is named");
                printf("# %u scans of %u instructions in %llu ms\n", result.runs, result.n,
                        (unsigned long long)(spent_ns / CLOCK_MS));
        }
        planted.number = number;
}

/* What goes wrong where the program and its registers are made says nothing about the program's instructions. */
static void test_image(int reference)
{
        (void)bisect(DEFECT_IMAGE, 0, 1, reference);
        tap_ok(result.ran && !result.found && result.runs && !result.differing,
                "a suspect that makes wrong registers: nothing is named");
}

/* Returns what the report says of it. */
static const char *program_line(void)
{
        static struct report_bisection_lines lines;

        report_bisection_text(&result, &lines);
        return lines.program;
}

static void test_killed(int reference)
{
        (void)bisect(DEFECT_KILLED, 33, 1, reference);
        tap_ok(!result.ran && !result.found && strstr(program_line(), "killed from outside"),
                "a suspect that is killed from outside each time: nothing is named: %s", program_line());
        (void)bisect(DEFECT_SOMETIMES_KILLED, 33, 2, reference);
        tap_ok(result.ran && !result.found && result.runs && !result.differing,
                "now and then: the other runs count, nothing is named: %s", program_line());
        (void)bisect(DEFECT_DEATH, 33, 2, reference);
        tap_ok(result.found && result.index == 33 && result.signal == SIGSEGV,
                "one that dies by itself now and then: instruction 33 is named, not %u", result.index);
}

/* What a suspect says of its progress may be anything. */
static void test_hostile(int reference)
{
        static const struct {
                const char *what;
                enum defect defect;
        } cases[] = {
                { "it says that it began nothing", DEFECT_NO_BEGUN },
                { "it says that it began more than there is", DEFECT_MANY_BEGUN },
                { "it ends well before its end", DEFECT_LEAVES },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                (void)bisect(cases[i].defect, 33, 1, reference);
                tap_ok(!result.ran && !result.found && strstr(program_line(), "contradicts itself"),
                        "%s: nothing is named: %s", cases[i].what, program_line());
        }
        (void)bisect(DEFECT_EXPECTED, 60, 1, reference);
        tap_ok(result.found && result.index == 60 && result.signal == SIGSEGV,
                "it writes to what is due: that kills it there, and instruction 60 is named, not %u",
                result.index);
}

/* A worker that dies in one program of its batch, and the bisection of its death. */
static void test_worker(int reference)
{
        static const uint32_t places[] = { 0, 5, 15 };
        const struct plan_item item = { .check = (uint16_t)check_of_programs() };
        struct check_round round = { .number = planted.number };
        struct program_group group;
        struct cpu_set set = { 0 };
        struct supervisor_run run = { .items = &item,
                .n_items = 1,
                .cpus = &set,
                .features = isa_read(),
                .stress = 1U << STRESS_NONE,
                .duration_ns = 60 * CLOCK_SECOND,
                .stop_at_evidence = true,
                .round = &round,
                .drill_cpu = -1,
                .drill_check = -1 };

        cpu_set_add(&set, cpus[0]);
        for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
                struct supervisor_outcome outcome;
                struct evidence evidence = { 0 };
                uint64_t seed;

                planted.defect = DEFECT_WILD;
                planted.cpu = cpus[0];
                planted.index = 0;
                planted.every = 1;
                planted.place = places[i];
                (void)supervisor_run(&run, &evidence, &outcome);
                tap_ok(evidence.n_observations && evidence.observations[0].kind == OBSERVATION_CRASH &&
                                evidence.observations[0].death.running == 1 + 8 * places[i],
                        "a worker that dies in program %u says so", places[i]);
                if (evidence.n_observations) {
                        planted.place = 0; /* where a bisection runs them */
                        slowly = true;
                        (void)bisection_run(
                                &evidence.observations[0], 0, reference, isa_read(), NULL, &result);
                        slowly = false;
                        check_list[item.check]->program(&round, 8 * places[i], &group, &seed);
                        tap_ok(result.found && result.seed == seed && result.signal == SIGILL,
                                "and that is the one that is bisected: %s", program_line());
                }
                evidence_free(&evidence);
        }
}

/* Where there is no instruction to look for the report says why. */
static void test_why_not(int reference)
{
        struct observation o = {
                .kind = OBSERVATION_CRASH, .check = check_of_programs(), .synthetic = true
        };

        planted.defect = DEFECT_NONE;
        tap_ok(bisection_run(&o, 0, reference, isa_read(), NULL, &result) == 0 && !result.ran &&
                        strstr(program_line(), "drill") && !strstr(program_line(), "seed"),
                "of a drill: %s", program_line());
        o.synthetic = false;
        tap_ok(bisection_run(&o, 0, reference, isa_read(), NULL, &result) == 0 && !result.ran &&
                        strstr(program_line(), "when the worker died") && !strstr(program_line(), "seed"),
                "of a death outside of any program: %s", program_line());
        (void)bisect(DEFECT_NONE, 0, 1, reference);
        tap_ok(strstr(program_line(), "did not come back"), "of what does not come back: %s",
                program_line());
        (void)bisect(DEFECT_VECTOR, 9, 1, -1);
        tap_ok(result.ran && !result.found && strstr(program_line(), "beside itself"),
                "without another core, of what is always there: %s", program_line());
}

static void test_text(int reference)
{
        char text[BISECTION_TEXT_MAX], operands[BISECTION_OPERANDS_MAX];

        (void)bisect(DEFECT_VECTOR, 40, 1, reference);
        bisection_instruction(&result, text);
        bisection_operands(&result, operands);
        tap_ok(text[0] &&
                        strncmp(text, bisection_mnemonic(&result), strlen(bisection_mnemonic(&result))) == 0,
                "it is disassembled: %s (%s)", text, operands);
        result = (struct bisection){ .size = 4,
                .code = { 0x48, 0x0f, 0xaf, 0xc3 } }; /* Intel SDM: REX.W 0F AF /r */
        result.before.general[REGISTERS_RAX] = 0x10;
        result.before.general[REGISTERS_RBX] = UINT64_C(0x123456789abcdef0);
        bisection_instruction(&result, text);
        bisection_operands(&result, operands);
        tap_ok(strcmp(text, "imul rax, rbx") == 0 &&
                        strcmp(operands, "rax=0x0000000000000010, rbx=0x123456789abcdef0") == 0,
                "imul and its operands: %s: %s", text, operands);
}

int main(void)
{
        struct cpu_set bound;
        int reference;

        planted.number = (uint32_t)tap_seed(5);
        self = getpid();
        scanned = mmap(NULL, sizeof(*scanned), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        assert(scanned != MAP_FAILED);
        if (cpu_set_bound(&bound) < 0)
                return 99;
        for (int cpu = cpu_set_next(&bound, -1); cpu >= 0 && n_cpus < 2; cpu = cpu_set_next(&bound, cpu))
                cpus[n_cpus++] = (unsigned)cpu;
        reference = n_cpus > 1 ? (int)cpus[1] : -1;
        if (reference < 0) {
                tap_skip("bisection", "there is one CPU");
                return tap_end();
        }
        test_named(reference);
        test_death(reference);
        test_seldom(reference);
        test_healthy(reference);
        test_image(reference);
        test_text(reference);
        test_killed(reference);
        test_hostile(reference);
        test_worker(reference);
        test_why_not(reference);
        return tap_end();
}
