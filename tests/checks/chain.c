/* SPDX-License-Identifier: Apache-2.0 */
/* A bit that flips in a register in the middle of a chain must reach the output: proven for the chains of
 * fused multiply-add by flipping bits of every register at a random event of the kernel. The pointers are
 * left out: with a wrong pointer the kernel dies, which is noticed by other means. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "checks/check.h"
#include "checks/fma_chain.h"
#include "checks/registers.h"
#include "tests/checks/chain_flip.h"
#include "tests/tap.h"

#define FLIPS 24 /* of each register */
#define EVENTS (FMA_CHAIN_BLOCKS / FMA_CHAIN_EVENT)

static_assert(offsetof(struct chain_flip, general) == CHAIN_FLIP_GENERAL, "chain_flip.S agrees");
static_assert(offsetof(struct chain_flip, vector) == CHAIN_FLIP_VECTOR, "chain_flip.S agrees");

struct subject {
        const char *check;
        unsigned registers, width; /* vector registers that the kernel computes with, their bytes */
};

static const struct subject subjects[] = {
        { "fma_chain_f32_avx512", 32, 64 },
        { "fma_chain_f64_avx512", 32, 64 },
        { "fma_chain_f32_fma3", 16, 32 },
        { "fma_chain_f64_fma3", 16, 32 },
};

/* Runs one round with one flip; whether verify noticed. */
static bool noticed(const struct check *check, void *state, uint64_t random, size_t byte)
{
        struct check_round round = { .seed = 3, .number = (uint32_t)(random >> 40) };
        struct check_mismatch mismatch;

        check->setup(state, &round);
        chain_flip.countdown = 1 + random % EVENTS;
        chain_flip.byte = byte;
        chain_flip.mask = UINT64_C(1) << (random >> 32 & 7);
        check->run(state);
        return check->verify(state, &mismatch) == 1;
}

/* A wrong pointer is a crash. */
static bool is_pointer(unsigned general)
{
        return general == REGISTERS_RSP || general == REGISTERS_RSI || general == REGISTERS_RDI;
}

/* A counter that is too high is a hang. */
static bool is_counter(unsigned general)
{
        return general == REGISTERS_RCX || general == REGISTERS_R8 + 1;
}

/* The share of flips noticed must be 95% for each register; prints the worst. */
static void test_registers(const struct check *check, void *state, uint64_t *seed, const char *kind,
        unsigned count, size_t first, size_t stride, size_t width)
{
        unsigned worst = FLIPS, worst_register = 0, all = 0;

        for (unsigned r = 0; r < count; r++) {
                unsigned seen = 0;

                if (stride == 8 && (is_pointer(r) || is_counter(r)))
                        continue;
                for (unsigned i = 0; i < FLIPS; i++) {
                        uint64_t random = random_next(seed);

                        seen += noticed(check, state, random, first + r * stride + (random >> 16) % width);
                }
                all += seen;
                if (seen < worst) {
                        worst = seen;
                        worst_register = r;
                }
        }
        tap_ok(worst * 100 >= FLIPS * 95,
                "%s: flips of %s registers are noticed: %u in all, at least %u of %u (register %u)",
                check->name, kind, all, worst, FLIPS, worst_register);
}

static void test_subject(const struct subject *subject, void *state, uint64_t *seed)
{
        const struct check *check = check_find(subject->check);
        struct check_round round = { .seed = 3 };
        struct check_mismatch mismatch;

        registers_event = chain_flip_event;
        chain_flip.countdown = 0; /* never */
        check->setup(state, &round);
        check->run(state);
        tap_ok(check->verify(state, &mismatch) == 0, "%s: events without a flip change nothing",
                check->name);
        tap_ok(-chain_flip.countdown == EVENTS, "%s: every event took place", check->name);
        test_registers(check, state, seed, "vector", subject->registers, offsetof(struct chain_flip, vector),
                64, subject->width);
        test_registers(check, state, seed, "general", 16, offsetof(struct chain_flip, general), 8, 8);
        registers_event = registers_event_none;
}

int main(void)
{
        isa_set features = isa_read();
        uint64_t seed = tap_seed(0xf11b);
        void *state = aligned_alloc(CHECK_ALIGN, CHECK_STATE_MAX);

        registers_use(features);
        chain_flip.wide = registers_level() == REGISTERS_AVX512;
        for (size_t i = 0; i < sizeof(subjects) / sizeof(*subjects); i++) {
                const struct check *check = check_find(subjects[i].check);

                if (check->needs & ~features)
                        tap_skip(check->name, "not on this CPU");
                else
                        test_subject(&subjects[i], state, &seed);
        }
        free(state);
        return tap_end();
}
