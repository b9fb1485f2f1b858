/* SPDX-License-Identifier: Apache-2.0 */
/* Where a wrong register's value comes from. A sentinel (checks/registers.h) encodes CPU, process, register,
 * lane and round, so that a register which reverts to another moment or another process names it. Pure. */
#pragma once

#include "agent/observation.h"
#include "agent/plan.h"

enum verdict_origin {
        ORIGIN_UNKNOWN, /* bits are wrong: the value is nobody's */
        ORIGIN_ZERO,    /* the registers were lost: zero */
        ORIGIN_STALE,   /* the same worker's value of another round */
        ORIGIN_FOREIGN, /* another CPU's or another process's value */
        ORIGIN_SWAPPED, /* another register's or lane's value of the same round */
};
/* A phrase for a sentence: "zeros", "its value of another round", ...; static storage. */
const char *verdict_origin_text(enum verdict_origin origin);

/* Takes a sentinel apart. Returns false where no round makes this value. */
bool verdict_origin_decode(uint64_t value, struct check_round *ret_round, unsigned *ret_register);

/* The origin of what a mismatch or frame found in place of its registers: known only where every wrong word
 * in the window is zero or a sentinel of a CPU of `cpus`, all of one origin, and more bits differ than a few
 * flips change. `image` says that the offsets are those of the register image. */
enum verdict_origin verdict_origin_of(
        const struct observation *observation, bool image, const struct cpu_set *cpus);
