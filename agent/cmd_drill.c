/* SPDX-License-Identifier: Apache-2.0 */
/* assay drill: a fire drill. One worker deceives the rest of the program, so that people can try their alarms. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/arguments.h"
#include "agent/command.h"
#include "agent/qualify_options.h"
#include "base/array.h"
#include "base/cleanup.h"

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

/* True where the drill changes something in this item: a kernel that loses vectors needs events to do it. */
static bool strikes(const struct drill_choice *choice, const struct plan_item *item)
{
        if (choice->check >= 0 && choice->check != item->check)
                return false;
        return choice->kind != DRILL_KERNEL ||
               (check_list[item->check]->registers && item->regime != REGIME_QUIET);
}

static int refuse_cpu(int cpu, const struct plan *plan)
{
        char tested[128];

        cpu_set_format(&plan->cpus, tested, sizeof(tested));
        fprintf(stderr, "assay: --cpu: CPU %d is not among those that are tested (%s); name one of them.\n",
                cpu, tested);
        return COMMAND_USAGE;
}

static int refuse_plan(const struct drill_choice *choice)
{
        if (choice->kind == DRILL_KERNEL)
                fprintf(stderr,
                        "assay: --kind: a drill of the kernel strikes checks that hold registers under "
                        "signals, and none runs with these --check, --checks and --regimes.\n");
        else
                fprintf(stderr,
                        "assay: --check: %s does not run with these --checks, --regimes and --isa on this "
                        "host; name a check that does.\n",
                        check_list[choice->check]->name);
        return COMMAND_USAGE;
}

/* The CPU that is struck: the one named, else the last that is tested. A drill that strikes nothing would end
 * as healthy, and its alarms would seem to fail: it is refused. */
static int aim(const struct drill_choice *choice, const struct plan *plan, int *ret_cpu)
{
        int cpu = cpu_set_next(&choice->cpu, -1);
        bool any = false;

        if (choice->have_cpu && !cpu_set_has(&plan->cpus, (unsigned)cpu))
                return refuse_cpu(cpu, plan);
        for (size_t i = 0; i < plan->n_items && !any; i++)
                any = strikes(choice, &plan->items[i]);
        if (plan->n_items && !any)
                return refuse_plan(choice);
        for (int next = -1; !choice->have_cpu && (next = cpu_set_next(&plan->cpus, next)) >= 0;)
                cpu = next;
        *ret_cpu = cpu;
        return COMMAND_OK;
}

/* Where the host cannot be read or the plan not be made, the qualification says it. */
static int prepare(const struct drill_choice *choice, struct qualify_options *options)
{
        const struct configuration *c = &options->configuration;
        struct qualification_request *request = &options->request;
        struct host_source source = { .root = "" };
        AUTO_FREE struct plan *plan = malloc(sizeof(*plan));
        struct plan_request wanted = { .cpus = request->cpus,
                .checks = *c->checks ? c->checks : NULL,
                .regimes = c->regimes,
                .seed = request->seed };
        struct arguments_error error;
        struct host host;
        int status = COMMAND_OK;

        request->drill = choice->kind;
        request->drill_check = choice->check;
        if (!plan || host_read(&source, &host) < 0)
                return COMMAND_OK;
        wanted.online = host.online;
        wanted.allowed = host.allowed;
        wanted.features = host.features & c->isa;
        if (choice->have_cpu && arguments_cpus_exist(&choice->cpu, &host, &error) < 0)
                status = arguments_complain("--cpu", &error);
        else if (plan_build(&wanted, plan) == 0)
                status = aim(choice, plan, &request->drill_cpu);
        host_free(&host);
        return status;
}

static int drill_run(int argc, char **argv)
{
        static const struct option own[] = { { "check", required_argument, NULL, DRILL_OPTION_CHECK },
                { "cpu", required_argument, NULL, DRILL_OPTION_CPU },
                { "kind", required_argument, NULL, DRILL_OPTION_KIND }, { NULL, 0, NULL, 0 } };
        struct drill_choice choice = { .kind = DRILL_BIT, .check = -1 };
        struct qualify_options options;
        int status = qualify_options_read(argc, argv, own, take, &choice, &options);

        if (status == COMMAND_OK)
                status = prepare(&choice, &options);
        if (status == COMMAND_OK)
                status = qualification_run(&options.request);
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
                "\nA drill that would strike nothing in what the options select is refused (exit status "
                "2).\n"
                "The exit status is that of assay qualify: 1 where the drill was noticed as a fault,\n"
                "3 for --kind kernel.\n",
        .run = drill_run,
};
