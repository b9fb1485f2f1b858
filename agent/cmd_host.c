/* SPDX-License-Identifier: Apache-2.0 */
/* assay host: what this host is, each fact with its source. */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "agent/arguments.h"
#include "agent/command.h"
#include "agent/configuration.h"
#include "agent/host.h"
#include "agent/host_report.h"
#include "base/terminal.h"

static int print_json(const struct host *host)
{
        json_t *object = host_json(host),
               *whole = json_pack("{s:s, s:o}", "schema", "assay.host/1", "host", object);
        int r = whole ? json_dumpf(whole, stdout, JSON_INDENT(2)) : -1;

        json_decref(whole);
        if (r < 0 && !ferror(stdout)) {
                fprintf(stderr, "assay: there is not enough memory to print the host.\n");
                return COMMAND_ERROR;
        }
        putchar('\n');
        return COMMAND_OK;
}

static int print_host(const struct configuration *configuration, bool json)
{
        struct host_source source = { .root = "", .identity_command = configuration->identity_command };
        struct host host;
        int status = COMMAND_OK, r = host_read(&source, &host);

        if (r < 0)
                fprintf(stderr, "assay: the CPUs of this host cannot be read: %s.\n", strerror(-r));
        if (json)
                status = print_json(&host);
        else
                host_text(&host, stdout, terminal_width(stdout));
        host_free(&host);
        return r < 0 ? COMMAND_ERROR : status;
}

static int host_run(int argc, char **argv)
{
        static const struct option options[] = { { "json", no_argument, NULL, 'j' },
                { "config", required_argument, NULL, 'c' }, { NULL, 0, NULL, 0 } };
        struct configuration configuration;
        struct configuration_error error;
        const char *file = NULL;
        bool json = false;
        int option;

        while ((option = arguments_next(argc, argv, options)) != ARGUMENTS_END) {
                if (option == ARGUMENTS_WRONG)
                        return COMMAND_USAGE;
                if (option == 'j')
                        json = true;
                else
                        file = optarg;
        }
        if (arguments_no_operands(argc, argv, json) < 0)
                return COMMAND_USAGE;
        if (configuration_load(file, NULL, &configuration, &error) < 0)
                return arguments_complain(error.where, &error.error);
        return print_host(&configuration, json);
}

const struct command cmd_host = {
        .name = "host",
        .summary = "print what this host is, each fact with its source",
        .help = "host [--json] [--config FILE]\n\n"
                "Prints CPU, topology, kernel, cloud and physical host. A fact that cannot be read\n"
                "shows why. Nothing is asked over the network.\n\n"
                "  --json         print an object of the schema assay.host/1 (see assay-host(1)) to\n"
                "                 standard output: redirect it for a file\n"
                "  --config FILE  read the configuration from FILE\n",
        .run = host_run,
};
