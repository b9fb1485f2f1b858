/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/stress.h"

#include <time.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/random.h"
#include "checks/heat.h"
#include "checks/registers.h"

#define LOOPS 64               /* of heat between two looks at the clock: about half a microsecond */
#define STEADY_NS 150000       /* before each round: about as long as the rounds themselves */
#define BURST_NS 20000         /* at full power, right before the round */
#define BURST_PERIODS 13       /* idle for 1 µs to 4 ms, by powers of two */
#define SPIN_MOST_NS 100000    /* idle for longer is slept, for less is spun */
#define NOISE_NS 1000000       /* before each round of a CPU whose turn it is to be the noise */
#define NOISE_EPOCH_NS 8000000 /* after which the turns are drawn again */
#define MIXED_MOST_NS 200000

enum stress stress_choose(uint32_t set, uint64_t turn)
{
        unsigned n = (unsigned)__builtin_popcount(set), skip = n ? (unsigned)(turn % n) : 0;

        for (int s = 0; s < STRESS_COUNT; s++)
                if (set >> s & 1 && skip-- == 0)
                        return (enum stress)s;
        return STRESS_NONE;
}

/* At most as wide as `level` and the registers in use. */
static void burn(uint64_t duration_ns, enum registers_level level)
{
        static void (*const heat[])(uint32_t) = {
                [REGISTERS_SSE] = heat_sse2, [REGISTERS_AVX] = heat_avx, [REGISTERS_AVX512] = heat_avx512
        };
        uint64_t end = clock_ns(CLOCK_MONOTONIC) + duration_ns;

        while (clock_ns(CLOCK_MONOTONIC) < end)
                heat[MIN(level, registers_level())](LOOPS);
}

static void idle(uint64_t duration_ns)
{
        uint64_t end = clock_ns(CLOCK_MONOTONIC) + duration_ns;

        if (duration_ns > SPIN_MOST_NS)
                (void)nanosleep(&(struct timespec){ 0, (long)duration_ns }, NULL);
        while (clock_ns(CLOCK_MONOTONIC) < end)
                __builtin_ia32_pause();
}

/* No CPU knows its siblings here: in each epoch every other CPU, by lot, is noise to the rest, so that a core's threads,
 * and neighbours on a die, meet in every way. */
static bool noisy(unsigned cpu)
{
        return random_mix(clock_ns(CLOCK_MONOTONIC) / NOISE_EPOCH_NS + ((uint64_t)cpu << 48)) & 1;
}

void stress_before(enum stress stress, unsigned cpu, uint32_t number)
{
        uint64_t draw = random_mix(number + ((uint64_t)cpu << 32));

        switch (stress) {
        case STRESS_STEADY:
                burn(STEADY_NS, REGISTERS_AVX512);
                break;
        case STRESS_BURSTS:
                idle(UINT64_C(1000) << draw % BURST_PERIODS);
                burn(BURST_NS, REGISTERS_AVX512);
                break;
        case STRESS_NOISE:
                if (noisy(cpu))
                        burn(NOISE_NS, REGISTERS_AVX512);
                break;
        case STRESS_MIXED:
                if (draw & 1)
                        burn((draw >> 8) % MIXED_MOST_NS,
                                (enum registers_level)((draw >> 1) % (REGISTERS_AVX512 + 1)));
                break;
        default:
                break;
        }
}
