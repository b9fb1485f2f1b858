/* SPDX-License-Identifier: Apache-2.0 */
/* Breakpoints of a process in its own code: int3 in place of an instruction, a handler of SIGTRAP that puts the
 * instruction back, steps over it by the trap flag, lets corrupt.h spoil what it computed and plants the breakpoint
 * again. Some 4 us a hit, where ptrace takes ten times that.
 *
 * The handler uses no libc and no thread-local storage, so that it can interrupt kernels whose fs base holds a
 * sentinel; it runs on a stack of its own. One of these a process, one thread. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "tests/faulty/result.h"

struct trap_place {
        uint8_t *address;
        const struct result *result; /* NULL: noted at its first hit, and no breakpoint any more */
        uint32_t hits, flips;        /* since it was planted, or trap_replant */
        uint8_t original;
};

/* After so many hits or flips of one place its breakpoint goes until trap_replant; 0: it stays. */
struct trap_limits {
        uint32_t hits, flips;
};

struct trap_counts {
        volatile uint64_t hits, flips;
        struct trap_place *volatile first_flipped; /* NULL: none yet */
};

/* Makes the code from `begin` to `end` writable and sets the handler, which counts in *counts. Returns 0 or a negative
 * errno. */
int trap_begin(uint8_t *begin, uint8_t *end, struct trap_counts *counts);

/* Plants breakpoints: places[n], kept by the caller until trap_end. `corrupting`: what they hit goes wrong as `seed`
 * decides; else nothing changes. */
void trap_plant(struct trap_place *places, size_t n, uint64_t seed, bool corrupting, struct trap_limits limits);

/* Plants again what the limits removed, and counts from 0. */
void trap_replant(void);

/* Removes the breakpoints that trap_plant planted. */
void trap_withdraw(void);
