/* SPDX-License-Identifier: Apache-2.0 */
/* The rules about inputs, outputs and answers. */
#include "tests/checks/contract_rules.h"

#include <assert.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/array.h"
#include "base/random.h"
#include "checks/registers.h"

#define FLIP_ALL_BYTES (64 * 1024u)
#define FLIP_SAMPLE 100000u
#define FLIP_SINGLE_BYTES (8 * 1024u)
#define FLIP_SHAPE_SAMPLE 1024u
#define ROUNDS_SETUP 16u

static const char *describe(const struct check *check, const struct check_mismatch *mismatch)
{
        static char text[CONTRACT_WHY_MAX];
        struct check_place place;

        check_locate(check, mismatch->offset, &place);
        (void)snprintf(text, sizeof(text), "%.*s (byte %u, %u bits wrong in %u bytes)", CHECK_PLACE_MAX,
                place.name, mismatch->offset, mismatch->bits, mismatch->bytes);
        return text;
}

/* A design erratum that shows itself is what its check is there for. */
static bool result_right(const struct check *check, int result)
{
        return result == CHECK_EQUAL || (check->erratum && result == CHECK_ERRATUM_SEEN);
}

/* Sets up, runs and verifies one round. */
static bool round_right(
        struct contract *contract, struct contract_state *state, const struct check_round *round)
{
        const struct check *c = contract->check;
        struct check_mismatch mismatch;

        c->setup(state->data, round);
        c->run(state->data);
        if (!result_right(c, c->verify(state->data, &mismatch)))
                return contract_broken(contract, "round %u: %s", round->number, describe(c, &mismatch));
        return true;
}

bool contract_poison(struct contract *contract)
{
        const struct check *c = contract->check;
        struct contract_state state;

        contract_state_open(&state, c, true);
        for (uint32_t i = 0; i < MIN(64u, contract_rounds(c)); i++) {
                struct check_round round = contract_round(contract, i);
                struct check_mismatch mismatch;

                /* The right answer of the same round lies in the memory: setup must wipe it out. */
                c->setup(state.data, &round);
                c->run(state.data);
                c->setup(state.data, &round);
                if (c->verify(state.data, &mismatch) != CHECK_MISMATCH)
                        return contract_broken(contract, "round %u: accepted without a run", round.number);
        }
        contract_state_close(&state);
        return true;
}

/* After setup over memory `first` and over memory `second`: a byte is the same in both, or was not written,
 * and those of the output are written. */
static bool setup_same(
        struct contract *contract, const uint8_t *fill[2], const uint8_t *image[2], uint32_t number)
{
        const struct check *c = contract->check;

        for (uint32_t i = 0; i < c->state_size; i++) {
                bool kept = image[0][i] == fill[0][i] && image[1][i] == fill[1][i];

                if (image[0][i] != image[1][i] && !kept)
                        return contract_broken(
                                contract, "round %u: byte %u of the state depends on old memory", number, i);
                if (image[0][i] != image[1][i] && i - c->output_offset < c->output_size)
                        return contract_broken(contract, "round %u: byte %u of the output is not poisoned",
                                number, i - c->output_offset);
        }
        return true;
}

static bool setup_round(struct contract *contract, struct contract_state *state, uint8_t *memory, uint32_t i)
{
        const struct check *c = contract->check;
        struct check_round round = contract_round(contract, i);
        uint8_t *fill[2] = { memory, memory + c->state_size }, *image[2] = { fill[1] + c->state_size };

        image[1] = image[0] + c->state_size;
        for (unsigned pass = 0; pass < 2; pass++) {
                contract_state_fill(state, contract->seed + 1 + pass + 2 * i);
                /* Where two random bytes agree, nothing would be seen. */
                for (uint32_t b = 0; pass && b < c->state_size; b++)
                        state->data[b] =
                                (uint8_t)(state->data[b] == fill[0][b] ? ~fill[0][b] : state->data[b]);
                memcpy(fill[pass], state->data, c->state_size);
                c->setup(state->data, &round);
                memcpy(image[pass], state->data, c->state_size);
                c->run(state->data);
                if (!result_right(c, c->verify(state->data, &(struct check_mismatch){ 0 })))
                        return contract_broken(
                                contract, "round %u: wrong over other old memory", round.number);
        }
        return setup_same(contract, (const uint8_t *[]){ fill[0], fill[1] },
                (const uint8_t *[]){ image[0], image[1] }, round.number);
}

bool contract_setup(struct contract *contract)
{
        struct contract_state state;
        uint8_t *memory = malloc(4 * (size_t)contract->check->state_size);
        bool good = true;

        assert(memory);
        contract_state_open(&state, contract->check, true);
        for (uint32_t i = 0; good && i < ROUNDS_SETUP; i++)
                good = setup_round(contract, &state, memory, i);
        contract_state_close(&state);
        free(memory);
        return good;
}

bool contract_answers(struct contract *contract)
{
        struct contract_state state;
        bool good = true;

        contract_state_open(&state, contract->check, true);
        for (uint32_t i = 0; good && i < contract_rounds(contract->check); i++) {
                struct check_round round = contract_round(contract, i);

                good = round_right(contract, &state, &round);
        }
        contract_state_close(&state);
        return good;
}

/* Flips the bits of `mask` in one byte: verify must name exactly these. */
static bool flip_found(struct contract *contract, struct contract_state *state, uint32_t at, unsigned mask)
{
        const struct check *c = contract->check;
        uint32_t within = at % CHECK_WINDOW;
        uint8_t *byte = &state->data[c->output_offset + at];
        struct check_mismatch m;
        int r;

        *byte = (uint8_t)(*byte ^ mask);
        r = c->verify(state->data, &m);
        *byte = (uint8_t)(*byte ^ mask);
        if (r != CHECK_MISMATCH && !(c->erratum && r == CHECK_ERRATUM_SEEN))
                return contract_broken(contract, "bits %#x of byte %u flipped: not noticed", mask, at);
        if (m.offset != at || m.bytes != 1 || m.bits != (unsigned)__builtin_popcount(mask) ||
                m.window != at - within)
                return contract_broken(
                        contract, "bits %#x of byte %u flipped: reported as %s", mask, at, describe(c, &m));
        if (m.expected[within] != *byte || m.actual[within] != (*byte ^ mask))
                return contract_broken(contract, "byte %u: the windows show other values", at);
        return true;
}

/* Every bit of a byte, one by one; of a large output one of them alone and the others at once. */
static bool byte_found(struct contract *contract, struct contract_state *state, uint32_t at)
{
        unsigned alone = 1u << (at / 8 + at) % 8;
        bool good = true;

        if (contract->check->output_size > FLIP_SINGLE_BYTES)
                return flip_found(contract, state, at, alone) &&
                       flip_found(contract, state, at, 0xff & ~alone);
        for (unsigned bit = 0; good && bit < 8; bit++)
                good = flip_found(contract, state, at, 1u << bit);
        return good;
}

static bool place_named(struct contract *contract, uint32_t at)
{
        struct check_place place = { .unit = CHECK_UNIT_COUNT };

        check_locate(contract->check, at, &place);
        if (place.unit >= CHECK_UNIT_COUNT || !place.name[0])
                return contract_broken(contract, "byte %u has no name", at);
        return true;
}

/* All bits up to FLIP_ALL_BYTES, then a sample. */
static bool flips_found(struct contract *contract, struct contract_state *state)
{
        uint32_t size = contract->check->output_size, all = MIN(size, FLIP_ALL_BYTES);
        uint64_t random = contract->seed;
        bool good = true;

        for (uint32_t at = 0; good && at < all; at++)
                good = byte_found(contract, state, at) && place_named(contract, at);
        for (uint32_t i = 0; good && size > all && i < FLIP_SAMPLE; i++) {
                uint32_t bit = (uint32_t)(random_next(&random) % (8 * (size - all)));
                uint32_t at = all + bit / 8;

                good = flip_found(contract, state, at, 1u << bit % 8) && place_named(contract, at);
        }
        return good;
}

/* Rounds 6 and 7 of eight hold components in their initial state: a sample of their bits too. */
static bool flips_sampled(struct contract *contract, struct contract_state *state, uint32_t number)
{
        struct check_round round = contract_round(contract, number);
        uint64_t random = contract->seed + number;
        bool good = round_right(contract, state, &round);

        for (uint32_t i = 0; good && i < FLIP_SHAPE_SAMPLE; i++) {
                uint32_t bit = (uint32_t)(random_next(&random) % (8 * contract->check->output_size));

                good = flip_found(contract, state, bit / 8, 1u << bit % 8);
        }
        return good;
}

/* Where this CPU has the erratum no output is right: what the finding itself lies in cannot be told from it, and
 * every other flipped byte is named as ever. */
static bool flips_beside_erratum(struct contract *contract, struct contract_state *state)
{
        const struct check *c = contract->check;
        uint32_t located = 0;

        for (uint32_t at = 0; at < c->output_size; at++) {
                struct check_mismatch m = { 0 };

                state->data[c->output_offset + at] ^= 1;
                located += c->verify(state->data, &m) == CHECK_MISMATCH && m.offset == at && m.bytes == 1;
                state->data[c->output_offset + at] ^= 1;
        }
        if (located < c->output_size / 4 * 3)
                return contract_broken(contract, "beside the erratum %u of %u flipped bytes are located",
                        located, c->output_size);
        return true;
}

bool contract_flips(struct contract *contract)
{
        const struct check *c = contract->check;
        struct contract_state state;
        int r = CHECK_MISMATCH;
        bool good;

        contract_state_open(&state, c, false);
        for (uint32_t i = 1; i < ROUNDS_SETUP && r != CHECK_EQUAL; i++) {
                struct check_round round = contract_round(contract, i);

                c->setup(state.data, &round);
                c->run(state.data);
                r = c->verify(state.data, &(struct check_mismatch){ 0 });
        }
        good = r == CHECK_EQUAL          ? flips_found(contract, &state)
               : r == CHECK_ERRATUM_SEEN ? flips_beside_erratum(contract, &state)
                                         : contract_broken(contract, "no round is right");
        good = good &&
               (c->erratum || (flips_sampled(contract, &state, 6) && flips_sampled(contract, &state, 7)));
        contract_state_close(&state);
        return good;
}

/* As the worker of another CPU does it: a set-up of its own at the same address (pointers into the state are
 * part of outputs), and nothing of the first run but its output. Verify then reads memory that it cannot
 * write. */
bool contract_review(struct contract *contract)
{
        const struct check *c = contract->check;
        uint8_t *output = malloc(c->output_size);
        struct contract_state state;
        bool good = true;

        assert(output);
        contract_state_open(&state, c, false);
        for (uint32_t i = 0; good && i < ROUNDS_SETUP; i++) {
                struct check_round round = contract_round(contract, i);
                struct check_mismatch mismatch = { .offset = 77 };
                int r;

                good = round_right(contract, &state, &round);
                memcpy(output, state.data + c->output_offset, c->output_size);
                contract_state_fill(&state, contract->seed ^ i);
                c->setup(state.data, &round);
                memcpy(state.data + c->output_offset, output, c->output_size);
                assert(mprotect(state.map, state.map_size, PROT_READ) == 0);
                r = c->verify(state.data, &mismatch);
                assert(mprotect(state.map, state.map_size, PROT_READ | PROT_WRITE) == 0);
                if (good && !result_right(c, r))
                        good = contract_broken(
                                contract, "round %u: %s", round.number, describe(c, &mismatch));
                if (good && r == CHECK_EQUAL && mismatch.offset != 77)
                        good = contract_broken(contract, "verify writes a mismatch where there is none");
        }
        contract_state_close(&state);
        free(output);
        return good;
}

static bool level_right(struct contract *contract, struct contract_state *state, const char *level)
{
        isa_set mask = 0;
        bool good = true;

        assert(isa_level(level, &mask) == 0);
        if (contract->check->needs & ~mask)
                return true;
        registers_use(contract->features & mask);
        for (uint32_t i = 0; good && i < 8; i++) {
                struct check_round round = contract_round(contract, i);

                good = round_right(contract, state, &round);
        }
        if (!good)
                (void)snprintf(contract->why + strlen(contract->why),
                        CONTRACT_WHY_MAX - strlen(contract->why), " at level %s", level);
        return good;
}

static bool cpus_right(struct contract *contract, struct contract_state *state)
{
        cpu_set_t allowed;
        bool good = true;

        registers_use(contract->features);
        assert(sched_getaffinity(0, sizeof(allowed), &allowed) == 0);
        for (int cpu = 0; good && cpu < CPU_SETSIZE; cpu++) {
                struct check_round round = contract_round(contract, 2);
                cpu_set_t one;

                CPU_ZERO(&one);
                CPU_SET(cpu, &one);
                if (CPU_ISSET(cpu, &allowed) && sched_setaffinity(0, sizeof(one), &one) == 0)
                        good = round_right(contract, state, &round);
        }
        return good;
}

bool contract_everywhere(struct contract *contract)
{
        static const char *const levels[] = { "x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4", "native" };
        struct contract_state state;
        bool good = true;

        contract_state_open(&state, contract->check, false);
        for (size_t i = 0; good && i < ARRAY_SIZE(levels); i++)
                good = level_right(contract, &state, levels[i]);
        good = good && cpus_right(contract, &state);
        contract_state_close(&state);
        return good;
}
