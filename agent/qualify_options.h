/* SPDX-License-Identifier: Apache-2.0 */
/* The options that `assay qualify` and `assay drill` share: what to test, for how long, where the report goes. */
#pragma once

#include <stdbool.h>

#include "agent/qualification.h"

#define QUALIFY_HISTORY_MAX 64
struct qualify_options {
        struct configuration configuration;
        struct cpu_set cpus;
        uint32_t failed[PLAN_CHECKS_MAX]; /* of --history */
        const char *history[QUALIFY_HISTORY_MAX];
        struct qualification_request request; /* points into this struct */
        const char *report_path, *observations_path;
        struct output report, observations;
};

/* An option of the command's own: returns 0, or -EINVAL after it has complained. */
typedef int qualify_option(int option, const char *value, void *user);

/* Reads the command line: the shared options, and `own` (ends in zeros, values from 1000 on) through `take`.
 * Returns COMMAND_OK, or COMMAND_USAGE or COMMAND_ERROR after a sentence on stderr. Files are open then. */
int qualify_options_read(int argc, char **argv, const struct option *own, qualify_option *take, void *user,
        struct qualify_options *ret_options);

/* Closes what reading opened. */
void qualify_options_close(struct qualify_options *options);

/* The help text of the shared options. */
#define QUALIFY_OPTIONS_HELP                                                                             \
        "  --duration T         how long to test: 90, 5m, 1h30m (default 60s)\n"                         \
        "  --cpus LIST          only these CPUs, as in 0-3,8 (default: every online CPU)\n"              \
        "  --checks GLOB        only checks that match, as in 'state_*,fma_*' (see assay list)\n"        \
        "  --regimes LIST       quiet, timer, storm-self, storm-async, step, crowd, migrate;\n"          \
        "                       storm (both storms), all\n"                                              \
        "  --stress LIST        between rounds, once all has run: none, steady, bursts, noise, mixed,\n" \
        "                       all (default all)\n"                                                     \
        "  --nice N             the niceness of the workers, 0 to 19 (default 0)\n"                      \
        "  --history REPORT     what failed in this report of the host comes first and runs longer;\n"   \
        "                       may be given again; - is standard input\n"                               \
        "  --seed N             the seed of every operand and order (default: random)\n"                 \
        "  --isa LEVEL          at most x86-64, x86-64-v2, x86-64-v3, x86-64-v4 or native\n"             \
        "  --profile NAME       a set of options: quick, standard, burnin, production, or yours in\n"    \
        "                       " SYSCONFDIR "/assay/profiles\n"                                         \
        "                       (in profiles beside the file of --config, where that is given)\n"        \
        "  --config FILE        read the configuration from FILE\n"                                      \
        "  --json FILE          write the report as JSON (assay.report/1)\n"                             \
        "  --observations FILE  write every observation as a line of JSON; for both, - is standard\n"    \
        "                       output, without the text\n"                                              \
        "  --no-progress        do not show what runs\n"
