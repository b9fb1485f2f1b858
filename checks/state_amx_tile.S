/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/state_amx.h"
#include "checks/state_step.inc"

/* Offsets of struct tables of state_amx.c. */
#define CONFIG STATE_TABLE
#define CONFIG_READ (CONFIG + 64)
#define TILES (CONFIG_READ + 64)
#define TILES_READ (TILES + 8 * STATE_AMX_TILE)

.macro TILE_LOAD tile
        tileloadd TILES+STATE_AMX_TILE*\tile(%rbp,%rax), %tmm\tile
.endm

/* %rbx is at the cursor, which never moves here. */
.macro TILE_COMPARE tile
        tilestored %tmm\tile, TILES_READ+STATE_AMX_TILE*\tile(%rbp,%r8)
        mov     $STATE_AMX_TILE, %ebx
        mov     $0, %eax
9:      mov     TILES_READ+STATE_AMX_TILE*\tile-8(%rbp,%rbx), %r8
        xor     TILES+STATE_AMX_TILE*\tile-8(%rbp,%rbx), %r8
        or      %r8, %rax
        sub     $8, %ebx
        jnz     9b
        mov     $64, %r8d
        GATHER  \tile
.endm

/* Rows lie 64 bytes apart. What a tile does not reach of its 1,024 bytes is 0 in both. */
.macro COMPARE_TILES
        sttilecfg CONFIG_READ(%rbp)
        .irp    word, 0,1,2,3,4,5,6,7
        mov     CONFIG_READ+8*\word(%rbp), %rax
        xor     CONFIG+8*\word(%rbp), %rax
        GATHER  8
        .endr
        mov     $64, %r8d
        .irp    tile, 0,1,2,3,4,5,6,7
        TILE_COMPARE \tile
        .endr
        mov     $0, %ebx
.endm

FUNCTION state_amx_tile_run
        KERNEL_ENTER
        STEP_BEGIN
        .irp    index, 0,1,2,3,4,5,6,7,8
        movq    $0, STATE_OWN+8*\index(%rbp)
        .endr
        ldtilecfg CONFIG(%rbp)
        mov     $64, %eax
        .irp    tile, 0,1,2,3,4,5,6,7
        TILE_LOAD \tile
        .endr
        STEP_END
1:      STATE_SPIN
        STEP_BEGIN
        COMPARE_TILES
        STEP_END
        STATE_NEXT 1b
        tilerelease
        KERNEL_LEAVE
END state_amx_tile_run
