/* SPDX-License-Identifier: Apache-2.0 */
/* assay drill: a fire drill. One worker deceives the rest of the program, so that people can try their alarms. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/arguments.h"
#include "agent/command.h"
#include "agent/qualify_options.h"
#include "base/array.h"

enum { DRILL_OPTION_CHECK = 1000, DRILL_OPTION_CPU, DRILL_OPTION_KIND };

struct drill_choice {
        enum drill kind;
        int check;
        struct cpu_set cpu;
        bool have_cpu;
};

static const struct {
        const char *name;
        enum drill drill;
} kinds[] = { { "bit", DRILL_BIT }, { "crash", DRILL_CRASH }, { "hang", DRILL_HANG },
        { "kernel", DRILL_KERNEL } };

static int take_kind(const char *value, struct drill_choice *choice)
{
        for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
                if (strcmp(kinds[i].name, value) == 0) {
                        choice->kind = kinds[i].drill;
                        return 0;
                }
        fprintf(stderr, "assay: --kind: there is no drill '%s'; there are bit, crash, hang and kernel.\n",
                value);
        return -EINVAL;
}

static int take_check(const char *value, struct drill_choice *choice)
{
        struct arguments_error error;

        for (int i = 0; check_list[i]; i++)
                if (strcmp(check_list[i]->name, value) == 0) {
                        choice->check = i;
                        return 0;
                }
        if (arguments_checks(value, &error) < 0)
                (void)arguments_complain("--check", &error);
        else
                fprintf(stderr, "assay: --check: '%s' is a pattern; name one check.\n", value);
        return -EINVAL;
}

static int take_cpu(const char *value, struct drill_choice *choice)
{
        struct arguments_error error;

        if (arguments_cpus(value, &choice->cpu, &error) < 0) {
                (void)arguments_complain("--cpu", &error);
                return -EINVAL;
        }
        if (cpu_set_count(&choice->cpu) != 1) {
                fprintf(stderr, "assay: --cpu: '%s' is more than one CPU; a drill strikes one.\n", value);
                return -EINVAL;
        }
        choice->have_cpu = true;
        return 0;
}

static int take(int option, const char *value, void *user)
{
        switch (option) {
        case DRILL_OPTION_KIND:
                return take_kind(value, user);
        case DRILL_OPTION_CHECK:
                return take_check(value, user);
        default:
                return take_cpu(value, user);
        }
}

/* The CPU that is struck: the one named, else the last that is tested. */
static int struck_cpu(const struct drill_choice *choice, const struct qualify_options *options)
{
        int cpu = -1, last = -1;
        struct host_source source = { .root = "" };
        struct host host;

        if (choice->have_cpu)
                return cpu_set_next(&choice->cpu, -1);
        if (host_read(&source, &host) < 0)
                return -1;
        while ((cpu = cpu_set_next(&host.allowed, cpu)) >= 0)
                if (!options->request.cpus || cpu_set_has(options->request.cpus, (unsigned)cpu))
                        last = cpu;
        host_free(&host);
        return last;
}

static int drill_run(int argc, char **argv)
{
        static const struct option own[] = { { "check", required_argument, NULL, DRILL_OPTION_CHECK },
                { "cpu", required_argument, NULL, DRILL_OPTION_CPU },
                { "kind", required_argument, NULL, DRILL_OPTION_KIND }, { NULL, 0, NULL, 0 } };
        struct drill_choice choice = { .kind = DRILL_BIT, .check = -1 };
        struct qualify_options options;
        int status = qualify_options_read(argc, argv, own, take, &choice, &options);

        if (status == COMMAND_OK) {
                options.request.drill = choice.kind;
                options.request.drill_check = choice.check;
                options.request.drill_cpu = struck_cpu(&choice, &options);
                status = qualification_run(&options.request);
        }
        qualify_options_close(&options);
        return status;
}

const struct command cmd_drill = {
        .name = "drill",
        .summary = "let one worker deceive assay, to try the alarms",
        .help = "drill [--kind KIND] [--cpu N] [--check NAME] [OPTION]...\n\n"
                "A qualification in which the worker of one CPU spoils its own results at the place where "
                "a\n"
                "real fault would. Every record says synthetic, and nothing is done to the host.\n\n"
                "  --kind KIND          bit (default): single bits of results flip; crash; hang;\n"
                "                       kernel: vector registers of every CPU are lost after signals\n"
                "  --cpu N              the CPU that is struck (default: the last one)\n"
                "  --check NAME         only in this check (default: in every one)\n" QUALIFY_OPTIONS_HELP
                "\nThe exit status is that of assay qualify: 1 where the drill was noticed as a fault,\n"
                "3 for --kind kernel.\n",
        .run = drill_run,
};
