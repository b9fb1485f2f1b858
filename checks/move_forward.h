/* SPDX-License-Identifier: Apache-2.0 */
/* What a load gets that follows a store to the same bytes, some of them, or their neighbours. Constants that
 * move_forward.c and its kernels share. */
#pragma once

#define MOVE_FORWARD_WORK 5120 /* bytes: a page's end lies well inside */
#define MOVE_FORWARD_MARGIN 192
#define MOVE_FORWARD_STORES 13 /* at most: of 1 to 64 bytes, and of 1 to 32 twice */
#define MOVE_FORWARD_LOADS 7   /* at most: of 1 to 64 bytes */
#define MOVE_FORWARD_PLACES 128

/* struct move_forward_state, from its memory on */
#define MOVE_FORWARD_DIFFERENCE MOVE_FORWARD_WORK
#define MOVE_FORWARD_VALUE (MOVE_FORWARD_DIFFERENCE + 64 * MOVE_FORWARD_STORES * MOVE_FORWARD_LOADS)
#define MOVE_FORWARD_BACKGROUND (MOVE_FORWARD_VALUE + MOVE_FORWARD_WORK)
