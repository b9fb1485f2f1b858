/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/observation.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

static const char *const regimes[REGIME_COUNT] = {
        [REGIME_QUIET] = "quiet",
        [REGIME_TIMER] = "timer",
        [REGIME_STORM_SELF] = "storm-self",
        [REGIME_STORM_ASYNC] = "storm-async",
        [REGIME_STEP] = "step",
        [REGIME_CROWD] = "crowd",
        [REGIME_MIGRATE] = "migrate",
};

static const char *const kinds[OBSERVATION_KIND_COUNT] = {
        [OBSERVATION_MISMATCH] = "mismatch",
        [OBSERVATION_FRAME] = "frame",
        [OBSERVATION_CRASH] = "crash",
        [OBSERVATION_HANG] = "hang",
        [OBSERVATION_DISAGREE] = "disagree",
        [OBSERVATION_ERRATUM] = "erratum",
        [OBSERVATION_STARVED] = "starved",
        [OBSERVATION_KILLED] = "killed",
        [OBSERVATION_MOVED] = "moved",
        [OBSERVATION_LOST] = "lost",
        [OBSERVATION_TRACED] = "traced",
        [OBSERVATION_FAILED] = "failed",
};

static const char *const experiments[EXPERIMENT_COUNT] = {
        [EXPERIMENT_NONE] = "none",
        [EXPERIMENT_SAME] = "same",
        [EXPERIMENT_SIBLING] = "sibling",
        [EXPERIMENT_OTHER] = "other",
        [EXPERIMENT_WITHOUT] = "without",
        [EXPERIMENT_PRESENT] = "present",
        [EXPERIMENT_IMPLEMENTATION] = "implementation",
        [EXPERIMENT_NEIGHBOURS] = "neighbours",
        [EXPERIMENT_PARTNERS] = "partners",
};

static const char *const stresses[STRESS_COUNT] = {
        [STRESS_NONE] = "none",
        [STRESS_STEADY] = "steady",
        [STRESS_BURSTS] = "bursts",
        [STRESS_NOISE] = "noise",
        [STRESS_MIXED] = "mixed",
};

const char *stress_name(enum stress stress)
{
        assert(stress < STRESS_COUNT);
        return stresses[stress];
}

int stress_parse(const char *name)
{
        for (int i = 0; i < STRESS_COUNT; i++)
                if (strcmp(stresses[i], name) == 0)
                        return i;
        return -EINVAL;
}

const char *regime_name(enum regime regime)
{
        assert(regime < REGIME_COUNT);
        return regimes[regime];
}

int regime_parse(const char *name)
{
        for (int i = 0; i < REGIME_COUNT; i++)
                if (strcmp(regimes[i], name) == 0)
                        return i;
        return -EINVAL;
}

const char *observation_kind_name(enum observation_kind kind)
{
        assert(kind < OBSERVATION_KIND_COUNT);
        return kinds[kind];
}

const char *experiment_name(enum experiment experiment)
{
        assert(experiment < EXPERIMENT_COUNT);
        return experiments[experiment];
}

static const char *const step_texts[STEP_COUNT] = {
        [STEP_NONE] = "",
        [STEP_START] = "starting a worker",
        [STEP_PIN] = "pinning a worker to its CPU (sched_setaffinity)",
        [STEP_SIGNALS] = "setting up signal handlers and their stacks",
        [STEP_REGIME] = "setting up the regime",
        [STEP_CHECK] = "preparing the check",
        [STEP_RECORD] = "reading what a worker wrote",
        [STEP_AGAIN] = "starting a worker that ends again and again",
};

const char *observation_step_text(enum observation_step step)
{
        assert(step < STEP_COUNT);
        return step_texts[step];
}
