/* SPDX-License-Identifier: Apache-2.0 */
/* What the checked chains of fused multiply-add reach of a bare loop that does nothing else: for each chain
 * that this CPU can run, instructions a microsecond of the bare loop, of the check, and their ratio. The two
 * take turns, and the best of many turns counts, so that a busy machine changes the ratio little. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "checks/check.h"
#include "checks/fma_chain.h"
#include "checks/registers.h"

#define TURNS 60

void fma_peak_avx512(uint64_t loops);
void fma_peak_fma3(uint64_t loops);
#define BARE_INSTRUCTIONS 192 /* of one loop of fma_peak_loop.S */

struct chain {
        const char *check;
        void (*bare)(uint64_t loops);
        unsigned instructions; /* fused multiply-adds of one block: accumulators times steps */
};

static const struct chain chains[] = {
        { "fma_chain_f32_avx512", fma_peak_avx512, 24 * 48 },
        { "fma_chain_f64_avx512", fma_peak_avx512, 24 * 48 },
        { "fma_chain_f32_fma3", fma_peak_fma3, 11 * 96 },
        { "fma_chain_f64_fma3", fma_peak_fma3, 11 * 96 },
};

static double now_us(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double better(double best, double instructions, double begin_us)
{
        double rate = instructions / (now_us() - begin_us);

        return rate > best ? rate : best;
}

static int measure(const struct chain *chain, const struct check *check, void *state)
{
        double instructions = (double)FMA_CHAIN_BLOCKS * chain->instructions, bare = 0, checked = 0, begin;
        struct check_mismatch mismatch;

        for (uint32_t turn = 0; turn < TURNS; turn++) {
                struct check_round round = { .seed = 1, .number = turn };

                begin = now_us();
                chain->bare((uint64_t)instructions / BARE_INSTRUCTIONS);
                bare = better(bare, instructions, begin);
                check->setup(state, &round);
                begin = now_us();
                check->run(state);
                checked = better(checked, instructions, begin);
                if (check->verify(state, &mismatch)) {
                        (void)fprintf(stderr, "%s: wrong answer in round %u\n", check->name, turn);
                        return 1;
                }
        }
        printf("%-22s %8.0f of %8.0f instructions/us: %.3f of the peak\n", check->name, checked, bare,
                checked / bare);
        return 0;
}

int main(void)
{
        isa_set features = isa_read();
        void *state = aligned_alloc(CHECK_ALIGN, CHECK_STATE_MAX);
        int status = 0;

        if (!state)
                return 1;
        memset(state, 0, CHECK_STATE_MAX);
        registers_use(features);
        for (size_t i = 0; i < sizeof(chains) / sizeof(*chains); i++) {
                const struct check *check = check_find(chains[i].check);

                if (check && !(check->needs & ~features))
                        status |= measure(&chains[i], check, state);
                else
                        printf("%-22s not on this CPU\n", chains[i].check);
        }
        free(state);
        return status;
}
