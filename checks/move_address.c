/* SPDX-License-Identifier: Apache-2.0 */
/* Loads and stores through every base, index, scale and length of displacement. Which words they reach is a sum;
 * what lies there is random, and so names its place. */
#include "checks/move_address.h"

#include <assert.h>

#include "base/array.h"
#include "base/random.h"
#include "checks/registers.h"

#define FLAGS_LEFT 0x44 /* ZF PF: the kernel ends with a comparison of equal numbers */
#define LOW 7           /* registers rax rcx rdx rbx rbp rsi rdi; then r8 to r15 */
#define REGISTERS 15
#define UNIT 24      /* of bases and indexes */
#define BASES_AT 936 /* where in the arena the lowest base points, but for a few bytes */
#define BASES_APART (9 * UNIT)
#define INDEX_LOWEST (-3)

struct move_address_set {
        struct move_address_set *next;
        uint64_t registers[2][REGISTERS];
        uint64_t words[MOVE_ADDRESS_WORDS];
        uint8_t targets[2][MOVE_ADDRESS_TARGETS]; /* after each phase */
};

struct move_address_state {
        struct registers_pair registers;
        uint64_t words[MOVE_ADDRESS_WORDS]; /* output: differences, and so is the next */
        uint8_t written[MOVE_ADDRESS_TARGETS];
        uint8_t arena[MOVE_ADDRESS_ARENA], targets[MOVE_ADDRESS_TARGETS], before[MOVE_ADDRESS_TARGETS];
        struct move_address_set sets[MOVE_ADDRESS_SETS];
        uint8_t stack[2304];
        struct move_address_set *now; /* rsp points here */
        uint64_t left;
} __attribute__((aligned(CHECK_ALIGN)));

#define OFFSET(member) (offsetof(struct move_address_state, member) - sizeof(struct registers_pair))
static_assert(OFFSET(words) == 0 && OFFSET(written) == MOVE_ADDRESS_WRITTEN, "move_address.h agrees");
static_assert(OFFSET(arena) == MOVE_ADDRESS_READ && OFFSET(before) == MOVE_ADDRESS_BEFORE, "");
static_assert(OFFSET(targets) == MOVE_ADDRESS_READ + MOVE_ADDRESS_ARENA, "");
static_assert(offsetof(struct move_address_set, next) == MOVE_ADDRESS_SET_NEXT, "");
static_assert(offsetof(struct move_address_set, registers) == MOVE_ADDRESS_SET_REGISTERS, "");
static_assert(offsetof(struct move_address_set, words) == MOVE_ADDRESS_SET_EXPECTED, "");
static_assert(offsetof(struct move_address_set, targets) == MOVE_ADDRESS_SET_TARGET, "");
static_assert(offsetof(struct move_address_state, left) - offsetof(struct move_address_state, now) ==
                      MOVE_ADDRESS_LEFT,
        "");

void move_address_general_run(void *state);

/* ---- the model ---- */

/* The arena's byte that form `number` of a phase reaches. */
static uint64_t reached(
        const struct move_address_state *state, const uint64_t *registers, bool high, uint32_t number)
{
        static const int32_t displacements[] = { 0, MOVE_ADDRESS_BYTE, MOVE_ADDRESS_LONG };
        uint32_t indexes = high ? LOW : REGISTERS - LOW, bases = REGISTERS - indexes;
        const uint64_t *base = registers + (high ? LOW : 0), *index = registers + (high ? 0 : LOW);
        uint32_t scale = number / (bases * indexes);

        return base[number / indexes % bases] + (index[number % indexes] << scale) +
               (uint64_t)(int64_t)displacements[number % ARRAY_SIZE(displacements)] -
               (uintptr_t)state->arena;
}

/* A phase's words as the pushes find them, then where the pops write them, in the opposite order, each scale to its
 * own target. */
static void phase(const struct move_address_state *state, struct move_address_set *set, bool high)
{
        uint64_t *words = set->words + (high ? MOVE_ADDRESS_PAIRS : 0);

        for (uint32_t i = 0; i < MOVE_ADDRESS_PAIRS; i++)
                check_copy(&words[i], state->arena + reached(state, set->registers[high], high, i), 8);
        for (uint32_t i = 0; i < MOVE_ADDRESS_PAIRS; i++) {
                uint32_t target = MOVE_ADDRESS_ARENA * (i / (MOVE_ADDRESS_PAIRS / 4));

                check_copy(set->targets[high] + target + reached(state, set->registers[high], high, i),
                        &words[MOVE_ADDRESS_PAIRS - 1 - i], 8);
        }
}

/* What is pushed last: words of the stack itself, from above rsp, then those in the code. */
static void phase_end(struct move_address_set *set)
{
        static const uint64_t code[] = { MOVE_ADDRESS_CODE_0, MOVE_ADDRESS_CODE_1 };
        uint64_t *words = set->words + MOVE_ADDRESS_PAIRS;
        uint8_t image[8 * (MOVE_ADDRESS_WORDS - MOVE_ADDRESS_PAIRS)], *top = image + sizeof(image),
                                                                      *at = top;

        for (uint32_t i = 0; i < MOVE_ADDRESS_PAIRS; i++)
                check_copy(at -= 8, &words[i], 8);
        for (uint32_t i = 0; i < MOVE_ADDRESS_STACK; i++) {
                uint64_t index = set->registers[1][i / 2] << (i & 1 ? 3 : 0);
                const uint8_t *from = at + (MOVE_ADDRESS_ABOVE + (int64_t)index);

                check_copy(at -= 8, from, 8);
                check_copy(&words[MOVE_ADDRESS_PAIRS + i], at, 8);
        }
        check_copy(&words[MOVE_ADDRESS_PAIRS + MOVE_ADDRESS_STACK], code, sizeof(code));
}

/* ---- the round ---- */

/* Numbers 0 to count - 1 in an order of the round (Fisher and Yates). */
static void shuffle(uint8_t *order, uint32_t count, uint64_t *random)
{
        for (uint32_t i = 0; i < count; i++) {
                uint32_t other = (uint32_t)(random_next(random) % (i + 1));

                order[i] = order[other];
                order[other] = (uint8_t)i;
        }
}

static void set_fill(struct move_address_state *state, struct move_address_set *set, uint64_t *random)
{
        for (uint32_t high = 0; high < 2; high++) {
                uint64_t bases = (uintptr_t)state->arena + BASES_AT + random_next(random) % UNIT;
                uint8_t order[REGISTERS];

                shuffle(order, LOW, random);
                shuffle(order + LOW, REGISTERS - LOW, random);
                for (uint32_t i = 0; i < REGISTERS; i++) {
                        bool base = (i < LOW) != high;

                        set->registers[high][i] = base ? bases + BASES_APART * order[i]
                                                       : (uint64_t)(UNIT * (order[i] + INDEX_LOWEST));
                }
        }
        check_copy(set->targets[0], state->before, sizeof(set->targets[0]));
        phase(state, set, false);
        check_copy(set->targets[1], set->targets[0], sizeof(set->targets[1]));
        phase(state, set, true);
        phase_end(set);
}

static void setup(void *memory, const struct check_round *round)
{
        struct move_address_state *state = memory;
        uint64_t random = check_round_hash(round, 11);

        registers_setup(&state->registers, round, &state->now);
        check_poison(state->words, sizeof(state->words));
        check_poison(state->written, sizeof(state->written));
        for (uint32_t at = 0; at < MOVE_ADDRESS_ARENA + MOVE_ADDRESS_TARGETS; at += 8) {
                uint64_t word = random_next(&random);

                check_copy(at < MOVE_ADDRESS_ARENA ? state->arena + at
                                                   : state->before + at - MOVE_ADDRESS_ARENA,
                        &word, 8);
        }
        for (uint32_t i = 0; i < MOVE_ADDRESS_SETS; i++) {
                set_fill(state, &state->sets[i], &random);
                state->sets[i].next = &state->sets[(i + 1) % MOVE_ADDRESS_SETS];
        }
        state->now = &state->sets[0];
        state->left = MOVE_ADDRESS_SETS * MOVE_ADDRESS_TURNS;
}

static int verify(const void *memory, struct check_mismatch *ret_mismatch)
{
        static const uint8_t zeros[MOVE_ADDRESS_READ];
        const struct move_address_state *state = memory;
        struct registers expected;
        struct check_compare compare;

        check_copy(&expected, &state->registers.in, sizeof(expected));
        expected.flags = FLAGS_LEFT;
        check_compare_begin(&compare);
        registers_compare(&compare, &expected, &state->registers.out);
        check_compare(&compare, sizeof(struct registers), zeros, state->words, sizeof(zeros));
        return check_compare_end(&compare, ret_mismatch);
}

#define WORDS(name, first, words)                                                            \
        {                                                                                    \
                name, CHECK_UNIT_MEMORY, sizeof(struct registers) + 8 * (first), words, 8, 8 \
        }
#define SCALE(name, first) WORDS(name, first, MOVE_ADDRESS_PAIRS / 4)
#define QUARTER (MOVE_ADDRESS_PAIRS / 4)

static const struct check_field fields[] = {
        SCALE("load, base below r8, scale 1", 0),
        SCALE("load, base below r8, scale 2", QUARTER),
        SCALE("load, base below r8, scale 4", 2 * QUARTER),
        SCALE("load, base below r8, scale 8", 3 * QUARTER),
        SCALE("load, base r8 to r15, scale 1", 4 * QUARTER),
        SCALE("load, base r8 to r15, scale 2", 5 * QUARTER),
        SCALE("load, base r8 to r15, scale 4", 6 * QUARTER),
        SCALE("load, base r8 to r15, scale 8", 7 * QUARTER),
        WORDS("load, base rsp", 8 * QUARTER, MOVE_ADDRESS_STACK),
        WORDS("load, base rip", 8 * QUARTER + MOVE_ADDRESS_STACK, MOVE_ADDRESS_CODE),
        { "stores, line", CHECK_UNIT_MEMORY, sizeof(struct registers) + MOVE_ADDRESS_WRITTEN,
                MOVE_ADDRESS_TARGETS / 64, 64, 8 },
};

const struct check check_move_address_general = {
        .name = "move_address_general",
        .detects = "Loads and stores that go to a wrong address, through any base, index, scale and "
                   "displacement.",
        .family = CHECK_MOVE,
        .state_size = sizeof(struct move_address_state),
        .output_offset = sizeof(struct registers),
        .output_size = sizeof(struct registers) + MOVE_ADDRESS_READ,
        .round_us = 2500,
        .cycle = 8,
        .events = true,
        .registers = true,
        .fields = fields,
        .n_fields = ARRAY_SIZE(fields),
        .setup = setup,
        .run = move_address_general_run,
        .verify = verify,
};
