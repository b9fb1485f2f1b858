/* SPDX-License-Identifier: Apache-2.0 */
/* What was observed, as plain data: its contract is in supervisor.h. Apart from the supervisor, so that
 * verdict and reports are tested without one. */
#include <errno.h>
#include <stdlib.h>

#include "agent/supervisor.h"

int evidence_prepare(struct evidence *evidence, const struct cpu_set *cpus)
{
        size_t n = cpu_set_count(cpus), slot = 0;

        if (evidence->n_cpus)
                return 0;
        evidence->n_checks = check_count();
        evidence->cpus = calloc(n, sizeof(*evidence->cpus));
        evidence->cpu_ns = calloc(n, sizeof(*evidence->cpu_ns));
        evidence->stressed = calloc(n, sizeof(*evidence->stressed));
        evidence->tallies = calloc(n * evidence->n_checks * REGIME_COUNT, sizeof(*evidence->tallies));
        evidence->observations = calloc(EVIDENCE_GROWTH, sizeof(*evidence->observations));
        if (!evidence->cpus || !evidence->cpu_ns || !evidence->stressed || !evidence->tallies ||
                !evidence->observations)
                return -ENOMEM;
        for (int cpu = cpu_set_next(cpus, -1); cpu >= 0; cpu = cpu_set_next(cpus, cpu))
                evidence->cpus[slot++] = (uint16_t)cpu;
        evidence->n_cpus = n;
        return 0;
}

static void tally_add(struct tally *to, const struct tally *from)
{
        to->rounds += from->rounds;
        to->void_rounds += from->void_rounds;
        to->events += from->events;
        to->mismatches += from->mismatches;
        to->reviewed += from->reviewed;
        to->run_ns += from->run_ns;
        to->covered += from->covered;
        to->unmet += from->unmet;
}

void evidence_add(struct evidence *evidence, unsigned cpu, const struct tally tallies[][REGIME_COUNT],
        const uint64_t stressed[STRESS_COUNT], uint64_t cpu_ns)
{
        for (unsigned check = 0; check < evidence->n_checks; check++)
                for (int regime = 0; regime < REGIME_COUNT; regime++) {
                        struct tally *to = evidence_tally(evidence, cpu, check, (enum regime)regime);

                        if (to)
                                tally_add(to, &tallies[check][regime]);
                }
        for (size_t slot = 0; slot < evidence->n_cpus; slot++)
                if (evidence->cpus[slot] == cpu) {
                        evidence->cpu_ns[slot] += cpu_ns;
                        for (int s = 0; s < STRESS_COUNT; s++)
                                evidence->stressed[slot][s] += stressed[s];
                }
}

struct tally *evidence_tally(
        const struct evidence *evidence, unsigned cpu, unsigned check, enum regime regime)
{
        if (check >= evidence->n_checks || (unsigned)regime >= REGIME_COUNT)
                return NULL;
        for (size_t slot = 0; slot < evidence->n_cpus; slot++)
                if (evidence->cpus[slot] == cpu)
                        return &evidence->tallies[(slot * evidence->n_checks + check) * REGIME_COUNT +
                                                  regime];
        return NULL;
}

void evidence_free(struct evidence *evidence)
{
        free(evidence->observations);
        free(evidence->tallies);
        free(evidence->cpus);
        free(evidence->cpu_ns);
        free(evidence->stressed);
        *evidence = (struct evidence){ 0 };
}
