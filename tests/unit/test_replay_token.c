/* SPDX-License-Identifier: Apache-2.0 */
/* The names of rounds as a table: right ones, and each way to be wrong. */
#include "agent/replay_token.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "tests/tap.h"

static const struct check hold = { .name = "state_hold" }, push = { .name = "stack_push" };
const struct check *const check_list[] = { &hold, &push, NULL };

static const struct {
        const char *token;
        int result;
        uint32_t check;
        struct check_round round;
} cases[] = {
        { "stack_push:0x2a:5.0.17", 0, 1, { 42, 17, 5, 0, 0, 0 } },
        { "state_hold:42:4095.1023.4294967295", 0, 0, { 42, UINT32_MAX, 4095, 1023, 0, 0 } },
        { "state_hold:0xffffffffffffffff:0.0.0", 0, 0, { UINT64_MAX, 0, 0, 0, 0, 0 } },
        { "state_hold:18446744073709551616:0.0.0", -EINVAL, 0, { 0 } },
        { "state_hold:1:4096.0.0", -EINVAL, 0, { 0 } },
        { "state_hold:1:0.1024.0", -EINVAL, 0, { 0 } },
        { "state_hold:1:0.0.4294967296", -EINVAL, 0, { 0 } },
        { "state_hold:1:0.0.-1", -EINVAL, 0, { 0 } },
        { "state_hold:1:0.0", -EINVAL, 0, { 0 } },
        { "state_hold:1:0.0.0.0", -EINVAL, 0, { 0 } },
        { "state_hold:1:0.0.", -EINVAL, 0, { 0 } },
        { "state_hold:1", -EINVAL, 0, { 0 } },
        { "state_hold", -EINVAL, 0, { 0 } },
        { "", -EINVAL, 0, { 0 } },
        { "state_hol:1:0.0.0", -ENOENT, 0, { 0 } },
        { ":1:0.0.0", -ENOENT, 0, { 0 } },
};

static bool same_round(const struct check_round *a, const struct check_round *b)
{
        return a->seed == b->seed && a->number == b->number && a->cpu == b->cpu && a->process == b->process;
}

static void reads(size_t i)
{
        struct report_replay replay = { .check = 7, .cpu = 7 };
        int r = replay_token_parse(cases[i].token, &replay);
        bool good = r == cases[i].result;

        if (r == 0)
                good &= replay.check == cases[i].check && same_round(&replay.round, &cases[i].round) &&
                        replay.cpu == cases[i].round.cpu && replay.regime == REGIME_QUIET;
        else
                good &= replay.check == 7 && replay.cpu == 7;
        tap_ok(good, "'%s': %s", cases[i].token, r ? strerror(-r) : "read");
}

/* A number is not cut to one that would fit. */
static void too_long(void)
{
        struct report_replay replay;
        char token[400] = "state_hold:0x";

        memset(token + strlen(token), '0', 300);
        strcat(token, "1:0.0.0");
        tap_ok(replay_token_parse(token, &replay) == -EINVAL, "a token of %zu bytes is refused",
                strlen(token));
}

int main(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
                reads(i);
        too_long();
        return tap_end();
}
