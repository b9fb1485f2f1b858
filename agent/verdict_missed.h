/* SPDX-License-Identifier: Apache-2.0 */
/* Why an item of the plan did not run on a CPU, as far as evidence tells, and what to do about it. Pure. */
#pragma once

#include "agent/verdict.h"

enum missed {
        MISSED_DIED,        /* its worker crashed or hung in it */
        MISSED_KILLED,      /* its worker was killed in it from outside */
        MISSED_REFUSED,     /* the system refused what it needs */
        MISSED_EVENTS,      /* it ran, but without an event of its regime inside */
        MISSED_MOVED,       /* it ran, but perhaps on another CPU */
        MISSED_UNMET,       /* it needs other CPUs, of which none took part in time */
        MISSED_LOST,        /* the CPU is gone */
        MISSED_INTERRUPTED, /* the run was ended by a signal */
        MISSED_ELSEWHERE,   /* its worker died in other items */
        MISSED_STARVED,     /* other work took the CPU */
        MISSED_TIME,        /* nothing of these: the duration was too short */
        MISSED_COUNT
};

/* As the end of a sentence; static storage. */
const char *missed_text(enum missed why);

/* Finds the CPUs of the plan on which the item did not run with an event of its regime inside, by the first
 * reason of enum missed that holds; every CPU is in one set at most. Returns false where there is none. */
bool missed_find(const struct verdict_input *input, const struct plan_item *item,
        struct cpu_set ret_cpus[MISSED_COUNT]);

/* Writes why no item is in a plan that has CPUs, the reasons parted by "; "; "" where it is for want of features alone,
 * which plan_missing tells. */
void missed_all(const struct plan *plan, char *text, size_t size);

/* Writes what to do so that everything runs: what hindered this run, one clause each; where nothing did, to
 * qualify again for longer. */
void missed_advice(const struct verdict_input *input, char text[VERDICT_SENTENCE_MAX]);
