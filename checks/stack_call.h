/* SPDX-License-Identifier: Apache-2.0 */
/* Constants that stack_call.c and its kernel share. */
#pragma once

#define STACK_CALL_EVENTS 70
#define STACK_CALL_PASSES 16
#define STACK_CALL_FRAME 48 /* bytes of a frame of stack_call_down */
#define STACK_CALL_LEVELS 5 /* of the tree */
