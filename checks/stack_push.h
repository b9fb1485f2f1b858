/* SPDX-License-Identifier: Apache-2.0 */
/* Constants that stack_push.c and its kernel share. */
#pragma once

#define STACK_PUSH_EVENTS 41
#define STACK_PUSH_PASSES 195 /* between two events: a multiple of the 13 registers that rotate */
#define STACK_PUSH_BYTE (-0x55)
#define STACK_PUSH_LONG (-0x6789abc)
#define STACK_PUSH_WORD_0 0x1357
#define STACK_PUSH_WORD_1 0x7ace
#define STACK_PUSH_WORD_2 0x0246
#define STACK_PUSH_WORD_3 0x2bad
#define STACK_PUSH_FLAGS 0x8d5      /* CF PF AF ZF SF OF */
#define STACK_PUSH_FLAGS_WORD 0x851 /* CF AF ZF OF */
