/* SPDX-License-Identifier: Apache-2.0 */
/* Constants that stack_redzone.c and its kernel share. */
#pragma once

#define STACK_REDZONE_EVENTS 60
#define STACK_REDZONE_PASSES 60
#define STACK_REDZONE_READS 12

/* What goes into the 16 words of the red zone, the word next to %rsp first: X(register, number). */
#define STACK_REDZONE_WORDS(X)                                                                        \
        X(r8, 8)                                                                                      \
        X(r9, 9) X(r10, 10) X(r11, 11) X(r12, 12) X(r13, 13) X(r14, 14) X(rbx, 3) X(rsi, 6) X(rdi, 7) \
                X(rbp, 5) X(r9, 9) X(r11, 11) X(r13, 13) X(rbx, 3) X(rdi, 7)
