/* SPDX-License-Identifier: Apache-2.0 */
/* Is a flipped bit in a general register of a kernel of coherence noticed, in any of the 16? Two parties run rounds of
 * each check; in one of them a signal flips a bit while it is in the kernel. The registers of the frame, and those that
 * a kernel does not use, hold a known value all the time: there every flip must be noticed, also where it is why the
 * parties do not meet any more, and by nobody else as a fault of its own registers. One that the kernel computes in holds
 * nothing at times: there it is flipped just before some instruction reads it, and that must be noticed sometimes. */
#include <assert.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>
#include <Zydis/Zydis.h>

#include "base/array.h"
#include "base/random.h"
#include "checks/coherence.h"
#include "tests/checks/group.h"
#include "tests/tap.h"

#define ROUNDS 64 /* of an attempt, until a signal finds the kernel */
#define FLIPS 1   /* of each register in each check; another bit in each */
#define ATTEMPTS 200
#define PARTY 1 /* whose registers are flipped */

#define STACK_SIZE (64 * 1024)
#define FIRST_US 20 /* from the start of run */
#define SPREAD_US 400
#define AGAIN_US 30
#define END_US 300000 /* of CPU time; a party that waits for others gives up after 40 ms at most */
#define STEPS 2000    /* to find an instruction that reads the register */
#define READS_MOST 8  /* one of so many */
#define FLAG_TF 0x100

/* Shared with the parties. */
static struct {
        uint32_t general; /* which register, in the order of their encoding */
        uint64_t random;
        volatile uint32_t flipped; /* it has been */
        volatile bool computes;    /* the kernel computes in it */
} * flip;

/* ---- in the party's process ---- */

static const struct coherence_state *running;
static unsigned steps, reads;

static const int names[16] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
        REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15 };

/* Between the frame's macros: these are loaded last, and spoiled first. */
static bool in_kernel(const greg_t *registers)
{
        return (uint64_t)registers[REG_R12] == running->memory &&
               (uint64_t)registers[REG_RSI] == running->lines &&
               (uint64_t)registers[REG_RDI] == running->own &&
               (uintptr_t)registers[REG_RBP] == (uintptr_t)running;
}

static bool computes_in(unsigned general)
{
        static const uint8_t collected[16] = { [REGISTERS_RBX] = 1,
                [REGISTERS_R8 + 1] = 2,
                [REGISTERS_R8 + 2] = 3,
                [REGISTERS_R15 - 1] = 4,
                [REGISTERS_R15] = 5 };

        return general <= REGISTERS_RDX || (collected[general] && running->collects[collected[general] - 1]);
}

/* A wait keeps what it does not look at. */
static bool waits(const greg_t *registers)
{
        extern const char coherence_spin[], coherence_finish[];

        return (uintptr_t)registers[REG_RIP] >= (uintptr_t)coherence_spin &&
               (uintptr_t)registers[REG_RIP] < (uintptr_t)coherence_finish;
}

static bool is_read(const greg_t *registers)
{
        static ZydisDecoder decoder;
        ZydisDecodedInstruction instruction;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        ZydisRegister wanted = (ZydisRegister)(ZYDIS_REGISTER_RAX + flip->general);

        if (!decoder.stack_width)
                (void)ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
        if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder,
                    (const void *)(uintptr_t)registers[REG_RIP], /* NOLINT */
                    ZYDIS_MAX_INSTRUCTION_LENGTH, &instruction, operands)))
                return false;
        for (unsigned i = 0; i < instruction.operand_count; i++) {
                const ZydisDecodedOperand *o = &operands[i];

                if (o->type == ZYDIS_OPERAND_TYPE_REGISTER &&
                        (o->actions & ZYDIS_OPERAND_ACTION_MASK_READ) &&
                        ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, o->reg.value) == wanted)
                        return true;
                if (o->type == ZYDIS_OPERAND_TYPE_MEMORY &&
                        (o->mem.base == wanted || o->mem.index == wanted))
                        return true;
        }
        return false;
}

/* An address that is wrong by these bits leads nowhere, or to what the parties share and their own state. */
static uint64_t a_bit(void)
{
        uint64_t random = random_next(&flip->random);

        if (flip->computes) /* of the byte that every instruction reads */
                return UINT64_C(1) << random % 8;
        return UINT64_C(1) << (random % 34 < 10 ? random % 34 : random % 34 + 30);
}

static void set_timer(int which, long first_us, long again_us)
{
        const struct itimerval timer = { { 0, again_us }, { 0, first_us } };

        assert(setitimer(which, &timer, NULL) == 0);
}

static void flip_now(greg_t *registers)
{
        registers[names[flip->general]] ^= (greg_t)a_bit();
        registers[REG_EFL] &= ~FLAG_TF;
        flip->flipped = 1;
        set_timer(ITIMER_REAL, 0, 0);
        set_timer(ITIMER_PROF, END_US, 0);
}

static void on_timer(int signal, siginfo_t *info, void *argument)
{
        greg_t *registers = ((ucontext_t *)argument)->uc_mcontext.gregs;

        (void)signal, (void)info;
        if (flip->flipped || !in_kernel(registers))
                return;
        flip->computes = computes_in(flip->general);
        if (!flip->computes) {
                flip_now(registers);
                return;
        }
        steps = STEPS;
        reads = (unsigned)(random_next(&flip->random) % READS_MOST);
        registers[REG_EFL] |= FLAG_TF;
        set_timer(ITIMER_REAL, 0, 0);
}

static void on_step(int signal, siginfo_t *info, void *argument)
{
        greg_t *registers = ((ucontext_t *)argument)->uc_mcontext.gregs;

        (void)signal, (void)info;
        if (in_kernel(registers) && !waits(registers) && is_read(registers) && !reads--)
                flip_now(registers);
        else if (!--steps)
                registers[REG_EFL] &= ~FLAG_TF;
}

static void on_end(int signal)
{
        (void)signal;
        _exit(1);
}

static void catch_signals(void)
{
        struct sigaction action = { .sa_flags = SA_ONSTACK | SA_RESTART | SA_SIGINFO },
                         end = { .sa_handler = on_end, .sa_flags = SA_ONSTACK };
        stack_t stack = { .ss_sp = malloc(STACK_SIZE), .ss_size = STACK_SIZE };

        assert(stack.ss_sp && sigaltstack(&stack, NULL) == 0 && sigaction(SIGPROF, &end, NULL) == 0);
        action.sa_sigaction = on_timer;
        assert(sigaction(SIGALRM, &action, NULL) == 0);
        action.sa_sigaction = on_step;
        assert(sigaction(SIGTRAP, &action, NULL) == 0);
        for (int fatal = 0; fatal < 4; fatal++) /* a sanitizer would tell of it at length */
                (void)signal((const int[]){ SIGSEGV, SIGBUS, SIGILL, SIGFPE }[fatal], SIG_DFL);
}

static void run(const struct check *check, void *state, const struct check_round *round)
{
        if (round->party != PARTY || flip->flipped) {
                check->run(state);
                return;
        }
        if (!running)
                catch_signals();
        running = state;
        set_timer(ITIMER_REAL, FIRST_US + (long)(random_next(&flip->random) % SPREAD_US), AGAIN_US);
        check->run(state);
        set_timer(ITIMER_REAL, 0, 0);
        set_timer(ITIMER_PROF, 0, 0);
}

/* ---- what comes of it ---- */

struct flips {
        const struct check *check;
        uint32_t index; /* of the check */
        unsigned general, flipped, noticed, died;
        bool ended;   /* the round of the last flip */
        bool another; /* a party whose registers nobody touched accused itself */
        char where[CHECK_PLACE_MAX];
};

/* How many passes and waits there were to be shows only where the round ends. */
static bool proves_nothing(const struct flips *flips, const struct group_result *own)
{
        bool counts = flips->general == REGISTERS_R8 || flips->general == REGISTERS_R8 + 5 || flip->computes;

        return counts && own->fate == PARTY_LEFT && own->found == CHECK_EQUAL;
}

static bool each(const struct check_round *round, const struct group_result *results, void *user)
{
        struct flips *flips = user;
        struct check_place place;

        if (!flip->flipped)
                return true;
        flips->ended = true;
        for (unsigned party = 0; party < round->parties; party++) {
                if (results[party].found != CHECK_MISMATCH)
                        continue;
                check_locate(flips->check, results[party].mismatch.offset, &place);
                if (party == PARTY)
                        memcpy(flips->where, place.name, sizeof(flips->where));
                else
                        flips->another |= place.unit != CHECK_UNIT_COHERENCE;
        }
        if (proves_nothing(flips, &results[PARTY]))
                return false;
        flips->flipped++;
        flips->noticed += results[PARTY].found == CHECK_MISMATCH;
        return false;
}

/* One flip, in one of the rounds. */
static void flip_once(struct flips *flips, uint64_t seed)
{
        struct group group = { .check = flips->check,
                .features = isa_read(),
                .seed = seed,
                .parties = 2,
                .rounds = ROUNDS,
                .run = run,
                .each = each,
                .user = flips };

        flip->general = flips->general;
        flip->random = random_mix(seed + flips->general) + flips->index;
        flip->flipped = 0;
        flips->ended = false;
        (void)group_run(&group);
        if (!flip->flipped || flips->ended)
                return;
        flips->flipped++;
        flips->died++;
}

/* Returns whether flips of the register are noticed. */
static bool flip_register(struct flips *flips, uint64_t seed)
{
        bool good;

        for (unsigned i = 0; i < ATTEMPTS; i++) {
                unsigned seen = flips->noticed + flips->died;

                if (flips->flipped >= FLIPS && (seen || !flip->computes))
                        break;
                flip_once(flips, seed + i);
        }
        good = flips->flipped >= FLIPS && !flips->another &&
               flips->noticed + flips->died >= (flip->computes ? 1 : flips->flipped);
        printf("# %s: general register %u, %s: %u flips, %u noticed, %u died%s%s%s\n", flips->check->name,
                flips->general, flip->computes ? "computes" : "holds", flips->flipped, flips->noticed,
                flips->died, flips->noticed ? ", last in " : "", flips->where,
                flips->another ? "; another party accused itself" : "");
        return good;
}

static void flip_registers(uint32_t index, uint64_t seed)
{
        const struct check *check = check_list[index];
        unsigned good = 0;

        for (unsigned general = 0; general < ARRAY_SIZE(names); general++) {
                struct flips flips = { .check = check, .index = index, .general = general };

                good += flip_register(&flips, seed);
        }
        tap_ok(good == ARRAY_SIZE(names), "%s: flips are noticed in %u of %zu general registers",
                check->name, good, ARRAY_SIZE(names));
}

int main(void)
{
        uint64_t seed = tap_seed(20261125);
        cpu_set_t allowed;

        if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0 || CPU_COUNT(&allowed) < 2) {
                tap_skip("flips in kernels of coherence", "this process may use one CPU only");
                return tap_end();
        }
        flip = mmap(NULL, sizeof(*flip), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        assert(flip != MAP_FAILED);
        for (uint32_t i = 0; check_list[i]; i++) {
                if (check_list[i]->family != CHECK_COHERENCE)
                        continue;
                if (check_list[i]->needs & ~isa_read())
                        tap_skip(check_list[i]->name, "this CPU cannot run it");
                else
                        flip_registers(i, seed);
        }
        return tap_end();
}
