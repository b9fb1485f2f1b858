/* SPDX-License-Identifier: Apache-2.0 */
/* Flips one random bit of one register of a stopped process. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum flip_class {
        FLIP_GENERAL, /* a bit of a general register but %rsp */
        FLIP_RSP,     /* %rsp moved by 8, up or down */
        FLIP_FLAGS,   /* CF PF AF ZF SF OF */
        FLIP_XMM,
        FLIP_YMM,
        FLIP_ZMM,
        FLIP_ZMM_HI,
        FLIP_MASK,
        FLIP_X87,   /* a bit of the 80 of a register */
        FLIP_MXCSR, /* RC, FTZ, DAZ */
        FLIP_COUNT
};
const char *flip_class_name(enum flip_class class);

/* Why this CPU has no such registers, or NULL. */
const char *flip_class_missing(enum flip_class class);

/* True where the name of a unit in a report (check_unit_name) is right for the class. */
bool flip_class_matches(enum flip_class class, const char *unit);

/* Flips in the stopped tracee `pid`; says which bit in `what`. Returns false where ptrace refused. */
bool flip_register(pid_t pid, enum flip_class class, uint64_t *random, char *what, size_t what_size);
