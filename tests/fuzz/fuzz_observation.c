/* SPDX-License-Identifier: Apache-2.0 */
/* What a broken worker may leave in its ring: records of any bytes. What observation_admit lets in, the
 * verdict and every report must bear. The input: a byte that chooses three sound records, then patches to
 * them, each two bytes of offset (lower first), one of length, and so many bytes. */
#include <string.h>

#include "agent/report.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/scene.h"

#define RECORDS 3

static struct plan_request request;

static void make_scene(unsigned choice)
{
        static const enum observation_kind kinds[] = { OBSERVATION_MISMATCH, OBSERVATION_FRAME,
                OBSERVATION_CRASH, OBSERVATION_HANG, OBSERVATION_DISAGREE, OBSERVATION_ERRATUM,
                OBSERVATION_FAILED };

        scene_host(2, 2, 2);
        for (unsigned i = 0; i < RECORDS; i++) {
                enum observation_kind kind = kinds[(choice + i * (choice / 8)) % ARRAY_SIZE(kinds)];

                (void)scene_observe(kind, (int)(choice + i) % 8, (choice + i) % SCENE_CHECKS,
                        (enum regime)((choice / 4) % REGIME_COUNT), 4 + i);
        }
        for (unsigned check = 0; check < SCENE_CHECKS; check++)
                scene.plan.items[scene.plan.n_items++] =
                        (struct plan_item){ .check = (uint16_t)check, .regime = REGIME_QUIET, .first = true };
        (void)scene_experiment(EXPERIMENT_SAME, 0, "1", 10, 1);
        (void)scene_experiment(EXPERIMENT_OTHER, 1, "0,2-3", 10, 0);
        scene_observe(OBSERVATION_MISMATCH, 1, SCENE_FMA, REGIME_QUIET, 4)->experiment = EXPERIMENT_SAME;
}

static void patch(const uint8_t *bytes, size_t size)
{
        uint8_t *records = (uint8_t *)scene.observations;

        while (size > 3) {
                size_t offset = bytes[0] | (size_t)bytes[1] << 8, n = MIN((size_t)bytes[2], size - 3);

                offset %= RECORDS * sizeof(struct observation);
                memcpy(records + offset, bytes + 3, MIN(n, RECORDS * sizeof(struct observation) - offset));
                bytes += 3 + n;
                size -= 3 + n;
        }
}

/* As the supervisor does: the refused are not kept. */
static void admit(void)
{
        size_t kept = 0;

        for (size_t i = 0; i < scene.evidence.n_observations; i++)
                if (observation_admit(&scene.observations[i]) == 0)
                        scene.observations[kept++] = scene.observations[i];
        scene.evidence.n_observations = kept;
        if (kept < 2)
                scene.input.n_experiments = 0;
}

static FILE *nowhere(void)
{
        static FILE *file;

        if (!file)
                file = fopen("/dev/null", "we");
        REQUIRE(file);
        return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        static struct verdict verdict, again;
        static const struct supervisor_outcome outcome = { .elapsed_ns = 1500000000 };
        struct report report = { .input = &scene.input,
                .verdict = &verdict,
                .outcome = &outcome,
                .request = &request,
                .isa_level = "native" };

        if (!size)
                return 0;
        make_scene(bytes[0]);
        patch(bytes + 1, size - 1);
        admit();
        verdict_reach(&scene.input, &verdict);
        verdict_reach(&scene.input, &again);
        REQUIRE(verdict_agrees(&verdict, &again));
        report.exit_status = verdict_exit_status(&verdict);
        REQUIRE(report.exit_status == 0 || report.exit_status == 1 || report.exit_status == 3 ||
                report.exit_status == 4);
        REQUIRE(report_text(&report, nowhere(), 80, false) == 0);
        REQUIRE(report_json(&report, nowhere()) == 0);
        for (size_t i = 0; i < scene.evidence.n_observations; i++)
                REQUIRE(report_observation(&scene.observations[i], nowhere()) == 0);
        return 0;
}
