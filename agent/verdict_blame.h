/* SPDX-License-Identifier: Apache-2.0 */
/* Who is blamed: from the evidence to the CPUs that it accuses. A round that may have run on several CPUs, or that
 * several ran together, and a disagreement of two, accuse whichever of them other evidence accuses: by itself, or by
 * being of more such events than the others, as the one bad CPU is that meets good ones in turn. Threads of one core are
 * accused together. All of them only where nothing tells. Pure. */
#pragma once

#include "agent/verdict.h"

/* A logical CPU's place; where the host does not say, the CPU is a core and package 0 of its own. */
struct blame_place {
        int package, core;
};
struct blame_place blame_place(const struct host *host, unsigned cpu);
bool blame_same_core(const struct host *host, unsigned a, unsigned b);

struct blame {
        struct cpu_set cpus;            /* accused */
        uint32_t events[CHECK_CPU_MAX]; /* independent events that accuse this CPU alone */
        uint64_t all;             /* independent events of all CPUs, those that accuse several included */
        bool ambiguous;           /* every event accuses several CPUs, and nothing decides between them */
        uint32_t first;           /* index of the first observation that counts; UINT32_MAX: none */
        bool votes;               /* there is evidence by vote (which does not count) */
        bool synthetic;           /* what counts comes from a drill */
        bool event[EVIDENCE_MAX]; /* by observation: it counts, and stands for its event */
        uint32_t shared[CHECK_CPU_MAX]; /* events that accuse several CPUs, this one among them */
};

/* True for an observation that can accuse: evidence, not a vote, with a CPU, a check and a regime that
 * exist; of a drill only where there is nothing real. */
bool blame_counts(const struct blame *blame, const struct verdict_input *input, const struct observation *o);

/* An event is a round of the plan, however many observations it made on however many CPUs, or a failure in an
 * experiment. Of its observations that one stands for it which accuses the fewest: a party that finds its own register
 * wrong accuses itself, while the others, who see what that did, accuse all. */
void blame_find(const struct verdict_input *input, struct blame *ret_blame);
