/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict: what the evidence proves. Pure: no clock, no system call. The table of evidence to verdict is
 * one array in verdict.c, readable on one screen. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/host.h"
#include "agent/observation.h"
#include "agent/plan.h"
#include "agent/supervisor.h"

enum verdict_class {
        VERDICT_HEALTHY,
        VERDICT_HARDWARE,
        VERDICT_ERRATUM, /* a label beside a healthy run: exit status 0 */
        VERDICT_KERNEL,
        VERDICT_SOFTWARE,
        VERDICT_ANSWER_SUSPECT,
        VERDICT_INCONCLUSIVE,
};
const char *verdict_class_name(enum verdict_class class);

enum verdict_scope { SCOPE_NONE, SCOPE_CPU, SCOPE_CORE, SCOPE_MODULE, SCOPE_PACKAGE, SCOPE_HOST };
const char *verdict_scope_name(enum verdict_scope scope);

/* What an experiment showed. */
struct verdict_experiment {
        enum experiment experiment;
        uint32_t subject; /* index of the observation that it is about, in evidence->observations */
        struct cpu_set cpus;
        enum regime regime;
        uint64_t rounds, failures;
        bool same_value; /* all failures show the subject's wrong value */
        bool ran;        /* false: skipped, `why` says why */
        char why[64];
};
#define VERDICT_EXPERIMENTS_MAX 64

/* All that a verdict is made from. */
struct verdict_input {
        const struct host *host;
        const struct plan *plan;
        const struct evidence *evidence;
        const struct verdict_experiment *experiments;
        size_t n_experiments;
        bool answers_intact; /* the tables' checksums were right at the end too */
        bool complete;       /* everything planned ran */
        bool interrupted;
};

#define VERDICT_SENTENCE_MAX 1024
struct verdict {
        enum verdict_class class;
        enum verdict_scope scope;
        struct cpu_set cpus; /* blamed */
        bool repeated;   /* HARDWARE: two independent events on one core, none elsewhere under equal exposure
                          */
        bool silent;     /* HARDWARE: no machine check logged it (or none could be read) */
        bool synthetic;  /* a drill */
        bool incomplete; /* something planned did not run, or the run was interrupted: exit status 4 where else 0 */
        double confidence;                    /* 0 to 1 */
        uint64_t events;                      /* evidence that it stands on */
        enum check_unit unit;                 /* most often wrong; CHECK_UNIT_COUNT: nothing tells */
        uint64_t unit_events;                 /* wrong results in that unit */
        uint64_t wrong;                       /* wrong results that count; crashes and hangs are none */
        uint32_t first;                       /* index of the first observation blamed; UINT32_MAX: none */
        size_t row;                           /* of the table in verdict.c that matched */
        char summary[VERDICT_SENTENCE_MAX];   /* one sentence for an operator */
        char ruled_out[VERDICT_SENTENCE_MAX]; /* what else was considered and why it is not that */
        char advice[VERDICT_SENTENCE_MAX];    /* what to do next */
};

/* How many rows the table of evidence to verdict has: tests hit every one. */
size_t verdict_rows(void);

/* Reaches the verdict. */
void verdict_reach(const struct verdict_input *input, struct verdict *ret_verdict);

/* True where both are the same in all that acts: the verdict is computed on two CPUs that must agree. */
bool verdict_agrees(const struct verdict *a, const struct verdict *b);

/* The exit status of `assay qualify` (0, 1, 3, 4); the caller knows 2, 5, 130 and 143. */
int verdict_exit_status(const struct verdict *verdict);

/* Writes CHECK:SEED:CPU.PROCESS.NUMBER, what `assay replay` takes. */
void verdict_replay_token(const struct observation *observation, char *text, size_t size);
