/* SPDX-License-Identifier: Apache-2.0 */
/* What `assay replay` says of rounds that did not run as often as they should: never nothing. */
#include "agent/replay_text.h"

#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "tests/tap.h"

static const struct check alone = { .name = "integer_add" },
                          together = { .name = "coherence_lock", .parties = 2, .events = true };
const struct check *const check_list[] = { &alone, &together, NULL };

#define TIMES 200
#define ALONE 0
#define TOGETHER 1

static const struct {
        const char *what;
        uint16_t check;
        uint8_t regime;
        struct tally first, second; /* of CPU 0 and CPU 1 */
        const char *says;           /* NULL: nothing, and all is well */
} cases[] = {
        { "all ran", ALONE, REGIME_QUIET, { .rounds = TIMES, .covered = TIMES },
                { .rounds = TIMES + 1, .covered = 1 }, NULL },
        { "partners that came too seldom", TOGETHER, REGIME_QUIET,
                { .rounds = 57, .covered = 57, .unmet = 343 }, { .rounds = TIMES, .covered = TIMES },
                "  only 57 of 200 rounds were completed on CPU 0: the CPUs did not come together in time; "
                "run it "
                "again when they have less to do\n" },
        { "on both", TOGETHER, REGIME_TIMER, { .rounds = 57, .covered = 57 }, { .rounds = 9, .covered = 9 },
                "  fewer than 200 rounds (9 at the least) were completed on CPU 0-1: the CPUs did not" },
        { "rounds that may have run elsewhere", ALONE, REGIME_QUIET,
                { .rounds = 150, .covered = 150, .void_rounds = 50 }, { .rounds = TIMES, .covered = TIMES },
                "  only 150 of 200 rounds were completed on CPU 0: run it again when the CPU has less to "
                "do\n" },
        { "none", ALONE, REGIME_QUIET, { 0 }, { .rounds = TIMES, .covered = TIMES },
                "  no round was completed on CPU 0\n" },
        { "no event", TOGETHER, REGIME_TIMER, { .rounds = TIMES }, { .rounds = TIMES, .covered = 1 },
                "  no event of the regime came into a round on CPU 0: give more --times\n" },
        { "no place for an event", ALONE, REGIME_STORM_SELF, { .rounds = TIMES }, { .rounds = TIMES },
                "  no event of the regime came into a round on CPU 0-1: the check has no place for one\n" },
};

int main(void)
{
        struct cpu_set cpus = { { 3 } };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                struct plan_item item = { .check = cases[i].check, .regime = cases[i].regime };
                struct evidence evidence = { 0 };
                AUTO_FREE char *said = NULL;
                size_t size;
                FILE *to = open_memstream(&said, &size);
                bool missing;

                if (!to || evidence_prepare(&evidence, &cpus) < 0)
                        abort();
                *evidence_tally(&evidence, 0, item.check, (enum regime)item.regime) = cases[i].first;
                *evidence_tally(&evidence, 1, item.check, (enum regime)item.regime) = cases[i].second;
                missing = replay_text_missing(&evidence, &item, &cpus, TIMES, to);
                (void)fclose(to);
                evidence_free(&evidence);
                tap_ok(missing == !!cases[i].says && strncmp(said, cases[i].says ? cases[i].says : "",
                                                             cases[i].says ? strlen(cases[i].says) : 1) == 0,
                        "%s: %.*s", cases[i].what, (int)strcspn(said, "\n"), said);
        }
        return tap_end();
}
