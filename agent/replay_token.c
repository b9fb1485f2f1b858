/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/replay_token.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

#define TOKEN_MAX 256

/* Ends `text` at the next `mark`. Returns what follows, or NULL where there is no mark. */
static char *cut(char *text, char mark)
{
        char *end = text ? strchr(text, mark) : NULL;

        if (end)
                *end++ = 0;
        return end;
}

/* A number below `limit`. */
static int token_number(const char *text, uint64_t limit, uint64_t *ret_number)
{
        uint64_t number;

        if (text_to_u64(text, &number) < 0 || number >= limit)
                return -EINVAL;
        *ret_number = number;
        return 0;
}

static int token_round(char *seed, struct check_round *ret_round)
{
        char *cpu = cut(seed, ':'), *process = cut(cpu, '.'), *number = cut(process, '.');
        uint64_t values[3], all;

        if (!number || text_to_u64(seed, &all) < 0 || token_number(cpu, CHECK_CPU_MAX, &values[0]) < 0 ||
                token_number(process, CHECK_PROCESS_MAX, &values[1]) < 0 ||
                token_number(number, UINT64_C(1) << 32, &values[2]) < 0)
                return -EINVAL;
        *ret_round = (struct check_round){ .seed = all,
                .cpu = (uint16_t)values[0],
                .process = (uint16_t)values[1],
                .number = (uint32_t)values[2] };
        return 0;
}

int replay_token_parse(const char *token, struct report_replay *ret_replay)
{
        struct report_replay replay = { .regime = REGIME_QUIET };
        char text[TOKEN_MAX];
        size_t size = strlen(token);

        if (size >= sizeof(text))
                return -EINVAL;
        memcpy(text, token, size + 1);
        if (token_round(cut(text, ':'), &replay.round) < 0)
                return -EINVAL;
        while (check_list[replay.check] && strcmp(check_list[replay.check]->name, text) != 0)
                replay.check++;
        if (!check_list[replay.check])
                return -ENOENT;
        replay.cpu = replay.round.cpu;
        *ret_replay = replay;
        return 0;
}
