/* SPDX-License-Identifier: Apache-2.0 */
/* The tester, tested: a right check that every rule of the contract accepts, and wrong ones, each of which
 * the rule that is there for it must reject. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/random.h"
#include "checks/registers.h"
#include "tests/checks/contract_rules.h"
#include "tests/checks/tester_run.h"
#include "tests/tap.h"

#define WORDS TESTER_WORDS

static void fill_inputs(struct tester_state *state, const struct check_round *round)
{
        uint64_t random = check_round_hash(round, 0);

        for (unsigned i = 0; i < WORDS; i++)
                state->input[i] = random_next(&random);
}

static void right_setup(void *argument, const struct check_round *round)
{
        struct tester_state *state = argument;

        fill_inputs(state, round);
        state->number = round->number;
        check_poison(state->output, sizeof(state->output));
}

static void expect(const struct tester_state *state, uint64_t *ret_expected)
{
        for (unsigned i = 0; i < WORDS; i++)
                ret_expected[i] = state->input[i] * 3 + 1;
}

static int compare(const struct tester_state *state, const uint64_t *expected, uint32_t bytes,
        struct check_mismatch *ret_mismatch)
{
        struct check_compare compare;

        check_compare_begin(&compare);
        check_compare(&compare, 0, expected, state->output, bytes);
        return check_compare_end(&compare, ret_mismatch);
}

static int right_verify(const void *argument, struct check_mismatch *ret_mismatch)
{
        uint64_t expected[WORDS];

        expect(argument, expected);
        return compare(argument, expected, sizeof(expected), ret_mismatch);
}

static const struct check_field right_fields[] = {
        { .name = "triple", .unit = CHECK_UNIT_INTEGER, .count = WORDS, .stride = 8, .lane = 8 },
};

static const struct check right = {
        .name = "tester_triple",
        .detects = "A multiplication by three and an addition.",
        .family = CHECK_INTEGER,
        .needs = ISA(SSE2),
        .state_size = sizeof(struct tester_state),
        .output_offset = offsetof(struct tester_state, output),
        .output_size = sizeof(((struct tester_state *)0)->output),
        .round_us = 1000,
        .cycle = 40,
        .fields = right_fields,
        .n_fields = ARRAY_SIZE(right_fields),
        .setup = right_setup,
        .run = tester_run,
        .verify = right_verify,
};

/* Wrong runs. */
static void run_beyond(void *state)
{
        tester_run(state);
        ((volatile uint8_t *)state)[sizeof(struct tester_state)] = 1;
}

static void run_before(void *state)
{
        tester_run(state);
        ((volatile uint8_t *)state)[-1] = 1;
}

static void run_short(void *argument)
{
        struct tester_state *state = argument;

        tester_run(state);
        check_poison(&state->output[WORDS - 1], 1);
}

static void run_accumulating(void *argument)
{
        struct tester_state *state = argument;

        tester_run(state);
        state->output[0] += state->left_over++;
}

static void run_late_wrong(void *argument)
{
        struct tester_state *state = argument;

        tester_run(state);
        state->output[2] ^= state->number == 39;
}

static void run_by_cpu(void *argument)
{
        struct tester_state *state = argument;
        cpu_set_t allowed;

        tester_run(state);
        /* Only one CPU at a time is allowed: the rule about CPUs pins itself. */
        if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0 && CPU_COUNT(&allowed) == 1)
                state->output[1] ^= (uint64_t)sched_getcpu() << 7 | 1;
}

static void run_by_level(void *argument)
{
        struct tester_state *state = argument;

        tester_run(state);
        state->output[3] ^= registers_level() == REGISTERS_SSE;
}

static void run_crashing(void *state)
{
        tester_run(state);
        __builtin_trap();
}

static void run_errno(void *state)
{
        tester_run(state);
        errno = EINVAL;
}

static void run_variable(void *state)
{
        static uint64_t rounds;

        tester_run(state);
        *(volatile uint64_t *)&rounds += 1;
}

static void run_slow(void *state)
{
        for (volatile unsigned i = 0; i < 20000000; i++)
                ;
        tester_run(state);
}

static void run_marking(void *argument)
{
        struct tester_state *state = argument;

        tester_run(state);
        state->left_over = 99;
}

/* Wrong set-ups. */
static void setup_bare(void *argument, const struct check_round *round)
{
        struct tester_state *state = argument;

        fill_inputs(state, round);
        state->number = round->number;
}

static void setup_old(void *argument, const struct check_round *round)
{
        struct tester_state *state = argument;

        right_setup(state, round);
        state->input[5] ^= state->left_over;
}

static void setup_answered(void *argument, const struct check_round *round)
{
        struct tester_state *state = argument;

        right_setup(state, round);
        expect(state, state->output);
}

/* Wrong verifies. */
static int verify_all(const void *state, struct check_mismatch *ret_mismatch)
{
        (void)state, (void)ret_mismatch;
        return 0;
}

static int verify_but_a_bit(const void *argument, struct check_mismatch *ret_mismatch)
{
        struct tester_state copy = *(const struct tester_state *)argument;
        uint64_t expected[WORDS], bit = UINT64_C(1) << 52;

        expect(&copy, expected);
        copy.output[4] = (copy.output[4] & ~bit) | (expected[4] & bit);
        return compare(&copy, expected, sizeof(expected), ret_mismatch);
}

static int verify_but_a_byte(const void *argument, struct check_mismatch *ret_mismatch)
{
        uint64_t expected[WORDS];

        expect(argument, expected);
        return compare(argument, expected, sizeof(expected) - 1, ret_mismatch);
}

static int verify_elsewhere(const void *argument, struct check_mismatch *ret_mismatch)
{
        int r = right_verify(argument, ret_mismatch);

        if (r)
                ret_mismatch->offset = 0;
        return r;
}

static int verify_inputs(const void *argument, struct check_mismatch *ret_mismatch)
{
        const struct tester_state *state = argument;

        if (state->left_over != 99)
                *ret_mismatch = (struct check_mismatch){ .bits = 1, .bytes = 1 };
        return state->left_over == 99 ? right_verify(argument, ret_mismatch) : 1;
}

static int verify_writing(const void *argument, struct check_mismatch *ret_mismatch)
{
        ((volatile struct tester_state *)(uintptr_t)argument)->left_over = 1;
        return right_verify(argument, ret_mismatch);
}

static const struct check_field fields_hole[] = {
        { .name = "triple", .unit = CHECK_UNIT_INTEGER, .count = WORDS - 1, .stride = 8, .lane = 8 },
};
static const struct check_field fields_twice[] = {
        { .name = "triple", .unit = CHECK_UNIT_INTEGER, .count = WORDS, .stride = 8, .lane = 8 },
        { .name = "again", .unit = CHECK_UNIT_INTEGER, .offset = 8, .count = 1, .stride = 8, .lane = 8 },
};
static const struct check_field fields_beyond[] = {
        { .name = "triple", .unit = CHECK_UNIT_INTEGER, .count = WORDS + 1, .stride = 8, .lane = 8 },
};

/* What differs from the right check; 0 or NULL: as there. */
struct wrong {
        const char *what, *rule;
        const char *name;
        uint32_t round_us, state_size;
        bool events;
        const void *hold_begin;
        const struct check_field *fields;
        size_t n_fields;
        void (*setup)(void *state, const struct check_round *round);
        void (*run)(void *state);
        int (*verify)(const void *state, struct check_mismatch *ret_mismatch);
};

#define LIMITS "limits and names"
#define FIELDS "fields cover the output"
#define SETUP "set-up depends on the round alone"
#define ANSWERS_RIGHT "answers right for a cycle"
#define FLIPS "every flipped bit is located"
#define REVIEW "another worker can verify"
#define EVERYWHERE "same answer on every CPU and level"
#define SAVED "registers and stack kept"
#define MEMORY "writes nothing but the state"

static const struct wrong wrongs[] = {
        { "a name with a capital", LIMITS, .name = "tester_Triple" },
        { "a name of one word", LIMITS, .name = "tester" },
        { "a round of 6 ms", LIMITS, .round_us = 6000 },
        { "a state too large", LIMITS, .state_size = CHECK_STATE_MAX + 64 },
        { "an output beyond the state", LIMITS, .state_size = 64 },
        { "a byte in no field", FIELDS, .fields = fields_hole, .n_fields = 1 },
        { "a byte in two fields", FIELDS, .fields = fields_twice, .n_fields = 2 },
        { "a field beyond the output", FIELDS, .fields = fields_beyond, .n_fields = 1 },
        { "a hold range without an end", "hold range", .hold_begin = &right },
        { "a verify that accepts everything", "poison is rejected", .verify = verify_all },
        { "a set-up that leaves the answer", "poison is rejected", .setup = setup_answered },
        { "a set-up without poison", SETUP, .setup = setup_bare },
        { "inputs that depend on old memory", SETUP, .setup = setup_old },
        { "a result that depends on old memory", SETUP, .run = run_accumulating },
        { "the last byte not written", ANSWERS_RIGHT, .run = run_short },
        { "wrong in one round of the cycle", ANSWERS_RIGHT, .run = run_late_wrong },
        { "a crash", ANSWERS_RIGHT, .run = run_crashing },
        { "a verify that ignores a bit", FLIPS, .verify = verify_but_a_bit },
        { "a verify that ignores a byte", FLIPS, .verify = verify_but_a_byte },
        { "a verify that names another place", FLIPS, .verify = verify_elsewhere },
        { "a verify that needs more than the output", REVIEW, .run = run_marking, .verify = verify_inputs },
        { "a verify that writes the state", REVIEW, .verify = verify_writing },
        { "an answer that depends on the CPU", EVERYWHERE, .run = run_by_cpu },
        { "an answer that depends on the level", EVERYWHERE, .run = run_by_level },
        { "rbx clobbered", SAVED, .run = tester_run_rbx },
        { "r15 clobbered", SAVED, .run = tester_run_r15 },
        { "rsp moved", SAVED, .run = tester_run_rsp },
        { "the direction flag left set", SAVED, .run = tester_run_df },
        { "mxcsr left changed", SAVED, .run = tester_run_mxcsr },
        { "the x87 control word left changed", SAVED, .run = tester_run_x87_control },
        { "an x87 register left filled", SAVED, .run = tester_run_x87_filled },
        { "the caller's stack written", SAVED, .run = tester_run_above },
        { "the stack written far below", SAVED, .run = tester_run_below },
        { "a byte written behind the state", MEMORY, .run = run_beyond },
        { "a byte written before the state", MEMORY, .run = run_before },
        { "a page written behind the state", MEMORY, .run = tester_run_page },
        { "errno touched", MEMORY, .run = run_errno },
        { "a variable of the program written", MEMORY, .run = run_variable },
        { "event points that are not there", "event points", .events = true },
        { "event points that are not declared", "event points", .run = tester_run_event },
        { "a round longer than it says", "duration of a round", .run = run_slow },
};

static struct check spoil(const struct wrong *wrong)
{
        struct check check = right;

        check.name = wrong->name ? wrong->name : check.name;
        check.round_us = wrong->round_us ? wrong->round_us : check.round_us;
        check.state_size = wrong->state_size ? wrong->state_size : check.state_size;
        check.events = wrong->events;
        check.hold_begin = wrong->hold_begin;
        check.fields = wrong->fields ? wrong->fields : check.fields;
        check.n_fields = wrong->fields ? wrong->n_fields : check.n_fields;
        check.setup = wrong->setup ? wrong->setup : check.setup;
        check.run = wrong->run ? wrong->run : check.run;
        check.verify = wrong->verify ? wrong->verify : check.verify;
        return check;
}

int main(void)
{
        struct contract contract = { .check = &right, .features = isa_read(), .seed = tap_seed(0x7e57) };

        for (const struct contract_rule *rule = contract_rules; rule->name; rule++) {
                bool kept = contract_apply(rule, &contract);

                tap_ok(kept, "the right check keeps: %s%s%s", rule->name, kept ? "" : ": ", contract.why);
        }
        for (size_t i = 0; i < ARRAY_SIZE(wrongs); i++) {
                struct check check = spoil(&wrongs[i]);

                contract.check = &check;
                tap_ok(!contract_apply(contract_rule_find(wrongs[i].rule), &contract), "rejected: %s (%s)",
                        wrongs[i].what, contract.why);
        }
        return tap_end();
}
