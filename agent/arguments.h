/* SPDX-License-Identifier: Apache-2.0 */
/* What people write on the command line and in the configuration: options, durations, CPU lists, patterns of
 * checks, regimes. Every reader returns 0, or -EINVAL with one sentence in *ret_error that says what is
 * wrong, which part, and what to write; its output is then untouched. */
#pragma once

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/host.h"
#include "agent/plan.h"
#include "checks/isa.h"

struct arguments_error {
        char text[320]; /* a sentence without the stop at its end */
};

/* The next option of a command: its `val` in `options` (long options only, written out, all without a flag pointer),
 * with its value in optarg; ARGUMENTS_END after the last one (operands are argv[optind] and on); or
 * ARGUMENTS_WRONG, when a sentence with the nearest option has been written to stderr and the exit status is
 * COMMAND_USAGE. */
#define ARGUMENTS_END (-1)
#define ARGUMENTS_WRONG (-2)
int arguments_next(int argc, char **argv, const struct option *options);
/* As arguments_next after the last option: complains about operands where a command takes none; with `json` it says that
 * --json takes no file. Returns 0 or -EINVAL. */
int arguments_no_operands(int argc, char **argv, bool json);

/* Writes "assay: WHERE: SENTENCE." to stderr; `where` is an option ("--cpus") or a line of a file
 * ("FILE:LINE"). Returns COMMAND_USAGE. */
int arguments_complain(const char *where, const struct arguments_error *error);

/* "90", "90s", "500ms", "5m", "1h30m", "2d": whole numbers, each with a smaller unit than the one before
 * it, or one number of seconds; from 1 ms to 365 days. */
int arguments_duration(const char *text, uint64_t *ret_ns, struct arguments_error *ret_error);

/* "0-3,8", at least one CPU, each below CHECK_CPU_MAX. */
int arguments_cpus(const char *text, struct cpu_set *ret_set, struct arguments_error *ret_error);
/* Complains about a CPU that the host does not have at all, online or offline. */
int arguments_cpus_exist(
        const struct cpu_set *set, const struct host *host, struct arguments_error *ret_error);

/* fnmatch(3) patterns separated by commas, of which each must match a check of check_list. */
int arguments_checks(const char *patterns, struct arguments_error *ret_error);

/* A niceness that any process may take: 0 to 19 (setpriority(2)). */
int arguments_nice(const char *text, int *ret_nice, struct arguments_error *ret_error);

/* Names of shapes of stress separated by commas, "all"; bit s of *ret_stress is shape s. */
int arguments_stress(const char *text, uint32_t *ret_stress, struct arguments_error *ret_error);

/* Names of regimes separated by commas, "storm" for both storms, "all"; bit r of *ret_regimes is regime r.
 */
int arguments_regimes(const char *text, uint32_t *ret_regimes, struct arguments_error *ret_error);

/* A level of isa_level. */
int arguments_isa(const char *text, isa_set *ret_mask, struct arguments_error *ret_error);

/* A decimal or 0x number of 64 bits, called `what` in the sentence. */
int arguments_number(
        const char *what, const char *text, uint64_t *ret_number, struct arguments_error *ret_error);
