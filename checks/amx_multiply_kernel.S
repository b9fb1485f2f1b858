/* SPDX-License-Identifier: Apache-2.0 */
/* amx_multiply.
 *      rbp  the state                  rsi  the block of answers
 *      r8   64, the distance of rows   rdi  a tile as it was stored
 *      rcx  passes to go               rax, rbx, rdx  free, 0 at the end
 */
#include "checks/registers.inc"
#include "checks/amx_multiply.h"

#define A_OFFSET AMX_HEADER
#define B_OFFSET (AMX_HEADER + AMX_TILE)
#define C_OFFSET (AMX_HEADER + 2 * AMX_TILE)
#define RESULT(operation) (AMX_HEADER + 3 * AMX_TILE + (operation) * AMX_TILE)
#define SENTINEL(tile) (AMX_SENTINELS + AMX_TILE * (tile))

/* Stores a tile and compares all of its 1,024 bytes with those at `expected`(\base), gathering at `where`. What the tile
 * does not reach is 0 in both. */
.macro AMX_JUDGE tile, expected, base, where
        mov     $AMX_TILE, %ebx
1:      movq    $0, -8(%rdi,%rbx)
        sub     $8, %ebx
        jnz     1b
        tilestored %tmm\tile, (%rdi,%r8)
        mov     $AMX_TILE, %ebx
        xor     %eax, %eax
1:      mov     -8(%rdi,%rbx), %rdx
        xor     \expected-8(\base,%rbx), %rdx
        or      %rdx, %rax
        sub     $8, %ebx
        jnz     1b
        or      %rax, \where(%rbp)
.endm

/* For each tile that is none of the three: `what` tile. */
.macro AMX_OTHERS what, c, a, b
        .irp    tile, 0,1,2,3,4,5,6,7
        .if     (\tile != \c) && (\tile != \a) && (\tile != \b)
        \what   \tile
        .endif
        .endr
.endm
.macro AMX_LOAD_IDLE tile
        tileloadd SENTINEL(\tile)(%rbp,%r8), %tmm\tile
.endm
.macro AMX_JUDGE_IDLE tile
        AMX_JUDGE \tile, SENTINEL(\tile), %rbp, AMX_IDLE+8*\tile
.endm

/* ldtilecfg clears the tiles. */
.macro AMX_SET set, c, a, b, operation, code
        ldtilecfg AMX_CONFIGURATIONS+64*\set(%rbp)
        AMX_OTHERS AMX_LOAD_IDLE, \c, \a, \b
        tileloadd A_OFFSET(%rsi,%r8), %tmm\a
        tileloaddt1 B_OFFSET(%rsi,%r8), %tmm\b
        tileloadd C_OFFSET(%rsi,%r8), %tmm\c
        \code   %tmm\b, %tmm\a, %tmm\c
        AMX_JUDGE \c, RESULT(\operation), %rsi, AMX_DIFFERENCES+8*(AMX_SETS*\operation+\set)
        AMX_JUDGE \a, A_OFFSET, %rsi, AMX_DIFFERENCES+8*(AMX_SETS*AMX_OPERATIONS+\set)
        AMX_JUDGE \b, B_OFFSET, %rsi, AMX_DIFFERENCES+8*(AMX_SETS*AMX_OPERATIONS+\set)
        AMX_OTHERS AMX_JUDGE_IDLE, \c, \a, \b
        tilezero %tmm\c
.endm

.macro AMX_OPERATION number, code
#define SET(set, c, a, b) AMX_SET set, c, a, b, \number, \code;
        AMX_SET_EACH(SET)
#undef SET
.endm

/* Clears what is gathered: that of `operations`, of the operands, of the idle tiles. */
.macro AMX_ENTER operations
        KERNEL_ENTER
        mov     registers_state(%rip), %rbp
        lea     AMX_STORED(%rbp), %rdi
        mov     $64, %r8d
        xor     %eax, %eax
        .set    word, 0
        .rept   AMX_SETS*\operations
        mov     %rax, AMX_DIFFERENCES+8*word(%rbp)
        .set    word, word + 1
        .endr
        .set    word, AMX_SETS*AMX_OPERATIONS
        .rept   AMX_SETS+AMX_TILES
        mov     %rax, AMX_DIFFERENCES+8*word(%rbp)
        .set    word, word + 1
        .endr
.endm

FUNCTION amx_multiply_int8_run
        AMX_ENTER 4
2:      AMX_OPERATION 0, tdpbssd
        AMX_OPERATION 1, tdpbsud
        AMX_OPERATION 2, tdpbusd
        AMX_OPERATION 3, tdpbuud
        KERNEL_EVENT
        dec     %rcx
        jnz     2b
        tilerelease
        KERNEL_LEAVE
END amx_multiply_int8_run

FUNCTION amx_multiply_bf16_run
        AMX_ENTER 1
2:      AMX_OPERATION 0, tdpbf16ps
        KERNEL_EVENT
        dec     %rcx
        jnz     2b
        tilerelease
        KERNEL_LEAVE
END amx_multiply_bf16_run
