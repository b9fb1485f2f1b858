/* SPDX-License-Identifier: Apache-2.0 */
/* The layout that x87_stack.c and its kernel share. */
#pragma once

#define X87_STACK_COPIES 7      /* registers that are copied and compared in a pass */
#define X87_STACK_EVENT_MASK 63 /* an event point in every 64 passes */
