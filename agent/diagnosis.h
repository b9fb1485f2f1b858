/* SPDX-License-Identifier: Apache-2.0 */
/* The differential diagnosis: what to try after the first evidence, so that the verdict can tell a core from
 * the kernel, from a program and from a bad answer. diagnosis_next decides and is pure; diagnosis_run runs.
 */
#pragma once

#include <stdint.h>

#include "agent/supervisor.h"
#include "agent/verdict.h"

#define DIAGNOSIS_SUBJECTS_MAX 4
#define DIAGNOSIS_LIMIT_NS UINT64_C(20000000000) /* in all */
#define DIAGNOSIS_QUICK_NS UINT64_C(1500000000)  /* in all, while nothing comes back */

/* What is known of one subject so far, and what could be tried. */
struct diagnosis_state {
        enum regime regime; /* of the subject */
        bool possible[EXPERIMENT_COUNT];
        bool done[EXPERIMENT_COUNT];
        uint64_t failures[EXPERIMENT_COUNT]; /* of those done */
        bool alone;                          /* no CPU of another core may be used */
        uint64_t spent_ns, limit_ns;         /* over all subjects */
};

/* The next experiment, or EXPERIMENT_NONE: nothing more can be learnt, or the time is up. */
enum experiment diagnosis_next(const struct diagnosis_state *state);

/* Why an experiment was not made; static storage. */
const char *diagnosis_why_not(const struct diagnosis_state *state, enum experiment experiment);

/* The subjects: the first evidence of each CPU, in the order of time. Returns how many. */
size_t diagnosis_subjects(const struct evidence *evidence, uint32_t ret_subjects[DIAGNOSIS_SUBJECTS_MAX]);

/* The CPUs on which an experiment about `subject` is made; empty: it is not possible. Those of other cores
 * are at most four, of as many packages as there are, such as showed nothing themselves first. A round that several
 * CPUs ran is run by the same ones, by two or more others, and by the same and others in turn. */
void diagnosis_cpus(const struct host *host, const struct plan *plan, const struct evidence *evidence,
        const struct observation *subject, enum experiment experiment, struct cpu_set *ret_cpus);

/* Makes the experiments about each subject. `run` gives seed, features, drill and interrupted.
 * Observations are added to *evidence; *ret_n_experiments of VERDICT_EXPERIMENTS_MAX are filled, those not
 * made included. `limit_ns` bounds the whole. Then verifies the answers' checksums again into
 * *ret_answers_intact. */
void diagnosis_run(const struct host *host, const struct plan *plan, const struct supervisor_run *run,
        uint64_t limit_ns, struct evidence *evidence,
        struct verdict_experiment experiments[VERDICT_EXPERIMENTS_MAX], size_t *ret_n_experiments,
        bool *ret_answers_intact);
