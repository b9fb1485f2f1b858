/* SPDX-License-Identifier: Apache-2.0 */
/* An event routine (KERNEL_EVENT in checks/registers.inc) that flips one bit of one register of the running
 * kernel, and keeps all others. */
#pragma once

/* Offsets of struct chain_flip for assembly. */
#define CHAIN_FLIP_COUNTDOWN 0
#define CHAIN_FLIP_BYTE 8
#define CHAIN_FLIP_MASK 16
#define CHAIN_FLIP_WIDE 24
#define CHAIN_FLIP_GENERAL 64
#define CHAIN_FLIP_VECTOR 192

#ifndef __ASSEMBLER__

#include <stdint.h>

extern struct chain_flip {
        uint64_t countdown; /* the event that flips: 1 is the next */
        uint64_t byte;      /* which byte of this structure, in general or vector */
        uint64_t mask;      /* is changed by exclusive or with this */
        uint64_t wide;      /* whether the CPU has zmm0 to zmm31, else ymm0 to ymm15 */
        uint64_t reserved[4];
        uint64_t general[16]; /* in the order of their encoding; rsp is not among them */
        uint8_t vector[32][64];
} chain_flip;

/* Where registers_event is to point. */
extern const char chain_flip_event[];

#endif
