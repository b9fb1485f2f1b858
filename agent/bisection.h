/* SPDX-License-Identifier: Apache-2.0 */
/* Bisection: which instruction of a failing random program goes wrong first. Every beginning of the program, from its
 * first instruction to all of them, runs on the suspect CPU and on a CPU of another core, and everything that they leave is
 * compared. Where there is no other core, the suspect is compared with itself: a fault that is always there then shows no
 * difference, and what was expected stays unknown. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "agent/supervisor.h"
#include "checks/program.h"
#include "checks/program_emit.h"

/* What the bisection of one observation found. */
struct bisection {
        uint32_t subject; /* index of the observation in evidence->observations */
        bool ran;         /* on the reference whole, and on the suspect */
        bool found;       /* an instruction is named; all below is of it */
        char why[96];     /* none is named; "" where one is */
        uint64_t seed;    /* of the program */
        uint32_t n;       /* its instructions; 0: which program it is is not known */
        uint32_t index;   /* the one that is named, from 0 */
        uint32_t runs, differing; /* of the whole scan on the suspect; those that showed something */
        int suspect, reference;   /* CPUs; reference -1: the suspect itself */
        int signal;               /* the suspect died of it there; 0: it did not */
        uint32_t size;            /* bytes of the instruction */
        uint8_t code[PROGRAM_INSTRUCTION_MAX];
        struct registers before;           /* on the reference, before the instruction */
        uint8_t arena[PROGRAM_ARENA_SIZE]; /* likewise */
        uint64_t arena_address;
        struct check_place place; /* of the first wrong lane, as reports name it; "" after a death */
        uint32_t offset;          /* of that lane: in struct registers, or beyond its end in the arena */
        uint32_t width;           /* its bytes */
        uint8_t expected[8], actual[8]; /* little endian */
};

#define BISECTION_LIMIT_NS UINT64_C(2000000000) /* of one */

/* Bisects the program whose output `observation` (number `subject` of the evidence) found wrong, or that ran when its
 * worker died. `reference` is the CPU to compare with, -1: none. `features` are those that the programs may use. What the
 * suspect leaves is not trusted, and that its process was killed from outside says nothing. Ends within BISECTION_LIMIT_NS,
 * or when *interrupted is set. Returns 0 and fills *ret_bisection; -ENOENT where the observation is of no program. */
int bisection_run(const struct observation *observation, uint32_t subject, int reference, isa_set features,
        const volatile sig_atomic_t *interrupted, struct bisection *ret_bisection);

/* The instruction in Intel syntax, and its operands before it as "rax=0x1, ymm3=0x...". */
#define BISECTION_TEXT_MAX 96
#define BISECTION_OPERANDS_MAX 768
void bisection_instruction(const struct bisection *bisection, char text[BISECTION_TEXT_MAX]);
void bisection_operands(const struct bisection *bisection, char text[BISECTION_OPERANDS_MAX]);

/* Its mnemonic as libZydis spells it ("vfmadd231pd"); static storage. */
const char *bisection_mnemonic(const struct bisection *bisection);
