/* SPDX-License-Identifier: Apache-2.0 */
/* assay list: every check, and whether this host can run it; the instructions that they cover. */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "agent/arguments.h"
#include "agent/command.h"
#include "agent/covered_report.h"
#include "agent/host.h"
#include "agent/host_report.h"
#include "base/terminal.h"
#include "checks/check.h"

#define TEXT_INDENT 4

static json_t *check_json(const struct check *check, isa_set features)
{
        isa_set missing = check->needs & ~features;

        return json_pack("{s:s, s:i, s:s, s:s, s:o, s:b, s:o, s:i, s:i, s:i, s:b, s:b, s:s?}", "name",
                check->name, "family", (int)check->family, "family_name", check_family_name(check->family),
                "detects", check->detects, "needs", host_features_json(check->needs), "runs", missing == 0,
                "missing", host_features_json(missing), "round_us_max", (int)check->round_us, "cycle",
                (int)check->cycle, "parties", (int)check->parties, "events", check->events, "known",
                !check->voted, "other", check->other);
}

static int no_memory(void)
{
        fprintf(stderr, "assay: there is not enough memory to print the list.\n");
        return COMMAND_ERROR;
}

/* Takes `whole`, NULL where there was no memory for it. */
static int print_json(json_t *whole)
{
        int r = whole ? json_dumpf(whole, stdout, JSON_INDENT(2)) : -1;

        json_decref(whole);
        if (r < 0 && !ferror(stdout))
                return no_memory();
        putchar('\n');
        return COMMAND_OK;
}

static int list_json(isa_set features)
{
        json_t *checks = json_array();

        for (size_t i = 0; check_list[i]; i++)
                (void)json_array_append_new(checks, check_json(check_list[i], features));
        return print_json(json_pack("{s:s, s:o}", "schema", "assay.list/1", "checks", checks));
}

static int coverage_text(isa_set features)
{
        return covered_text(features, stdout, terminal_width(stdout)) < 0 ? no_memory() : COMMAND_OK;
}

static void check_text(const struct check *check, isa_set features, int width)
{
        char names[1024], text[1400];

        terminal_wrap(stdout, check->name, 0, 0, width);
        printf("%*s", TEXT_INDENT, "");
        terminal_wrap(stdout, check->detects, TEXT_INDENT, TEXT_INDENT, width);
        host_features_text(check->needs, names, sizeof(names));
        (void)snprintf(text, sizeof(text),
                "Family %d, %s; a round takes at most %u us%s, %u rounds use every operand once; %s; needs "
                "%s.",
                (int)check->family, check_family_name(check->family), check->round_us,
                check->parties ? " of several CPUs together" : "", check->cycle,
                check->parties  ? "in quiet, timer and storm-async"
                : check->events ? "in every regime"
                                : "in every regime but storm-self and migrate",
                names[0] ? names : "nothing special");
        printf("%*s", TEXT_INDENT, "");
        terminal_wrap(stdout, text, TEXT_INDENT, TEXT_INDENT, width);
        host_features_text(check->needs & ~features, names, sizeof(names));
        (void)snprintf(text, sizeof(text), "Cannot run on this host, which has no %s.", names);
        printf("%*s", TEXT_INDENT, "");
        terminal_wrap(stdout, names[0] ? text : "Runs on this host.", TEXT_INDENT, TEXT_INDENT, width);
}

static int list_text(isa_set features)
{
        int width = terminal_width(stdout);
        unsigned n = 0, able = 0;
        char text[64];

        for (size_t i = 0; check_list[i]; i++, n++) {
                check_text(check_list[i], features, width);
                able += !(check_list[i]->needs & ~features);
        }
        (void)snprintf(text, sizeof(text), "%u checks, of which this host can run %u.", n, able);
        fputc('\n', stdout);
        terminal_wrap(stdout, text, 0, 0, width);
        return COMMAND_OK;
}

static int list_run(int argc, char **argv)
{
        static const struct option options[] = {
                { "coverage", no_argument, NULL, 'c' },
                { "json", no_argument, NULL, 'j' },
                { NULL, 0, NULL, 0 },
        };
        struct host_source source = { .root = "" };
        struct host host;
        isa_set features;
        bool coverage = false, json = false;
        int option;

        while ((option = arguments_next(argc, argv, options)) != ARGUMENTS_END) {
                if (option == ARGUMENTS_WRONG)
                        return COMMAND_USAGE;
                coverage |= option == 'c';
                json |= option == 'j';
        }
        if (arguments_no_operands(argc, argv, json) < 0)
                return COMMAND_USAGE;
        (void)host_read(
                &source, &host); /* where no CPU can be told from another, the features are still read */
        features = host.features;
        host_free(&host);
        if (coverage)
                return json ? print_json(covered_json(features)) : coverage_text(features);
        return json ? list_json(features) : list_text(features);
}

const struct command cmd_list = {
        .name = "list",
        .summary = "list every check, what it detects and whether this host can run it",
        .help = "list [--coverage] [--json]\n\n"
                "Lists every check: what it detects, its family, the CPU features that it needs,\n"
                "the longest time of a round, and whether this host can run it.\n\n"
                "  --coverage  list instead every instruction that a program can execute on this\n"
                "              CPU, and the checks that execute it and compare its result; what no\n"
                "              check covers, what is left out and why; and how much that is\n"
                "  --json      print an object of the schema assay.list/1 or assay.coverage/1 (see\n"
                "              assay-list(1)) to standard output: redirect it for a file\n",
        .run = list_run,
};
