/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels of the tester's checks: tester_run is right, each of the others right but for the one thing
 * that its name says. */
#pragma once

#define TESTER_WORDS 12
#define TESTER_OUTPUT 128 /* offset in struct tester_state */

#ifndef __ASSEMBLER__

#include <stdint.h>

struct tester_state {
        uint64_t input[TESTER_WORDS];
        uint64_t left_over; /* that setup does not write */
        uint64_t number;
        uint64_t reserved[2];
        uint64_t output[TESTER_WORDS];
};

void tester_run(void *state); /* output = input * 3 + 1 */
void tester_run_rbx(void *state);
void tester_run_r15(void *state);
void tester_run_rsp(void *state);
void tester_run_df(void *state);
void tester_run_mxcsr(void *state);
void tester_run_x87_control(void *state);
void tester_run_x87_filled(void *state);
void tester_run_above(void *state);
void tester_run_below(void *state);
void tester_run_page(void *state);
void tester_run_event(void *state);

#endif
