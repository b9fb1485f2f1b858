/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/settlement.h"

#include <string.h>

#include "agent/covered.h"
#include "agent/verdict_blame.h"
#include "base/array.h"

#define CHECKS_MOST 8
#define SETTLE_NS UINT64_C(1000000000)

static const struct covered_instruction *covered_named(const char *mnemonic)
{
        for (size_t i = 0; i < covered_count; i++)
                if (strcmp(covered_instructions[i].name, mnemonic) == 0)
                        return &covered_instructions[i];
        return NULL;
}

static size_t index_of(const struct check *check)
{
        size_t i = 0;

        while (check_list[i] != check)
                i++;
        return i;
}

/* The checks that know the instruction's answer and can run here, asked for or not, as items in quiet. Returns how many. */
static size_t known_items(
        const struct plan *plan, isa_set features, const char *mnemonic, struct plan_item items[CHECKS_MOST])
{
        const struct covered_instruction *instruction = covered_named(mnemonic);
        const struct check *checks[PLAN_CHECKS_MAX];
        size_t n = 0,
               found = instruction ? covered_checks(instruction, features, checks, ARRAY_SIZE(checks)) : 0;

        for (size_t i = 0; i < MIN(found, ARRAY_SIZE(checks)) && n < CHECKS_MOST; i++) {
                size_t index = index_of(checks[i]);
                enum plan_skip skip = plan->check_skip[index];

                if (!checks[i]->voted && (skip == PLAN_RUNS || skip == PLAN_SKIP_CHOICE))
                        items[n++] = (struct plan_item){
                                .check = (uint16_t)index, .regime = REGIME_QUIET, .first = true
                        };
        }
        return n;
}

/* Whether a vote has no better evidence beside it. */
static bool only_votes(const struct evidence *evidence)
{
        for (size_t i = 0; i < evidence->n_observations; i++)
                if (observation_is_evidence(evidence->observations[i].kind) &&
                        evidence->observations[i].known)
                        return false;
        return true;
}

static void ask_known(const struct plan *plan, const struct supervisor_run *base, const char *mnemonic,
        struct evidence *evidence)
{
        struct plan_item items[CHECKS_MOST];
        struct supervisor_outcome outcome;
        struct supervisor_run run = *base;

        run.items = items;
        run.n_items = known_items(plan, base->features, mnemonic, items);
        run.cpus = &plan->cpus;
        run.duration_ns = SETTLE_NS;
        run.stop_at_evidence = false;
        run.progress = NULL; /* its times are not those of the whole run */
        if (run.n_items)
                (void)supervisor_run(&run, evidence, &outcome); /* what it cannot run settles nothing */
}

/* Of two that disagree and are all there are, each is compared with the other. */
static int reference_of(const struct host *host, const struct plan *plan, const struct evidence *evidence,
        const struct observation *subject)
{
        struct cpu_set others;
        int cpu;

        diagnosis_cpus(host, plan, evidence, subject, EXPERIMENT_OTHER, &others);
        cpu = cpu_set_next(&others, -1);
        if (cpu < 0 && subject->kind == OBSERVATION_DISAGREE && subject->reviewer >= 0 &&
                cpu_set_has(&plan->cpus, (unsigned)subject->reviewer) &&
                !blame_same_core(host, (unsigned)subject->cpu, (unsigned)subject->reviewer))
                cpu = subject->reviewer;
        return cpu;
}

/* The CPU that the evidence accuses alone, -1: there is none. */
static int accused(const struct host *host, const struct evidence *evidence)
{
        const struct verdict_input input = { .host = host, .evidence = evidence };
        struct blame blame;

        blame_find(&input, &blame);
        return cpu_set_count(&blame.cpus) == 1 ? cpu_set_next(&blame.cpus, -1) : -1;
}

/* Of two that disagree, whoever was observed: once it is known which of them errs, what was expected is the other's. */
static void turn(const struct host *host, const struct supervisor_run *run, const struct evidence *evidence,
        struct bisection *bisection)
{
        struct observation subject = evidence->observations[bisection->subject];
        struct bisection turned;

        if (!bisection->found || bisection->reference < 0 || bisection->reference != accused(host, evidence))
                return;
        subject.cpu = bisection->reference;
        if (bisection_run(&subject, bisection->subject, bisection->suspect, run->features, run->interrupted,
                    &turned) == 0 &&
                turned.found)
                *bisection = turned;
}

void settlement_run(const struct host *host, const struct plan *plan, const struct supervisor_run *run,
        struct evidence *evidence, struct bisection bisections[DIAGNOSIS_SUBJECTS_MAX], size_t *ret_n)
{
        uint32_t subjects[DIAGNOSIS_SUBJECTS_MAX];
        size_t n = diagnosis_subjects(evidence, subjects);

        *ret_n = 0;
        for (size_t i = 0; i < n; i++) {
                struct observation subject =
                        evidence->observations[subjects[i]]; /* a run may move the array */
                struct bisection *b = &bisections[*ret_n];
                int reference = reference_of(host, plan, evidence, &subject);

                if (bisection_run(&subject, subjects[i], reference, run->features, run->interrupted, b) < 0)
                        continue;
                (*ret_n)++;
                if (b->found && only_votes(evidence))
                        ask_known(plan, run, bisection_mnemonic(b), evidence);
                turn(host, run, evidence, b);
        }
}
