/* SPDX-License-Identifier: Apache-2.0 */
/* Products of AMX tiles: what amx_multiply.c, its kernels and its test share. A block of answers is a header, the tiles
 * A, B and C (tests/model/amx.py), and C + A B for each operation of the kernel. A round takes one block and runs every
 * operation on four sets of tile registers; those that a set leaves out hold sentinels. */
#pragma once

#define AMX_TILE 1024 /* bytes: 16 rows of 64 (palette 1: Intel SDM volume 1, 18.2) */
#define AMX_TILES 8
#define AMX_SETS 4
#define AMX_OPERATIONS 4 /* of a kernel, at most */
#define AMX_HEADER 64
#define AMX_PASSES 8
#define AMX_STACK 512

/* Offsets of struct amx_state; amx_multiply.c asserts that they agree. */
#define AMX_DIFFERENCES 4864
#define AMX_IDLE 5024
#define AMX_CONFIGURATIONS 5120
#define AMX_STORED 5376
#define AMX_SENTINELS 6400

/* The sets: the numbers of the tile registers of C, A and B. AMX_SET_EACH(X) is X(0, ...) to X(3, ...). */
#define AMX_SET_EACH(X) X(0, 0, 1, 2) X(1, 3, 4, 5) X(2, 6, 7, 0) X(3, 5, 2, 7)
