/* SPDX-License-Identifier: Apache-2.0 */
/* Every form of an address: constants that move_address.c and its kernel share. */
#pragma once

#define MOVE_ADDRESS_SETS 4 /* of register values a round */
#define MOVE_ADDRESS_TURNS 12
#define MOVE_ADDRESS_PAIRS (7 * 8 * 4) /* of a base and an index, by four scales: of one phase */
#define MOVE_ADDRESS_STACK (7 * 2)     /* with rsp as the base, in the second phase */
#define MOVE_ADDRESS_CODE 2            /* relative to rip, in the second phase */
#define MOVE_ADDRESS_WORDS (2 * MOVE_ADDRESS_PAIRS + MOVE_ADDRESS_STACK + MOVE_ADDRESS_CODE)
#define MOVE_ADDRESS_ARENA 3584 /* what is read */
#define MOVE_ADDRESS_TARGETS \
        (4 * MOVE_ADDRESS_ARENA) /* what is written: behind it, as much for each scale */

/* What is added to base and index, in turn: nothing, one byte, four bytes. Bases and indexes are multiples of 24 from
 * one another, and these are not: no two of the stores to a target overlap. */
#define MOVE_ADDRESS_BYTE 56
#define MOVE_ADDRESS_LONG (-344)
#define MOVE_ADDRESS_ABOVE 800 /* for rsp */

/* The words that lie in the code. */
#define MOVE_ADDRESS_CODE_0 0x1f83d9abfb41bd6b
#define MOVE_ADDRESS_CODE_1 0x9b05688c2b3e6c1f

/* struct move_address_set */
#define MOVE_ADDRESS_SET_NEXT 0
#define MOVE_ADDRESS_SET_REGISTERS 8 /* rax rcx rdx rbx rbp rsi rdi r8 .. r15, of both phases */
#define MOVE_ADDRESS_SET_EXPECTED (8 + 2 * 15 * 8)
#define MOVE_ADDRESS_SET_TARGET (MOVE_ADDRESS_SET_EXPECTED + 8 * MOVE_ADDRESS_WORDS)

/* struct move_address_state, from the differences on */
#define MOVE_ADDRESS_WRITTEN (8 * MOVE_ADDRESS_WORDS)
#define MOVE_ADDRESS_READ (MOVE_ADDRESS_WRITTEN + MOVE_ADDRESS_TARGETS)
#define MOVE_ADDRESS_BEFORE (MOVE_ADDRESS_READ + MOVE_ADDRESS_ARENA + MOVE_ADDRESS_TARGETS)

/* From rsp as the kernel begins with it */
#define MOVE_ADDRESS_NOW 0  /* the set */
#define MOVE_ADDRESS_LEFT 8 /* sets to go */
