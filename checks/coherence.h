/* SPDX-License-Identifier: Apache-2.0 */
/* What the checks of coherence share: a state, the way that their kernels wait for each other, and a model of the
 * memory of a round.
 *
 * Each kernel works on a window of lines within party_memory.data, at another place in each round; the rest of the
 * data keeps its pattern. The parties begin together, and when all are through each of them copies the whole data into
 * its own output: so every CPU's view of it is compared. What a kernel collects in registers becomes `results`, and
 * those registers get their sentinels back, so that a wrong register image speaks of that CPU alone, and a wrong result
 * or line of any of the parties. Registers that a kernel does not use keep their sentinels, and those of the frame
 * become results too, so that a wrong one is seen. No access crosses a line: a locked one that did would be trapped on
 * some hosts.
 *
 * A wait counts turns. It ends the round where another party gave up. Every COHERENCE_LOOK turns it looks at the clock,
 * and gives up when COHERENCE_PATIENCE cycles have gone by since it looked first; and at the pulses: where all parties
 * have been in the same wait as at the last look, turning, COHERENCE_ALIKE_MOST times in a row, they wait for something
 * that was stored and never arrives. On a CPU that works some party's wait would have ended. Whoever leaves its round in
 * a wait has the registers that must hold then compared: they may be why nobody met it. */
#pragma once

#include "checks/party.h"

#define COHERENCE_LOOK 4096
#define COHERENCE_ALIKE_MOST 2
/* Of the time stamp counter, 15 to 40 ms: one that lost its CPU comes back. */
#define COHERENCE_PATIENCE (1 << 26)

#define COHERENCE_RESULT_WORDS 10
#define COHERENCE_COLLECT_WORDS 5
#define COHERENCE_PARAMETER_WORDS 6

/* Offsets of struct coherence_state for assembly; coherence.c asserts that they agree. */
#define COHERENCE_RESULTS 4864
#define COHERENCE_SEEN (COHERENCE_RESULTS + 8 * COHERENCE_RESULT_WORDS)
#define COHERENCE_MEMORY (COHERENCE_SEEN + PARTY_DATA_SIZE)
#define COHERENCE_LINES (COHERENCE_MEMORY + 8)
#define COHERENCE_OWN (COHERENCE_LINES + 8)
#define COHERENCE_PARTIES (COHERENCE_OWN + 8)
#define COHERENCE_PARTY (COHERENCE_PARTIES + 8)
#define COHERENCE_NEXT (COHERENCE_PARTY + 8)
#define COHERENCE_PREVIOUS (COHERENCE_NEXT + 8)
#define COHERENCE_PASSES (COHERENCE_PREVIOUS + 8)
#define COHERENCE_CYCLES_MOST (COHERENCE_PASSES + 8)
#define COHERENCE_SINCE (COHERENCE_CYCLES_MOST + 8)
#define COHERENCE_ALIKE (COHERENCE_SINCE + 8)
#define COHERENCE_TURNS (COHERENCE_ALIKE + 8)
#define COHERENCE_PULSES (COHERENCE_TURNS + 8)
#define COHERENCE_COLLECTS (COHERENCE_PULSES + 8 * PARTY_MOST)
#define COHERENCE_PARAMETERS (COHERENCE_COLLECTS + 8 * COHERENCE_COLLECT_WORDS)

#define COHERENCE_ORDER_WORDS 8 /* of a bit a pass: passes are at most 64 times as many */
#define COHERENCE_RING_SLOTS 8
#define COHERENCE_CARRY_TURN 7 /* bits */
#define COHERENCE_INVALIDATE_LINES 16

/* Lines of a party in the window. */
#define COHERENCE_MESSAGE_LINES 6 /* four of payload, the flag's, the answer's */
#define COHERENCE_RING_LINES 4    /* two of slots, the producer's count, the consumer's */

#ifndef __ASSEMBLER__

#include "checks/check.h"
#include "checks/registers.h"

struct coherence_state {
        struct registers_pair registers;
        uint64_t results[COHERENCE_RESULT_WORDS]; /* output, from here to `seen` */
        uint8_t seen[PARTY_DATA_SIZE];
        uint64_t memory, lines, own; /* addresses: of the memory, of the window in it, of the party's line */
        uint64_t parties, party, next, previous, passes;
        uint64_t cycles_most, since, alike, turns, pulses[PARTY_MOST]; /* of the waits */
        uint64_t collects
                [COHERENCE_COLLECT_WORDS]; /* by register: all ones where the kernel collects in it, or 0 */
        uint64_t parameters[COHERENCE_PARAMETER_WORDS];
        struct check_round round;
        uint8_t stack[512] __attribute__((aligned(16)));
} __attribute__((aligned(CHECK_ALIGN)));

/* What results[] holds: how far the party's pointers are off; r13 less the turns that memory counted; r8 as the kernel
 * left it. Those accuse the party's CPU alone, and so come first. Then its fate; r11; and what it collects, 0 for a
 * register that it does not collect in. */
enum {
        COHERENCE_RESULT_POINTERS,
        COHERENCE_RESULT_WAITS,
        COHERENCE_RESULT_R8,
        COHERENCE_RESULT_FATE,
        COHERENCE_RESULT_R11,
        COHERENCE_RESULT_RBX,
        COHERENCE_RESULT_R9,
        COHERENCE_RESULT_R10,
        COHERENCE_RESULT_R14,
        COHERENCE_RESULT_R15
};
#define COHERENCE_COLLECT(name) (1u << (COHERENCE_RESULT_##name - COHERENCE_RESULT_RBX))
#define COHERENCE_A_WAIT (UINT64_C(1) << 32) /* in r13 */

/* The round as all its parties know it, and the window as the model has it. */
struct coherence_model {
        const struct check_round *round;
        unsigned parties, party;
        uint64_t passes;
        uint8_t *lines;
        uint64_t *
                results; /* of this party: 0 where `expect` says nothing, and the waits of the frame alone */
};

/* For `expect`: the kernel has so many waits behind it (WAITED), and calls of coherence_meet, beyond the frame's. */
static inline void coherence_waited(const struct coherence_model *model, uint64_t waits, uint64_t meets)
{
        model->results[COHERENCE_RESULT_WAITS] += COHERENCE_A_WAIT * (waits + meets * model->parties);
}

/* The facts of one check. */
struct coherence_unit {
        uint32_t lines;    /* of the window */
        uint32_t passes;   /* of the kernel */
        uint32_t collects; /* COHERENCE_COLLECT(...) of each register that it collects in */
        /* Writes what the window holds when the parties begin, over a pattern that depends on the round. May be NULL. */
        void (*begin)(const struct coherence_model *model);
        /* Writes COHERENCE_PARAMETER_WORDS numbers for the kernel of model->party. May be NULL. */
        void (*give)(const struct coherence_model *model, uint64_t *parameters);
        /* Changes the window, which is as `begin` left it, and the results to what must be left. */
        void (*expect)(const struct coherence_model *model);
};

/* A number that depends on the round, the party and `index`. */
uint64_t coherence_number(const struct check_round *round, unsigned party, unsigned index);

/* The contract of struct check's share, setup and verify. */
void coherence_share(
        struct party_memory *memory, const struct check_round *round, const struct coherence_unit *unit);
void coherence_setup(
        struct coherence_state *state, const struct check_round *round, const struct coherence_unit *unit);
int coherence_verify(const struct coherence_state *state, const struct coherence_unit *unit,
        struct check_mismatch *ret_mismatch);

#define COHERENCE_FIELDS 6
extern const struct check_field coherence_fields[COHERENCE_FIELDS];

/* The window's bytes as numbers. */
#define COHERENCE_AT(type, model, at) (*(type *)(void *)((model)->lines + (at)))

/* The check `coherence_<operation>`, with the kernel of that name and the facts in <operation>_unit. */
#define COHERENCE_CHECK(operation, features, sentence)                                                  \
        void coherence_##operation##_run(void *state);                                                  \
        static void operation##_share(struct party_memory *memory, const struct check_round *round)     \
        {                                                                                               \
                coherence_share(memory, round, &operation##_unit);                                      \
        }                                                                                               \
        static void operation##_setup(void *state, const struct check_round *round)                     \
        {                                                                                               \
                coherence_setup(state, round, &operation##_unit);                                       \
        }                                                                                               \
        static int operation##_verify(const void *state, struct check_mismatch *ret_mismatch)           \
        {                                                                                               \
                return coherence_verify(state, &operation##_unit, ret_mismatch);                        \
        }                                                                                               \
        const struct check check_coherence_##operation = {                                              \
                .name = "coherence_" #operation,                                                        \
                .detects = sentence,                                                                    \
                .family = CHECK_COHERENCE,                                                              \
                .needs = ISA(SSE2) | (features),                                                        \
                .state_size = sizeof(struct coherence_state),                                           \
                .output_offset = offsetof(struct coherence_state, registers.out),                       \
                .output_size = sizeof(struct registers) + 8 * COHERENCE_RESULT_WORDS + PARTY_DATA_SIZE, \
                .round_us = 2000,                                                                       \
                .cycle = 8,                                                                             \
                .registers = true,                                                                      \
                .parties = PARTY_MOST,                                                                  \
                .fields = coherence_fields,                                                             \
                .n_fields = COHERENCE_FIELDS,                                                           \
                .prepare = party_prepare,                                                               \
                .share = operation##_share,                                                             \
                .setup = operation##_setup,                                                             \
                .run = coherence_##operation##_run,                                                     \
                .verify = operation##_verify,                                                           \
        }

#endif
