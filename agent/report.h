/* SPDX-License-Identifier: Apache-2.0 */
/* Reports: the same content for people (text) and for programs (JSON `assay.report/1`, NDJSON observations).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "agent/bisection.h"
#include "agent/host.h"
#include "agent/plan.h"
#include "agent/supervisor.h"
#include "agent/verdict.h"

struct report {
        const struct verdict_input *input;
        const struct verdict *verdict;
        const struct supervisor_outcome *outcome;
        const struct plan_request *request;
        const char *program;   /* as it was called (argv[0]), for the command to copy; NULL: unknown */
        const char *isa_level; /* as --isa said, "native" else */
        const char *profile;   /* as --profile said; NULL or "": none */
        int nice;              /* of the workers */
        const char *const *history; /* files of --history */
        size_t n_history;
        const char *config;                 /* --config; NULL: the system's */
        uint64_t duration_ns;               /* asked for */
        const struct bisection *bisections; /* of failing programs */
        size_t n_bisections;
        enum drill drill;
        uint64_t started_ns; /* CLOCK_REALTIME */
        int exit_status;
};

/* One screen of text. `width` columns (at least 20), `colour` where the terminal has it. Returns 0 or -errno
 * of the first write that failed. */
int report_text(const struct report *report, FILE *to, int width, bool colour);

/* The JSON object, one line and a newline. Returns 0 or -errno. */
int report_json(const struct report *report, FILE *to);

/* An observation as one NDJSON line. Returns 0 or -errno. */
int report_observation(const struct observation *observation, FILE *to);

/* A round to run again, read from a report or a stream of observations. */
struct report_replay {
        struct check_round round;
        uint32_t check; /* index into check_list */
        enum regime regime;
        enum stress stress;
        unsigned cpu;            /* where it was seen; below CHECK_CPU_MAX */
        struct cpu_set together; /* those that ran it together; empty: it is one CPU's */
};
#define REPORT_REPLAY_MAX 64
struct report_replays {
        struct report_replay rounds[REPORT_REPLAY_MAX];
        size_t n;
        size_t left_out; /* observations whose rounds are none of these, for want of room */
        bool synthetic;  /* some of these rounds failed in a drill */
};
#define REPORT_SENTENCE_MAX 320

/* Adds to failed[check] how many observations of the file accuse a CPU by that check outside the experiments, for the next
 * plan of the same host. Checks that this program does not have are passed over. Returns how many it added (0: nothing in it
 * is good news), -EPERM where a drill made them, or an error as report_read_replay does, but -ENODATA. */
int report_read_failed(
        const char *path, uint32_t failed[PLAN_CHECKS_MAX], char sentence[REPORT_SENTENCE_MAX]);

/* Reads the rounds whose observations accuse a CPU: from a JSON report the one that the verdict names first,
 * then the others as they stand there; from NDJSON as they stand. No round twice, and no more than REPORT_REPLAY_MAX. "-"
 * is standard input. Trusts nothing: what else is no regular file, files over 64 MiB or that take more than 512 MiB of
 * memory, duplicate keys, numbers out of range are refused. Returns 0, or with a sentence for the user, of printable ASCII
 * only, in `sentence`
 *  -errno   it cannot be read
 *  -EINVAL  it is a pipe, a device or a socket
 *  -EFBIG   it is too large
 *  -EBADMSG it is neither, or a field is wrong
 *  -ENOENT  it names a check that this program does not have
 *  -ENODATA nothing in it accuses a CPU. */
int report_read_replay(
        const char *path, struct report_replays *ret_replays, char sentence[REPORT_SENTENCE_MAX]);
