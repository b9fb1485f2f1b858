/* SPDX-License-Identifier: Apache-2.0 */
/* For every assembly file, included first: the notes without which the whole program would lose its
 * non-executable stack (.note.GNU-stack) or its note on indirect branch tracking (so the entry points start with
 * endbr64), and the two macros that open and close a function. The note does not promise a shadow stack: kernels
 * switch stacks and return where nobody called. The section .kernels, which is never loaded, lists the functions that
 * no compiler made (agent/image.h). */
#pragma once

        .section .note.GNU-stack, "", @progbits
        .section .note.gnu.property, "a", @note
        .balign 8
        .long 4, 16, 5 /* sizes of name and content, NT_GNU_PROPERTY_TYPE_0 */
        .asciz "GNU"
        .long 0xc0000002, 4, 1, 0 /* GNU_PROPERTY_X86_FEATURE_1_AND: IBT */
        .text

.macro FUNCTION name
        .globl \name
        .hidden \name
        .type \name, @function
        .pushsection .kernels, "", @progbits
        .balign 8
        .quad \name
        .popsection
        .balign 64
\name:
        endbr64
.endm

.macro END name
        .size \name, . - \name
.endm
