/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor: runs a list of items on workers pinned to CPUs until a deadline, watches them, collects
 * their observations and tallies, takes their deaths as evidence and starts them again. `qualify`, the
 * experiments of the diagnosis, `replay` and `drill` are all runs of it. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/observation.h"
#include "agent/plan.h"

/* Everything observed: grows, owned by the caller (evidence_free). */
struct evidence {
        struct observation *observations;
        size_t n_observations;
        struct tally *tallies; /* [cpu slot][check][regime], see evidence_tally */
        size_t n_checks, n_cpus;
        uint16_t *cpus;                     /* the CPU of each slot */
        uint64_t *cpu_ns;                   /* CPU time of the worker of each slot */
        uint64_t (*stressed)[STRESS_COUNT]; /* rounds that count of each slot, by shape */
        size_t dropped;                     /* observations that found no room, counted but not kept */
        size_t unheard;                     /* those of them that accuse a CPU */
};
#define EVIDENCE_MAX 4096
#define EVIDENCE_GROWTH 64 /* observations: by so many the array grows */

/* Makes the tables for these CPUs, all zero, unless they are there, and room for the first observations, so
 * that an accusation finds its place where memory is short. Returns 0 or -ENOMEM. */
int evidence_prepare(struct evidence *evidence, const struct cpu_set *cpus);

/* Adds what one worker did: its tallies, [check][regime], its rounds by shape of stress, and the CPU time of its
 * processes. */
void evidence_add(struct evidence *evidence, unsigned cpu, const struct tally tallies[][REGIME_COUNT],
        const uint64_t stressed[STRESS_COUNT], uint64_t cpu_ns);

/* The tally of a CPU, or NULL where that CPU had no worker. */
struct tally *evidence_tally(
        const struct evidence *evidence, unsigned cpu, unsigned check, enum regime regime);
void evidence_free(struct evidence *evidence);

struct host;

/* Deception for `assay drill`: the worker of `cpu` spoils its own output (or crashes, or hangs). */
struct supervisor_progress;

enum drill {
        DRILL_NONE,
        DRILL_BIT,    /* a bit of the output between run and verify, on one CPU */
        DRILL_CRASH,  /* a wild jump inside run */
        DRILL_HANG,   /* an endless loop inside run */
        DRILL_KERNEL, /* whole vector registers of every CPU revert, only when a signal arrived */
};

struct supervisor_run {
        const struct plan_item *items;
        size_t n_items;
        const struct cpu_set *cpus;
        const struct host *host; /* where the CPUs lie, for rounds of several of them; or NULL: unknown */
        const struct cpu_set *hop_cpus; /* that the regime `migrate` visits; NULL: `cpus` */
        isa_set features;
        uint64_t seed;
        uint32_t stress;       /* bit s: shape s comes in its turn, after a plan's first pass */
        int nice;              /* of the workers: setpriority(2) */
        uint64_t duration_ns;  /* of CLOCK_MONOTONIC from the start */
        uint64_t before_ns;    /* that earlier runs of the same plan took: `progress` counts on from there */
        bool stop_at_evidence; /* end at the first evidence instead of at the deadline */
        bool once;             /* each item once (its cycle, or until its events), then end */
        const struct check_round *round; /* run exactly this round again and again, or NULL; one of several CPUs is led by
                                          * each of `cpus` in its turn, with the others */
        uint32_t
                times; /* with `round`: how often on each CPU, and then for a moment until its regime came into
                         * it; 0: until the deadline */
        bool stack_present;              /* storms leave the alternate stack's pages alone */
        enum experiment experiment;      /* written into the observations */
        enum drill drill;
        int drill_cpu, drill_check;               /* -1: any */
        const volatile sig_atomic_t *interrupted; /* ends the run when it becomes non-zero */
        void (*progress)(
                const struct supervisor_progress *progress, void *user); /* about 5 times a second */
        void *user;
};

/* What runs just now, for a live view. Arrays are by slot, in the order of rising CPU numbers. Times, counts and items
 * are those of the earlier runs too whose tallies are in *evidence. */
struct supervisor_progress {
        uint64_t elapsed_ns, duration_ns;
        size_t n_cpus;
        const struct supervisor_cpu {
                uint16_t cpu;
                bool alive;
                int32_t check; /* index, -1: none yet */
                enum regime regime;
                uint64_t rounds, events, mismatches; /* so far */
                double events_per_second;
        } * cpus;
        size_t items_done, items_all; /* over all CPUs: (CPU, item) pairs that have run once */
};

/* Runs. Observations and tallies are added to *evidence, which may hold those of earlier runs (experiments keep
 * their tallies apart: they add observations only, and their counts are in *ret_outcome).
 * Returns 0, or a negative errno where nothing could be run at all (-EINVAL: no item). */
struct supervisor_outcome {
        bool complete; /* every item ran on every CPU at least once with an event of its regime inside */
        bool interrupted;
        bool starved; /* up to the end a worker got no CPU time, and had to be killed */
        uint64_t elapsed_ns;
        uint64_t ready_ns; /* from the start until every worker had begun its first round; 0: never */
        uint64_t
                core_ns; /* until every check had run in quiet and families 1 to 3 in every regime; 0: never */
        uint64_t covered_ns;       /* until every item had run on every CPU; 0: never */
        uint64_t rounds, failures; /* over all CPUs; failures counts evidence */
        bool same_value;           /* every failure was the same wrong output */
};
int supervisor_run(
        const struct supervisor_run *run, struct evidence *evidence, struct supervisor_outcome *ret_outcome);
