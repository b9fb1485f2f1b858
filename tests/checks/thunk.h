/* SPDX-License-Identifier: Apache-2.0 */
/* Calls a function as the ABI promises it, and writes down what the function left behind (x86-64
 * psABI, 3.2.1). */
#pragma once

#ifdef __ASSEMBLER__
#define THUNK_STACK 48
#define THUNK_FLAGS 56
#define THUNK_MXCSR 64
#define THUNK_X87 68
#else

#include <stddef.h>
#include <stdint.h>

#define THUNK_SAVED 6 /* rbx rbp r12 r13 r14 r15 */

struct thunk_report {
        uint64_t saved[THUNK_SAVED];
        int64_t stack; /* how far rsp is from where it was */
        uint64_t flags;
        uint32_t mxcsr;
        struct { /* fnstenv's 28 bytes, Intel SDM volume 1, figure 8-9 */
                uint16_t control, reserved0, status, reserved1, tag, reserved2;
                uint32_t rest[4];
        } x87;
};

/* What the callee-saved registers hold when the function is entered. */
extern const uint64_t thunk_planted[THUNK_SAVED];

/* Calls function(argument) on the stack whose top is `top` (16-byte aligned). */
void thunk_call(void (*function)(void *), void *argument, struct thunk_report *ret_report, void *top);

#endif
