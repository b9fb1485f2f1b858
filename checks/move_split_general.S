/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/move_chain.inc"
#include "checks/move_chain_general.inc"

.macro MOVE_PUSH_Q source, register
        pushq   \source
        pop     \register
.endm
.macro MOVE_POP_Q register, target
        push    \register
        popq    \target
.endm
.macro MOVE_PUSH_W source, register
        pushw   \source
        pop     \register
.endm
.macro MOVE_POP_W register, target
        push    \register
        popw    \target
.endm

/* The table begins 77 bytes before what is looked up. Through the red zone, because register may be al or bl. */
.macro MOVE_XLAT source, register
        push    %rax
        push    %rbx
        mov     $77, %eax
        lea     -77+\source, %rbx
        xlatb
        mov     %al, -24(%rsp)
        pop     %rbx
        pop     %rax
        mov     -40(%rsp), \register
.endm

/* A constant, and beside it a word to which every difference from it is added. */
.macro MOVE_LOAD_IMMEDIATE constant, source, register
        mov     8+\source, \register
        push    %rbp
        mov     \source, %rbp
        lea     -(\constant)(%rbp,\register), \register
        pop     %rbp
.endm
.macro MOVE_LOAD_IMMEDIATE_L source, register
        MOVE_LOAD_IMMEDIATE 0x6ac5e37b, \source, \register
.endm
.macro MOVE_STORE_IMMEDIATE_L register, target
        movl    $0x6ac5e37b, \target
        movl    $0, 4+\target
        mov     \register, 8+\target
.endm
.macro MOVE_LOAD_IMMEDIATE_Q source, register
        MOVE_LOAD_IMMEDIATE -0x78b42ed2, \source, \register
.endm
.macro MOVE_STORE_IMMEDIATE_Q register, target
        movq    $-0x78b42ed2, \target
        mov     \register, 8+\target
.endm

.macro MOVE_BSWAP_L source, register
        movl    \source, \register
        bswap   \register
.endm
.macro MOVE_BSWAP_Q source, register
        movq    \source, \register
        bswap   \register
.endm

/* Of a condition and its opposite one moves, as the flags are that the kernel began with. */
.macro MOVE_CMOV_O source, register
        cmovo   \source, \register
        cmovno  \source, \register
.endm
.macro MOVE_CMOV_B source, register
        cmovb   \source, \register
        cmovae  \source, \register
.endm
.macro MOVE_CMOV_E source, register
        cmove   \source, \register
        cmovne  \source, \register
.endm
.macro MOVE_CMOV_BE source, register
        cmovbe  \source, \register
        cmova   \source, \register
.endm
.macro MOVE_CMOV_S source, register
        cmovs   \source, \register
        cmovns  \source, \register
.endm
.macro MOVE_CMOV_P source, register
        cmovp   \source, \register
        cmovnp  \source, \register
.endm
.macro MOVE_CMOV_L source, register
        cmovl   \source, \register
        cmovge  \source, \register
.endm
.macro MOVE_CMOV_LE source, register
        cmovle  \source, \register
        cmovg   \source, \register
.endm

FUNCTION move_split_general_run
        MOVE_CHAIN_ENTER
#include "checks/move_split_general.inc"
        MOVE_CHAIN_END
        KERNEL_LEAVE
END move_split_general_run
