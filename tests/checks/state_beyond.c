/* SPDX-License-Identifier: Apache-2.0 */
/* What ptrace's flips do not reach: a wrong bit in the fs base, the gs base, a tile, PKRU. A signal handler makes
 * it while the check runs, and verify must find it and name its unit. The handler uses no thread-local
 * memory: fs may hold anything then. */
#include <cpuid.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

#include "base/array.h"
#include "base/random.h"
#include "checks/check.h"
#include "checks/registers.h"
#include "tests/tap.h"

#define ALTERNATE_STACK (128 * 1024)
#define WANTED 40
#define ROUNDS_MAX 100000
#define INTERVAL_US 300
/* Components of XSAVE: Intel SDM volume 1, 13.5. */
#define PKRU_STATE 9
#define TILE_DATA 18

extern const char state_base_hold_begin[], state_base_hold_end[];

static enum damage { DAMAGE_NONE, DAMAGE_FS, DAMAGE_GS, DAMAGE_TILE, DAMAGE_PKRU } damage;
static volatile bool running, damaged;
static uint64_t random_state;

/* What lies in the signal frame: its component, its offset in the XSAVE area, and which of its bits may be wrong. The
 * two of key 0 are those of all memory here. */
static struct {
        uint32_t component, offset, first_bit, bits;
} in_frame[] = {
        [DAMAGE_TILE] = { .component = TILE_DATA, .bits = 8 * 8192 },
        [DAMAGE_PKRU] = { .component = PKRU_STATE, .first_bit = 2, .bits = 30 },
};

/* A component in its initial state is not in the frame. */
static void damage_frame(uint8_t *area, uint64_t random)
{
        uint64_t features, bit = in_frame[damage].first_bit + random % in_frame[damage].bits;

        __builtin_memcpy(&features, area + 512, sizeof(features));
        if (!(features >> in_frame[damage].component & 1))
                return;
        area[in_frame[damage].offset + bit / 8] ^= (uint8_t)(1u << bit % 8);
        damaged = true;
}

static void damage_base(bool fs)
{
        uint64_t base, bit = UINT64_C(1) << random_next(&random_state) % 46;

        if (fs)
                __asm__ volatile("rdfsbase %0\n\txor %1, %0\n\twrfsbase %0" : "=&r"(base) : "r"(bit) : "cc");
        else
                __asm__ volatile("rdgsbase %0\n\txor %1, %0\n\twrgsbase %0" : "=&r"(base) : "r"(bit) : "cc");
}

static void on_signal(int number, siginfo_t *info, void *user)
{
        const ucontext_t *context = user;
        uintptr_t rip = (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
        uint8_t *area = (uint8_t *)context->uc_mcontext.fpregs;
        uint64_t random = random_next(&random_state);

        (void)number;
        (void)info;
        if (!running || damaged)
                return;
        if (damage == DAMAGE_TILE || damage == DAMAGE_PKRU) {
                damage_frame(area, random);
        } else if (damage != DAMAGE_NONE && rip >= (uintptr_t)state_base_hold_begin &&
                   rip < (uintptr_t)state_base_hold_end) {
                damage_base(damage == DAMAGE_FS);
                damaged = true;
        }
}

static bool signals_start(void)
{
        struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        struct itimerval interval = { { 0, INTERVAL_US }, { 0, INTERVAL_US } };
        stack_t stack = { .ss_size = ALTERNATE_STACK };

        stack.ss_sp =
                mmap(NULL, ALTERNATE_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return stack.ss_sp != MAP_FAILED && sigaltstack(&stack, NULL) == 0 &&
               sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &interval, NULL) == 0;
}

static void test_damage(const char *name, enum damage what, enum check_unit unit, isa_set features)
{
        const struct check *check = check_find(name);
        struct check_round round = { .seed = 1, .cpu = 1 };
        struct check_mismatch mismatch;
        struct check_place place;
        unsigned done = 0, found = 0;

        if (!tap_ok(check != NULL, "%s is a check", name))
                return;
        if (check->needs & ~features) {
                tap_skip(name, "this CPU cannot run it");
                return;
        }
        if (!tap_ok(check_prepare(check) == 0, "%s: prepare", name))
                return;
        void *state = aligned_alloc(
                CHECK_ALIGN, (check->state_size + CHECK_ALIGN - 1) / CHECK_ALIGN * CHECK_ALIGN);

        damage = what;
        /* Even rounds: their tiles are full, so that every bit of a tile is in use. */
        for (; done < WANTED && round.number < ROUNDS_MAX; round.number += 2) {
                check->setup(state, &round);
                damaged = false;
                running = true;
                check->run(state);
                running = false;
                if (!damaged)
                        continue;
                done++;
                if (check->verify(state, &mismatch)) {
                        check_locate(check, mismatch.offset, &place);
                        found += place.unit == unit;
                }
        }
        damage = DAMAGE_NONE;
        /* A tile or PKRU may be hit after it was compared for the last time. */
        tap_ok(done == WANTED && found >= WANTED * 95 / 100,
                "%s: %u of %u wrong bits in %s are found and named", name, found, done,
                what == DAMAGE_FS     ? "the fs base"
                : what == DAMAGE_GS   ? "the gs base"
                : what == DAMAGE_TILE ? "a tile"
                                      : "pkru");
        free(state);
}

int main(void)
{
        isa_set features = isa_read();
        uint32_t eax, ecx, edx;

        random_state = tap_seed(0xbe401d);
        for (size_t i = 0; i < ARRAY_SIZE(in_frame); i++)
                if (in_frame[i].component)
                        (void)__get_cpuid_count(
                                0xd, in_frame[i].component, &eax, &in_frame[i].offset, &ecx, &edx);
        registers_use(features);
        if (!tap_ok(signals_start(), "a timer that interrupts"))
                return tap_end();
        test_damage("state_base", DAMAGE_FS, CHECK_UNIT_SEGMENT, features);
        test_damage("state_base", DAMAGE_GS, CHECK_UNIT_SEGMENT, features);
        test_damage("state_amx_tile", DAMAGE_TILE, CHECK_UNIT_TILE, features);
        test_damage("state_pkru", DAMAGE_PKRU, CHECK_UNIT_PKRU, features);
        return tap_end();
}
