/* SPDX-License-Identifier: Apache-2.0 */
/* Constants that stack_enter.c and its kernel share. */
#pragma once

#define STACK_ENTER_EVENTS 60
#define STACK_ENTER_PASSES 24
#define STACK_ENTER_DEPTH 12
#define STACK_ENTER_LOCALS 24 /* bytes of a frame of stack_enter_down */

/* Size and level of each enter: X(size, level). A frame is large enough for the pointers that the next copies. */
#define STACK_ENTER_FRAMES(X) X(32, 0) X(16, 1) X(48, 2) X(64, 3) X(256, 7) X(24, 31)
