/* SPDX-License-Identifier: Apache-2.0 */
/* branch_compare. A pair of operands a step. Each form of checks/branch_compare.inc on it, and right behind it,
 * where the CPU may fuse the two, each of the sixteen branches: the ways taken are the bits of an entry of the log.
 *      rax, rbx  a, b     rcx  a for the form     rdx  the ways     r8, r9  steps to the next event, events to go */
#include "checks/branch.inc"
#include "checks/branch_compare.h"

#define WAY(cc, ...)                                                                                        \
        mov %rax, %rcx; __VA_ARGS__; j##cc 1f; NOT_TAKEN; jmp 2f; 1: TAKEN; 2:
#define FORM(name, ...)                                                                                     \
        WAY(g, __VA_ARGS__) WAY(le, __VA_ARGS__) WAY(ge, __VA_ARGS__) WAY(l, __VA_ARGS__)                   \
        WAY(np, __VA_ARGS__) WAY(p, __VA_ARGS__) WAY(ns, __VA_ARGS__) WAY(s, __VA_ARGS__)                   \
        WAY(a, __VA_ARGS__) WAY(be, __VA_ARGS__) WAY(ne, __VA_ARGS__) WAY(e, __VA_ARGS__)                   \
        WAY(ae, __VA_ARGS__) WAY(b, __VA_ARGS__) WAY(no, __VA_ARGS__) WAY(o, __VA_ARGS__)                   \
        mov %dx, part(%rdi); .set part, part+BRANCH_COMPARE_PART

FUNCTION branch_compare_general_run
        KERNEL_ENTER
        mov     $BRANCH_MODES*BRANCH_COMPARE_STEPS/BRANCH_COMPARE_BATCH, %r9d
.Lbatch:
        mov     $BRANCH_COMPARE_BATCH, %r8d
.Lstep: mov     (%rsi), %rax
        mov     8(%rsi), %rbx
        .set    part, 0
#include "checks/branch_compare.inc"
        lea     16(%rsi), %rsi
        lea     2(%rdi), %rdi
        dec     %r8d
        jnz     .Lstep
        KERNEL_EVENT
        dec     %r9d
        jnz     .Lbatch
        BRANCH_LEAVE
END branch_compare_general_run
