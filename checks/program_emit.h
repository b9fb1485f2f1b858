/* SPDX-License-Identifier: Apache-2.0 */
/* Writes one instruction: a form with its registers, address and immediate put in. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "checks/program_form.h"

#define PROGRAM_INSTRUCTION_MAX 15 /* bytes: Intel SDM volume 2, 2.3.11 */
#define PROGRAM_NO_INDEX 0xff

struct program_address {
        uint8_t base; /* a general register but rsp */
        uint8_t index; /* a general register but rsp, a vector where the form has indexes, or PROGRAM_NO_INDEX */
        uint8_t scale; /* its logarithm */
        bool wide;     /* 32 bits of displacement though fewer would do */
        int32_t displacement;
};

struct program_choice {
        const struct program_form *form;
        uint8_t number[4]; /* the register of each operand; not read for memory and immediates */
        bool high;         /* 8-bit registers 4 to 7 are ah to bh: no REX prefix may be needed */
        bool lock;
        bool long_vex;    /* three bytes of VEX though two would do */
        bool zeroes, b;   /* EVEX.z, EVEX.b */
        uint8_t mask;     /* EVEX.aaa */
        uint8_t rounding; /* for EVEX.L'L, where b and the form rounds */
        struct program_address address;
        uint64_t immediate;
};

/* Writes it at `at`, which has room for PROGRAM_INSTRUCTION_MAX bytes; returns the end. */
uint8_t *program_emit(uint8_t *at, const struct program_choice *choice);
