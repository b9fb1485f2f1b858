/* SPDX-License-Identifier: Apache-2.0 */
/* What stack_pointer.c and its kernels share: what moves %rsp, and the ways to read it. The order is that of the
 * kernel. */
#pragma once

/* X(name, bytes below the start where %rsp is afterwards, register that sums what is read then, its number,
 * vector register that does) */
#define STACK_POINTER_EVENTS(X)                                                             \
        X(push, 8, rbx, 3, 1)                                                               \
        X(pop, 0, rsi, 6, 2) X(call, 8, rdi, 7, 3) X(ret, 0, r8, 8, 4) X(sub, 24, r9, 9, 5) \
                X(add, 0, r10, 10, 6) X(lea, 16, r11, 11, 7) X(leave, 0, r12, 12, 8)

/* Ways through general registers and memory: X(name, what %rdx holds before). */
#define STACK_POINTER_SCALAR(X)                                                                             \
        X(mov, kept)                                                                                        \
        X(mov32, kept) X(mov16, kept) X(mov8, kept) X(signed32, kept) X(lea, kept) X(lea_index, kept)       \
                X(add, number) X(sub, number) X(and, ones) X(or, number) X(xor, number) X(imul, kept)       \
                        X(push, kept) X(load, kept) X(load_index, kept) X(store, kept) X(store_index, kept) \
                                X(store_data, kept)

/* Ways into vector registers. */
#define STACK_POINTER_SSE2(X) X(movq) X(movd) X(pinsrw) X(cvtsi2sd)
#define STACK_POINTER_AVX(X) X(movq) X(movd) X(pinsrw) X(cvtsi2sd) X(pinsrb) X(pinsrd) X(pinsrq)
#define STACK_POINTER_AVX512(X)                                                                \
        X(movq)                                                                                \
        X(movd) X(pinsrw) X(cvtsi2sd) X(pinsrb) X(pinsrd) X(pinsrq) X(cvtusi2sd) X(broadcastq) \
                X(broadcastd) X(broadcastw) X(broadcastb) X(broadcast_masked)

/* And into mask registers. */
#define STACK_POINTER_MASK(X) X(kmovq) X(kmovd) X(kmovw) X(kmovb)

#define STACK_POINTER_LOOPS 60
#define STACK_POINTER_PASSES 60
#define STACK_POINTER_INDEX 5
#define STACK_POINTER_NUMBER 0x1234567
#define STACK_POINTER_STORE_AT 72 /* below %rsp: what the ways that store write */
#define STACK_POINTER_STORE_INDEX_AT 192
#define STACK_POINTER_STORE_DATA_AT 328
#define STACK_POINTER_LOAD_AT 64 /* above %rsp, and above what the pass keeps there: never written */
#define STACK_POINTER_FILL 6     /* words below %rsp that a pass leaves filled */
