/* SPDX-License-Identifier: Apache-2.0 */
/* Breakpoints of a process in its own code: int3 in place of an instruction, a handler of SIGTRAP that puts the
 * instruction back, stops after it, lets corrupt.h spoil what it computed and plants the breakpoint again. Some 4 us a
 * hit, where ptrace takes ten times that.
 *
 * The handler uses no thread-local storage, so that it can interrupt kernels whose fs base holds a sentinel; it runs on a
 * stack of its own. One of these a process, one thread. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "tests/faulty/corrupt.h"

struct trap_place {
        uint8_t *address;
        const struct result *result; /* NULL: noted at its first hit, and no breakpoint any more */
        uint32_t hits, flips;        /* since it was planted, or trap_replant */
        uint8_t original;
};

/* What the handler counts. */
struct trap_counts {
        volatile uint64_t hits, flips;
        uint8_t *volatile first_flipped; /* the first instruction that went wrong; NULL: none yet */
};

struct trap_request {
        uint8_t *begin, *end;      /* of the code in which places lie */
        struct trap_place *places; /* none at `enter` and `leave` */
        size_t n;
        struct trap_counts *counts;
        bool corrupting; /* what is hit goes wrong as `seed` decides; else nothing changes */
        uint64_t seed;
        struct {
                uint32_t hits, flips;
        } limits; /* after so many of one place its breakpoint goes until trap_replant; 0: it stays */

        /* Code that a check emits (emitted.h), NULL where there is none: breakpoints stand there from when it is entered
         * until it is left. Either at each `mnemonic`; or each instruction is told to `emitted`, and none is planted. */
        uint8_t *enter, *leave;
        unsigned mnemonic; /* 0: every instruction */
        void (*emitted)(const ZydisDecodedInstruction *instruction, void *user);
        /* Told the machine before and after each instruction that is hit, as far as its result says `extended`. */
        void (*observe)(const struct trap_place *place, const struct corrupt_machine *before,
                const struct corrupt_machine *after, void *user);
        void *user;
};

/* Makes the code writable and sets the handler. Once a process. Returns 0 or a negative errno. */
int trap_begin(uint8_t *begin, uint8_t *end);

/* Plants the breakpoints. The request is copied, what it points to is kept by the caller until trap_withdraw. */
void trap_plant(const struct trap_request *request);

/* Plants again what the limits removed, and counts from 0. */
void trap_replant(void);

/* Makes the emitted code that is mapped by now writable where it is executed. */
void trap_unlock_emitted(void);

void trap_withdraw(void);
