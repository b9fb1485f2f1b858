/* SPDX-License-Identifier: Apache-2.0 */
/* assay qualify: tests the host on the spot and says what it is worth. */
#include "agent/command.h"
#include "agent/qualify_options.h"

static int qualify_run(int argc, char **argv)
{
        struct qualify_options options;
        int status = qualify_options_read(argc, argv, NULL, NULL, NULL, &options);

        if (status == COMMAND_OK)
                status = qualification_run(&options.request);
        qualify_options_close(&options);
        return status;
}

const struct command cmd_qualify = {
        .name = "qualify",
        .summary = "test every CPU of this host and print the verdict",
        .help = "qualify [OPTION]...\n\n"
                "Tests every CPU with computations whose answers are known, while signals arrive, and\n"
                "says whether one computes wrongly, which one, and why it is the "
                "hardware.\n\n" QUALIFY_OPTIONS_HELP
                "\nExit status: 0 healthy and everything planned ran, 1 hardware fault, 2 usage,\n"
                "3 a fault that is not the hardware's, 4 inconclusive or incomplete, 5 our own error,\n"
                "130 or 143 interrupted.\n",
        .run = qualify_run,
};
