/* SPDX-License-Identifier: Apache-2.0 */
/* One mnemonic on one CPU, proven on the whole program: does a real `assay qualify` notice that this CPU computes it
 * wrongly, by a known answer, and does its JSON verdict name that CPU and no other?
 *
 * What is honest about it, and what is not the whole schedule: the run is restricted (--checks) to those checks that
 * execute the mnemonic, in the order of the schedule, and to the regime `quiet`, with which the schedule begins. A check
 * that does not execute it cannot notice. The how many-th round of which check noticed is then looked up in the schedule
 * of an untraced `--profile quick` (timeline.h): that is the planned time. Rounds of the two runs have other numbers, and
 * so other operands.
 *
 * Where a run so restricted notices but does not tell which CPU it is, the whole list of checks runs for the profile's
 * whole time, and that run's verdict counts.
 *
 * A defect that never showed itself (no value of the code was one of those that go wrong) is tried with the next seed;
 * one that showed itself and was not noticed counts as missed. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "tests/faulty/contract.h"
#include "tests/faulty/executed.h"
#include "tests/faulty/timeline.h"
#include "tests/faulty/tracer.h"

struct defect_setting {
        const char *assay;
        const struct executed *executed;
        const struct timeline *timeline;
        int cpu,
                other_cpu; /* the broken one; a healthy one of another core, -1: the broken one is tested alone */
        uint64_t seed;
        bool control; /* the run that noticed once more, with the same breakpoints and nothing going wrong: must be healthy */
};

enum defect_end {
        DEFECT_ERROR,      /* the program could not be run or traced */
        DEFECT_UNEXECUTED, /* no check executes the mnemonic */
        DEFECT_HIDDEN,     /* it never went wrong with any of the seeds */
        DEFECT_UNNOTICED,
        DEFECT_NOTICED,
        DEFECT_DISTURBED, /* the control run did not end healthy: the breakpoints disturb, nothing is proven */
};
const char *defect_end_name(enum defect_end end);

#define DEFECT_TEXT_MAX 64
struct defect {
        enum defect_end end;
        uint64_t seed;  /* with which it showed itself */
        bool steady;    /* it had to stay for whole rounds to be noticed */
        bool right_cpu; /* exit status 1, and the verdict names that CPU alone */
        int exit_status;
        char class[DEFECT_TEXT_MAX]; /* the verdict's */
        char kind[DEFECT_TEXT_MAX];  /* of the first evidence: mismatch, frame, crash, hang, disagree */
        char check[DEFECT_TEXT_MAX]; /* that made it */
        uint32_t ordinal;            /* of its round, from 1 */
        double planned_s;            /* negative: the schedule does not come to it */
        uint64_t hits, flips;
};

struct defect defect_try(const struct defect_setting *setting, unsigned mnemonic);
