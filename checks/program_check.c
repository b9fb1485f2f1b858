/* SPDX-License-Identifier: Apache-2.0 */
/* Random programs as checks. A table program_GROUP holds the digest (64 bits) of each of the seeds 0, 1, 2, ...; 0 for
 * a seed whose answer is not known: its program does not run. A round runs a batch of them, in a context of its own. */
#include "checks/program_group.h"

#include "base/array.h"
#include "base/random.h"
#include "checks/answers.h"

#define BATCH 16
#define VOTED_BATCH 8
#define VOTES 3 /* contexts of each voted program */

static void choose_context(struct program_context *context, uint64_t random)
{
        context->seed = random_mix(random);
        context->alignment = random & 63;
        context->fences = (random >> 8 & 3) == 0;
        context->flushes = (random >> 16 & 15) == 0;
}

/* ---- programs whose answers are known ---- */

struct program_known_state {
        struct registers_pair pair;
        uint8_t arena[PROGRAM_ARENA_SIZE] __attribute__((aligned(64)));
        struct program programs[BATCH]; /* those without an answer have no instructions */
        uint8_t alignment[BATCH];
        uint32_t first; /* of the batch: a seed */
        uint64_t digest[BATCH];
        uint32_t running; /* 1 + the byte of digest that the program which runs will fill; 0: none runs */
};

/* Of the round's batch. */
static uint32_t first_seed(const struct check_round *round, const struct answers *answers)
{
        uint32_t batches = (uint32_t)((answers->end - answers->begin - ANSWERS_HEADER_SIZE) / (BATCH * 8));

        return BATCH * (round->number % batches);
}

static void known_setup(struct program_known_state *state, const struct check_round *round,
        const struct program_group *group, const struct answers *answers)
{
        const uint64_t *known = (const uint64_t *)answers_payload(answers);

        state->first = first_seed(round, answers);
        state->running = 0;
        for (uint32_t i = 0; i < BATCH; i++) {
                struct program *program = &state->programs[i];
                struct program_context context;

                choose_context(&context, check_round_hash(round, i));
                state->alignment[i] = context.alignment;
                program->n = 0;
                if (known[state->first + i])
                        program_generate(program, group, state->first + i, &context);
        }
        check_poison(state->digest, sizeof(state->digest));
}

static void known_run(struct program_known_state *state, const struct program_group *group)
{
        for (uint32_t i = 0; i < BATCH; i++) {
                const struct program *program = &state->programs[i];

                state->digest[i] = 0;
                if (!program->n)
                        continue;
                program_image(program, group, &state->pair.in, state->arena);
                state->running = 1 + (uint32_t)sizeof(state->digest[0]) * i;
                program_run(program, &state->pair, i, state->alignment[i]);
                state->running = 0;
                state->digest[i] = program_digest(program, &state->pair.in, &state->pair.out, state->arena);
        }
}

static int known_verify(const struct program_known_state *state, const struct answers *answers,
        struct check_mismatch *ret_mismatch)
{
        const uint64_t *known = (const uint64_t *)answers_payload(answers) + state->first;
        struct check_compare compare;

        check_compare_begin(&compare);
        check_compare(&compare, 0, known, state->digest, sizeof(state->digest));
        return check_compare_end(&compare, ret_mismatch);
}

static void known_program(const struct check_round *round, uint32_t offset,
        const struct program_group *group, const struct answers *answers, struct program_group *ret_group,
        uint64_t *ret_seed)
{
        check_copy(ret_group, group, sizeof(*group));
        *ret_seed = first_seed(round, answers) + offset / 8 % BATCH;
}

static uint32_t known_running(const void *state)
{
        return ((const struct program_known_state *)state)->running;
}

static void known_emitted(const struct program_group *group, const struct answers *answers,
        void (*code)(const uint8_t *bytes, size_t size, void *user), void *user)
{
        const uint64_t *known = (const uint64_t *)answers_payload(answers);
        uint32_t n = (uint32_t)((answers->end - answers->begin - ANSWERS_HEADER_SIZE) / 8);
        static struct program program;

        for (uint32_t seed = 0; seed < n; seed++)
                if (known[seed]) {
                        program_generate(&program, group, seed, NULL);
                        code(program.code, program.size, user);
                }
}

static const struct check_field known_fields[] = {
        { "digest of program", CHECK_UNIT_PROGRAM, 0, BATCH, 8, 8 },
};

#define KNOWN_CHECK(group, needed, fresh, common, uses_x87, width, seeds, sentence)                      \
        ANSWERS(program_##group);                                                                        \
        static const struct answers *const group##_answers[] = { &program_forms_answers,                 \
                &answers_program_##group, NULL };                                                        \
        static void group##_setup(void *state, const struct check_round *round)                          \
        {                                                                                                \
                known_setup(                                                                             \
                        state, round, &program_groups[PROGRAM_GROUP_##group], &answers_program_##group); \
        }                                                                                                \
        static void group##_run(void *state)                                                             \
        {                                                                                                \
                known_run(state, &program_groups[PROGRAM_GROUP_##group]);                                \
        }                                                                                                \
        static int group##_verify(const void *state, struct check_mismatch *ret_mismatch)                \
        {                                                                                                \
                return known_verify(state, &answers_program_##group, ret_mismatch);                      \
        }                                                                                                \
        static void group##_program(const struct check_round *round, uint32_t offset,                    \
                struct program_group *ret_group, uint64_t *ret_seed)                                     \
        {                                                                                                \
                known_program(round, offset, &program_groups[PROGRAM_GROUP_##group],                     \
                        &answers_program_##group, ret_group, ret_seed);                                  \
        }                                                                                                \
        static void group##_emitted(                                                                     \
                void (*code)(const uint8_t *bytes, size_t size, void *user), void *user)                 \
        {                                                                                                \
                known_emitted(                                                                           \
                        &program_groups[PROGRAM_GROUP_##group], &answers_program_##group, code, user);   \
        }                                                                                                \
        const struct check check_program_known_##group = {                                               \
                .name = "program_known_" #group,                                                         \
                .detects = sentence,                                                                     \
                .family = CHECK_PROGRAM,                                                                 \
                .needs = (needed),                                                                       \
                .state_size = sizeof(struct program_known_state),                                        \
                .output_offset = offsetof(struct program_known_state, digest),                           \
                .output_size = sizeof(((struct program_known_state *)0)->digest),                        \
                .round_us = 3000,                                                                        \
                .cycle = (seeds) / BATCH,                                                                \
                .events = true,                                                                          \
                .answers = group##_answers,                                                              \
                .fields = known_fields,                                                                  \
                .n_fields = ARRAY_SIZE(known_fields),                                                    \
                .prepare = program_prepare,                                                              \
                .program = group##_program,                                                              \
                .running = known_running,                                                                \
                .setup = group##_setup,                                                                  \
                .run = group##_run,                                                                      \
                .verify = group##_verify,                                                                \
                .emitted = group##_emitted,                                                              \
        };
PROGRAM_GROUPS(KNOWN_CHECK)

/* ---- endless programs, whose contexts vote ---- */

struct program_voted_state {
        struct registers_pair pair;
        uint8_t arena[PROGRAM_ARENA_SIZE] __attribute__((aligned(64)));
        struct program programs[VOTED_BATCH][2]; /* bare, and with what a context puts in */
        uint8_t alignment[VOTED_BATCH][VOTES];
        uint64_t digest[VOTED_BATCH][VOTES];
        uint32_t running; /* as above */
};

static void voted_setup(void *argument, const struct check_round *round)
{
        struct program_voted_state *state = argument;

        state->running = 0;
        for (uint32_t i = 0; i < VOTED_BATCH; i++) {
                uint64_t seed = check_round_hash(round, i);
                struct program_context context;
                struct program_group group;

                program_group_native(&group, seed);
                choose_context(&context, random_mix(seed));
                context.fences = true;
                for (uint32_t v = 0; v < VOTES; v++) {
                        state->alignment[i][v] = random_mix(seed + v) & 63;
                        state->digest[i][v] = v; /* no two agree before they ran */
                }
                program_generate(&state->programs[i][0], &group, seed, NULL);
                program_generate(&state->programs[i][1], &group, seed, &context);
        }
}

static void voted_run(void *argument)
{
        struct program_voted_state *state = argument;

        for (uint32_t i = 0; i < VOTED_BATCH; i++)
                for (uint32_t v = 0; v < VOTES; v++) {
                        const struct program *program = &state->programs[i][v & 1];
                        struct program_group group;

                        program_group_native(&group, program->seed);
                        program_image(program, &group, &state->pair.in, state->arena);
                        state->running = 1 + (uint32_t)sizeof(state->digest[0][0]) * (VOTES * i + v);
                        program_run(program, &state->pair, VOTES * i + v, state->alignment[i][v]);
                        state->running = 0;
                        state->digest[i][v] =
                                program_digest(program, &state->pair.in, &state->pair.out, state->arena);
                }
}

/* Two that agree are right; where none agree the first is as good as any. */
static int voted_verify(const void *argument, struct check_mismatch *ret_mismatch)
{
        const struct program_voted_state *state = argument;
        struct check_compare compare;

        check_compare_begin(&compare);
        for (uint32_t i = 0; i < VOTED_BATCH; i++) {
                const uint64_t *digest = state->digest[i];
                uint64_t right = digest[1] == digest[2] ? digest[1] : digest[0];

                for (uint32_t v = 0; v < VOTES; v++)
                        check_compare(&compare, 8 * (VOTES * i + v), &right, &digest[v], 8);
        }
        return check_compare_end(&compare, ret_mismatch);
}

static void voted_program(const struct check_round *round, uint32_t offset, struct program_group *ret_group,
        uint64_t *ret_seed)
{
        *ret_seed = check_round_hash(round, offset / 8 / VOTES);
        program_group_native(ret_group, *ret_seed);
}

static uint32_t voted_running(const void *state)
{
        return ((const struct program_voted_state *)state)->running;
}

static const struct check_field voted_fields[] = {
        { "digest of program and context", CHECK_UNIT_PROGRAM, 0, VOTED_BATCH *VOTES, 8, 8 },
};

const struct check check_program_voted_native = {
        .name = "program_voted_native",
        .detects = "Random programs of every instruction that differ between contexts or CPUs: no answer is "
                   "known, "
                   "they vote.",
        .family = CHECK_PROGRAM,
        .needs = ISA(FPU) | ISA(CX8) | ISA(CMOV) | ISA(MMX) | ISA(SSE2),
        .state_size = sizeof(struct program_voted_state),
        .output_offset = offsetof(struct program_voted_state, digest),
        .output_size = sizeof(((struct program_voted_state *)0)->digest),
        .round_us = 3000,
        .cycle = 64,
        .events = true,
        .voted = true,
        .answers = (const struct answers *const[]){ &program_forms_answers, NULL },
        .fields = voted_fields,
        .n_fields = ARRAY_SIZE(voted_fields),
        .prepare = program_prepare,
        .program = voted_program,
        .running = voted_running,
        .setup = voted_setup,
        .run = voted_run,
        .verify = voted_verify,
};
