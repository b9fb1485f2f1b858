/* SPDX-License-Identifier: Apache-2.0 */
/* User mode: how the guest enters it and what comes back. */
#pragma once

#define TRAP_VECTORS 48 /* of the interrupt table */
#define TRAP_STUB_SIZE 16
#define TRAP_WITH_ERROR_CODE 0x60227d00 /* bit v: exception v pushes one (Intel SDM volume 3, table 6-1) */

#define TRAP_GENERAL_RSP 32 /* offsets in struct trap_frame */
#define TRAP_CS 152
#define TRAP_RSP 168

#define TRAP_TIMER 0x20
#define TRAP_RESUME 0x21   /* `int` in the page of EXECUTION_RESUME */
#define TRAP_SPURIOUS 0x2f /* of the local APIC */

#define TRAP_KERNEL_CODE 0x10 /* selectors; the user's are Linux's */
#define TRAP_USER_DATA 0x2b
#define TRAP_USER_CODE 0x33
#define TRAP_TASK 0x40

#ifndef __ASSEMBLER__

#include <stdint.h>

struct trap_frame {
        uint64_t general[16];
        uint64_t vector, error_code;
        uint64_t rip, cs, rflags, rsp, ss;
};

/* Installs the segments, the task and the interrupt table. */
void trap_setup(void);

/* Goes to user mode with the registers of `frame` and returns what the next exception or interrupt finds. The
 * result is valid until the next call. */
const struct trap_frame *user_run(struct trap_frame *frame);

/* Called by trap.S when the guest itself is interrupted. */
void trap_in_guest(const struct trap_frame *frame);

#endif
