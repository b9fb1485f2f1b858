/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks in nanoseconds. */
#pragma once

#include <stdint.h>
#include <time.h>

#define CLOCK_SECOND UINT64_C(1000000000)
#define CLOCK_MS UINT64_C(1000000)

/* The time of a clock (clock_gettime(2)), 0 where it cannot be read. */
static inline uint64_t clock_ns(clockid_t id)
{
        struct timespec now;

        if (clock_gettime(id, &now) < 0)
                return 0;
        return (uint64_t)now.tv_sec * CLOCK_SECOND + (uint64_t)now.tv_nsec;
}
