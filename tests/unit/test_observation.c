/* SPDX-License-Identifier: Apache-2.0 */
/* The border between workers and all that trusts an observation: what is no observation stays out, what is
 * one comes in with every field in its range. */
#include <errno.h>
#include <string.h>

#include "agent/observation.h"
#include "base/array.h"
#include "tests/tap.h"

static const struct check hold = { .name = "state_hold" },
                          push = { .name = "stack_push", .output_size = 4096 };
const struct check *const check_list[] = { &hold, &push, NULL };

static struct observation sound(void)
{
        return (struct observation){ .kind = OBSERVATION_CRASH,
                .regime = REGIME_TIMER,
                .check = 1,
                .round = { 42, 7, 3, 0 },
                .cpu = 3,
                .seen_on = { 3, -1, -1, -1 },
                .known = true,
                .reviewer = -1,
                .unit = CHECK_UNIT_STACK,
                .mismatch = { .offset = 130, .window = 128, .bytes = 1, .bits = 1 },
                .death = { .signal = 11, .n_code = 32, .n_red_zone = 128 } };
}

static void kept(void)
{
        struct observation before = sound(), after = before;

        tap_ok(observation_admit(&after) == 0 && memcmp(&before, &after, sizeof(before)) == 0,
                "a sound observation comes in as it is");
}

static const struct {
        const char *what;
        size_t offset;
        uint32_t value;
        size_t size;
} wrong[] = {
        { "kind", offsetof(struct observation, kind), OBSERVATION_KIND_COUNT, 4 },
        { "regime", offsetof(struct observation, regime), REGIME_COUNT, 4 },
        { "regime below 0", offsetof(struct observation, regime), UINT32_MAX, 4 },
        { "experiment", offsetof(struct observation, experiment), EXPERIMENT_COUNT, 4 },
        { "check", offsetof(struct observation, check), 2, 4 },
        { "check far beyond", offsetof(struct observation, check), UINT32_MAX, 4 },
        { "CPU", offsetof(struct observation, cpu), CHECK_CPU_MAX, 4 },
        { "CPU below 0", offsetof(struct observation, cpu), UINT32_MAX, 4 },
        { "CPU of the round", offsetof(struct observation, round.cpu), CHECK_CPU_MAX, 2 },
        { "process of the round", offsetof(struct observation, round.process), CHECK_PROCESS_MAX, 2 },
};

static void refused(size_t i)
{
        struct observation before = sound(), after;

        memcpy((char *)&before + wrong[i].offset, &wrong[i].value, wrong[i].size);
        after = before;
        tap_ok(observation_admit(&after) == -EBADMSG && memcmp(&before, &after, sizeof(before)) == 0,
                "%s out of range: refused, untouched", wrong[i].what);
}

static void details(void)
{
        struct observation o = sound();
        unsigned char byte;

        o.seen_on[1] = CHECK_CPU_MAX;
        o.seen_on[2] = -7;
        o.round.party = o.round.parties = 3;
        o.together[0] = 3;
        o.together[1] = CHECK_CPU_MAX;
        o.n_together = 77;
        o.reviewer = 4;
        o.review = REVIEW_REFUTED + 1;
        o.error = -5;
        o.tracer = -1;
        o.unit = 77;
        o.mismatch.window = 5;
        o.step = STEP_COUNT;
        o.death.n_code = 33;
        o.death.n_red_zone = UINT32_MAX;
        o.death.running = 4097;
        memset(&o.synthetic, 0xad, 1);
        tap_ok(observation_admit(&o) == 0, "an observation with wrong details comes in");
        memcpy(&byte, &o.synthetic, 1);
        tap_ok(byte == 1, "a flag is 0 or 1");
        tap_ok(o.seen_on[0] == 3 && o.seen_on[1] == -1 && o.seen_on[2] == -1,
                "CPUs that cannot be are none");
        tap_ok(o.round.party == 0 && o.round.parties == 0 && o.n_together == 0,
                "a party that cannot be, and CPUs together that cannot be, are none");
        tap_ok(o.reviewer == -1 && o.review == REVIEW_NONE, "a review that cannot be is none");
        tap_ok(o.error == EIO && o.tracer == 0, "error and tracer are in range");
        tap_ok(o.step == STEP_NONE, "a step that cannot be is none");
        tap_ok(o.unit == CHECK_UNIT_COUNT, "a unit that cannot be is none");
        tap_ok(o.mismatch.window == 128, "the window follows from the offset");
        o.mismatch = (struct check_mismatch){ .offset = 4096, .bytes = 5000, .bits = UINT32_MAX };
        tap_ok(observation_admit(&o) == 0 && o.mismatch.offset == 4095 && o.mismatch.bytes == 4096 &&
                        o.mismatch.bits == 8 * 4096,
                "a mismatch lies in the output of its check");
        tap_ok(o.death.n_code == OBSERVATION_CODE && o.death.n_red_zone == OBSERVATION_RED_ZONE,
                "sizes are at most those of the arrays");
        tap_ok(o.death.running == 0, "a program that is none did not run");
        o.death.running = 4096;
        tap_ok(observation_admit(&o) == 0 && o.death.running == 4096, "the last one may have");
}

int main(void)
{
        kept();
        for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
                refused(i);
        details();
        return tap_end();
}
