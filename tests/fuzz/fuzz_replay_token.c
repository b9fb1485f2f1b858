/* SPDX-License-Identifier: Apache-2.0 */
/* The name of a round: what is taken is in range, and reads back the same from what we print. */
#include <string.h>

#include "agent/replay_token.h"
#include "tests/fuzz/fuzz.h"

static bool same_round(const struct check_round *a, const struct check_round *b)
{
        return a->seed == b->seed && a->number == b->number && a->cpu == b->cpu && a->process == b->process;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        static struct observation observation;
        struct report_replay replay, again;
        char *text = fuzz_text(bytes, size);
        char printed[256];

        if (replay_token_parse(text, &replay) == 0) {
                REQUIRE(check_exists(replay.check) && replay.cpu < CHECK_CPU_MAX &&
                        replay.round.process < CHECK_PROCESS_MAX);
                observation.check = replay.check;
                observation.round = replay.round;
                verdict_replay_token(&observation, printed, sizeof(printed));
                REQUIRE(replay_token_parse(printed, &again) == 0 && again.check == replay.check &&
                        same_round(&again.round, &replay.round));
        }
        free(text);
        return 0;
}
