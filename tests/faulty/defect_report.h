/* SPDX-License-Identifier: Apache-2.0 */
/* What one report of `assay qualify --json` says of a defect. For defect.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define DEFECT_REPORT_TEXT_MAX 64

struct defect_report {
        char class[DEFECT_REPORT_TEXT_MAX]; /* the verdict's */
        int n_cpus, cpu;                    /* how many it blames, and the first of them */
        bool evidence;                      /* something accuses a CPU, by a known answer or by a death */
        char kind[DEFECT_REPORT_TEXT_MAX],
                check[DEFECT_REPORT_TEXT_MAX]; /* of the first of it, in the plan */
        uint32_t number;                       /* of its round */
        char bisected
                [DEFECT_REPORT_TEXT_MAX]; /* the instruction that goes wrong first, by its mnemonic; "": none found */
        bool valued;                      /* with its operands, and what differs */
        int suspect;                      /* on which CPU it goes wrong */
};

/* Returns 0, or a negative errno where the file is no report. */
int defect_report_read(const char *path, struct defect_report *ret_report);
