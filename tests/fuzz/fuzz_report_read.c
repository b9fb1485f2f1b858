/* SPDX-License-Identifier: Apache-2.0 */
/* A report for `assay replay`: what is taken is in range, and a refusal is a sentence that may be shown. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent/report.h"
#include "tests/fuzz/fuzz.h"

static void check_replays(const struct report_replays *found)
{
        const struct report_replay *replays = found->rounds;
        size_t n = found->n;

        REQUIRE(n > 0 && n <= REPORT_REPLAY_MAX);
        for (size_t i = 0; i < n; i++)
                REQUIRE(check_exists(replays[i].check) && (unsigned)replays[i].regime < REGIME_COUNT &&
                        replays[i].cpu < CHECK_CPU_MAX && replays[i].round.cpu < CHECK_CPU_MAX &&
                        replays[i].round.process < CHECK_PROCESS_MAX);
}

static void check_sentence(const char *sentence)
{
        size_t size = strnlen(sentence, REPORT_SENTENCE_MAX);

        REQUIRE(size > 0 && size < REPORT_SENTENCE_MAX);
        for (size_t i = 0; i < size; i++)
                REQUIRE((unsigned char)sentence[i] >= ' ' && sentence[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        static struct report_replays replays;
        char path[64], sentence[REPORT_SENTENCE_MAX] = "";
        int fd = memfd_create("report", MFD_CLOEXEC);

        REQUIRE(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
        (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        if (report_read_replay(path, &replays, sentence) == 0)
                check_replays(&replays);
        else
                check_sentence(sentence);
        (void)close(fd);
        return 0;
}
