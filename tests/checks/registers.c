/* SPDX-License-Identifier: Apache-2.0 */
/* Loading and storing the register file, comparing it, locating a wrong bit, the kernel's copy in a signal
 * frame, and the events. A trap between load and store shows the real frame of this kernel; a bit flipped
 * there is in the register when the kernel goes on. */
#include <cpuid.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/array.h"
#include "base/random.h"
#include "checks/check.h"
#include "checks/registers.h"
#include "tests/tap.h"

#define ALTERNATE_STACK (128 * 1024)
#define XSAVE_MAGIC 0x46505853U /* FP_XSTATE_MAGIC1, at byte 464: asm/sigcontext.h */
#define RANDOM_IMAGES 64

void registers_test_nothing(void *state);
void registers_test_trap(void *state);
void registers_test_event(void *state);

static struct state {
        struct registers_pair pair;
        uint8_t stack[1024] __attribute__((aligned(64)));
} state;

/* What the handler does with the frame, and what it found. */
static struct job {
        enum { JOB_NOTHING, JOB_FLIP, JOB_COMPARE, JOB_ALTER } what;
        uint32_t byte, bit; /* FLIP: of the register image */
        uint32_t skip;      /* general registers that the frame need not have */
        volatile unsigned traps, equal, altered, located;
} job;

static const struct check check = { .registers = true };

/* Where byte `byte` of the register image lies in the frame, and its component; NULL: not there. */
static uint8_t *frame_byte(ucontext_t *context, uint32_t byte, uint32_t *ret_component)
{
        static const int general[16] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI,
                REG_RDI, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15 };
        uint8_t *area = (uint8_t *)context->uc_mcontext.fpregs;
        uint32_t eax, offset = 0, ecx, edx, r, at;

        *ret_component = 0;
        if (byte < REGISTERS_FLAGS)
                return (uint8_t *)&context->uc_mcontext.gregs[general[byte / 8]] + byte % 8;
        if (byte < REGISTERS_FS_BASE)
                return (uint8_t *)&context->uc_mcontext.gregs[REG_EFL] + byte % 8;
        if (byte >= REGISTERS_X87 && byte < REGISTERS_X87_CONTROL)
                return (byte - REGISTERS_X87) % 16 < 10 ? area + 32 + byte - REGISTERS_X87 : NULL;
        if (byte >= REGISTERS_MXCSR && byte < REGISTERS_SHAPE) {
                *ret_component = 1;
                return area + 24 + byte - REGISTERS_MXCSR;
        }
        if (byte >= REGISTERS_MASK && byte < REGISTERS_X87 && registers_level() == REGISTERS_AVX512) {
                *ret_component = 5;
                (void)__get_cpuid_count(0xd, 5, &eax, &offset, &ecx, &edx);
                return area + offset + byte - REGISTERS_MASK;
        }
        if (byte < REGISTERS_VECTOR)
                return NULL;
        r = (byte - REGISTERS_VECTOR) / 64;
        at = (byte - REGISTERS_VECTOR) % 64;
        if (at >= 16u << registers_level() || (at >= 32 && registers_level() != REGISTERS_AVX512) ||
                (r >= 16 && registers_level() != REGISTERS_AVX512))
                return NULL;
        *ret_component = r >= 16 ? 7 : at >= 32 ? 6 : at >= 16 ? 2 : 1;
        if (*ret_component == 1)
                return area + 160 + 16 * r + at;
        (void)__get_cpuid_count(0xd, *ret_component, &eax, &offset, &ecx, &edx);
        return area + offset +
               (r >= 16           ? 64 * (r - 16) + at
                       : at >= 32 ? 32 * r + at - 32
                                  : 16 * r + at - 16);
}

/* The bits of a byte that can be flipped without harm to the kernel or the test, and that are compared. */
static uint8_t flippable(uint32_t byte)
{
        if (byte >= 8 * REGISTERS_RSP && byte < 8 * REGISTERS_RSP + 8)
                return byte % 8 < 5 ? 0xff : 0; /* a canonical address */
        if (byte >= REGISTERS_FLAGS && byte < REGISTERS_FS_BASE)
                return byte % 8 < 2 ? (uint8_t)(REGISTERS_FLAGS_HELD >> 8 * (byte % 8)) : 0;
        if (byte >= REGISTERS_MXCSR && byte < REGISTERS_SHAPE)
                return byte % 4 == 0 ? 0x40 : byte % 4 == 1 ? 0xe0 : 0; /* DAZ, RC, FTZ */
        return 0xff;
}

static struct check_frame frame_of(const ucontext_t *context)
{
        struct check_frame frame = { .ucontext = context,
                .xsave = (const uint8_t *)context->uc_mcontext.fpregs };
        uint32_t magic;

        memcpy(&magic, frame.xsave + 464, sizeof(magic));
        frame.extended = magic == XSAVE_MAGIC;
        memcpy(&frame.xfeatures, frame.xsave + 512, sizeof(frame.xfeatures));
        return frame;
}

/* One bit of each byte of the frame in turn is wrong: registers_frame must find it at its place. */
static void alter(ucontext_t *context)
{
        for (uint32_t byte = 0; byte < sizeof(struct registers); byte++) {
                struct check_frame frame = frame_of(context);
                struct check_mismatch mismatch;
                uint32_t component;
                uint8_t *at = frame_byte(context, byte, &component), bits = flippable(byte);

                if (!at || !bits)
                        continue;
                bits &= (uint8_t)-bits; /* the lowest */
                *at ^= bits;
                job.altered++;
                if (registers_frame(&state.pair, &frame, 0, &mismatch) == 1 && mismatch.offset == byte &&
                        mismatch.bits == 1)
                        job.located++;
                *at ^= bits;
        }
}

static void flip(ucontext_t *context)
{
        uint8_t *header = (uint8_t *)context->uc_mcontext.fpregs + 512;
        uint32_t component;
        uint8_t *at = frame_byte(context, job.byte, &component);
        uint64_t features;

        *at ^= (uint8_t)(1u << job.bit);
        if (!frame_of(context).extended)
                return;
        memcpy(&features, header, sizeof(features));
        features |= UINT64_C(1) << component;
        memcpy(header, &features, sizeof(features));
}

static void on_signal(int number, siginfo_t *info, void *user)
{
        ucontext_t *context = user;
        struct check_frame frame = frame_of(context);
        struct check_mismatch mismatch;

        (void)number;
        (void)info;
        job.traps++;
        if (job.what == JOB_FLIP)
                flip(context);
        if (job.what == JOB_ALTER)
                alter(context);
        if (job.what == JOB_COMPARE)
                job.equal += registers_frame(&state.pair, &frame, job.skip, &mismatch) == 0;
}

static bool handlers_set(void)
{
        struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        stack_t stack = { .ss_size = ALTERNATE_STACK };

        stack.ss_sp =
                mmap(NULL, ALTERNATE_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return stack.ss_sp != MAP_FAILED && sigaltstack(&stack, NULL) == 0 &&
               sigaction(SIGTRAP, &action, NULL) == 0 && sigaction(SIGUSR2, &action, NULL) == 0;
}

static void setup(uint32_t number)
{
        struct check_round round = { .seed = 7, .number = number, .cpu = 5, .process = 3 };

        registers_setup(&state.pair, &round, state.stack + sizeof(state.stack) / 2);
}

static int compare(struct check_mismatch *ret_mismatch)
{
        struct check_compare gathered;

        check_compare_begin(&gathered);
        registers_compare(&gathered, &state.pair.in, &state.pair.out);
        return check_compare_end(&gathered, ret_mismatch);
}

/* Every bit but those of rsp, the bases and the control words is random, and then its complement. */
static void randomise(uint64_t seed, uint64_t complement)
{
        struct registers *in = &state.pair.in;
        uint64_t rsp = in->general[REGISTERS_RSP], *words = (uint64_t *)in->vector;

        for (size_t i = 0; i < ARRAY_SIZE(in->general); i++)
                in->general[i] = random_next(&seed) ^ complement;
        in->general[REGISTERS_RSP] = rsp;
        in->flags = (random_next(&seed) ^ complement) & REGISTERS_FLAGS_HELD;
        in->mxcsr = 0x1f80 | ((random_next(&seed) ^ complement) & 0xe040);
        for (size_t i = 0; i < ARRAY_SIZE(in->mask); i++)
                in->mask[i] = random_next(&seed) ^ complement;
        for (size_t i = 0; i < ARRAY_SIZE(in->x87); i++)
                for (size_t j = 0; j < 10; j++)
                        in->x87[i][j] = (uint8_t)(random_next(&seed) ^ complement);
        for (size_t i = 0; i < sizeof(in->vector) / 8; i++)
                words[i] = random_next(&seed) ^ complement;
}

static void test_round_trip(const char *level, uint64_t seed)
{
        struct check_mismatch mismatch;
        unsigned wrong = 0;

        for (uint32_t i = 0; i < RANDOM_IMAGES; i++) {
                setup(i & ~7u); /* without an initial component */
                randomise(seed + i / 2, i & 1 ? ~UINT64_C(0) : 0);
                registers_test_nothing(&state);
                wrong += compare(&mismatch) != 0;
        }
        tap_ok(wrong == 0, "%s: every bit of every register comes back from load and store", level);
        for (uint32_t i = 0; i < 8; i++) {
                setup(i);
                registers_test_nothing(&state);
                wrong += compare(&mismatch) != 0;
        }
        tap_ok(wrong == 0, "%s: so do all shapes of a round", level);
}

/* What a wrong byte of the image must be called; written apart from registers_locate. */
static void name_of(uint32_t byte, char *name, size_t size, enum check_unit *ret_unit)
{
        static const char *const general[16] = { "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15" };
        unsigned r = (byte - REGISTERS_VECTOR) / 64, lane = byte % 64 / 8;

        if (byte < REGISTERS_FLAGS) {
                (void)snprintf(name, size, "%s", general[byte / 8]);
                *ret_unit = byte / 8 == REGISTERS_RSP ? CHECK_UNIT_STACK : CHECK_UNIT_GENERAL;
        } else if (byte < REGISTERS_FS_BASE) {
                (void)snprintf(name, size, "rflags");
                *ret_unit = CHECK_UNIT_FLAGS;
        } else if (byte < REGISTERS_X87) {
                (void)snprintf(name, size, "k%u", (byte - REGISTERS_MASK) / 8);
                *ret_unit = CHECK_UNIT_MASK;
        } else if (byte < REGISTERS_X87_CONTROL) {
                (void)snprintf(name, size, "st%u", (byte - REGISTERS_X87) / 16);
                *ret_unit = CHECK_UNIT_X87;
        } else if (byte < REGISTERS_VECTOR) {
                (void)snprintf(name, size, "mxcsr");
                *ret_unit = CHECK_UNIT_MXCSR;
        } else {
                (void)snprintf(name, size, "%cmm%u lane %u", "xyzz"[r >= 16 ? 3 : lane / 2], r, lane);
                *ret_unit = r >= 16    ? CHECK_UNIT_ZMM_HI
                            : lane < 2 ? CHECK_UNIT_XMM
                            : lane < 4 ? CHECK_UNIT_YMM
                                       : CHECK_UNIT_ZMM;
        }
}

static bool flip_found(uint32_t byte, uint32_t bit)
{
        struct check_mismatch mismatch;
        struct check_place place;
        enum check_unit unit;
        char name[CHECK_PLACE_MAX];

        job = (struct job){ .what = JOB_FLIP, .byte = byte, .bit = bit };
        setup(0);
        registers_test_trap(&state);
        if (compare(&mismatch) != 1 || mismatch.offset != byte || mismatch.bits != 1)
                return false;
        check_locate(&check, byte, &place);
        name_of(byte, name, sizeof(name), &unit);
        return place.unit == unit && strcmp(place.name, name) == 0;
}

static void test_flips(const char *level)
{
        /* 15 general registers of 64 bits and 40 bits of rsp, 7 flags, 8 x87 registers of 80, 4 bits of
         * MXCSR; then the vectors and the masks. */
        static const unsigned bits[] = { [REGISTERS_SSE] = 1651 + 16 * 128,
                [REGISTERS_AVX] = 1651 + 16 * 256,
                [REGISTERS_AVX512] = 1651 + 32 * 512 + 8 * 64 };
        ucontext_t probe = { 0 };
        struct _libc_fpstate area;
        unsigned flips = 0, found = 0;
        uint32_t component;

        probe.uc_mcontext.fpregs = &area; /* frame_byte only calculates with it */
        for (uint32_t byte = 0; byte < sizeof(struct registers); byte++)
                for (uint32_t bit = 0; bit < 8; bit++) {
                        if (!frame_byte(&probe, byte, &component) || !(flippable(byte) >> bit & 1))
                                continue;
                        flips++;
                        found += flip_found(byte, bit);
                }
        tap_ok(flips == bits[registers_level()] && found == flips,
                "%s: %u of %u bits flipped between load and store are found and named", level, found, flips);
}

static void test_frame(const char *level)
{
        static const unsigned bytes[] = { [REGISTERS_SSE] = 209 + 16 * 16,
                [REGISTERS_AVX] = 209 + 16 * 32,
                [REGISTERS_AVX512] = 209 + 32 * 64 + 8 * 8 };

        job = (struct job){ .what = JOB_COMPARE };
        for (uint32_t i = 0; i < 8; i++) {
                setup(i);
                registers_test_trap(&state);
        }
        tap_ok(job.traps == 8 && job.equal == 8,
                "%s: a real signal frame holds what was loaded, in every shape", level);
        job = (struct job){ .what = JOB_ALTER };
        setup(0);
        registers_test_trap(&state);
        tap_ok(job.altered == bytes[registers_level()] && job.located == job.altered,
                "%s: %u of %u altered bytes of it are located", level, job.located, job.altered);
}

static void test_signal_event(const char *level)
{
        uint8_t *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        struct check_mismatch mismatch;
        unsigned kept = 0;

        registers_event_parameters = (struct registers_event_parameters){ .drop_begin = (uintptr_t)page,
                .drop_size = 4096,
                .process = (uint64_t)getpid(),
                .thread = (uint64_t)syscall(SYS_gettid),
                .signal = SIGUSR2 };
        registers_event = registers_event_signal;
        job = (struct job){ .what = JOB_COMPARE, .skip = REGISTERS_SYSCALL_USED };
        for (uint32_t i = 0; i < 8; i++) {
                setup(i);
                page[0] = 1;
                registers_test_event(&state);
                kept += compare(&mismatch) == 0 && page[0] == 0;
        }
        registers_event = registers_event_none;
        tap_ok(kept == 8 && job.traps == 8 * REGISTERS_SIGNALS && registers_event_parameters.count == 8,
                "%s: the event that drops a page and signals again and again keeps every register", level);
        tap_ok(job.equal == 8 * REGISTERS_SIGNALS, "%s: the frames of those signals hold them too", level);
        (void)munmap(page, 4096);
}

static void test_migrate_event(const char *level)
{
        static struct registers_hop hops[2];
        struct check_mismatch mismatch;
        cpu_set_t allowed;
        unsigned kept = 0, landed = 0, n = 0, cpus[2];

        (void)sched_getaffinity(0, sizeof(allowed), &allowed);
        for (unsigned cpu = 0; cpu < CPU_SETSIZE && n < 2; cpu++)
                if (CPU_ISSET(cpu, &allowed))
                        cpus[n++] = cpu;
        if (n < 2) {
                tap_skip("the event that migrates", "this process may use one CPU only");
                return;
        }
        for (unsigned i = 0; i < 2; i++) {
                hops[i] = (struct registers_hop){ .next = &hops[1 - i], .mask_size = CPU_SETSIZE / 8 };
                hops[i].mask[cpus[i] / 8] = (uint8_t)(1u << cpus[i] % 8);
        }
        registers_event_parameters = (struct registers_event_parameters){ .hop = &hops[0] };
        registers_event = registers_event_migrate;
        for (uint32_t i = 0; i < 16; i++) {
                setup(i);
                registers_test_event(&state);
                kept += compare(&mismatch) == 0;
                landed += registers_event_parameters.hop->landed == cpus[(i + 1) % 2];
        }
        registers_event = registers_event_none;
        (void)sched_setaffinity(0, sizeof(allowed), &allowed);
        tap_ok(kept == 16 && landed == 16,
                "%s: the event that migrates keeps every register and says where it landed", level);
}

int main(void)
{
        static const char *const levels[] = { "x86-64-v2", "x86-64-v3", "native" };
        uint64_t seed = tap_seed(0x4e9);
        isa_set features = isa_read(), mask = 0;

        if (!tap_ok(handlers_set(), "handlers on a stack of their own"))
                return tap_end();
        for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
                tap_ok(isa_level(levels[i], &mask) == 0, "%s is a level", levels[i]);
                registers_use(features & mask);
                test_round_trip(levels[i], seed);
                test_flips(levels[i]);
                test_frame(levels[i]);
                test_signal_event(levels[i]);
                test_migrate_event(levels[i]);
        }
        return tap_end();
}
