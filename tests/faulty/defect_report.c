/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/defect_report.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
        const char *text = json_string_value(json_object_get(object, key));

        return text ? text : "";
}

/* True where an observation counts: evidence of the plan (not of an experiment) that no vote is. */
static bool counts(const json_t *observation)
{
        const char *kind = text_of(observation, "kind");
        bool death = strcmp(kind, "crash") == 0 || strcmp(kind, "hang") == 0;

        return json_is_true(json_object_get(observation, "evidence")) &&
               strcmp(text_of(observation, "experiment"), "none") == 0 &&
               (death || json_is_true(json_object_get(observation, "known")));
}

static void take_evidence(const json_t *observations, struct defect_report *report)
{
        const json_t *observation;
        size_t i;

        json_array_foreach(observations, i, observation)
        {
                const json_t *round = json_object_get(observation, "round");

                if (!counts(observation))
                        continue;
                report->evidence = true;
                (void)snprintf(report->kind, sizeof(report->kind), "%s", text_of(observation, "kind"));
                (void)snprintf(report->check, sizeof(report->check), "%s", text_of(observation, "check"));
                report->number = (uint32_t)json_integer_value(json_object_get(round, "number"));
                return;
        }
}

static void take_bisection(const json_t *bisections, struct defect_report *report)
{
        const json_t *bisection;
        size_t i;

        json_array_foreach(bisections, i, bisection)
        {
                const json_t *found = json_object_get(bisection, "found");

                if (!json_is_object(found))
                        continue;
                (void)snprintf(report->bisected, sizeof(report->bisected), "%s", text_of(found, "mnemonic"));
                report->suspect = (int)json_integer_value(json_object_get(bisection, "suspect"));
                report->valued = *text_of(found, "operands") && *text_of(found, "expected") &&
                                 strcmp(text_of(found, "expected"), text_of(found, "actual")) != 0;
                return;
        }
}

int defect_report_read(const char *path, struct defect_report *ret_report)
{
        json_t *root = json_load_file(path, 0, NULL);
        const json_t *verdict = json_object_get(root, "verdict");
        const json_t *cpus = json_object_get(verdict, "cpus");

        *ret_report = (struct defect_report){ .cpu = -1, .suspect = -1 };
        if (!verdict) {
                json_decref(root);
                return -EINVAL;
        }
        (void)snprintf(ret_report->class, sizeof(ret_report->class), "%s", text_of(verdict, "class"));
        ret_report->n_cpus = (int)json_array_size(cpus);
        if (ret_report->n_cpus)
                ret_report->cpu = (int)json_integer_value(json_array_get(cpus, 0));
        take_evidence(json_object_get(root, "observations"), ret_report);
        take_bisection(json_object_get(root, "bisections"), ret_report);
        json_decref(root);
        return 0;
}
