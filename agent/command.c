/* SPDX-License-Identifier: Apache-2.0 */
/* The one list of commands. */
#include "agent/command.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"

#define COMMANDS(X)    \
        X(cmd_qualify) \
        X(cmd_replay)  \
        X(cmd_drill)   \
        X(cmd_list)    \
        X(cmd_host)

#define DECLARE(name) extern const struct command name;
COMMANDS(DECLARE)
#undef DECLARE

const struct command *const command_list[] = {
#define LIST(name) &name,
        COMMANDS(LIST)
#undef LIST
                NULL,
};

const struct command *command_find(const char *name)
{
        for (size_t i = 0; command_list[i]; i++)
                if (strcmp(command_list[i]->name, name) == 0)
                        return command_list[i];
        return NULL;
}

int command_failed(int status)
{
        bool heard = status == COMMAND_USAGE || status == COMMAND_FAULT || status == COMMAND_NOT_HARDWARE;

        return heard ? status : COMMAND_ERROR;
}

const char *command_nearest(const char *name)
{
        struct text_nearest nearest;

        text_nearest_begin(&nearest, name);
        text_nearest_offer(&nearest, "help");
        for (size_t i = 0; command_list[i]; i++)
                text_nearest_offer(&nearest, command_list[i]->name);
        return nearest.best;
}
