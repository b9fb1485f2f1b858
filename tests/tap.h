/* SPDX-License-Identifier: Apache-2.0 */
/* Test Anything Protocol for the tests in C: a case is one tap_ok or one tap_skip, main ends with
 * `return tap_end();`. By hand because the libraries at hand cannot say why a single case was skipped. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int tap_count, tap_failed;

__attribute__((format(printf, 2, 3))) static inline bool tap_ok(bool good, const char *format, ...)
{
        va_list arguments;

        printf("%sok %d - ", good ? "" : "not ", ++tap_count);
        va_start(arguments, format);
        vprintf(format, arguments);
        va_end(arguments);
        putchar('\n');
        (void)fflush(stdout);
        tap_failed += !good;
        return good;
}

static inline void tap_skip(const char *what, const char *why)
{
        printf("ok %d - %s # SKIP %s\n", ++tap_count, what, why);
        (void)fflush(stdout);
}

/* The seed of a randomised test: TAP_SEED from the environment, else the one given; printed. */
static inline uint64_t tap_seed(uint64_t otherwise)
{
        const char *text = getenv("TAP_SEED");
        uint64_t seed = text ? strtoull(text, NULL, 0) : otherwise;

        printf("# seed %#llx (TAP_SEED=... to repeat)\n", (unsigned long long)seed);
        return seed;
}

/* Prints the plan; the exit status of the test. No case at all is a failure. */
static inline int tap_end(void)
{
        printf("1..%d\n", tap_count);
        return tap_failed || !tap_count ? 1 : 0;
}
