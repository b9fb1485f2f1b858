/* SPDX-License-Identifier: Apache-2.0 */
/* The settlement: what follows a diagnosis in which random programs failed. Each is bisected to the instruction that goes
 * wrong first. Where only votes speak, two CPUs that disagree say nothing about which of them errs: the known-answer checks
 * of that instruction then run on every CPU, asked for or not, and what they find is evidence like any other. Two that
 * disagree and have no third are compared with each other; once the evidence accuses the one that was the reference, the
 * search is made the other way round, so that what is `actual` is what the CPU at fault gives. */
#pragma once

#include "agent/bisection.h"
#include "agent/diagnosis.h"

/* Bisects the programs of the diagnosis's subjects (diagnosis_subjects), in their order, into
 * bisections[DIAGNOSIS_SUBJECTS_MAX], how many in *ret_n. `run` gives features, seed, drill and interrupted, as for
 * diagnosis_run. Observations and tallies of known-answer checks are added to *evidence. */
void settlement_run(const struct host *host, const struct plan *plan, const struct supervisor_run *run,
        struct evidence *evidence, struct bisection bisections[DIAGNOSIS_SUBJECTS_MAX], size_t *ret_n);
