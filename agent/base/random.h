/* SPDX-License-Identifier: Apache-2.0 */
/* Reproducible pseudo-random numbers: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014, figure 17). The
 * models under tests/model/ hold the same three lines, so both sides make the same operands. */
#pragma once

#include <stdint.h>

/* The finaliser alone: a bijection of 64 bits in which every input bit moves every output bit. */
static inline uint64_t random_mix(uint64_t x)
{
        x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
        return x ^ x >> 31;
}

/* The next number of the sequence that *state names. */
static inline uint64_t random_next(uint64_t *state)
{
        return random_mix(*state += UINT64_C(0x9e3779b97f4a7c15));
}
