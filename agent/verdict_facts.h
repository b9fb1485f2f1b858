/* SPDX-License-Identifier: Apache-2.0 */
/* The facts that a verdict stands on, each a plain yes or no derived from evidence, experiments and tallies.
 * The table in verdict.c is written in them. Pure. */
#pragma once

#include "agent/verdict_blame.h"
#include "agent/verdict_origin.h"

/* X(NAME, "what a yes says") */
#define VERDICT_FACTS(X)                                                                             \
        X(RAN, "something was compared")                                                             \
        X(COMPLETE, "everything planned ran, and nobody cut the run short")                          \
        X(CUT_SHORT, "everything planned ran, but the run was interrupted before its time")          \
        X(EVIDENCE, "something accuses a CPU")                                                       \
        X(VOTES, "CPUs disagreed where no known answer exists")                                      \
        X(UNHEARD, "results were wrong of which no record was kept")                                 \
        X(ERRATUM, "a known design erratum showed itself")                                           \
        X(ANSWERS_BROKEN, "the answers' checksum is wrong")                                          \
        X(SHARED, "the same round fails on every CPU that tried it, on all packages")                \
        X(SAME_VALUE, "it always fails with the same wrong value")                                   \
        X(DEATHS, "all evidence is crashes and hangs")                                               \
        X(QUIET_FAILS, "it fails without signals and switches")                                      \
        X(QUIET_CLEAN, "it does not fail without signals and switches, and that was tried")          \
        X(WHOLE, "whole registers hold zero or another moment's value")                              \
        X(MOST, "three quarters of the CPUs fail, on more than one core")                            \
        X(ALL, "every CPU fails, on more than one core")                                             \
        X(EQUAL_EVENTS, "every CPU had as many of the regime's events")                              \
        X(TWICE, "two independent events on one core")                                               \
        X(CONCENTRATED, "so many events on one core that chance does not place them there")          \
        X(CLEAN_ELSEWHERE, "other cores had equal exposure and did not fail")                        \
        X(ONE_CORE, "no other core could be tried")                                                  \
        X(CONTROL_CLEAN, "the other implementation of the check does not fail on the same CPU")      \
        X(SCATTERED, "events on several cores, never two on one, on several packages or everywhere") \
        X(AMBIGUOUS, "the event may belong to one of several CPUs")                                  \
        X(TOGETHER, "all evidence is what several CPUs left where all of them write")

enum verdict_fact_index {
#define VERDICT_FACT_INDEX(name, text) FACT_INDEX_##name,
        VERDICT_FACTS(VERDICT_FACT_INDEX)
#undef VERDICT_FACT_INDEX
};
enum verdict_fact {
#define VERDICT_FACT(name, text) FACT_##name = 1 << FACT_INDEX_##name,
        VERDICT_FACTS(VERDICT_FACT)
#undef VERDICT_FACT
};

struct verdict_facts {
        uint32_t yes; /* of enum verdict_fact */
        struct blame blame;
        enum verdict_scope scope;   /* that the accused CPUs span */
        enum verdict_origin origin; /* of the first wrong register that has one */
        enum check_unit unit;       /* most often wrong; CHECK_UNIT_COUNT: nothing tells */
        uint64_t unit_events;       /* wrong results in that unit */
        uint64_t wrong;             /* wrong results that count */
};

void verdict_facts_find(const struct verdict_input *input, struct verdict_facts *ret_facts);
