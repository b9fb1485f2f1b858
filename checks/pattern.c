/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/pattern.h"

#include <assert.h>
#include <errno.h>
#include <sys/mman.h>

#include "base/array.h"
#include "base/random.h"

#define FLAGS_LEFT 0x44 /* ZF PF: the kernel ends with a comparison of equal numbers */
#define ADDRESS_UNIT UINT64_C(0x9e3779b97f4a7c15) /* odd: its multiples differ, in all bytes */

#define OFFSET(member) (offsetof(struct pattern_state, member) - sizeof(struct registers_pair))
static_assert(OFFSET(records) == 0 && OFFSET(list) == PATTERN_LIST, "pattern.h agrees");
static_assert(OFFSET(wanted) == PATTERN_WANTED && OFFSET(seen) == PATTERN_SEEN, "");
static_assert(OFFSET(memory) == PATTERN_MEMORY && OFFSET(turns) == PATTERN_TURNS, "");
static_assert(offsetof(struct pattern_pass, new) == PATTERN_NEW, "");
static_assert(offsetof(struct pattern_pass, old_step) == PATTERN_OLD_STEP, "");
static_assert(offsetof(struct pattern_pass, new_step) == PATTERN_NEW_STEP, "");
static_assert(offsetof(struct pattern_pass, start) == PATTERN_START, "");
static_assert(offsetof(struct pattern_pass, stride) == PATTERN_STRIDE, "");
static_assert(offsetof(struct pattern_pass, count) == PATTERN_COUNT, "");
static_assert(offsetof(struct pattern_pass, stepped) == PATTERN_STEPPED, "");
static_assert(offsetof(struct pattern_pass, event) == PATTERN_EVENT, "");
static_assert(sizeof(struct pattern_pass) == PATTERN_PASS, "");
static_assert(offsetof(struct pattern_record, second) == PATTERN_SECOND, "");
static_assert(offsetof(struct pattern_record, flushed) == PATTERN_FLUSHED, "");
static_assert(offsetof(struct pattern_record, place) == PATTERN_PLACE, "");
static_assert(offsetof(struct pattern_record, expected) == PATTERN_EXPECTED, "");
static_assert(offsetof(struct pattern_record, actual) == PATTERN_ACTUAL, "");
static_assert(offsetof(struct pattern_record, lanes) == PATTERN_LANES, "");
static_assert(offsetof(struct pattern_record, times) == PATTERN_TIMES, "");
static_assert(sizeof(struct pattern_record) == PATTERN_RECORD, "");

static uint8_t *buffer;

int pattern_prepare(void)
{
        void *memory;

        if (buffer)
                return 0;
        memory = mmap(NULL, PATTERN_BUFFER, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
                return -errno;
        buffer = memory;
        return 0;
}

/* ---- the patterns ---- */

/* Each is followed by its complement; the last is only written. */
enum { SOLID, CHECKER, WALKING, ADDRESS, RANDOM, STRIPES, SHIFTED, MIXED, KINDS };
static_assert(2 * KINDS == PATTERN_PASSES - 1, "a record for each that is read");

static uint64_t step_of(uint32_t kind)
{
        return kind == ADDRESS || kind == MIXED ? ADDRESS_UNIT : 0;
}

/* Word `index` of the first block. */
static uint64_t word_of(uint32_t kind, uint32_t index, const struct check_round *round)
{
        uint64_t random = check_round_hash(round, 100 + index % 64 + 64 * kind);

        switch (kind) {
        case CHECKER:
                return index & 1 ? UINT64_C(0x5555555555555555) : UINT64_C(0xaaaaaaaaaaaaaaaa);
        case WALKING:
                return UINT64_C(1) << index % 64;
        case SHIFTED:
                return UINT64_C(1) << (index * 19 + round->number) % 64;
        case STRIPES:
                return index / 8 & 1 ? UINT64_C(0xff00ff00ff00ff00) : UINT64_C(0x00ffff0000ffff00);
        case ADDRESS:
                return ADDRESS_UNIT * index;
        case RANDOM:
                return random;
        case MIXED:
                return random + ADDRESS_UNIT * index;
        default:
                return 0;
        }
}

/* The first block of pass `pass` in pattern `number`, and what is added from one of its blocks to the next. */
static bool block_fill(uint8_t *block, uint8_t *steps, uint32_t number, const struct pattern *pattern,
        const struct check_round *round, const struct pattern_pass *pass)
{
        uint64_t invert = number & 1 ? ~UINT64_C(0) : 0, unit = step_of(number / 2);
        uint64_t step = unit * (uint64_t)(pass->stride / 8);

        if (number & 1)
                step = -step;
        for (uint32_t i = 0; i < pattern->block / 8; i++) {
                uint64_t word = (word_of(number / 2, i, round) + unit * (pass->start / 8)) ^ invert;

                check_copy(block + 8 * i, &word, 8);
        }
        check_clear(block + pattern->block, PATTERN_BLOCK - pattern->block);
        for (uint32_t i = 0; i < 8; i++)
                check_copy(steps + 8 * i, &step, 8);
        return unit != 0;
}

/* ---- the round ---- */

static void pass_fill(struct pattern_state *state, uint32_t number, const struct pattern *pattern,
        const struct check_round *round, const struct pattern_size *size)
{
        struct pattern_pass *pass = &state->list[number];
        bool down = (number ^ round->number / pattern->n_sizes) & 1, stepped;

        check_clear(pass->reserved, sizeof(pass->reserved));
        pass->count = size->bytes / pattern->group;
        pass->stride = down ? -(int64_t)pattern->group : pattern->group;
        pass->start = down ? size->bytes - pattern->group : 0;
        pass->event = size->often || number + 1 == PATTERN_PASSES;
        stepped = block_fill(pass->new, pass->new_step, number, pattern, round, pass);
        stepped |= block_fill(pass->old, pass->old_step, number ? number - 1 : 0, pattern, round, pass);
        pass->stepped = stepped;
}

void pattern_setup(
        struct pattern_state *state, const struct check_round *round, const struct pattern *pattern)
{
        const struct pattern_size *size = &pattern->sizes[round->number % pattern->n_sizes];

        registers_setup(&state->registers, round, state->stack + sizeof(state->stack));
        check_poison(state->records, sizeof(state->records));
        for (uint32_t i = 0; i < PATTERN_PASSES; i++)
                pass_fill(state, i, pattern, round, size);
        state->memory = buffer;
        state->turns = size->turns;
}

int pattern_verify(const struct pattern_state *state, const struct pattern *pattern,
        struct check_mismatch *ret_mismatch)
{
        static const uint8_t zeros[PATTERN_LIST];
        struct registers expected;
        struct check_compare compare;

        check_copy(&expected, &state->registers.in, sizeof(expected));
        expected.flags = FLAGS_LEFT;
        for (uint32_t r = 0; pattern->cleared && r < 15; r++)
                check_clear(expected.vector[r] + 32, sizeof(expected.vector[r]) - 32);
        check_compare_begin(&compare);
        registers_compare(&compare, &expected, &state->registers.out);
        check_compare(&compare, sizeof(struct registers), zeros, state->records, sizeof(zeros));
        return check_compare_end(&compare, ret_mismatch);
}

#define WORD(name, index, member)                                                                          \
        {                                                                                                  \
                name, CHECK_UNIT_MEMORY, sizeof(struct registers) + PATTERN_RECORD *(index) + (member), 1, \
                        8, 8                                                                               \
        }
#define RECORD(name, index)                                                                                 \
        WORD(name ", first read", index, PATTERN_FIRST), WORD(name ", second read", index, PATTERN_SECOND), \
                WORD(name ", read after flush", index, PATTERN_FLUSHED),                                    \
                WORD(name ", place", index, PATTERN_PLACE),                                                 \
                WORD(name ", expected", index, PATTERN_EXPECTED),                                           \
                WORD(name ", actual", index, PATTERN_ACTUAL), WORD(name ", lanes", index, PATTERN_LANES),   \
                WORD(name ", blocks", index, PATTERN_TIMES)
#define BOTH(name, kind) RECORD(name, 2 * (kind)), RECORD(name " inverted", 2 * (kind) + 1)

const struct check_field pattern_fields[PATTERN_FIELDS] = {
        BOTH("zeros", SOLID),
        BOTH("checkerboard", CHECKER),
        BOTH("walking one", WALKING),
        BOTH("address", ADDRESS),
        BOTH("random", RANDOM),
        BOTH("stripes", STRIPES),
        BOTH("shifted one", SHIFTED),
        BOTH("random plus address", MIXED),
};
