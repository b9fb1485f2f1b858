/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/verdict.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/command.h"
#include "agent/errata.h"
#include "agent/verdict_missed.h"
#include "agent/verdict_text.h"
#include "base/array.h"

/* ---- the table of evidence to verdict: the first row whose facts hold ---- */

#define F(name) FACT_##name
#define EVIDENCE_WHOLE (F(EVIDENCE) | F(WHOLE))
static const struct row {
        uint32_t yes, no; /* facts that hold, facts that do not; the others are the same either way */
        enum verdict_class class;
        bool repeated;
        double confidence;
        const char *sentence;
} rows[] = {
        { 0, F(EVIDENCE) | F(VOTES) | F(RAN), VERDICT_INCONCLUSIVE, false, 0,
                "Nothing was tested: no check ran on any CPU." },
        { F(ANSWERS_BROKEN), 0, VERDICT_ANSWER_SUSPECT, false, .9,
                "The known answers in memory are damaged: their checksum is wrong, so nothing compared with "
                "them counts." },
        { EVIDENCE_WHOLE | F(MOST) | F(EQUAL_EVENTS) | F(QUIET_CLEAN), 0, VERDICT_KERNEL, false, .9,
                "The kernel (or hypervisor) lost registers on {cpus}, under signals or switches only: "
                "{what}; {events}." },
        { EVIDENCE_WHOLE | F(QUIET_CLEAN) | F(CONCENTRATED) | F(CLEAN_ELSEWHERE), F(MOST) | F(ONE_CORE),
                VERDICT_HARDWARE, true, .8,
                "{cpus} ({place}) lost registers under signals or switches, no other core did: {what}; "
                "{events}." },
        { EVIDENCE_WHOLE, F(QUIET_FAILS), VERDICT_INCONCLUSIVE, false, .5,
                "A whole register was lost on {cpus} under signals or switches; the kernel or the CPU may "
                "have done it: {what}; {events}." },
        { F(EVIDENCE) | F(SHARED) | F(DEATHS), 0, VERDICT_SOFTWARE, false, .9,
                "The same round crashes or hangs on every CPU that tried it, so the program is at fault: "
                "{what}." },
        { F(EVIDENCE) | F(SHARED) | F(SAME_VALUE) | F(QUIET_FAILS), 0, VERDICT_ANSWER_SUSPECT, false, .95,
                "Every CPU that tried it gives the same other answer, so the known answer is suspect: "
                "{what}." },
        { F(EVIDENCE) | F(SHARED), 0, VERDICT_INCONCLUSIVE, false, .4,
                "The same round fails on every CPU that tried it, not always in the same way: a program, "
                "the kernel "
                "or more than one CPU is at fault: {what}; {events}." },
        { F(EVIDENCE) | F(MOST) | F(QUIET_CLEAN), 0, VERDICT_INCONCLUSIVE, false, .4,
                "{cpus} erred, under signals or switches only, but no register was lost whole: {what}; "
                "{events}." },
        { F(EVIDENCE) | F(TWICE) | F(CLEAN_ELSEWHERE), F(ALL) | F(ONE_CORE), VERDICT_HARDWARE, true, .95,
                "{cpus} ({place}) failed again and again, other cores did not: {what}; {events}." },
        { F(EVIDENCE) | F(TWICE) | F(ONE_CORE) | F(CONTROL_CLEAN), 0, VERDICT_HARDWARE, true, .8,
                "{cpus} ({place}) failed again and again, by one implementation of the check and not by "
                "the other: {what}; {events}." },
        { F(EVIDENCE) | F(TWICE), 0, VERDICT_HARDWARE, false, .5,
                "{cpus} ({place}) failed again and again, and no core is left to compare with: {what}; "
                "{events}." },
        { F(EVIDENCE) | F(AMBIGUOUS) | F(TOGETHER), 0, VERDICT_HARDWARE, false, .4,
                "What {cpus} share went wrong; which of them erred, or what lies between them, the evidence "
                "does not "
                "tell: {what}; {events}." },
        { F(EVIDENCE) | F(AMBIGUOUS), 0, VERDICT_HARDWARE, false, .3,
                "One of {cpus} computed wrongly; which one the evidence does not tell: {what}; {events}." },
        { F(EVIDENCE) | F(DEATHS), F(SCATTERED), VERDICT_HARDWARE, false, .5,
                "{cpus} ({place}) crashed or hung once{else}: {what}." },
        { F(EVIDENCE), F(SCATTERED), VERDICT_HARDWARE, false, .6,
                "{cpus} ({place}) computed wrongly once{else}: {what}; {events}." },
        { F(VOTES), F(EVIDENCE), VERDICT_INCONCLUSIVE, false, .3,
                "CPUs disagree where no known answer exists; a vote alone proves nothing." },
        { F(UNHEARD), F(EVIDENCE), VERDICT_INCONCLUSIVE, false, .3,
                "Results were wrong, but no record of them could be kept: who erred is not known." },
        { F(CUT_SHORT), F(EVIDENCE), VERDICT_INCONCLUSIVE, false, .3,
                "Nothing wrong was found and everything planned ran, but the run was interrupted before its "
                "time was over." },
        { 0, F(EVIDENCE) | F(COMPLETE), VERDICT_INCONCLUSIVE, false, .2,
                "Nothing wrong was found, but not everything that was planned ran." },
        { F(ERRATUM), F(EVIDENCE), VERDICT_ERRATUM, false, .95,
                "Nothing wrong was found but a known design erratum ({errata}), which every part of this "
                "model has." },
        { F(RAN), F(EVIDENCE), VERDICT_HEALTHY, false, .95,
                "Nothing wrong was found, and everything planned ran." },
        { 0, 0, VERDICT_INCONCLUSIVE, false, .3,
                "{cpus} erred once each, over the host, and nothing came back: {what}; {events}." },
};

static const char *advice(const struct verdict *verdict)
{
        switch (verdict->class) {
        case VERDICT_HARDWARE:
                if (verdict->repeated)
                        return "Take the host out of service and have the CPU replaced; keep this report.";
                if (verdict->events > 1)
                        return "Qualify again with CPUs of other cores beside it, if the host has any: they "
                               "are what it is compared with. Move important work away until then.";
                return "Replay the round on this CPU for longer (see the command), and qualify the host "
                       "again; move important work away until then.";
        case VERDICT_KERNEL:
                return "Update the kernel (or the hypervisor), then qualify again; the CPUs are not to "
                       "blame.";
        case VERDICT_SOFTWARE:
                return "Report this as a fault of assay with the report attached; do not act on the CPUs.";
        case VERDICT_ANSWER_SUSPECT:
                return "Start again; if it comes back, report the CPU's model with this report. Do not act "
                       "on the "
                       "CPUs.";
        case VERDICT_INCONCLUSIVE:
                return "Qualify again for longer; replay the round on every CPU.";
        default:
                return "Nothing to do.";
        }
}

const char *verdict_class_name(enum verdict_class class)
{
        static const char *const names[] = {
                [VERDICT_HEALTHY] = "healthy",
                [VERDICT_HARDWARE] = "hardware",
                [VERDICT_ERRATUM] = "erratum",
                [VERDICT_KERNEL] = "kernel",
                [VERDICT_SOFTWARE] = "software",
                [VERDICT_ANSWER_SUSPECT] = "answer-suspect",
                [VERDICT_INCONCLUSIVE] = "inconclusive",
        };

        assert(class < ARRAY_SIZE(names));
        return names[class];
}

const char *verdict_scope_name(enum verdict_scope scope)
{
        static const char *const names[] = {
                [SCOPE_NONE] = "none",
                [SCOPE_CPU] = "cpu",
                [SCOPE_CORE] = "core",
                [SCOPE_MODULE] = "module",
                [SCOPE_PACKAGE] = "package",
                [SCOPE_HOST] = "host",
        };

        assert(scope < ARRAY_SIZE(names));
        return names[scope];
}

size_t verdict_rows(void)
{
        return ARRAY_SIZE(rows);
}

static size_t find_row(uint32_t yes)
{
        size_t i = 0;

        while ((yes & rows[i].yes) != rows[i].yes || yes & rows[i].no)
                i++;
        return i;
}

/* Whoever of several CPUs found their round wrong, it is the work of any of them. */
static bool accuses(const struct observation *o, const struct cpu_set *cpus)
{
        bool one = cpu_set_has(cpus, (unsigned)o->cpu);

        for (size_t i = 0; o->n_together && i < ARRAY_SIZE(o->seen_on); i++)
                one |= o->seen_on[i] >= 0 && cpu_set_has(cpus, (unsigned)o->seen_on[i]);
        return one;
}

/* The first observation that accuses one of the CPUs named, by itself if there is one. */
static uint32_t first_blamed(const struct verdict_input *input, const struct verdict_facts *facts)
{
        for (uint32_t i = 0; i < EVIDENCE_MAX; i++)
                if (facts->blame.event[i] && accuses(&input->evidence->observations[i], &facts->blame.cpus))
                        return i;
        return facts->blame.first;
}

/* What the row does not say: appended where it holds. */
static void add_sentence(struct verdict *verdict, bool holds, const char *sentence)
{
        size_t used = strlen(verdict->summary);

        if (holds)
                (void)snprintf(verdict->summary + used, sizeof(verdict->summary) - used, " %s", sentence);
}

static void write_summary(const struct verdict_input *input, const struct verdict_facts *facts,
        const struct row *row, struct verdict *verdict)
{
        bool hardware = verdict->class == VERDICT_HARDWARE;
        char lost[128], erratum[VERDICT_SENTENCE_MAX];

        verdict_text(row->sentence, input, verdict, verdict->summary);
        verdict_text("A known design erratum ({errata}) showed itself too.", input, verdict, erratum);
        (void)snprintf(lost, sizeof(lost), "What was lost held %s.", verdict_origin_text(facts->origin));
        add_sentence(verdict, facts->origin != ORIGIN_UNKNOWN, lost);
        add_sentence(verdict, facts->yes & FACT_ERRATUM && verdict->class != VERDICT_ERRATUM, erratum);
        add_sentence(verdict, facts->yes & FACT_UNHEARD && facts->yes & FACT_EVIDENCE,
                "Other CPUs had wrong results too, of which no record could be kept.");
        add_sentence(verdict, hardware && verdict_text_traced(input, verdict),
                "A debugger was attached to a worker there, and can do the same.");
        add_sentence(verdict, hardware && verdict->incomplete && !(facts->yes & FACT_CUT_SHORT),
                "Not everything that was planned ran.");
        add_sentence(verdict, input->interrupted && !(row->yes & FACT_CUT_SHORT), "It was interrupted.");
}

static void write_sentences(const struct verdict_input *input, const struct verdict_facts *facts,
        const struct row *row, struct verdict *verdict)
{
        write_summary(input, facts, row, verdict);
        if (verdict->class == VERDICT_HARDWARE)
                verdict_text_ruled_out(facts, verdict->ruled_out);
        if (verdict->class == VERDICT_ERRATUM) {
                errata_advice(input->evidence, verdict->advice, sizeof(verdict->advice));
                return;
        }
        if (verdict->class == VERDICT_INCONCLUSIVE && !verdict->events) {
                if (row->yes & FACT_CUT_SHORT)
                        (void)snprintf(verdict->advice, sizeof(verdict->advice), "Let it run to its end.");
                else
                        missed_advice(input, verdict->advice);
                return;
        }
        (void)snprintf(verdict->advice, sizeof(verdict->advice), "%s%s",
                verdict->synthetic ? "This is a drill: nothing is wrong with the hardware. For a real one: "
                                   : "",
                advice(verdict));
}

void verdict_reach(const struct verdict_input *input, struct verdict *ret_verdict)
{
        struct verdict_facts facts;
        const struct row *row;

        verdict_facts_find(input, &facts);
        memset(ret_verdict, 0, sizeof(*ret_verdict));
        ret_verdict->row = find_row(facts.yes);
        row = &rows[ret_verdict->row];
        ret_verdict->class = row->class;
        ret_verdict->repeated = row->repeated;
        ret_verdict->confidence = row->confidence;
        ret_verdict->synthetic = facts.blame.synthetic;
        ret_verdict->incomplete = !(facts.yes & FACT_COMPLETE);
        ret_verdict->events = facts.blame.all;
        ret_verdict->unit = facts.unit;
        ret_verdict->unit_events = facts.unit_events;
        ret_verdict->wrong = facts.wrong;
        ret_verdict->first = first_blamed(input, &facts);
        ret_verdict->cpus = facts.blame.cpus;
        if (row->class == VERDICT_HARDWARE) {
                ret_verdict->scope = facts.scope;
                ret_verdict->silent = true; /* nothing in the input speaks of a machine check */
        }
        write_sentences(input, &facts, row, ret_verdict);
        /* The sentences say where it was seen; only hardware is blamed. */
        if (row->class != VERDICT_HARDWARE)
                ret_verdict->cpus = (struct cpu_set){ 0 };
}

bool verdict_agrees(const struct verdict *a, const struct verdict *b)
{
        return a->class == b->class && a->scope == b->scope && a->repeated == b->repeated &&
               a->synthetic == b->synthetic && a->incomplete == b->incomplete && a->row == b->row &&
               memcmp(&a->cpus, &b->cpus, sizeof(a->cpus)) == 0;
}

int verdict_exit_status(const struct verdict *verdict)
{
        switch (verdict->class) {
        case VERDICT_HARDWARE:
                return COMMAND_FAULT;
        case VERDICT_KERNEL:
        case VERDICT_SOFTWARE:
        case VERDICT_ANSWER_SUSPECT:
                return COMMAND_NOT_HARDWARE;
        case VERDICT_INCONCLUSIVE:
                return COMMAND_INCOMPLETE;
        default:
                return verdict->incomplete ? COMMAND_INCOMPLETE : COMMAND_OK;
        }
}

void verdict_replay_token(const struct observation *observation, char *text, size_t size)
{
        const struct check_round *round = &observation->round;

        (void)snprintf(text, size, "%s:%#" PRIx64 ":%u.%u.%" PRIu32, check_list[observation->check]->name,
                round->seed, round->cpu, round->process, round->number);
}
