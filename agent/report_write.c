/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/report_write.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/terminal.h"

/* Where JSON goes to standard output, nothing else does. */
static bool takes_stdout(const struct output *output)
{
        return output && output_is_standard(output);
}

/* A reader of standard output that has seen enough is no error. */
static int finish(struct output *output, int r)
{
        r = output_end(output, r);
        if (r == -EPIPE && output_is_standard(output))
                return 0;
        if (r < 0)
                fprintf(stderr, "assay: cannot write %s: %s; %s and run again.\n",
                        output_is_standard(output) ? "to standard output" : output->path, strerror(-r),
                        r == -ENOMEM ? "free some memory" : "choose another place");
        return r;
}

static int write_observations(const struct evidence *evidence, struct output *output)
{
        FILE *to;
        int r = 0;

        if (!output)
                return 0;
        to = output_begin(output);
        if (!to)
                return finish(output, -errno);
        for (size_t i = 0; r == 0 && i < evidence->n_observations; i++)
                r = report_observation(&evidence->observations[i], to);
        return finish(output, r);
}

static int write_json(const struct report *report, struct output *output)
{
        FILE *to;

        if (!output)
                return 0;
        to = output_begin(output);
        return finish(output, to ? report_json(report, to) : -errno);
}

bool report_write(const struct report *report, struct output *json, struct output *observations)
{
        bool written = write_observations(report->input->evidence, observations) == 0;

        if (!takes_stdout(json) && !takes_stdout(observations))
                (void)report_text(report, stdout, terminal_width(stdout), terminal_colour(stdout));
        return write_json(report, json) == 0 && written;
}
