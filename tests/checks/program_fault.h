/* SPDX-License-Identifier: Apache-2.0 */
/* A program run instruction by instruction, in which one instruction computes wrongly: one bit of what it wrote is
 * flipped before the next one runs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "checks/program.h"

/* What the flipped bit was part of. */
enum fault_kind {
        FAULT_NONE, /* the instruction was not executed, or wrote nothing that can be flipped */
        FAULT_GENERAL,
        FAULT_VECTOR,
        FAULT_MASK,
        FAULT_X87, /* and MMX */
        FAULT_MEMORY,
        FAULT_FLAGS,
        FAULT_KINDS
};
extern const char *const fault_kind_names[FAULT_KINDS];

struct fault_result {
        enum fault_kind kind;
        bool noticed; /* the digest is another, or the program died, or did not end */
};

/* Runs the program in a child (a wild store must not reach the test) with one bit of what instruction `index` (below
 * program->n; no helper) writes flipped; `random` chooses which. */
struct fault_result fault_run(
        const struct program *program, const struct program_group *group, uint32_t index, uint64_t random);
