/* SPDX-License-Identifier: Apache-2.0 */
/* What was observed, as plain data: its contract is in supervisor.h. Apart from the supervisor, so that
 * verdict and reports are tested without one. */
#include <stdlib.h>

#include "agent/supervisor.h"

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
        *evidence = (struct evidence){ 0 };
}
