/* SPDX-License-Identifier: Apache-2.0 */
/* What ptrace's flips do not reach: a wrong bit in the fs base, the gs base, a tile. A signal handler makes
 * it while the check runs, and verify must find it and name its unit. The handler uses no thread-local
 * memory: fs may hold anything then. */
#include <cpuid.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

#include "base/random.h"
#include "checks/check.h"
#include "checks/registers.h"
#include "tests/tap.h"

#define ALTERNATE_STACK (128 * 1024)
#define WANTED 40
#define ROUNDS_MAX 100000
#define INTERVAL_US 300
#define TILE_DATA 18 /* component XTILEDATA: Intel SDM volume 1, 13.5.14 */

extern const char state_base_hold_begin[], state_base_hold_end[];

static enum damage { DAMAGE_NONE, DAMAGE_FS, DAMAGE_GS, DAMAGE_TILE } damage;
static volatile bool running, damaged;
static uint64_t random_state;
static uint32_t tile_offset; /* of XTILEDATA in the frame's XSAVE area */

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
        uint64_t features, bit = random_next(&random_state);

        (void)number;
        (void)info;
        if (!running || damaged)
                return;
        if (damage == DAMAGE_TILE) {
                __builtin_memcpy(&features, area + 512, sizeof(features));
                if (!(features >> TILE_DATA & 1))
                        return;
                area[tile_offset + bit / 8 % 8192] ^= (uint8_t)(1u << bit % 8);
                damaged = true;
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
        /* A tile may be hit after it was compared for the last time. */
        tap_ok(done == WANTED && found >= WANTED * 95 / 100,
                "%s: %u of %u wrong bits in %s are found and named", name, found, done,
                what == DAMAGE_FS   ? "the fs base"
                : what == DAMAGE_GS ? "the gs base"
                                    : "a tile");
        free(state);
}

int main(void)
{
        isa_set features = isa_read();
        uint32_t eax, ecx, edx;

        random_state = tap_seed(0xbe401d);
        (void)__get_cpuid_count(0xd, TILE_DATA, &eax, &tile_offset, &ecx, &edx);
        registers_use(features);
        if (!tap_ok(signals_start(), "a timer that interrupts"))
                return tap_end();
        test_damage("state_base", DAMAGE_FS, CHECK_UNIT_SEGMENT, features);
        test_damage("state_base", DAMAGE_GS, CHECK_UNIT_SEGMENT, features);
        test_damage("state_amx_tile", DAMAGE_TILE, CHECK_UNIT_TILE, features);
        return tap_end();
}
